#ifndef API_OBJECT_GROUP_OBJECT_H
#define API_OBJECT_GROUP_OBJECT_H

#include <stdint.h>

struct action;
struct json_out;
struct own_group;

/* A group as lists show it. */
void group_object_put(struct json_out *, const struct own_group *);

/* The same of group ID, in POOL: 1; 0 there is none in this workspace (*JSON is
 * NULL); -1. */
int group_object_json(struct action *, int64_t id, const char **json);

#endif
