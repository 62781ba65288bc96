/*
 * Deletes deliveries whose retention is over.
 */
#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "spool/spool.h"
#include "spool/spool_file.h"

enum { AGES, DELETE, N_SQL };

static const char *const spool_purge_sql[N_SQL] = {
	[AGES] = "SELECT id, received_at FROM deliveries"
		 " WHERE id > $1 AND id <= $2 ORDER BY id LIMIT $3",
	[DELETE] = "DELETE FROM deliveries WHERE id = $1",
};

const struct statements spool_purge_statements = {
	.sql = spool_purge_sql,
	.n = N_SQL,
};

int
spool_ages(struct spool *spool, int64_t after, int64_t upto, int max,
    struct spool_age *out)
{
	struct db_rows *r = db_query(spool->db, spool_purge_sql[AGES],
	    DB_ARGS(db_int(after), db_int(upto), db_int(max)));
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < max) {
		out[n].id = db_col_int(r, 0);
		out[n++].received_at = db_col_int(r, 1);
	}
	db_end(r);
	return rc == -1 ? -1 : n;
}

int
spool_delete(struct spool *spool, const int64_t *ids, int n)
{
	int64_t last;
	int rc = 0, deleted = 0;

	if (n == 0)
		return 0;
	if (spool_last(spool, &last) == -1 || db_begin(spool->db) == -1)
		return -1;
	for (int i = 0; i < n && rc != -1; i++) {
		if (ids[i] >= last)
			continue;
		rc = db_run(spool->db, spool_purge_sql[DELETE],
		    DB_ARGS(db_int(ids[i])));
		deleted++;
	}
	if (rc == -1 || db_commit(spool->db) == -1) {
		db_rollback(spool->db);
		return -1;
	}
	return deleted;
}
