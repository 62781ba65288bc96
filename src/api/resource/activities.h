#ifndef API_RESOURCE_ACTIVITIES_H
#define API_RESOURCE_ACTIVITIES_H

#include "api/action.h"

/* What was done with a conversation, and private notes. */
action_handler activities_list;
action_handler activities_get;
action_handler activities_note;
action_handler activities_change;
action_handler activities_delete;

#endif
