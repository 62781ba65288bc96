/*
 * Unmatched wamids.  A row is added when a status, an edit or a reaction comes
 * and there is no message; when the row is old it is checked whether the
 * message has come since.
 */
#include <stddef.h>

#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/message/unmatched.h"
#include "inbox/workspace/number.h"

enum {
	PUT,
	OLD,
	MATCHED,
	BARE,
	STATUSES,
	PATCHES,
	REACTIONS,
	GONE,
	BARED,
	N_SQL
};

#define OF_WAMID " WHERE workspace_id = $1 AND number_id = $2 AND"

static const char *const unmatched_sql[N_SQL] = {
	[PUT] = "INSERT INTO unmatched(number_id, wamid, seen_at, bare)"
		" SELECT $2, $3, $4, 0 WHERE NOT EXISTS (SELECT 1"
		"  FROM messages" OF_WAMID " wamid = $3)"
		" ON CONFLICT(number_id, wamid) DO UPDATE SET"
		" seen_at = excluded.seen_at, bare = 0",
	[OLD] = "SELECT u.number_id, u.wamid, n.workspace_id"
		" FROM unmatched AS u LEFT JOIN numbers AS n"
		"  ON n.id = u.number_id"
		" WHERE u.bare = $1 AND u.seen_at < $2"
		" ORDER BY u.seen_at LIMIT $3",
	[MATCHED] = "SELECT 1 FROM messages" OF_WAMID " wamid = $3",
	[BARE] = "UPDATE message_statuses SET raw = NULL" OF_WAMID
		 " wamid = $3 AND raw IS NOT NULL",
	[STATUSES] = "DELETE FROM message_statuses" OF_WAMID " wamid = $3",
	[PATCHES] = "DELETE FROM message_patches" OF_WAMID " target_wamid = $3",
	[REACTIONS] = "DELETE FROM reactions" OF_WAMID " target_wamid = $3",
	[GONE] = "DELETE FROM unmatched WHERE number_id = $2 AND wamid = $3",
	[BARED] = "UPDATE unmatched SET bare = 1"
		  " WHERE number_id = $2 AND wamid = $3",
};

const struct statements unmatched_statements = {
	.sql = unmatched_sql,
	.n = N_SQL,
};

int
unmatched_put(struct db *db, const struct number_key *number, const char *wamid,
    int64_t now)
{
	return db_run(db, unmatched_sql[PUT],
	    DB_ARGS(db_int(number->workspace_id), db_int(number->id),
		db_text(wamid), db_int(now)));
}

struct wamid {
	struct number_key number;
	const char *text;
};

static int
list_old(struct db *db, struct pool *pool, int bare, int64_t older, int max,
    struct wamid *out)
{
	struct db_rows *r = db_query(db, unmatched_sql[OLD],
	    DB_ARGS(db_int(bare), db_int(older), db_int(max)));
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < max) {
		out[n].number.id = db_col_int(r, 0);
		out[n].text = db_col_copy(r, pool, 1);
		out[n++].number.workspace_id = db_col_int(r, 2);
	}
	db_end(r);
	return rc == -1 ? -1 : n;
}

static int
run_unmatched(struct db *db, int statement, const struct wamid *w)
{
	return db_run(db, unmatched_sql[statement],
	    DB_SHARED_ARGS(db_int(w->number.workspace_id), db_int(w->number.id),
		db_text(w->text)));
}

/* Forgets W when its message has come; else deletes the raw JSON (BARE 0) or
 * all of it (BARE 1): 0, -1. */
static int
end_one(struct db *db, const struct wamid *w, int bare)
{
	static const int all[] = { STATUSES, PATCHES, REACTIONS, GONE };
	int64_t one;
	int rc = db_get_int(db, unmatched_sql[MATCHED],
	    DB_ARGS(db_int(w->number.workspace_id), db_int(w->number.id),
		db_text(w->text)),
	    &one);

	if (rc == -1)
		return -1;
	if (rc == 1)
		return run_unmatched(db, GONE, w);
	if (!bare)
		return run_unmatched(db, BARE, w) == -1
			   ? -1
			   : run_unmatched(db, BARED, w);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (run_unmatched(db, all[i], w) == -1)
			return -1;
	return 0;
}

int
unmatched_purge(struct db *db, struct pool *pool, int max, int64_t now)
{
	static const int64_t kept[] = { UNMATCHED_RAW, UNMATCHED_KEPT };
	struct wamid *list = pool_alloc(pool, (size_t)max * sizeof(*list));
	int more = 0;

	for (int bare = 0; bare < 2; bare++) {
		int n = list_old(db, pool, bare, now - kept[bare], max, list);

		for (int i = 0; i < n; i++)
			if (end_one(db, &list[i], bare) == -1)
				return -1;
		if (n == -1)
			return -1;
		more |= n == max;
	}
	return more;
}
