/*
 * Lists the newest workspace events, for the command line.  workspace_event.c
 * stores them.
 */
#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/workspace/workspace_event_list.h"

enum { LIST, N_SQL };

static const char *const workspace_event_list_sql[N_SQL] = {
	[LIST] = "SELECT e.id, e.at, e.field, n.phone_number_id, e.raw"
		 " FROM workspace_events e LEFT JOIN numbers n"
		 " ON n.id = e.number_id AND n.workspace_id = e.workspace_id"
		 " WHERE e.workspace_id = $1 ORDER BY e.at DESC, e.id DESC"
		 " LIMIT $2",
};

const struct statements workspace_event_list_statements = {
	.sql = workspace_event_list_sql,
	.n = N_SQL,
};

int
workspace_event_list(struct db *db, struct pool *p, int64_t workspace_id,
    int max, struct workspace_event_row **out, int *n)
{
	struct workspace_event_row *list =
	    pool_alloc(p, (size_t)max * sizeof(*list));
	struct db_rows *r = db_query(db, workspace_event_list_sql[LIST],
	    DB_ARGS(db_int(workspace_id), db_int(max)));
	int rc;

	for (*n = 0; (rc = db_next(r)) == 1; (*n)++) {
		list[*n].id = db_col_int(r, 0);
		list[*n].at = db_col_int(r, 1);
		list[*n].field = db_col_copy(r, p, 2);
		list[*n].phone_number_id = db_col_copy(r, p, 3);
		list[*n].raw = db_col_copy(r, p, 4);
	}
	db_end(r);
	*out = list;
	return rc;
}
