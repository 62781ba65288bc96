#ifndef API_RESOURCE_TICKETS_H
#define API_RESOURCE_TICKETS_H

#include "api/action.h"

/* Tickets for event streams.  One is never given out twice, so this POST
 * takes no Idempotency-Key. */
action_handler tickets_create;

#endif
