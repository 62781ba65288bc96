#ifndef API_OBJECT_DRAFT_OBJECT_H
#define API_OBJECT_DRAFT_OBJECT_H

#include <stdint.h>

struct action;
struct draft;
struct json_out;

/* A draft as /drafts shows it. */
void draft_object_put(struct json_out *, const struct draft *);

/* The same of the member's draft in conversation ID, in POOL: 1; 0 there is
 * none (*JSON is NULL); -1. */
int draft_object_json(struct action *, int64_t id, const char **json);

#endif
