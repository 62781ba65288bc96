#ifndef PROCESS_SEND_SEND_H
#define PROCESS_SEND_SEND_H

#include <stdint.h>

#include "lib/sql/db.h"

struct send_request;
struct client;
struct keys;
struct rate_limit;
struct pool;
struct statements;

/*
 * From the outbox to the provider.  Nothing here waits: callbacks of the
 * fetch only note the answer, the next step settles it.  What was sending
 * when a run died is left to statuses and never sent again.
 */
struct send {
	struct db *db; /* the inbox */
	struct client *fetch;
	struct keys *keys; /* the account of a number */
	const char *dir; /* STATE_DIR/media */
	int rate;	 /* requests a second and number */
	int parallel;	 /* under way, a number */

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

extern const struct statements send_statements;

/*
 * Settles what was answered, in one transaction, then begins what is due, in
 * another: how many were settled or begun, 0 when there is nothing to do now.
 * -1: the database failed; what was to be settled is settled by a later step,
 * and what was to begin has not.
 */
int send_step(struct send *, int64_t now, enum db_error *why);
/* Only the first half: at the end of a run. */
int send_settle(struct send *, int64_t now, enum db_error *why);

/* After client_close, which has called all callbacks. */
void send_close(struct send *);

#endif
