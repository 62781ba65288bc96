#ifndef API_RESOURCE_WEBHOOK_ENDPOINTS_H
#define API_RESOURCE_WEBHOOK_ENDPOINTS_H

#include "api/action.h"

/* Endpoints of webhooks out, for admins. */
action_handler endpoints_list, endpoints_create, endpoints_get,
    endpoints_change, endpoints_delete, endpoints_secret, endpoints_pause,
    endpoints_resume, endpoints_replay;

extern const struct statements endpoints_statements;

#endif
