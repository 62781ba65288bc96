/*
 * What was counted of a number goes with it to another workspace.
 */
#include <stddef.h>

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/report/report_count.h"
#include "inbox/report/report_move.h"

enum { FIRST, ADD, GONE, N_SQL };

#define ROWS "workspace_id = $1 AND number_id = $3 AND slot = $4"

static const char *const report_move_sql[N_SQL] = {
	[FIRST] = "SELECT slot FROM report_counts WHERE workspace_id = $1"
		  " AND number_id = $2 ORDER BY slot LIMIT 1",
	[ADD] = "INSERT INTO report_counts(" REPORT_COUNT_COLUMNS
		") SELECT CAST($2 AS BIGINT), number_id, slot, user_id,"
		" received, sent, automatic, started, closed, answers,"
		" answer_seconds FROM report_counts"
		" WHERE " ROWS REPORT_COUNT_ADD_UP("$5"),
	[GONE] = "DELETE FROM report_counts WHERE workspace_id = $1"
		 " AND number_id = $2 AND slot = $3",
};

const struct statements report_move_statements = {
	.sql = report_move_sql,
	.n = N_SQL,
};

int
report_move(struct db *db, int64_t from, int64_t to, int64_t number_id)
{
	int64_t slot;
	int rc = db_get_int(db, report_move_sql[FIRST],
	    DB_ARGS(db_int(from), db_int(number_id)), &slot);

	if (rc != 1)
		return rc;
	if (db_run(db, report_move_sql[ADD],
		DB_ARGS(db_int(from), db_int(to), db_int(number_id),
		    db_int(slot), db_int(REPORT_COUNT_TIMES_MAX))) == -1 ||
	    db_run(db, report_move_sql[GONE],
		DB_ARGS(db_int(from), db_int(number_id), db_int(slot))) == -1)
		return -1;
	return 1;
}
