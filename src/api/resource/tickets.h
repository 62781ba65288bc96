#ifndef API_RESOURCE_TICKETS_H
#define API_RESOURCE_TICKETS_H

#include "api/action.h"

/* Tickets for event streams.  This POST takes no Idempotency-Key, since a
 * ticket is never given out twice. */
action_handler tickets_create;

#endif
