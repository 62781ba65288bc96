#ifndef ACTION_SEND_H
#define ACTION_SEND_H

#include "action/action.h"

/* Messages to customers: queued here, and 202; the processor sends them. */
action_handler send_to_conversation;
action_handler send_to_customer;
action_handler send_again;

#endif
