#ifndef API_OBJECT_BROADCAST_OBJECT_H
#define API_OBJECT_BROADCAST_OBJECT_H

#include <stdint.h>

struct action;
struct broadcast;
struct json_out;

/* A broadcast as lists show it. */
void broadcast_object_put(struct json_out *, const struct broadcast *);

/* The same of broadcast ID, in POOL: 1; 0 there is none in this workspace
 * (*JSON is NULL); -1. */
int broadcast_object_json(struct action *, int64_t id, const char **json);

#endif
