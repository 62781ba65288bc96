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
 * inside a transaction.
 */
enum route_role { ROUTE_AGENT, ROUTE_ADMIN, ROUTE_OWNER };

enum route_flag {
	ROUTE_CREATES = 1,	/* takes an Idempotency-Key (idempotency.h) */
	ROUTE_RAW = 2,		/* its handler reads the body, and commits */
	ROUTE_COMPOSES = 4	/* its body also has compose.h's fields */
};

struct route {
	const char	*method;
	const char	*path;		/* below /api/v1; {id}, {name} */
	action_handler	*handler;
	enum route_role	 role;		/* at least */
	const char	*params;	/* known parameters, "" none */
	const char	*fields;	/* of the body; "" no body is needed */
	int		 flags;		/* route_flag words */
};

/* The table, ended by one without a method. */
extern const struct route route_table[];

/*
 * The route of a request, and {id} and {name} of its path.  NULL: there is
 * none, and *ALLOW is the methods that there are at this path (in POOL), or
 * NULL when there are none.
 */
const struct route *route_find(struct pool *, const char *method,
	    const char *path, int64_t *id, const char **name,
	    const char **allow);

/* Serves one request, from its token to its log line. */
void	route_serve(struct session *, const struct config *,
	    const struct http_request *, struct http_answer *, int64_t now);

/* Whom to wake after a commit that queued something; borrowed, NULL nobody. */
void	route_wakes(struct notify *);

/* 1 once the database turned out to be broken: the program should end. */
int	route_broken(void);

/* The tables of all statements that handlers run, for session_seal. */
extern session_sql *const route_sql[];
extern const size_t route_n_sql;

#endif
