#ifndef API_OBJECT_TEMPLATE_OBJECT_H
#define API_OBJECT_TEMPLATE_OBJECT_H

#include <stdint.h>

struct action;
struct json_out;
struct template;

/* A message template as lists show it. */
void template_object_put(
    struct action *, struct json_out *, const struct template *);

/* The same of template ID, in POOL: 1; 0 there is none in this workspace (*JSON
 * is NULL); -1. */
int template_object_json(struct action *, int64_t id, const char **json);

#endif
