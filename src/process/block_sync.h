#ifndef PROCESS_BLOCK_SYNC_H
#define PROCESS_BLOCK_SYNC_H

#include <stdint.h>

#include "lib/sql/db.h"

struct block_call;
struct client;
struct keys;
struct statements;

/*
 * Asks the provider to block customers, and to unblock them, as members want it
 * (inbox/conversation/block.h): for each number one request at a time.  What
 * cannot be asked now is asked again later, for OUTBOX_AGE_MAX at most.
 * Nothing here waits.
 */
struct block_sync {
	struct db *db; /* the inbox */
	struct client *fetch;
	const struct keys *keys;
	int64_t steady_at; /* ages count from here at the earliest (retain.h) */

	/* private: begin with 0 */
	struct block_call *calls; /* open, or answered and not yet settled */
};

extern const struct statements block_sync_statements;

/* How many were settled or begun, 0 there is nothing to do now; -1: the
 * database failed, and *WHY says how. */
int block_sync_step(struct block_sync *, int64_t now, enum db_error *why);

/* After client_close.  What was not settled is asked again. */
void block_sync_close(struct block_sync *);

#endif
