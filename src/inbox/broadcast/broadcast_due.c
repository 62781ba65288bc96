/*
 * Which broadcasts are under way; and a person who is erased is among the
 * recipients of none.
 */
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/broadcast/broadcast_due.h"

enum { DUE, FORGET, N_SQL };

static const char *const broadcast_due_sql[N_SQL] = {
	[DUE] = "SELECT id, workspace_id, started_by, per_minute"
		" FROM broadcasts WHERE state IN ('counting', 'running')"
		" AND start_at <= $1 ORDER BY start_at LIMIT $2",
	[FORGET] = "DELETE FROM broadcast_recipients WHERE workspace_id = $1"
		   " AND who IN ($2, '+' || $2)",
};

const struct statements broadcast_due_statements = {
	.sql = broadcast_due_sql,
	.n = N_SQL,
};

int
broadcast_due_list(
    struct db *db, int64_t now, struct broadcast_due *due, int max)
{
	struct db_rows *r = db_query(
	    db, broadcast_due_sql[DUE], DB_ARGS(db_int(now), db_int(max)));
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < max)
		due[n++] = (struct broadcast_due){
			.id = db_col_int(r, 0),
			.workspace_id = db_col_int(r, 1),
			.started_by = db_col_int(r, 2),
			.per_minute = db_col_int(r, 3),
		};
	db_end(r);
	return rc == -1 ? -1 : n;
}

int
broadcast_due_forget(struct db *db, int64_t workspace_id, const char *who)
{
	return db_run(db, broadcast_due_sql[FORGET],
	    DB_ARGS(db_int(workspace_id), db_text(who)));
}
