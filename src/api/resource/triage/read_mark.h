#ifndef API_RESOURCE_TRIAGE_READ_MARK_H
#define API_RESOURCE_TRIAGE_READ_MARK_H

#include <stdint.h>

struct action;

/* Marks conversation ID as read, of which the customer is told (unless the
 * configuration says otherwise), or as unread: 0, also when it is so already
 * or is not the workspace's; -1. */
int read_mark_set(struct action *, int64_t id, int read);

#endif
