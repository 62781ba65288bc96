#ifndef API_RESOURCE_ERASURES_H
#define API_RESOURCE_ERASURES_H

#include "api/action.h"

/* DELETE /conversations/{id}?erase=true, /erasures/{id}. */
action_handler erasures_ask, erasures_get;

#endif
