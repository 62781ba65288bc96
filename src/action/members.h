#ifndef ACTION_MEMBERS_H
#define ACTION_MEMBERS_H

#include "action/action.h"

/* Who is asking, and who else is in the workspace. */
action_handler members_me;
action_handler members_list;

#endif
