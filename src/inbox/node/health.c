/*
 * Reads the health of the nodes, for /healthz and /metrics, on a member's
 * connection that serves nobody: nothing here belongs to a workspace.
 */
#include <stddef.h>

#include "base/clock.h"
#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/node/health.h"

#define NODES_MAX 64
/* A server of the inbox that stands still is said before nginx gives up. */
#define WAIT_MS	  1000

enum { READ, N_SQL };

static const char *const health_sql[N_SQL] = {
	[READ] =
	    "SELECT node, seen_at, waiting, oldest_at, deferred, dead,"
	    " spool_bytes, spool_wal, inbox_wal, outbox_open, media_pending,"
	    " media_stopped, paused, awaited,"
	    " clock_off, search_waiting FROM my_nodes WHERE seen_at > $1"
	    " ORDER BY node LIMIT $2",
};

const struct statements health_statements = {
	.sql = health_sql,
	.n = N_SQL,
};

static void
fill_health(struct health *h, struct pool *pool, struct db_rows *r)
{
	int64_t *const columns[] = { &h->seen_at, &h->waiting, &h->oldest_at,
		&h->deferred, &h->dead, &h->spool_bytes, &h->spool_wal,
		&h->inbox_wal, &h->outbox_open, &h->media_pending,
		&h->media_stopped, &h->paused, &h->awaited, &h->clock_off,
		&h->search_waiting };

	h->node = db_col_copy(r, pool, 0);
	for (int i = 0; i < (int)(sizeof(columns) / sizeof(columns[0])); i++)
		*columns[i] = db_col_int(r, i + 1);
}

int
health_read(
    struct session *s, struct pool *pool, int64_t now, struct health **out)
{
	struct db_rows *r;
	int n = 0, rc;

	db_deadline(session_db(s), clock_ticks_ms() + WAIT_MS);
	r = db_query(session_db(s), health_sql[READ],
	    DB_ARGS(db_int(now - HEALTH_GONE), db_int(NODES_MAX)));
	*out = pool_alloc(pool, NODES_MAX * sizeof(**out));
	while ((rc = db_next(r)) == 1 && n < NODES_MAX)
		fill_health(&(*out)[n++], pool, r);
	db_end(r);
	db_deadline(session_db(s), 0);
	return rc == -1 ? -1 : n;
}
