/*
 * Users, for the command line.  The column's collation compares addresses
 * without regard to case.
 */
#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/audit/workspace_audit.h"
#include "inbox/workspace/user.h"
#include "inbox/workspace/workspace.h"

/* Leaves room for the rows that one more membership deletes. */
#define FULL (DB_STEP_MAX / 2 - 5)

enum { ADD, FIND, LIST, TOKENS, ALONE, MEMBER_OF, REMOVE, N_SQL };

#define COLUMNS                                                                \
	"SELECT u.id, u.email, u.name, u.created_at,"                          \
	" (SELECT count(*) FROM workspace_members m WHERE m.user_id = u.id)"   \
	" FROM users u "

static const char *const user_sql[N_SQL] = {
	[ADD] = "INSERT INTO users(email, name, created_at)"
		" VALUES($1, $2, $3) ON CONFLICT(email) DO NOTHING",
	[FIND] = COLUMNS "WHERE u.email = $1",
	/* All tokens at once: from then on they let nobody in. */
	[TOKENS] = "DELETE FROM api_tokens WHERE id IN (SELECT t.id"
		   " FROM workspace_members AS m CROSS JOIN api_tokens AS t"
		   " WHERE t.workspace_id = m.workspace_id"
		   " AND t.user_id = m.user_id AND m.user_id = $1)",
	[ALONE] = "SELECT m.workspace_id FROM workspace_members AS m"
		  " WHERE m.user_id = $1 AND NOT EXISTS (SELECT 1"
		  "  FROM workspace_members AS o"
		  "  WHERE o.workspace_id = m.workspace_id"
		  "  AND o.user_id <> $1)"
		  " AND NOT EXISTS (SELECT 1 FROM jobs AS j"
		  "  WHERE j.workspace_id = m.workspace_id"
		  "  AND j.kind = 'workspace_gone')"
		  " ORDER BY m.workspace_id LIMIT 1",
	[MEMBER_OF] = "SELECT workspace_id, role FROM workspace_members"
		      " WHERE user_id = $1 LIMIT 1",
	[REMOVE] = "DELETE FROM users WHERE id = $1",
	[LIST] = COLUMNS "WHERE u.id > $1 ORDER BY u.id LIMIT $2",
};

const struct statements user_statements = {
	.sql = user_sql,
	.n = N_SQL,
	.also = STATEMENTS(
	    &workspace_audit_store_statements, &workspace_statements),
};

int
user_add(struct db *db, const char *email, const char *name, int64_t now,
    int64_t *id)
{
	return db_insert(db, user_sql[ADD],
	    DB_ARGS(db_text(email), db_text(name), db_int(now)), id);
}

static void
read_user(struct db_rows *r, struct pool *p, struct user *u)
{
	u->id = db_col_int(r, 0);
	u->email = db_col_copy(r, p, 1);
	u->name = db_col_copy(r, p, 2);
	u->created_at = db_col_int(r, 3);
	u->workspaces = db_col_int(r, 4);
}

int
user_find(struct db *db, struct pool *p, const char *email, struct user *u)
{
	struct db_rows *r =
	    db_query(db, user_sql[FIND], DB_ARGS(db_text(email)));
	int rc = db_next(r);

	if (rc == 1)
		read_user(r, p, u);
	db_end(r);
	return rc;
}

int
user_is_alone(struct db *db, int64_t id, int64_t *workspace_id)
{
	return db_get_int(
	    db, user_sql[ALONE], DB_ARGS(db_int(id)), workspace_id);
}

/* One workspace that the user is a member of, and the role there, in POOL: 1,
 * 0 none, -1. */
static int
next_membership(struct db *db, struct pool *pool, int64_t id,
    int64_t *workspace_id, const char **role)
{
	struct db_rows *r =
	    db_query(db, user_sql[MEMBER_OF], DB_ARGS(db_int(id)));
	int rc = db_next(r);

	if (rc == 1) {
		*workspace_id = db_col_int(r, 0);
		*role = db_col_copy(r, pool, 1);
	}
	db_end(r);
	return rc;
}

/* Removes all memberships: 1, 0 the transaction is full, -1. */
static int
leave_all(struct db *db, struct pool *pool, int64_t id, int64_t now)
{
	struct workspace_audit entry = {
		.kind = WORKSPACE_AUDIT_MEMBER, .at = now, .user_id = id
	};
	int rc;

	while ((rc = next_membership(
		    db, pool, id, &entry.workspace_id, &entry.from)) == 1) {
		if (db_written(db) >= FULL)
			return 0;
		if (workspace_audit_put(db, &entry) == -1 ||
		    workspace_remove_member(db, entry.workspace_id, id, now) ==
			-1)
			return -1;
	}
	return rc == -1 ? -1 : 1;
}

int
user_remove(struct db *db, int64_t id, int64_t now)
{
	struct pool *pool;
	int rc;

	if (db_run(db, user_sql[TOKENS], DB_ARGS(db_int(id))) == -1)
		return -1;
	pool = pool_new();
	rc = leave_all(db, pool, id, now);
	pool_free(pool);
	if (rc != 1)
		return rc;
	if (db_run(db, user_sql[REMOVE], DB_ARGS(db_int(id))) == -1)
		return -1;
	return 1;
}

int
user_list(struct db *db, struct pool *p, int64_t after, int max,
    struct user **out, int *n)
{
	struct user *list = pool_alloc(p, (size_t)max * sizeof(*list));
	struct db_rows *r =
	    db_query(db, user_sql[LIST], DB_ARGS(db_int(after), db_int(max)));
	int rc;

	for (*n = 0; (rc = db_next(r)) == 1; (*n)++)
		read_user(r, p, &list[*n]);
	db_end(r);
	*out = list;
	return rc;
}
