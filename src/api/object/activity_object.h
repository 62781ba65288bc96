#ifndef API_OBJECT_ACTIVITY_OBJECT_H
#define API_OBJECT_ACTIVITY_OBJECT_H

#include <stdint.h>

struct action;
struct activity;
struct json_out;

/* An activity of a conversation as lists show it. */
void activity_object_put(struct json_out *, const struct activity *);

/* The same of activity ID, in POOL: 1; 0 there is none in this workspace (*JSON
 * is NULL); -1. */
int activity_object_json(struct action *, int64_t id, const char **json);

#endif
