#ifndef API_RESOURCE_MEMBERS_H
#define API_RESOURCE_MEMBERS_H

#include "api/action.h"

/* /me: the member who asks; /members: all members of the workspace. */
action_handler members_me;
action_handler members_list;
/* Tickets for event streams.  This POST takes no Idempotency-Key, since a
 * ticket is never given out twice. */
action_handler members_ticket;

#endif
