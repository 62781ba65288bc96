#ifndef ACTION_ERASURES_H
#define ACTION_ERASURES_H

#include "action/action.h"

/* DELETE /conversations/{id}?erase=true, /erasures/{id}. */
action_handler erasures_ask, erasures_get;

#endif
