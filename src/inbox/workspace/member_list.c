/*
 * Lists the members of a workspace, for a member.
 */
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/workspace/member_list.h"

enum { LIST, HAS, FIND, N_SQL };

static const char *const member_list_sql[N_SQL] = {
	[LIST] = "SELECT id, name, email, role FROM my_members"
		 " WHERE id > $1 ORDER BY id LIMIT $2",
	[FIND] = "SELECT id FROM my_members WHERE email = $1",
	[HAS] = "SELECT id, name FROM my_members WHERE id = $1",
};

const struct statements member_list_statements = {
	.sql = member_list_sql,
	.n = N_SQL,
};

int
member_list_read(struct session *s, struct pool *pool, int64_t after,
    struct member_list_row *out, int max)
{
	struct db_rows *r = db_query(session_db(s), member_list_sql[LIST],
	    DB_ARGS(db_int(after), db_int(max)));
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < max) {
		out[n].id = db_col_int(r, 0);
		out[n].name = db_col_copy(r, pool, 1);
		out[n].email = db_col_copy(r, pool, 2);
		out[n++].role = db_col_copy(r, pool, 3);
	}
	db_end(r);
	return rc == -1 ? -1 : n;
}

int
member_list_find(struct session *s, const char *email, int64_t *id)
{
	return db_get_int(
	    session_db(s), member_list_sql[FIND], DB_ARGS(db_text(email)), id);
}

int
member_list_has(struct session *s, int64_t user_id)
{
	int64_t id;

	return db_get_int(
	    session_db(s), member_list_sql[HAS], DB_ARGS(db_int(user_id)), &id);
}
