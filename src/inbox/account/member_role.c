/*
 * Roles of members, for owners and admins.
 */
#include <stddef.h>

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/account/member_role.h"

enum { GET, SET, OTHER, N_SQL };

static const char *const member_role_sql[N_SQL] = {
	[GET] = "SELECT role FROM my_member_roles WHERE user_id = $1",
	[SET] = "UPDATE my_member_roles SET role = $2 WHERE user_id = $1",
	[OTHER] = "SELECT user_id FROM my_member_roles WHERE role = 'owner'"
		  " AND user_id <> $1 LIMIT 1",
};

const struct statements member_role_statements = {
	.sql = member_role_sql,
	.n = N_SQL,
};

int
member_role_get(
    struct session *s, struct pool *pool, int64_t user_id, const char **role)
{
	struct db_rows *r = db_query(
	    session_db(s), member_role_sql[GET], DB_ARGS(db_int(user_id)));
	int rc = db_next(r);

	if (rc == 1)
		*role = db_col_copy(r, pool, 0);
	db_end(r);
	return rc;
}

int
member_role_set(struct session *s, int64_t user_id, const char *role)
{
	return db_run(session_db(s), member_role_sql[SET],
	    DB_ARGS(db_int(user_id), db_text(role)));
}

int
member_role_has_other_owner(struct session *s, int64_t user_id)
{
	int64_t other;

	return db_get_int(session_db(s), member_role_sql[OTHER],
	    DB_ARGS(db_int(user_id)), &other);
}
