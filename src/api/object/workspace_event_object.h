#ifndef API_OBJECT_WORKSPACE_EVENT_OBJECT_H
#define API_OBJECT_WORKSPACE_EVENT_OBJECT_H

#include <stdint.h>

struct action;
struct json_out;
struct workspace_event_shown;

/* A workspace event as lists show it. */
void workspace_event_object_put(
    struct json_out *, const struct workspace_event_shown *);

/* The same of event ID, in POOL: 1; 0 there is none in this workspace (*JSON is
 * NULL); -1. */
int workspace_event_object_json(struct action *, int64_t id, const char **json);

#endif
