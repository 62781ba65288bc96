#ifndef API_RESOURCE_TEMPLATE_CANNED_REPLIES_H
#define API_RESOURCE_TEMPLATE_CANNED_REPLIES_H

#include "api/action.h"

action_handler canned_replies_list;
action_handler canned_replies_get;
action_handler canned_replies_create;
action_handler canned_replies_change;
action_handler canned_replies_delete;

#endif
