/*
 * Replaces the raw copy of a delivery, when a person is erased.
 */
#include "lib/sql/db.h"
#include "lib/sql/sqlite.h"
#include "lib/sql/statements.h"

#include "spool/spool.h"
#include "spool/spool_file.h"

enum { REWRITE, N_SQL };

/* The column body_len keeps the received length: a body of another length was
 * rewritten. */
static const char *const spool_rewrite_sql[N_SQL] = {
	[REWRITE] = "UPDATE deliveries SET body = $2 WHERE id = $1",
};

const struct statements spool_rewrite_statements = {
	.sql = spool_rewrite_sql,
	.n = N_SQL,
};

int
spool_rewrite(struct spool *spool, const struct spool_body *bodies, int n)
{
	if (n == 0)
		return 0;
	if (db_begin(spool->db) == -1)
		return -1;
	for (int i = 0; i < n; i++)
		if (db_run(spool->db, spool_rewrite_sql[REWRITE],
			DB_ARGS(db_int(bodies[i].id),
			    db_blob(bodies[i].body, bodies[i].len))) == -1) {
			db_rollback(spool->db);
			return -1;
		}
	return db_commit(spool->db);
}

int
spool_flush(struct spool *spool)
{
	return sqlite_truncate(spool->db);
}
