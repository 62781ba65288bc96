#ifndef PROCESS_DRAIN_APPLY_H
#define PROCESS_DRAIN_APPLY_H

#include <stdint.h>

struct db;
struct event;
struct delivery_state_hindrance;
struct pool;
struct statements;

/*
 * One event of a delivery becomes rows of the inbox.  Applying it again, or
 * in another order with others, leaves the same rows (but for ids, and the
 * order of messages of the same second).
 */
struct apply {
	struct db *db;
	/* for numbers nobody registered, see resolve_number.h; 0 none */
	int64_t default_workspace;
	/* the installation's own, and for deliveries that name none; NULL
	 * none */
	const char *phone_number_id;
	/* what let the delivery in (cgi-bin/credential.h); NULL may speak
	 * for all */
	const char *credential;
	struct resolve_number_memo *memo; /* NULL: none */
	int erased; /* inbox/erasure/tombstone.h has some */
};

extern const struct statements apply_statements;

/*
 * In the caller's savepoint.  1; 0 when it cannot be applied now, *WHY in
 * POOL (what it waits for, when that is a number or an account that nobody
 * has registered); -1 when the database failed, db_error says how.
 */
int apply_event(const struct apply *, struct pool *, const struct event *,
    int64_t now, struct delivery_state_hindrance *why);

#endif
