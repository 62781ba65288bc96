/*
 * The table workspace_settings, for the processor and the command line.
 */
#include <stddef.h>

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/hours/workspace_setting.h"

enum { GET, PUT, N_SQL };

static const char *const workspace_setting_sql[N_SQL] = {
	[GET] = "SELECT time_zone, opening_hours, automatic_answer"
		" FROM workspace_settings WHERE workspace_id = $1",
	[PUT] = "INSERT INTO workspace_settings(workspace_id, time_zone,"
		" opening_hours, automatic_answer, changed_at)"
		" VALUES ($1, $2, $3, $4, $5)"
		" ON CONFLICT (workspace_id) DO UPDATE SET"
		" time_zone = excluded.time_zone,"
		" opening_hours = excluded.opening_hours,"
		" automatic_answer = excluded.automatic_answer,"
		" changed_at = excluded.changed_at",
};

const struct statements workspace_setting_statements = {
	.sql = workspace_setting_sql,
	.n = N_SQL,
};

int
workspace_setting_get(struct db *db, struct pool *pool, int64_t workspace_id,
    struct workspace_setting *s)
{
	struct db_rows *r = db_query(
	    db, workspace_setting_sql[GET], DB_ARGS(db_int(workspace_id)));
	int rc = db_next(r);

	*s = (struct workspace_setting){ .time_zone = WORKSPACE_SETTING_ZONE };
	if (rc == 1) {
		s->time_zone = db_col_copy(r, pool, 0);
		s->opening_hours = db_col_copy(r, pool, 1);
		s->automatic_answer = db_col_copy(r, pool, 2);
	}
	db_end(r);
	return rc == -1 ? -1 : 0;
}

int
workspace_setting_put(struct db *db, int64_t workspace_id,
    const struct workspace_setting *s, int64_t now)
{
	return db_run(db, workspace_setting_sql[PUT],
	    DB_ARGS(db_int(workspace_id), db_text(s->time_zone),
		db_text(s->opening_hours), db_text(s->automatic_answer),
		db_int(now)));
}
