#ifndef PROCESS_SEND_SEND_STATE_H
#define PROCESS_SEND_SEND_STATE_H

#include <stdint.h>

struct client;
struct db;
struct keys;
struct pool;
struct rate_limit;
struct send_request;

/*
 * From the outbox to the provider.  Nothing here waits: callbacks of the
 * fetch only note the answer, the next step settles it.  What was sending
 * when a run died is left to statuses and never sent again.
 */
struct send {
	struct db *db; /* the inbox */
	struct client *fetch;
	struct keys *keys; /* the account of a number */
	const char *dir;   /* STATE_DIR/media */
	int rate;	   /* requests a second and number */
	int parallel;	   /* under way, a number */

	int64_t steady_at; /* no age reaches back behind it (retain.h) */

	/* its own: begin with 0 */
	struct pool *pool; /* of one step */
	struct send_request *calls;
	int n;		   /* requests under way */
	int wait_ms;	   /* there is more to do then; -1 no */
	int64_t looked_at; /* for what is lost */
	int64_t aged_ms;   /* … and what is too old, in ticks */
	struct rate_limit *paces;
};

#endif
