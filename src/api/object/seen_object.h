#ifndef API_OBJECT_SEEN_OBJECT_H
#define API_OBJECT_SEEN_OBJECT_H

#include <stdint.h>

struct action;
struct json_out;
struct seen_mark;

/* What a member has seen of a conversation. */
void seen_object_put(struct json_out *, const struct seen_mark *);

/* The same of the member and conversation ID, in POOL: 1; 0 there is none,
 * or ID is 0, of all (*JSON is NULL); -1. */
int seen_object_json(struct action *, int64_t id, const char **json);

#endif
