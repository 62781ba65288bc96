#ifndef API_ACTION_H
#define API_ACTION_H

#include <stddef.h>
#include <stdint.h>

#include "session/session.h"

struct action;
struct config;
struct http_answer;
struct http_request;
struct json;
struct pool;
struct query;

/* Fills the answer: 0; -1 when the database failed, and then what was
 * answered so far does not count.  An answer of 400 and more is rolled back. */
typedef int action_handler(struct action *);

/* What the API answers to; a table of them is route.h's. */
enum route_role { ROUTE_AGENT, ROUTE_ADMIN, ROUTE_OWNER };

enum route_flag {
	ROUTE_CREATES = 1,  /* takes an Idempotency-Key (idempotency.h) */
	ROUTE_RAW = 2,	    /* its handler reads the body, and commits */
	ROUTE_COMPOSES = 4, /* its body also has compose.h's fields */
	ROUTE_SEARCHES = 8, /* with q in turn (search_turn.h) */
	ROUTE_ADDRESS = 16, /* by file_address.h, too */
	ROUTE_STEPS = 32,   /* its handler begins and commits, in steps */
	ROUTE_KEPT = 64	    /* its answers are kept (session_cache.h) */
};

struct route {
	const char *method;
	const char *path; /* below /api/v1; {id}, {name} or {…_id} */
	action_handler *handler;
	enum route_role role; /* at least */
	const char *params;   /* known parameters, "" none */
	const char *fields;   /* of the body; "" no body is needed */
	int flags;	      /* route_flag words */
};

/*
 * One request of a signed-in member, as route.c hands it to the function of
 * its resource: parameters are known ones, the body is parsed and has known
 * fields only, a transaction is open (a read transaction for GET).  With
 * ROUTE_RAW the body is not read and no transaction is open; with ROUTE_STEPS
 * no transaction is.
 */
struct action_wrong { /* a field and what is wrong with it */
	const char *field;
	const char *message;
	struct action_wrong *next;
};

struct action {
	struct pool *pool; /* of the request */
	const struct http_request *request;
	struct http_answer *answer;
	const struct config *config;
	struct session *session; /* sees the member's workspace */
	struct member who;
	int64_t now;

	const struct route *route;
	const struct query *query; /* what route->params names */
	int64_t id;		   /* {id} of the path */
	const char *name; /* {name}, decoded; or a second id's digits */

	const char *text; /* the body as sent, "" none */
	size_t text_len;
	const struct json *body; /* NULL none */

	struct action_wrong *wrong; /* first of a list, input_wrong */
	int keep;		    /* idempotency.h */
	unsigned char hash[32];
	int wake;  /* the processor, after the commit */
	int comes; /* http_receive was called, or a stream began: no answer */
	/* when the address that let it in ends (file_address.h); 0: none did */
	int64_t until;
};

#endif
