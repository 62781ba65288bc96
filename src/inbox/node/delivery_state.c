/*
 * The cursor and the held deliveries of each node's spool.  The cursor moves in
 * the transaction that applies the deliveries, so none can be passed without
 * its effects; one that failed gets its row here in the same transaction.
 */
#include <limits.h>
#include <stddef.h>

#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/job_kind.h"
#include "inbox/node/delivery_state.h"

enum {
	CURSOR,
	MOVE,
	SEEN,
	LEAVE,
	UNKNOW,
	DUE,
	NEXT_DUE,
	ATTEMPTS,
	HOLD,
	DONE,
	LIST,
	GET,
	RETRY,
	REPLAY,
	ARRIVED,
	COUNT,
	REST,
	WAITING,
	IS_HELD,
	N_SQL
};

/* A reason is cut to DELIVERY_STATE_REASON_MAX. */
#define CUT(number) "substr(" number ", 1, 200)"
_Static_assert(DELIVERY_STATE_REASON_MAX == 200, "CUT");

#define HELD  "delivery_id, state, reason, attempts, due_at, updated_at"
#define SHOWN HELD ", phone_number_id"

static const char *const delivery_state_sql[N_SQL] = {
	[CURSOR] = "SELECT delivery_id, seen_at, fingerprint FROM spool_cursors"
		   " WHERE node = $1",
	[MOVE] =
	    "INSERT INTO spool_cursors(node, delivery_id, seen_at, fingerprint)"
	    " VALUES ($1, $2, $3, $4) ON CONFLICT(node) DO UPDATE SET"
	    " fingerprint = CASE"
	    "  WHEN excluded.delivery_id > spool_cursors.delivery_id"
	    "  THEN excluded.fingerprint ELSE spool_cursors.fingerprint END,"
	    " delivery_id = excluded.delivery_id, seen_at = excluded.seen_at"
	    " WHERE spool_cursors.delivery_id = $5",
	[SEEN] = "INSERT INTO spool_cursors(node, delivery_id, seen_at)"
		 " VALUES ($1, 0, $2) ON CONFLICT(node) DO UPDATE SET"
		 " seen_at = excluded.seen_at",
	[UNKNOW] = "UPDATE spool_cursors SET fingerprint = NULL"
		   " WHERE node = $1 AND delivery_id = $2",
	[LEAVE] = "DELETE FROM node_health WHERE node = $1",
	[DUE] = "SELECT delivery_id FROM held WHERE node = $1"
		" AND state = 'deferred' AND due_at <= $2"
		" ORDER BY due_at, delivery_id LIMIT $3",
	[NEXT_DUE] = "SELECT due_at FROM held WHERE node = $1"
		     " AND state = 'deferred' ORDER BY due_at LIMIT 1",
	[ATTEMPTS] = "SELECT attempts FROM held WHERE node = $1"
		     " AND delivery_id = $2",
	[HOLD] =
	    "INSERT INTO held(node, " HELD ", waits_for, phone_number_id)"
	    " VALUES ($1, $2, $3, " CUT(
		"$4") ", $5, $6, $7,"
		      " " CUT(
			  "$8") ", $9)"
				" ON CONFLICT(node, delivery_id) DO UPDATE SET"
				" state = excluded.state, reason = "
				"excluded.reason,"
				" attempts = excluded.attempts, due_at = "
				"excluded.due_at,"
				" updated_at = excluded.updated_at,"
				" waits_for = excluded.waits_for,"
				" phone_number_id = COALESCE("
				"excluded.phone_number_id,"
				" held.phone_number_id)",
	[DONE] = "DELETE FROM held WHERE node = $1 AND delivery_id = $2",
	[LIST] = "SELECT " SHOWN " FROM held WHERE node = $1"
		 " AND delivery_id > $2 AND state = COALESCE($3, state)"
		 " ORDER BY delivery_id LIMIT $4",
	[GET] = "SELECT " SHOWN " FROM held WHERE node = $1"
		" AND delivery_id = $2",
	[RETRY] = "UPDATE held SET state = 'deferred', attempts = 0,"
		  " due_at = $3, updated_at = $3"
		  " WHERE node = $1 AND delivery_id = $2",
	[REPLAY] =
	    "INSERT INTO held(node, " HELD ")"
	    " SELECT $1, $2, 'deferred', 'replayed by a person', 0, $3, $3"
	    " FROM spool_cursors WHERE node = $1 AND delivery_id >= $2"
	    " ON CONFLICT(node, delivery_id) DO UPDATE SET"
	    " state = 'deferred', attempts = 0, due_at = excluded.due_at,"
	    " updated_at = excluded.updated_at",
	/* waits_for becomes NULL: if it is deferred again, then for another
	 * reason. */
	[ARRIVED] =
	    "UPDATE held SET state = 'deferred', attempts = 0,"
	    " due_at = $2, updated_at = $2, waits_for = NULL"
	    " WHERE (node, delivery_id) IN (SELECT node, delivery_id FROM held"
	    "  WHERE waits_for = " CUT("$1") " LIMIT $3)",
	[COUNT] = "SELECT COUNT(*) FROM held"
		  " WHERE waits_for = " CUT("$1"),
	[REST] = "INSERT INTO jobs(workspace_id, kind, subject, name)"
		 " VALUES (0, 'arrived', 0, $1) ON CONFLICT (workspace_id,"
		 " kind, subject, target, name) DO NOTHING",
	/* Skips from one value to the next, however many deliveries have it. */
	[WAITING] = "WITH RECURSIVE w(name, place) AS ("
		    "SELECT MIN(waits_for), 1 FROM held"
		    " WHERE waits_for > $1"
		    " UNION ALL SELECT (SELECT MIN(waits_for) FROM held"
		    "  WHERE waits_for > w.name), place + 1 FROM w"
		    " WHERE w.name IS NOT NULL"
		    " AND place < CAST($2 AS BIGINT))"
		    " SELECT name, (SELECT COUNT(*) FROM held"
		    "  WHERE waits_for = name),"
		    " (SELECT reason FROM held WHERE waits_for = name LIMIT 1)"
		    " FROM w WHERE name IS NOT NULL",
	[IS_HELD] = "SELECT 1 FROM held"
		    " WHERE node = $1 AND delivery_id = $2",
};

