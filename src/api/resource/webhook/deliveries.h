#ifndef API_RESOURCE_WEBHOOK_DELIVERIES_H
#define API_RESOURCE_WEBHOOK_DELIVERIES_H

#include "api/action.h"

/* What an endpoint did not take at the first attempt, and tests. */
action_handler deliveries_list, deliveries_test, deliveries_get,
    deliveries_retry;

#endif
