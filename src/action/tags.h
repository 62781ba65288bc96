#ifndef ACTION_TAGS_H
#define ACTION_TAGS_H

#include "action/action.h"

/* Tags of contacts. */
action_handler tags_put;
action_handler tags_delete;
action_handler tags_list;

#endif
