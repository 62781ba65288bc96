/*
 * What need not be kept any longer.
 */
#include <stddef.h>

#include "base/pool.h"

#include "door/db.h"

#include "inbox/intake.h"
#include "inbox/spool.h"

#include "worker/retain.h"

enum { FORGET, N_SQL };

static const char *const sql[N_SQL] = {
	[FORGET] = "DELETE FROM idempotency_keys"
	    " WHERE (workspace_id, user_id, key) IN (SELECT workspace_id,"
	    "  user_id, key FROM idempotency_keys WHERE created_at < $1"
	    "  ORDER BY created_at LIMIT $2)",
};

#define STEP 200		/* rows */
#define KEYS_KEPT (24 * 3600)
#define COUNT_EVERY 300		/* seconds: counting reads the whole spool */

int
retain_prepare(struct db *db)
{
	return db_prepare(db, sql, N_SQL);
}

/* How many deliveries are too many for keep_bytes, now and then. */
static int
count_surplus(struct retain *r, int64_t now)
{
	int64_t n = 0, bytes = 0;

	if (now - r->counted_at < COUNT_EVERY)
		return 0;
	if (spool_count(r->spool, &n, &bytes) == -1)
		return -1;
	r->counted_at = now;
	r->surplus = 0;
	if (bytes > r->keep_bytes && n > 0)
		r->surplus = (bytes - r->keep_bytes) / (bytes / n + 1) + 1;
	return 0;
}

static int
purge(struct retain *r, int64_t now)
{
	const char *node = spool_node(r->spool);
	int64_t upto, *keep;
	int n_keep, n, more;

	pool_reset(r->pool);
	if (count_surplus(r, now) == -1 ||
	    intake_cursor(r->db, node, &upto, NULL) == -1 ||
	    intake_kept(r->db, r->pool, node, &upto, &keep, &n_keep) == -1)
		return -1;
	n = spool_purge(r->spool, upto, now - r->keep_deliveries, STEP, keep,
	    n_keep);
	if (n == -1)
		return -1;
	more = n == STEP;
	r->surplus = r->surplus > n ? r->surplus - n : 0;
	if (more || r->surplus == 0)
		return more;
	n = spool_purge(r->spool, upto, INT64_MAX,
	    r->surplus < STEP ? (int)r->surplus : STEP, keep, n_keep);
	if (n == -1)
		return -1;
	r->surplus = n > 0 ? r->surplus - n : 0;
	return r->surplus > 0;
}

static int
forget(struct retain *r, int64_t now)
{
	int64_t n = 0;

	if (db_begin(r->db) == -1)
		return -1;
	if (db_run(r->db, sql[FORGET], DB_ARGS(db_int(now - KEYS_KEPT),
	    db_int(STEP))) == -1) {
		db_rollback(r->db);
		return -1;
	}
	n = db_changed(r->db);
	return db_commit(r->db) == -1 ? -1 : n == STEP;
}

int
retain_step(struct retain *r, int64_t now)
{
	int a = purge(r, now), b = forget(r, now);

	return a == -1 || b == -1 ? -1 : a || b;
}
