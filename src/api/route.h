#ifndef API_ROUTE_H
#define API_ROUTE_H

#include <stddef.h>
#include <stdint.h>

#include "api/action.h"

struct config;
struct http_answer;
struct http_request;
struct pool;
struct notify;

/*
 * What the API answers to: route_serve finds the route of a request, signs the
 * member in, reads what the request says, and calls the route's handler
 * inside a transaction.  The table of routes is the caller's, ended by one
 * without a method.
 */

/*
 * The route of a request, and {id} and {name} of its path, where {user_id} and
 * the like are a name of digits.  NULL: there is none, and *ALLOW is the
 * methods that there are at this path (in POOL), or NULL when there are none.
 */
const struct route *route_find(const struct route *table, struct pool *,
    const char *method, const char *path, int64_t *id, const char **name,
    const char **allow);

/* Serves one request, from its token to its log line. */
void route_serve(const struct route *table, struct session *,
    const struct config *, const struct http_request *, struct http_answer *,
    int64_t now);

/* Whom to wake after a commit that queued something; borrowed, NULL nobody. */
void route_wakes(struct notify *);

#endif
