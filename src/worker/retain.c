/*
 * What need not be kept any longer.
 */
#include <stddef.h>

#include "base/pool.h"

#include "door/db.h"

#include "inbox/change.h"
#include "inbox/intake.h"
#include "inbox/spool.h"

#include "worker/retain.h"

enum { KEYS, SENT, DISCARDED, N_SQL };

static const char *const sql[N_SQL] = {
	[KEYS] = "DELETE FROM idempotency_keys"
		 " WHERE (workspace_id, user_id, key) IN (SELECT workspace_id,"
		 "  user_id, key FROM idempotency_keys WHERE created_at < $1"
		 "  ORDER BY created_at LIMIT $2)",
	[SENT] = "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox"
		 "  WHERE state = 'done' AND created_at < $1"
		 "  ORDER BY created_at LIMIT $2)",
	[DISCARDED] = "DELETE FROM discarded WHERE (node, delivery_id) IN ("
		      "SELECT node, delivery_id FROM discarded WHERE at < $1"
		      " ORDER BY at LIMIT $2)",
};

#define STEP	  200 /* rows */
#define KEYS_KEPT (24 * 3600)
/* So long the provider may still say that a message failed; a person can send
 * it again from the row. */
#define SENT_KEPT (30 * 24 * 3600)

int
retain_prepare(struct db *db)
{
	if (change_purge_prepare(db) == -1)
		return -1;
	return db_prepare(db, sql, N_SQL);
}

/* One step: what is too old, then what is too much.  1: perhaps more. */
static int
purge(struct retain *r, int64_t now)
{
	const char *node = spool_node(r->spool);
	int64_t upto, *keep, bytes, wal, older = now - r->keep_deliveries;
	int n_keep, n;

	pool_reset(r->pool);
	if (spool_size(r->spool, &bytes, &wal) == -1 ||
	    intake_cursor(r->db, node, &upto, NULL) == -1 ||
	    intake_kept(r->db, r->pool, node, &upto, &keep, &n_keep) == -1)
		return -1;
	if (bytes > r->keep_bytes)
		older = INT64_MAX;
	/* The last one that was applied stays: by it the spool is known. */
	n = spool_purge(r->spool, upto - 1, older, STEP, keep, n_keep);
	return n == -1 ? -1 : n == STEP;
}

static int
forget(struct retain *r, int64_t now)
{
	/* A raw copy came in before it was given up. */
	const int64_t kept[N_SQL] = { [KEYS] = KEYS_KEPT,
		[SENT] = SENT_KEPT,
		[DISCARDED] = r->keep_deliveries };
	int more = 0;

	if (db_begin(r->db) == -1)
		return -1;
	for (int i = 0; i < N_SQL; i++) {
		if (db_run(r->db, sql[i],
			DB_ARGS(db_int(now - kept[i]), db_int(STEP))) == -1) {
			db_rollback(r->db);
			return -1;
		}
		more |= db_changed(r->db) == STEP;
	}
	return db_commit(r->db) == -1 ? -1 : more;
}

int
retain_step(struct retain *r, int64_t now)
{
	int a = purge(r, now), b = forget(r, now);
	int c = change_purge(r->db, r->keep_changes, now, &r->changes_at);

	return a == -1 || b == -1 || c == -1 ? -1 : a || b || c;
}
