#ifndef API_RESOURCE_CONVERSATIONS_H
#define API_RESOURCE_CONVERSATIONS_H

#include "api/action.h"

/* Lists of conversations, and what a member does with one. */
action_handler conversations_list;
action_handler conversations_stats;
action_handler conversations_get;
action_handler conversations_read;
action_handler conversations_typing;
action_handler conversations_participants;
action_handler conversations_unread;
action_handler conversations_archive;
action_handler conversations_unarchive;
action_handler conversations_state;
action_handler conversations_block;
action_handler conversations_unblock;
action_handler conversations_link;
action_handler conversations_unlink;
action_handler conversations_assign;

#endif
