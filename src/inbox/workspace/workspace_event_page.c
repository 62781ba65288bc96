/*
 * Workspace events for members, a page at a time or one alone.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/workspace/workspace_event_page.h"

enum { PAGE, ONE, N_SQL };

#define SHOWN                                                                  \
	"SELECT e.id, e.at, e.field, (SELECT n.phone_number_id"                \
	" FROM my_numbers n WHERE n.id = e.number_id), e.raw, e.created_at"    \
	" FROM my_workspace_events e WHERE "

static const char *const workspace_event_page_sql[N_SQL] = {
	[PAGE] = SHOWN "(e.at, e.id) < ($1, $2)"
		       " ORDER BY e.at DESC, e.id DESC LIMIT $3",
	[ONE] = SHOWN "e.id = $1",
};

const struct statements workspace_event_page_statements = {
	.sql = workspace_event_page_sql,
	.n = N_SQL,
};

static void
read_event(
    struct db_rows *r, struct pool *pool, struct workspace_event_shown *e)
{
	*e = (struct workspace_event_shown){
		.id = db_col_int(r, 0),
		.at = db_col_int(r, 1),
		.field = db_col_copy(r, pool, 2),
		.phone_number_id = db_col_copy(r, pool, 3),
		.raw = db_col_copy(r, pool, 4),
		.created_at = db_col_int(r, 5),
	};
}

int
workspace_event_page_read(struct session *s, struct pool *pool, int64_t at,
    int64_t id, struct workspace_event_shown *out, int max, int *more)
{
	struct db_rows *r =
	    db_query(session_db(s), workspace_event_page_sql[PAGE],
		DB_ARGS(db_int(at), db_int(id), db_int(max + 1)));
	size_t bytes = 0, len;
	int n = 0, rc;

	*more = 0;
	while ((rc = db_next(r)) == 1) {
		db_col_blob(r, 4, &len);
		bytes += len;
		*more =
		    n == max || (n > 0 && bytes > WORKSPACE_EVENT_BYTES_MAX);
		if (*more)
			break;
		read_event(r, pool, &out[n++]);
	}
	db_end(r);
	return rc == -1 ? -1 : n;
}

int
workspace_event_page_get(struct session *s, struct pool *pool, int64_t id,
    struct workspace_event_shown *e)
{
	struct db_rows *r = db_query(
	    session_db(s), workspace_event_page_sql[ONE], DB_ARGS(db_int(id)));
	int rc = db_next(r);

	if (rc == 1)
		read_event(r, pool, e);
	db_end(r);
	return rc;
}
