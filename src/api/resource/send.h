#ifndef API_RESOURCE_SEND_H
#define API_RESOURCE_SEND_H

#include "api/action.h"

/* Messages to customers: queued here, and 202; the processor sends them. */
action_handler send_to_conversation;
action_handler send_to_customer;
action_handler send_again;

#endif
