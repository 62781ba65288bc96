#ifndef ACTION_TICKETS_H
#define ACTION_TICKETS_H

#include "action/action.h"

/* Tickets for event streams.  One is never given out twice, so this POST
 * takes no Idempotency-Key. */
action_handler tickets_create;

#endif
