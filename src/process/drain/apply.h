#ifndef PROCESS_DRAIN_APPLY_H
#define PROCESS_DRAIN_APPLY_H

#include <stdint.h>

struct customer_memo;
struct db;
struct event;
struct delivery_state_hindrance;
struct message_pgsql;
struct pool;
struct statements;

/*
 * Applies one event of a delivery to the inbox.  Applying it again, or events
 * in another order, leaves the same rows (except ids, and the order of messages
 * of the same second).
 */
struct apply {
	struct db *db;
	/* of unregistered numbers, see resolve_number.h; 0 none */
	int64_t default_workspace;
	/* of the installation's own number, which also deliveries are for that
	 * name no number; NULL none */
	const char *phone_number_id;
	/* that let the delivery in (cgi-bin/credential.h); NULL: valid for all
	 * numbers */
	const char *credential;
	struct resolve_number_memo *memo; /* NULL: none */
	/* of the transaction, which the caller drops before its commit; NULL:
	 * none */
	struct customer_memo *customers;
	/* where new messages are kept until the caller drops CUSTOMERS; NULL:
	 * each is stored at once, as on SQLite */
	struct message_pgsql *messages;
	int erased; /* 1: there are tombstones (inbox/erasure/tombstone.h) */
};

extern const struct statements apply_statements;

/*
 * In the caller's transaction or savepoint.  1; 0: it cannot be applied now,
 * and *WHY (in POOL) has the reason, and what it waits for when that is a
 * number or an account that nobody has registered; -1: the database failed,
 * db_error says how.
 */
int apply_event(const struct apply *, struct pool *, const struct event *,
    int64_t now, struct delivery_state_hindrance *why);

#endif
