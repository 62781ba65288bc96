#ifndef API_RESOURCE_GROUP_GROUPS_H
#define API_RESOURCE_GROUP_GROUPS_H

#include "inbox/own_group/own_group.h"

struct action;
struct statements;

extern const struct statements groups_statements;

/* Handlers of /groups: see action.h. */
int groups_list(struct action *);
int groups_create(struct action *);
int groups_get(struct action *);
int groups_change(struct action *);
int groups_picture(struct action *);
int groups_link(struct action *);
int groups_remove(struct action *);
int groups_end(struct action *);

/* Asks for WISH of the group of the path, REQUEST as in own_group.h, when
 * nothing stands against it, and answers. */
int groups_ask(struct action *, enum own_group_wish, const char *request);

#endif
