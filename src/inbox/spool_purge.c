/*
 * Deliveries that need not be kept any longer.
 */
#include <stdlib.h>

#include "base/pool.h"

#include "door/db.h"

#include "inbox/spool.h"
#include "inbox/spool_file.h"

enum { OLDEST, DELETE, N_SQL };

static const char *const sql[N_SQL] = {
	[OLDEST] = "SELECT id, received_at FROM deliveries"
		   " WHERE id > $1 AND id <= $2 ORDER BY id LIMIT $3",
	[DELETE] = "DELETE FROM deliveries WHERE id = $1",
};

int
spool_purge_prepare(struct db *db)
{
	return db_prepare(db, sql, N_SQL);
}

static int
is_kept(int64_t id, const int64_t *keep, int n_keep)
{
	for (int i = 0; i < n_keep; i++)
		if (keep[i] == id)
			return 1;
	return 0;
}

/*
 * Ids that may go, at most MAX, into IDS.  What is kept is stepped over, so
 * that the held ones of last month do not hide what stands behind them.
 */
static int
collect(struct spool *spool, int64_t upto, int64_t older, int max,
    const int64_t *keep, int n_keep, int64_t *ids)
{
	int64_t last;
	struct db_rows *rows;
	int n = 0, rc;

	if (spool_last(spool, &last) == -1)
		return -1;
	if (upto >= last)
		upto = last - 1;
	rows = db_query(spool->db, sql[OLDEST],
	    DB_ARGS(db_int(0), db_int(upto), db_int(max + n_keep)));
	while ((rc = db_next(rows)) == 1 && n < max) {
		if (db_col_int(rows, 1) >= older)
			break;
		if (!is_kept(db_col_int(rows, 0), keep, n_keep))
			ids[n++] = db_col_int(rows, 0);
	}
	db_end(rows);
	return rc == -1 ? -1 : n;
}

int
spool_purge(struct spool *spool, int64_t upto, int64_t older, int max,
    const int64_t *keep, int n_keep)
{
	int64_t *ids = pool_forever((size_t)max * sizeof(*ids));
	int n = collect(spool, upto, older, max, keep, n_keep, ids), rc = n;

	if (n > 0 && db_begin(spool->db) == -1)
		rc = -1;
	for (int i = 0; i < n && rc != -1; i++)
		if (db_run(spool->db, sql[DELETE], DB_ARGS(db_int(ids[i]))) ==
		    -1)
			rc = -1;
	if (n > 0 && rc == -1)
		db_rollback(spool->db);
	else if (n > 0 && db_commit(spool->db) == -1)
		rc = -1;
	free(ids);
	return rc;
}
