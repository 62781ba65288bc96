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
 * The sender: from the outbox to the provider.  Nothing here waits: the
 * callbacks of requests only note the answer, and the next step settles it.  A
 * row that was sending when a run died is never sent again: a status may still
 * settle it.
 */
struct send {
	struct db *db; /* the inbox */
	struct client *fetch;
	struct keys *keys; /* the account of a number */
	const char *dir;   /* STATE_DIR/media */
	int rate;	   /* requests a second, for each number */
	int parallel;	   /* open requests, for each number */

	int64_t steady_at; /* ages count from here at the earliest (retain.h) */

	/* private: begin with 0 */
	struct pool *pool; /* of one step */
	struct send_request *calls;
	int n;		   /* open requests */
	int wait_ms;	   /* until there is more to do; -1 nothing */
	int64_t looked_at; /* when it last looked for lost rows … */
	int64_t aged_ms;   /* … and for those too old, in ticks */
	struct rate_limit *paces;
};

#endif
