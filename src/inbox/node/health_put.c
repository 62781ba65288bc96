/*
 * Counts and stores the health of this node.  A file of its own, because it
 * reads the spool, which the programs that read the health never open.
 */
#include <stddef.h>

#include "base/counters.h"
#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "spool/spool.h"

#include "inbox/node/health.h"
#include "inbox/search/search_progress.h"

#define HOUR	    3600
#define AWAITED_MAX 10000 /* it counts no further */

enum {
	CURSOR,
	HELD,
	OUTBOX,
	QUEUED,
	MEDIA,
	STOPPED,
	PAUSED,
	AWAITED,
	REFUSED,
	PUT,
	LOOK,
	N_SQL
};

static const char *const health_put_sql[N_SQL] = {
	[CURSOR] = "SELECT delivery_id FROM spool_cursors WHERE node = $1",
	[HELD] = "SELECT count(*) FROM held WHERE node = $1 AND state = $2",
	/* Of an index alone.  The lowest id was queued first, but for what a
	 * person tries again. */
	[OUTBOX] = "SELECT count(*), MIN(id) FROM outbox"
		   " WHERE state IN ('queued', 'sending')",
	[QUEUED] = "SELECT created_at FROM outbox WHERE id = $1",
	[MEDIA] = "SELECT count(*) FROM media WHERE state = 'pending'",
	[STOPPED] = "SELECT count(*) FROM (SELECT number_id FROM media_errors"
		    " WHERE at > $1 AND at <= $1 + 3900"
		    "  GROUP BY number_id"
		    " HAVING count(*) >= $2) AS stopped",
	[PAUSED] = "SELECT count(*) FROM number_pauses WHERE until > $1",
	[AWAITED] = "WITH RECURSIVE w(name, place) AS ("
		    "SELECT MIN(waits_for), 1 FROM held"
		    " WHERE waits_for IS NOT NULL"
		    " UNION ALL SELECT (SELECT MIN(waits_for) FROM held"
		    "  WHERE waits_for > w.name), place + 1 FROM w"
		    " WHERE w.name IS NOT NULL"
		    " AND place < CAST($1 AS BIGINT))"
		    " SELECT count(name) FROM w",
	/* Numbers that the provider refuses; not when only one message was
	 * refused once.  120 s longer than the pause, so that a new attempt
	 * does not end it. */
	[REFUSED] =
	    "SELECT count(*) FROM number_pauses"
	    " WHERE error IS NOT NULL AND until > CAST($1 AS BIGINT) - 120"
	    " AND (row_id IS NULL OR attempts > 1)",
	[LOOK] = "SELECT seen_at, dead, clock_off, awaited, outbox_open,"
		 " media_stopped, paused FROM node_health WHERE node = $1",
	[PUT] =
	    "INSERT INTO node_health(node, seen_at, waiting, oldest_at,"
	    " deferred, dead, spool_bytes, spool_wal, inbox_wal, outbox_open,"
	    " media_pending, media_stopped, paused, awaited,"
	    " clock_off, search_waiting)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,"
	    " $14, $15, $16)"
	    " ON CONFLICT(node) DO UPDATE SET seen_at = excluded.seen_at,"
	    " waiting = excluded.waiting, oldest_at = excluded.oldest_at,"
	    " deferred = excluded.deferred, dead = excluded.dead,"
	    " spool_bytes = excluded.spool_bytes,"
	    " spool_wal = excluded.spool_wal,"
	    " inbox_wal = excluded.inbox_wal,"
	    " outbox_open = excluded.outbox_open,"
	    " media_pending = excluded.media_pending,"
	    " media_stopped = excluded.media_stopped,"
	    " paused = excluded.paused,"
	    " awaited = excluded.awaited,"
	    " clock_off = excluded.clock_off,"
	    " search_waiting = excluded.search_waiting",
};

const struct statements health_put_statements = {
	.sql = health_put_sql,
	.n = N_SQL,
	.also = STATEMENTS(&search_progress_statements),
};

