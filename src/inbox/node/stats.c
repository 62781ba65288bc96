/*
 * Counts for waspool stats.  Conversations are summed from counters that
 * triggers keep; other rows are counted by an index.
 */
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/node/stats.h"

enum { READ, N_SQL };

static const char *const stats_sql[N_SQL] = {
	[READ] =
	    "SELECT (SELECT count(*) FROM workspaces),"
	    " (SELECT count(*) FROM users),"
	    " (SELECT count(*) FROM numbers),"
	    " (SELECT count(*) FROM contacts),"
	    " (SELECT CAST(coalesce(sum(total), 0) AS BIGINT) FROM counters),"
	    " (SELECT CAST(coalesce(sum(unread), 0) AS BIGINT) FROM counters),"
	    " (SELECT CAST(coalesce(sum(archived), 0) AS BIGINT) FROM "
	    "counters),"
	    " (SELECT count(*) FROM messages),"
	    " (SELECT count(*) FROM held WHERE node = $1"
	    "  AND state = 'deferred'),"
	    " (SELECT count(*) FROM held WHERE node = $1 AND state = 'dead')",
};

const struct statements stats_statements = {
	.sql = stats_sql,
	.n = N_SQL,
};

int
stats_read(struct db *db, const char *node, struct stats *s)
{
	struct db_rows *r =
	    db_query(db, stats_sql[READ], DB_ARGS(db_text(node)));
	int rc = db_next(r);

	if (rc == 1) {
		s->workspaces = db_col_int(r, 0);
		s->users = db_col_int(r, 1);
		s->numbers = db_col_int(r, 2);
		s->contacts = db_col_int(r, 3);
		s->conversations = db_col_int(r, 4);
		s->unread = db_col_int(r, 5);
		s->archived = db_col_int(r, 6);
		s->messages = db_col_int(r, 7);
		s->deferred = db_col_int(r, 8);
		s->dead = db_col_int(r, 9);
	}
	db_end(r);
	return rc == 1 ? 0 : -1;
}
