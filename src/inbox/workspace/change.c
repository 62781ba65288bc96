/*
 * Reads the changes of a workspace.
 */
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/workspace/change.h"

enum { RANGE, NEXT, N_SQL };

static const char *const change_sql[N_SQL] = {
	[RANGE] = "SELECT (SELECT seq FROM my_changes ORDER BY seq LIMIT 1),"
		  " (SELECT seq FROM my_changes ORDER BY seq DESC LIMIT 1)",
	[NEXT] = "SELECT seq, type, object_id, conversation_id"
		 " FROM my_changes WHERE seq > $1 ORDER BY seq LIMIT $2",
};

const struct statements change_statements = {
	.sql = change_sql,
	.n = N_SQL,
};

int
change_range(struct session *s, int64_t *first, int64_t *last)
{
	struct db_rows *r = db_query(session_db(s), change_sql[RANGE], DB_NONE);
	int rc = db_next(r);

	*first = *last = 0;
	if (rc == 1) {
		*first = db_col_int(r, 0);
		*last = db_col_int(r, 1);
	}
	db_end(r);
	return rc == -1 ? -1 : 0;
}

int
change_reaches(int64_t first, int64_t last, int64_t after)
{
	return after >= 0 && after >= first - 1 && after <= last;
}

int
change_read(struct session *s, struct pool *pool, int64_t after,
    struct change *out, int max)
{
	struct db_rows *r = db_query(session_db(s), change_sql[NEXT],
	    DB_ARGS(db_int(after), db_int(max)));
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < max)
		out[n++] = (struct change){
			.seq = db_col_int(r, 0),
			.type = db_col_copy(r, pool, 1),
			.id = db_col_int(r, 2),
			.conversation_id = db_col_int(r, 3),
		};
	db_end(r);
	return rc == -1 ? -1 : n;
}
