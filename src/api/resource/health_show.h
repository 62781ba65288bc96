#ifndef API_RESOURCE_HEALTH_SHOW_H
#define API_RESOURCE_HEALTH_SHOW_H

struct action;

/* GET /health: what keeps this installation from its work, and numbers of the
 * workspace that send nothing, each with what to do: 0, -1. */
int health_show(struct action *);

#endif
