/*
 * Deliveries that were given up, by a person or by retention.
 */
#include <stddef.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/node/delivery_discard.h"
#include "inbox/node/delivery_state.h"

enum { PUT, HAS, UNDO, OLD, N_SQL };

static const char *const delivery_discard_sql[N_SQL] = {
	[PUT] = "INSERT INTO discarded(node, delivery_id, at)"
		" VALUES ($1, $2, $3) ON CONFLICT(node, delivery_id)"
		" DO UPDATE SET at = excluded.at",
	[HAS] = "SELECT 1 FROM discarded"
		" WHERE node = $1 AND delivery_id = $2",
	[OLD] = "SELECT node, delivery_id, updated_at, reason FROM held"
		" WHERE state = 'dead' AND updated_at < $1"
		" ORDER BY updated_at LIMIT $2",
	[UNDO] = "DELETE FROM discarded WHERE node = $1 AND delivery_id = $2",
};

const struct statements delivery_discard_statements = {
	.sql = delivery_discard_sql,
	.n = N_SQL,
	.also = STATEMENTS(&delivery_state_statements),
};

int
delivery_discard_put(struct db *db, const char *node, int64_t id, int64_t now)
{
	if (delivery_state_done(db, node, id) == -1)
		return -1;
	if (db_changed(db) == 0)
		return 0;
	if (db_run(db, delivery_discard_sql[PUT],
		DB_ARGS(db_text(node), db_int(id), db_int(now))) == -1)
		return -1;
	return 1;
}

/* A dead delivery. */
struct ended {
	const char *node;
	int64_t id;
	int64_t since;
	const char *reason;
};

static int
list_old(
    struct db *db, struct pool *pool, int64_t older, int max, struct ended *out)
{
	struct db_rows *r = db_query(
	    db, delivery_discard_sql[OLD], DB_ARGS(db_int(older), db_int(max)));
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < max)
		out[n++] = (struct ended){
			.node = db_col_copy(r, pool, 0),
			.id = db_col_int(r, 1),
			.since = db_col_int(r, 2),
			.reason = db_col_copy(r, pool, 3),
		};
	db_end(r);
	return rc == -1 ? -1 : n;
}

int
delivery_discard_old(
    struct db *db, struct pool *pool, int64_t older, int64_t now, int max)
{
	struct ended *list = pool_alloc(pool, (size_t)max * sizeof(*list));
	int n = list_old(db, pool, older, max, list);

	for (int i = 0; i < n; i++) {
		const struct ended *e = &list[i];

		if (delivery_discard_put(db, e->node, e->id, now) == -1)
			return -1;
		log_about_id("delivery", e->id);
		log_warn("discarded, not applied: dead since %s, longer than "
			 "WASPOOL_KEEP_HELD; %s",
		    clock_text(pool, e->since), e->reason);
		log_about(NULL, NULL);
	}
	return n;
}

int
delivery_discard_has(struct db *db, const char *node, int64_t id)
{
	int64_t one;

	return db_get_int(db, delivery_discard_sql[HAS],
	    DB_ARGS(db_text(node), db_int(id)), &one);
}

int
delivery_discard_undo(struct db *db, const char *node, int64_t id)
{
	return db_run(
	    db, delivery_discard_sql[UNDO], DB_ARGS(db_text(node), db_int(id)));
}
