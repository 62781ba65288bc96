#ifndef API_RESOURCE_CONTACT_TAGS_H
#define API_RESOURCE_CONTACT_TAGS_H

#include "api/action.h"

/* Tags of contacts. */
action_handler tags_put;
action_handler tags_delete;
action_handler tags_list;
action_handler tags_get;
action_handler tags_rename;
action_handler tags_remove;

#endif
