#ifndef API_RESOURCE_GROUP_JOIN_REQUESTS_H
#define API_RESOURCE_GROUP_JOIN_REQUESTS_H

struct action;
struct statements;

extern const struct statements join_requests_statements;

/* Handlers of /groups/{id}/join-requests: see action.h. */
int join_requests_list(struct action *);
int join_requests_sync(struct action *);
int join_requests_approve(struct action *);
int join_requests_reject(struct action *);

#endif
