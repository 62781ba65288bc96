#ifndef API_OBJECT_CONVERSATION_OBJECT_H
#define API_OBJECT_CONVERSATION_OBJECT_H

#include <stdint.h>

struct action;
struct conversation;
struct json_out;

/* A conversation as lists show it. */
void conversation_object_put(
    struct action *, struct json_out *, const struct conversation *);

/* The same of a row of a list, which may be is_cached; it is kept in the
 * session's cache for the next list.  0, or -1. */
int conversation_object_put_row(
    struct action *, struct json_out *, const struct conversation *);

/* The same of conversation ID, in POOL: 1; 0 there is none in this workspace
 * (*JSON is NULL); -1. */
int conversation_object_json(struct action *, int64_t id, const char **json);

/* Whom ID and NAME say: a Person of docs/openapi.yaml; 0 is nobody, null. */
void conversation_object_put_person(
    struct json_out *, const char *key, int64_t id, const char *name);

#endif
