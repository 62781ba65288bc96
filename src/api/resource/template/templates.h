#ifndef API_RESOURCE_TEMPLATE_TEMPLATES_H
#define API_RESOURCE_TEMPLATE_TEMPLATES_H

#include "api/action.h"

struct statements;

/* The message templates of the workspace's numbers. */
action_handler templates_list;
action_handler templates_sync;
action_handler templates_get;
action_handler templates_create;
action_handler templates_delete;

/* All statements that these run. */
extern const struct statements templates_statements;

#endif
