#ifndef API_OBJECT_CANNED_REPLY_OBJECT_H
#define API_OBJECT_CANNED_REPLY_OBJECT_H

#include <stdint.h>

struct action;
struct canned_reply;
struct json_out;

/* A canned reply as lists show it. */
void canned_reply_object_put(struct json_out *, const struct canned_reply *);

/* The same of reply ID, in POOL: 1; 0 there is none in this workspace (*JSON is
 * NULL); -1. */
int canned_reply_object_json(struct action *, int64_t id, const char **json);

#endif
