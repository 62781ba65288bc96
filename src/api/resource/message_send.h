#ifndef API_RESOURCE_MESSAGE_SEND_H
#define API_RESOURCE_MESSAGE_SEND_H

#include "api/action.h"

/* Messages to customers: queued here, and 202; the processor sends them. */
action_handler message_send_to_conversation;
action_handler message_send_to_customer;
action_handler message_send_again;

#endif