/* Seconds until the next attempt, after the first, second, … failure. */
static const int64_t delays[] = { 5, 30, 120, 600, 3600, 21600, 86400 };
#define N_DELAYS ((int64_t)(sizeof(delays) / sizeof(delays[0])))

#define ARRIVED_AT_ONCE 500 /* rows */

const struct statements delivery_state_statements = {
	.sql = delivery_state_sql,
	.n = N_SQL,
};

int
delivery_state_cursor(
    struct db *db, const char *node, int64_t *delivery_id, int64_t *seen_at)
{
	struct db_rows *r =
	    db_query(db, delivery_state_sql[CURSOR], DB_ARGS(db_text(node)));
	int rc = db_next(r);

	*delivery_id = rc == 1 ? db_col_int(r, 0) : 0;
	if (seen_at != NULL)
		*seen_at = rc == 1 ? db_col_int(r, 1) : 0;
	db_end(r);
	return rc == -1 ? -1 : 0;
}

int
delivery_state_place(struct db *db, struct pool *pool, const char *node,
    int64_t *delivery_id, const char **fingerprint)
{
	struct db_rows *r =
	    db_query(db, delivery_state_sql[CURSOR], DB_ARGS(db_text(node)));
	int rc = db_next(r);

	*delivery_id = rc == 1 ? db_col_int(r, 0) : 0;
	*fingerprint = rc == 1 ? db_col_copy(r, pool, 2) : NULL;
	db_end(r);
	return rc == -1 ? -1 : 0;
}

int
delivery_state_move(struct db *db, const char *node, int64_t from,
    int64_t delivery_id, const char *fingerprint, int64_t now)
{
	if (db_run(db, delivery_state_sql[MOVE],
		DB_ARGS(db_text(node), db_int(delivery_id), db_int(now),
		    db_text(fingerprint), db_int(from))) == -1)
		return -1;
	return db_changed(db) > 0;
}

