#ifndef API_RESOURCE_GROUP_GROUPS_H
#define API_RESOURCE_GROUP_GROUPS_H

struct action;
struct statements;

extern const struct statements groups_statements;

/* Handlers of /groups: see action.h. */
int groups_list(struct action *);
int groups_create(struct action *);
int groups_get(struct action *);
int groups_change(struct action *);
int groups_remove(struct action *);
int groups_end(struct action *);

#endif
