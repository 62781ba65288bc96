#ifndef ACTION_MESSAGES_H
#define ACTION_MESSAGES_H

#include "action/action.h"

/* The messages of a conversation. */
action_handler messages_list;

#endif
