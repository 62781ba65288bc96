#ifndef API_OBJECT_CONTACT_FIELD_OBJECT_H
#define API_OBJECT_CONTACT_FIELD_OBJECT_H

#include <stdint.h>

struct action;
struct contact_field;
struct json_out;

/* A field of contacts as lists show it. */
void contact_field_object_put(struct json_out *, const struct contact_field *);

/* The same of field ID, in POOL: 1; 0 there is none in this workspace (*JSON is
 * NULL); -1. */
int contact_field_object_json(struct action *, int64_t id, const char **json);

#endif