int
delivery_state_seen(struct db *db, const char *node, int64_t now)
{
	return db_run(
	    db, delivery_state_sql[SEEN], DB_ARGS(db_text(node), db_int(now)));
}

int
delivery_state_unknow(struct db *db, const char *node, int64_t id)
{
	return db_run(
	    db, delivery_state_sql[UNKNOW], DB_ARGS(db_text(node), db_int(id)));
}

int
delivery_state_leave(struct db *db, const char *node)
{
	return db_run(db, delivery_state_sql[LEAVE], DB_ARGS(db_text(node)));
}

int
delivery_state_due(
    struct db *db, const char *node, int64_t now, int64_t *ids, int max)
{
	return db_get_ints(db, delivery_state_sql[DUE],
	    DB_ARGS(db_text(node), db_int(now), db_int(max)), ids, max);
}

int
delivery_state_next_due(struct db *db, const char *node, int64_t *due_at)
{
	return db_get_int(
	    db, delivery_state_sql[NEXT_DUE], DB_ARGS(db_text(node)), due_at);
}

static int
hold(struct db *db, const char *node, const struct delivery_held *h,
    const char *waits_for)
{
	return db_run(db, delivery_state_sql[HOLD],
	    DB_ARGS(db_text(node), db_int(h->delivery_id), db_text(h->state),
		db_text(h->reason), db_int(h->attempts), db_int(h->due_at),
		db_int(h->updated_at), db_text(waits_for),
		db_text(h->phone_number_id)));
}

static int
attempts(struct db *db, const char *node, int64_t id, int64_t *n)
{
	*n = 0;
	return db_get_int(db, delivery_state_sql[ATTEMPTS],
		   DB_ARGS(db_text(node), db_int(id)), n) == -1
		   ? -1
		   : 0;
}

int
delivery_state_defer(struct db *db, const char *node, int64_t id,
    const struct delivery_state_hindrance *why, int64_t now)
{
	struct delivery_held h = { .delivery_id = id,
		.reason = why->reason,
		.state = "deferred",
		.due_at = now,
		.updated_at = now,
		.phone_number_id = why->phone_number_id };

	if (attempts(db, node, id, &h.attempts) == -1)
		return -1;
	if (h.attempts < N_DELAYS)
		h.due_at += delays[h.attempts];
	else
		h.state = "dead";
	h.attempts++;
	return hold(db, node, &h, NULL);
}

int
delivery_state_dead(struct db *db, const char *node, int64_t id,
    const char *reason, int64_t now)
{
	struct delivery_held h = { .delivery_id = id,
		.reason = reason,
		.state = "dead",
		.due_at = now,
		.updated_at = now };

	if (attempts(db, node, id, &h.attempts) == -1)
		return -1;
	h.attempts++;
	return hold(db, node, &h, NULL);
}

int
delivery_state_wait(struct db *db, const char *node, int64_t id,
    const struct delivery_state_hindrance *why, int64_t now)
{
	struct delivery_held h = { .delivery_id = id,
		.reason = why->reason,
		.state = "deferred",
		.due_at = now + DELIVERY_STATE_WAIT,
		.updated_at = now,
		.phone_number_id = why->phone_number_id };

	if (attempts(db, node, id, &h.attempts) == -1)
		return -1;
	h.attempts++;
	return hold(db, node, &h, why->waits_for);
}

int
delivery_state_done(struct db *db, const char *node, int64_t id)
{
	return db_run(
	    db, delivery_state_sql[DONE], DB_ARGS(db_text(node), db_int(id)));
}

static void
read_held(struct db_rows *r, struct pool *pool, struct delivery_held *h)
{
	*h = (struct delivery_held){
		.delivery_id = db_col_int(r, 0),
		.state = db_col_copy(r, pool, 1),
		.reason = db_col_copy(r, pool, 2),
		.attempts = db_col_int(r, 3),
		.due_at = db_col_int(r, 4),
		.updated_at = db_col_int(r, 5),
		.phone_number_id = db_col_copy(r, pool, 6),
	};
}

