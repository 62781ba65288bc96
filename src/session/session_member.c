/*
 * Reads whom a secret lets in: a row of the columns that the statements of both
 * engines answer.
 */
#include "base/pool.h"

#include "lib/sql/db.h"

#include "session/session_handle.h"

int
session_read_member(struct session *m, struct pool *pool, const char *statement,
    const struct db_arg *args, struct session_found *found)
{
	struct db_rows *r = db_query(m->db, statement, args);
	int rc = db_next(r);

	if (rc == 1) {
		found->who = (struct member){
			.token_id = db_col_int(r, 0),
			.user_id = db_col_int(r, 1),
			.workspace_id = db_col_int(r, 2),
			.name = db_col_copy(r, pool, 3),
			.email = db_col_copy(r, pool, 4),
			.role = db_col_copy(r, pool, 5),
			.workspace = db_col_copy(r, pool, 6),
			.by_session = (int)db_col_int(r, 9),
			.needs_factor = (int)db_col_int(r, 10),
		};
		found->used_at = db_col_int(r, 7);
		found->until =
		    db_col_is_null(r, 8) ? INT64_MAX : db_col_int(r, 8);
	}
	db_end(r);
	return rc;
}
