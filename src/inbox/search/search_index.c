/*
 * Puts the words of rows that were stored, changed or deleted
 * (search_index.h).  How an engine keeps them: search_keeping.h.
 */
#include <stddef.h>

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/search/engine/search_keeping.h"
#include "inbox/search/search_index.h"
#include "inbox/search/search_keeper.h"
#include "inbox/search/search_partition.h"
#include "inbox/search/search_progress.h"

enum { STALE_LAST, STALE_DONE, MOVE, MOVED, N_SQL };

static const char *const search_index_sql[N_SQL] = {
	[STALE_LAST] = "SELECT MAX(id) FROM (SELECT id FROM search_stale"
		       " WHERE kind = $1 ORDER BY id LIMIT $2) AS next",
	[STALE_DONE] = "DELETE FROM search_stale WHERE kind = $1 AND id <= $2",
	[MOVE] = "UPDATE search_indexed SET upto_id = $2 WHERE kind = $1",
	/* What came from another workspace fills a partition. */
	[MOVED] =
	    "INSERT INTO search_partitions(workspace_id, first_id, partition,"
	    " rows) SELECT m.workspace_id, COALESCE((SELECT MAX(p.first_id)"
	    " FROM search_partitions AS p WHERE p.workspace_id ="
	    " m.workspace_id AND p.first_id <= m.id), 0) AS first_id, 0,"
	    " COUNT(*) FROM search_stale AS s CROSS JOIN messages AS m"
	    " WHERE s.kind = $1 AND s.id <= $2 AND m.id = s.id"
	    " AND m.workspace_id <> s.workspace_id GROUP BY 1, 2"
	    " ON CONFLICT(workspace_id, first_id) DO UPDATE"
	    " SET rows = search_partitions.rows + excluded.rows",
};

const struct statements search_index_statements = {
	.sql = search_index_sql,
	.n = N_SQL,
	.also = STATEMENTS(&search_keep_sqlite_statements,
	    &search_keep_pgsql_statements, &search_partition_statements,
	    &search_progress_statements),
};

/* The next rows of a kind that are stale: 0, -1. */
static int
put_stale(struct db *db, enum search_kind k, int64_t rows)
{
	const struct db_arg kind = db_text(search_kind_name(k));
	int64_t last = 0;

	if (db_get_int(db, search_index_sql[STALE_LAST],
		DB_ARGS(kind, db_int(rows)), &last) == -1)
		return -1;
	if (last == 0)
		return 0;
	if (k == SEARCH_MESSAGES && db_run(db, search_index_sql[MOVED],
					DB_ARGS(kind, db_int(last))) == -1)
		return -1;
	if (search_keeper(db)->renew(db, k, last) == -1)
		return -1;
	return db_run(
	    db, search_index_sql[STALE_DONE], DB_ARGS(kind, db_int(last)));
}

/* Where the next rows begin and end: 1, 0 there are none, -1. */
static int
find_new(struct db *db, enum search_kind k, int64_t rows, int64_t *upto,
    int64_t *top)
{
	struct db_rows *r = db_query(db, search_keeper(db)->top[k],
	    DB_ARGS(db_text(search_kind_name(k)), db_int(rows)));
	int rc = db_next(r);

	*upto = rc == 1 ? db_col_int(r, 0) : 0;
	*top = rc == 1 ? db_col_int(r, 1) : 0;
	db_end(r);
	return rc == 1 ? *top > 0 : rc;
}

/* The messages above UPTO up to TOP: 0, -1. */
static int
put_messages(struct db *db, int64_t full, int64_t upto, int64_t top)
{
	int64_t label;
	int rc = search_partition_fill(db, upto + 1, top + 1, full, &label);

	if (rc == -1)
		return -1;
	return search_keeper(db)->put(
	    db, SEARCH_MESSAGES, upto + 1, top + 1, rc == 1 ? &label : NULL);
}

/* The next rows that are new: 0, -1. */
static int
put_new(struct db *db, enum search_kind k, int64_t full, int64_t rows)
{
	int64_t upto, top;
	int rc = find_new(db, k, rows, &upto, &top);

	if (rc != 1)
		return rc;
	if (db_run(db, search_index_sql[MOVE],
		DB_ARGS(db_text(search_kind_name(k)), db_int(top))) == -1)
		return -1;
	if (k == SEARCH_MESSAGES)
		return put_messages(db, full, upto, top);
	return search_keeper(db)->put(db, k, upto + 1, top + 1, NULL);
}

int
search_index_put(struct db *db, int64_t full, int64_t rows)
{
	int64_t quarter = full / 4;

	for (enum search_kind k = 0; k < SEARCH_KINDS; k++)
		if (put_stale(db, k, rows) == -1 ||
		    put_new(db, k, full, rows < quarter ? rows : quarter) == -1)
			return -1;
	return 0;
}

int
search_index_step(struct db *db, int64_t full, int64_t rows)
{
	int rc = search_progress_is_due(db);

	if (rc != 1)
		return rc;
	if (db_begin(db) == -1)
		return -1;
	if (search_index_put(db, full, rows) == -1) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db) == -1 ? -1 : 1;
}
