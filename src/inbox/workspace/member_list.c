/*
 * Lists the members of a workspace, for a member.
 */
#include <strings.h>

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/workspace/member_list.h"

#define PIECE 100 /* members read at a time */

enum { LIST, HAS, N_SQL };

static const char *const member_list_sql[N_SQL] = {
	[LIST] = "SELECT id, name, email, role FROM my_members"
		 " WHERE id > $1 ORDER BY id LIMIT $2",
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

/* One by one: no index of a workspace's members has the address. */
int
member_list_find(
    struct session *s, struct pool *pool, const char *email, int64_t *id)
{
	struct member_list_row some[PIECE];
	int64_t after = 0;
	int n;

	do {
		n = member_list_read(s, pool, after, some, PIECE);
		for (int i = 0; i < n; i++) {
			after = some[i].id;
			if (strcasecmp(some[i].email, email) == 0) {
				*id = after;
				return 1;
			}
		}
	} while (n == PIECE);
	return n == -1 ? -1 : 0;
}

int
member_list_has(struct session *s, int64_t user_id)
{
	int64_t id;

	return db_get_int(
	    session_db(s), member_list_sql[HAS], DB_ARGS(db_int(user_id)), &id);
}
