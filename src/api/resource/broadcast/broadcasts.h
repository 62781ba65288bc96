#ifndef API_RESOURCE_BROADCAST_BROADCASTS_H
#define API_RESOURCE_BROADCAST_BROADCASTS_H

#include <stdint.h>

#include "api/action.h"

struct statements;

action_handler broadcasts_list;
action_handler broadcasts_get;
action_handler broadcasts_create;
action_handler broadcasts_start;
action_handler broadcasts_pause;
action_handler broadcasts_stop;

/* All statements that these and the recipients' run. */
extern const struct statements broadcasts_statements;

#endif
