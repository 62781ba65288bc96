#ifndef API_OBJECT_CONTACT_OBJECT_H
#define API_OBJECT_CONTACT_OBJECT_H

#include <stdint.h>

struct action;
struct contact;
struct contact_tag;
struct json_out;

/* A contact as lists show it. */
void contact_object_put(struct json_out *, const struct contact *);

/* The same of contact ID, in POOL: 1; 0 there is none in this workspace (*JSON
 * is NULL); -1. */
int contact_object_json(struct action *, int64_t id, const char **json);

/* A tag of contacts as lists show it, and the same of tag ID, as above. */
void contact_object_put_tag(struct json_out *, const struct contact_tag *);
int contact_object_tag(struct action *, int64_t id, const char **json);

#endif
