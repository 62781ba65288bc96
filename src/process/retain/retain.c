/*
 * Retention: one step, which applies the rules in turn.
 */
#include <stddef.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "spool/spool.h"

#include "inbox/contact/phone_book.h"
#include "inbox/media/upload_purge.h"
#include "inbox/message/unmatched.h"
#include "inbox/node/delivery_discard.h"
#include "inbox/workspace/change.h"

#include "process/retain/retain.h"

enum { SENT, DISCARDED, NODES, KEY, KEY_GONE, N_SQL };

static const char *const retain_sql[N_SQL] = {
	[SENT] = "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox"
		 "  WHERE state = 'done' AND created_at < $1"
		 "  ORDER BY created_at LIMIT $2)",
	[DISCARDED] = "DELETE FROM discarded WHERE (node, delivery_id) IN ("
		      "SELECT node, delivery_id FROM discarded WHERE at < $1"
		      " ORDER BY at LIMIT $2)",
	[NODES] = "DELETE FROM node_health WHERE node IN (SELECT node"
		  " FROM node_health WHERE seen_at < $1 LIMIT $2)",
	[KEY] = "SELECT workspace_id, user_id, key FROM idempotency_keys"
		" WHERE created_at < $1 ORDER BY created_at LIMIT 1",
	[KEY_GONE] = "DELETE FROM idempotency_keys WHERE workspace_id = $1"
		     " AND user_id = $2 AND key = $3",
};

#define STEP	   200 /* rows */
#define DAY	   86400
#define MINUTE	   60
#define KEYS_KEPT  DAY
/* Sent rows of the outbox are kept while the provider may still say that a
 * message failed: a person can retry it from its row. */
#define SENT_KEPT  (30 * DAY)
#define NODES_KEPT (30 * DAY)
#define BOOK_KEPT  (30 * DAY) /* entries that were taken out */

const struct statements retain_statements = {
	.sql = retain_sql,
	.n = N_SQL,
	.also = STATEMENTS(&change_purge_statements,
	    &delivery_discard_statements, &phone_book_statements,
	    &unmatched_statements, &upload_purge_statements,
	    &retain_messages_statements, &retain_rule_statements),
};

int
retain_clock(struct retain *r, int jumped, int64_t now)
{
	int64_t seen;
	int known = retain_rule(r->db, "seen", &seen);

	if (known == -1 || retain_rule(r->db, "steady", &r->steady_at) == -1)
		return -1;
	if (!jumped && (known == 0 || llabs(now - seen) <= DAY))
		return 0;
	log_warn("the clock has moved %lld s since it was last seen: nothing "
		 "is deleted by its age for a day; is it right?",
	    (long long)(now - seen));
	if (retain_rule_set(r->db, "steady", now) == -1)
		return -1;
	r->steady_at = now;
	return retain_rule_set(r->db, "seen", now);
}

/* May anything be deleted by its age NOW?  1, 0, -1. */
static int
is_steady(struct retain *r, int64_t now)
{
	int64_t seen;
	int known = retain_rule(r->db, "seen", &seen);

	if (known == -1)
		return -1;
	if ((known == 0 || now - seen >= MINUTE || now < seen) &&
	    retain_rule_set(r->db, "seen", now) == -1)
		return -1;
	return r->steady_at == 0 || now - r->steady_at >= DAY;
}

/* Raw copies that are too old; when all are too many bytes, the oldest. */
static int
purge(struct retain *r, int steady, int64_t now)
{
	int64_t bytes, wal, older = INT64_MIN;

	if (spool_size(r->spool, &bytes, &wal) == -1)
		return -1;
	if (steady)
		older = now - r->keep_deliveries;
	if (bytes > r->keep_bytes)
		older = INT64_MAX;
	return retain_spool(r, older, now);
}

/* One by one: for a row value in a list SQLite uses only two columns of the
 * key. */
static int
forget_keys(struct retain *r, int64_t older)
{
	int n = 0, rc = 1;

	for (; n < STEP && rc == 1; n++) {
		struct db_rows *row =
		    db_query(r->db, retain_sql[KEY], DB_ARGS(db_int(older)));
		int64_t workspace_id = 0, user_id = 0;
		const char *key = NULL;

		if ((rc = db_next(row)) == 1) {
			workspace_id = db_col_int(row, 0);
			user_id = db_col_int(row, 1);
			key = db_col_copy(row, r->pool, 2);
		}
		db_end(row);
		if (rc == 1 && db_run(r->db, retain_sql[KEY_GONE],
				   DB_ARGS(db_int(workspace_id),
				       db_int(user_id), db_text(key))) == -1)
			return -1;
	}
	return rc;
}

/* The rules that are one statement each. */
static int
forget_rows(struct retain *r, int64_t now)
{
	const struct {
		int statement;
		int64_t kept;
	} rules[] = {
		{ SENT, SENT_KEPT },
		/* A delivery was received before it was discarded, so its
		 * row may be deleted with the same age. */
		{ DISCARDED, r->keep_deliveries },
		{ NODES, NODES_KEPT },
	};
	int more = 0;

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (db_run(r->db, retain_sql[rules[i].statement],
			DB_ARGS(db_int(now - rules[i].kept), db_int(STEP))) ==
		    -1)
			return -1;
		more |= db_changed(r->db) == STEP;
	}
	return more;
}

static int
forget(struct retain *r, int64_t now)
{
	int a, b, c, d, e;

	if (db_begin_step(r->db) == -1)
		return -1;
	if ((a = forget_rows(r, now)) == -1 ||
	    (b = forget_keys(r, now - KEYS_KEPT)) == -1 ||
	    (c = unmatched_purge(r->db, r->pool, STEP / 4, now)) == -1 ||
	    (d = delivery_discard_old(
		 r->db, r->pool, now - r->keep_held, now, STEP / 4)) == -1 ||
	    (e = phone_book_purge(r->db, now - BOOK_KEPT, STEP)) == -1) {
		db_rollback(r->db);
		return -1;
	}
	if (db_commit(r->db) == -1)
		return -1;
	return a || b || c || d == STEP / 4 || e == STEP;
}

int
retain_step(struct retain *r, int64_t now)
{
	int steady, a, b = 0, c = 0, d = 0, e = 0;

	pool_reset(r->pool);
	if ((steady = is_steady(r, now)) == -1)
		return -1;
	a = purge(r, steady, now);
	if (steady) {
		b = forget(r, now);
		c = change_purge(r->db, r->keep_changes, now, &r->changes_at);
		d = retain_messages(r, now);
		e = retain_uploads(r, now);
	}
	if (a == -1 || b == -1 || c == -1 || d == -1 || e == -1)
		return -1;
	return a || b || c || d || e;
}
