/*
 * Who is in a team.
 */
#include <stddef.h>

#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/mark/team_member.h"

enum { LIST, COUNT, ADD, REMOVE, N_SQL };

static const char *const team_member_sql[N_SQL] = {
	[LIST] = "SELECT t.user_id, m.name FROM my_team_members t"
		 " CROSS JOIN my_members m WHERE t.team_id = $1"
		 " AND m.id = t.user_id ORDER BY t.user_id LIMIT $2",
	/* But for one, who may be there already. */
	[COUNT] = "SELECT COUNT(*) FROM (SELECT 1 FROM my_team_members"
		  " WHERE team_id = $1 AND user_id <> $2 LIMIT $3) AS my_rows",
	[ADD] = "INSERT INTO my_team_members(team_id, user_id)"
		" VALUES ($1, $2)",
	[REMOVE] = "DELETE FROM my_team_members"
		   " WHERE team_id = $1 AND user_id = $2",
};

const struct statements team_member_statements = {
	.sql = team_member_sql,
	.n = N_SQL,
};

int
team_member_list(struct session *s, struct pool *pool, int64_t team_id,
    struct team_member **out)
{
	struct db_rows *r = db_query(session_db(s), team_member_sql[LIST],
	    DB_ARGS(db_int(team_id), db_int(TEAM_MEMBER_MAX)));
	int n = 0, rc;

	*out = pool_room(pool, sizeof(**out) * TEAM_MEMBER_MAX);
	while ((rc = db_next(r)) == 1 && n < TEAM_MEMBER_MAX)
		(*out)[n++] = (struct team_member){ db_col_int(r, 0),
			db_col_copy(r, pool, 1) };
	db_end(r);
	return rc == -1 ? -1 : n;
}

int
team_member_add(struct session *s, int64_t team_id, int64_t user_id)
{
	int64_t others = 0;

	if (db_get_int(session_db(s), team_member_sql[COUNT],
		DB_ARGS(
		    db_int(team_id), db_int(user_id), db_int(TEAM_MEMBER_MAX)),
		&others) == -1)
		return -1;
	if (others >= TEAM_MEMBER_MAX)
		return 0;
	return db_run(session_db(s), team_member_sql[ADD],
		   DB_ARGS(db_int(team_id), db_int(user_id))) == -1
		   ? -1
		   : 1;
}

int
team_member_remove(struct session *s, int64_t team_id, int64_t user_id)
{
	return db_run(session_db(s), team_member_sql[REMOVE],
	    DB_ARGS(db_int(team_id), db_int(user_id)));
}
