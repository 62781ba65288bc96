#ifndef API_RESOURCE_WEBHOOK_DELIVERIES_H
#define API_RESOURCE_WEBHOOK_DELIVERIES_H

#include <stdint.h>

#include "api/action.h"

struct json_out;

/* What an endpoint did not take at the first attempt, and tests. */
action_handler deliveries_list, deliveries_test, deliveries_get,
    deliveries_retry;

/* "last_attempt" of an endpoint or a delivery; AT 0: nothing was tried yet. */
void deliveries_put_attempt(
    struct json_out *, int64_t at, int64_t status, const char *error);

#endif
