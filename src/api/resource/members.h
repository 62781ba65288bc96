#ifndef API_RESOURCE_MEMBERS_H
#define API_RESOURCE_MEMBERS_H

#include "api/action.h"

/* Who is asking, and who else is in the workspace. */
action_handler members_me;
action_handler members_list;

#endif