static int
count(struct db *db, int statement, const struct db_arg *args, int64_t *n)
{
	*n = 0;
	return db_get_int(db, health_put_sql[statement], args, n) == -1 ? -1
									: 0;
}

/* Counts the deliveries after the cursor. */
static int
look_at_spool(
    struct db *db, struct pool *pool, struct spool *spool, struct health *h)
{
	int64_t cursor;

	if (count(db, CURSOR, DB_ARGS(db_text(h->node)), &cursor) == -1 ||
	    spool_waiting(spool, pool, cursor, &h->waiting, &h->oldest_at) ==
		-1 ||
	    spool_size(spool, &h->spool_bytes, &h->spool_wal) == -1)
		return -1;
	return 0;
}

/* What is open in the outbox, and since when. */
static int
look_at_outbox(struct db *db, struct health *h)
{
	struct db_rows *r = db_query(db, health_put_sql[OUTBOX], DB_NONE);
	int64_t first = 0, at;
	int rc = db_next(r);

	if (rc == 1) {
		h->outbox_open = db_col_int(r, 0);
		first = db_col_int(r, 1); /* no row: 0 */
	}
	db_end(r);
	if (rc == -1 || count(db, QUEUED, DB_ARGS(db_int(first)), &at) == -1)
		return -1;
	counters_set(COUNTER_OUTBOX_OLDEST_AT, at);
	return 0;
}

int
health_put(struct db *db, struct pool *pool, struct spool *spool,
    int errors_max, int64_t clock_off, int64_t now)
{
	struct health h = { .node = spool_node(spool),
		.seen_at = now,
		.clock_off = clock_off };
	int64_t refused;

	if (look_at_spool(db, pool, spool, &h) == -1 ||
	    count(db, HELD, DB_ARGS(db_text(h.node), db_text("deferred")),
		&h.deferred) == -1 ||
	    count(db, HELD, DB_ARGS(db_text(h.node), db_text("dead")),
		&h.dead) == -1 ||
	    look_at_outbox(db, &h) == -1 ||
	    count(db, MEDIA, DB_NONE, &h.media_pending) == -1 ||
	    count(db, STOPPED, DB_ARGS(db_int(now - HOUR), db_int(errors_max)),
		&h.media_stopped) == -1 ||
	    count(db, PAUSED, DB_ARGS(db_int(now)), &h.paused) == -1 ||
	    count(db, AWAITED, DB_ARGS(db_int(AWAITED_MAX)), &h.awaited) ==
		-1 ||
	    search_progress_waiting(db, &h.search_waiting) == -1 ||
	    count(db, REFUSED, DB_ARGS(db_int(now)), &refused) == -1)
		return -1;
	counters_set(COUNTER_STOPPED, refused);
	h.inbox_wal = db_log_size(db);
	return db_run(db, health_put_sql[PUT],
	    DB_ARGS(db_text(h.node), db_int(h.seen_at), db_int(h.waiting),
		db_int(h.oldest_at), db_int(h.deferred), db_int(h.dead),
		db_int(h.spool_bytes), db_int(h.spool_wal), db_int(h.inbox_wal),
		db_int(h.outbox_open), db_int(h.media_pending),
		db_int(h.media_stopped), db_int(h.paused), db_int(h.awaited),
		db_int(h.clock_off), db_int(h.search_waiting)));
}

int
health_look(struct db *db, const char *node, struct health *h)
{
	struct db_rows *r =
	    db_query(db, health_put_sql[LOOK], DB_ARGS(db_text(node)));
	int rc = db_next(r);

	*h = (struct health){ .node = node };
	if (rc == 1) {
		h->seen_at = db_col_int(r, 0);
		h->dead = db_col_int(r, 1);
		h->clock_off = db_col_int(r, 2);
		h->awaited = db_col_int(r, 3);
		h->outbox_open = db_col_int(r, 4);
		h->media_stopped = db_col_int(r, 5);
		h->paused = db_col_int(r, 6);
	}
	db_end(r);
	return rc;
}