int
delivery_state_list(struct db *db, struct pool *pool, const char *node,
    const char *state, int64_t after, int max, struct delivery_held **held,
    int *n)
{
	struct db_rows *r = db_query(db, delivery_state_sql[LIST],
	    DB_ARGS(db_text(node), db_int(after), db_text(state), db_int(max)));
	int rc;

	*n = 0;
	*held = pool_alloc(pool, (size_t)max * sizeof(**held));
	while ((rc = db_next(r)) == 1 && *n < max)
		read_held(r, pool, &(*held)[(*n)++]);
	db_end(r);
	return rc == -1 ? -1 : 0;
}

int
delivery_state_get(struct db *db, struct pool *pool, const char *node,
    int64_t id, struct delivery_held *h)
{
	struct db_rows *r = db_query(
	    db, delivery_state_sql[GET], DB_ARGS(db_text(node), db_int(id)));
	int rc = db_next(r);

	if (rc == 1)
		read_held(r, pool, h);
	db_end(r);
	return rc;
}

/* Runs a statement that changes at most one row: 1, 0, -1. */
static int
change_delivery(struct db *db, const char *statement, const struct db_arg *args)
{
	if (db_run(db, statement, args) == -1)
		return -1;
	return db_changed(db) > 0;
}

int
delivery_state_retry(struct db *db, const char *node, int64_t id, int64_t now)
{
	return change_delivery(db, delivery_state_sql[RETRY],
	    DB_ARGS(db_text(node), db_int(id), db_int(now)));
}

int
delivery_state_replay(struct db *db, const char *node, int64_t id, int64_t now)
{
	return change_delivery(db, delivery_state_sql[REPLAY],
	    DB_ARGS(db_text(node), db_int(id), db_int(now)));
}

char *
delivery_state_number(struct pool *pool, const char *phone_number_id)
{
	return pool_printf(pool, "number %s", phone_number_id);
}

char *
delivery_state_account(struct pool *pool, const char *waba_id)
{
	return pool_printf(pool, "account %s", waba_id);
}

static int
arrived(struct db *db, const char *waits_for, int64_t now)
{
	if (db_run(db, delivery_state_sql[ARRIVED],
		DB_ARGS(db_text(waits_for), db_int(now),
		    db_int(ARRIVED_AT_ONCE))) == -1)
		return -1;
	return (int)db_changed(db);
}

int
delivery_state_arrived(struct db *db, const char *waits_for, int64_t now)
{
	int64_t n = 0;

	if (db_get_int(db, delivery_state_sql[COUNT],
		DB_ARGS(db_text(waits_for)), &n) == -1 ||
	    arrived(db, waits_for, now) == -1)
		return -1;
	if (n > ARRIVED_AT_ONCE && db_run(db, delivery_state_sql[REST],
				       DB_ARGS(db_text(waits_for))) == -1)
		return -1;
	return n < INT_MAX ? (int)n : INT_MAX;
}

int
delivery_state_arrived_step(
    struct db *db, struct pool *pool, struct job *job, int64_t now)
{
	int n = arrived(db, job->name, now);

	(void)pool;
	return n == -1 ? -1 : n == ARRIVED_AT_ONCE;
}

int
delivery_state_waiting(struct db *db, struct pool *pool, const char *after,
    int max, struct delivery_state_awaited **out, int *n)
{
	struct db_rows *r = db_query(db, delivery_state_sql[WAITING],
	    DB_ARGS(db_text(after), db_int(max)));
	int rc;

	*n = 0;
	*out = pool_alloc(pool, (size_t)max * sizeof(**out));
	while ((rc = db_next(r)) == 1 && *n < max) {
		(*out)[*n].waits_for = db_col_copy(r, pool, 0);
		(*out)[*n].deliveries = db_col_int(r, 1);
		(*out)[(*n)++].reason = db_col_copy(r, pool, 2);
	}
	db_end(r);
	return rc == -1 ? -1 : 0;
}

int
delivery_state_is_held(struct db *db, const char *node, int64_t id)
{
	int64_t one;

	return db_get_int(db, delivery_state_sql[IS_HELD],
	    DB_ARGS(db_text(node), db_int(id)), &one);
}
