#ifndef API_RESOURCE_BROADCAST_BROADCAST_RECIPIENTS_H
#define API_RESOURCE_BROADCAST_BROADCAST_RECIPIENTS_H

#include <stdint.h>

#include "api/action.h"

action_handler broadcast_recipients_list;
action_handler broadcast_recipients_add;

/* "to" and "contact_ids" of the body.  Read before anything is written: how
 * many there are, into *WHO, in POOL; what is wrong is noted; -1. */
int broadcast_recipients_read(struct action *, const char ***who);
/* These become recipients of broadcast ID: 0, -1. */
int broadcast_recipients_put(
    struct action *, int64_t id, const char *const *who, int n);

#endif
