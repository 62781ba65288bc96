#ifndef DISPATCH_DISPATCH_STATE_H
#define DISPATCH_DISPATCH_STATE_H

#include <stdint.h>

#include "inbox/webhook/dispatch_queue.h"
#include "inbox/webhook/endpoint_url.h"

struct address_rules;
struct client;
struct db;
struct pool;
struct session;

/* What the dispatcher knows between its steps; the files of this folder share
 * it. */
#define DISPATCH_PARALLEL     4	     /* requests under way, of an endpoint */
#define DISPATCH_OF_WORKSPACE 16     /* … of a workspace */
#define DISPATCH_MAX	      256    /* … in all */
#define DISPATCH_AGE_MAX      259200 /* seconds: then it is given up */
#define DISPATCH_FAILURES     10 /* in a row: more than a bad event or two */

/* An endpoint that is active, or has requests under way yet. */
struct dispatch_hook {
	struct dispatch_hook *next;
	struct dispatch_endpoint e; /* texts in the dispatcher's pool */
	int gone;		    /* not active any more */
	int64_t read;		    /* all changes up to it have begun */
	int under_way;
	int unstored;	    /* calls, under way or not */
	int row_was_last;   /* while it fails: a row, then a new change */
	int64_t idle_state; /* of the database: nothing was due then … */
	int64_t idle_until; /* … before this */
};

/* One request, until what came of it is stored. */
struct dispatch_call {
	struct dispatch_call *next;
	struct dispatch *dispatch;
	struct dispatch_hook *hook;
	struct pool *pool;
	struct dispatch_item item;
	struct endpoint_url url;
	int64_t moved; /* of the endpoint, when it began */
	int answered;
	int status;	     /* of HTTP, 0 none */
	int64_t retry_after; /* seconds, -1 not said */
	const char *error;   /* NULL: it was taken */
};

struct dispatch {
	struct db *db;		 /* sees everything */
	struct session *session; /* reads one workspace at a time */
	struct client *fetch;
	const struct address_rules *allow;

	/* private: begin with 0 */
	struct pool *pool; /* of what stands in hooks */
	struct dispatch_hook *hooks;
	struct dispatch_call *calls; /* under way, or answered and not stored */
	int under_way;
	int answered;
	int failed;    /* of those */
	int stale;     /* the endpoints are read again at the next step */
	int64_t state; /* of the database, when it was last looked at */
	int64_t looked_ms, stored_ms;
	int64_t answered_ms; /* the first of those that are not stored */
};

#endif
