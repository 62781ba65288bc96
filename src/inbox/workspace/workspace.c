/*
 * Workspaces and memberships, for the command line.  member_list.c lists
 * members for a member; removing a workspace is a job.
 */
#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/workspace/workspace.h"

enum {
	ADD,
	GET,
	LIST,
	REACTIONS,
	FACTOR,
	MEMBER_ADD,
	MEMBER_ROLE,
	MEMBER_FORMER,
	MEMBER_REMOVE,
	MEMBER_GET,
	MEMBER_LIST,
	N_SQL
};

#define WORKSPACE_COLUMNS                                                      \
	"SELECT w.id, w.name, w.created_at, c.total,"                          \
	" (SELECT count(*) FROM workspace_members m"                           \
	"  WHERE m.workspace_id = w.id),"                                      \
	" (SELECT count(*) FROM numbers n WHERE n.workspace_id = w.id),"       \
	" (SELECT f.bytes FROM workspace_files f"                              \
	"  WHERE f.workspace_id = w.id),"                                      \
	" (SELECT count(*) FROM jobs j WHERE j.workspace_id = w.id"            \
	"  AND j.kind = 'workspace_gone' AND j.subject = w.id),"               \
	" w.reactions_unread, w.second_factor"                                 \
	" FROM workspaces w JOIN counters c ON c.workspace_id = w.id "

#define MEMBER_COLUMNS                                                         \
	"SELECT m.workspace_id, m.user_id, u.email, u.name, m.role,"           \
	" m.created_at FROM workspace_members m"                               \
	" JOIN users u ON u.id = m.user_id "

static const char *const workspace_sql[N_SQL] = {
	[ADD] = "INSERT INTO workspaces(name, created_at) VALUES($1, $2)",
	[GET] = WORKSPACE_COLUMNS "WHERE w.id = $1",
	[LIST] = WORKSPACE_COLUMNS "WHERE w.id > $1 ORDER BY w.id LIMIT $2",
	[REACTIONS] = "UPDATE workspaces SET reactions_unread = $2"
		      " WHERE id = $1",

	[FACTOR] = "UPDATE workspaces SET second_factor = $2 WHERE id = $1",

	[MEMBER_ADD] =
	    "INSERT INTO workspace_members"
	    "(workspace_id, user_id, role, created_at) VALUES($1, $2, $3, $4)"
	    " ON CONFLICT(workspace_id, user_id) DO NOTHING",
	[MEMBER_ROLE] = "UPDATE workspace_members SET role = $3"
			" WHERE workspace_id = $1 AND user_id = $2",
	[MEMBER_FORMER] =
	    "INSERT INTO former_members(workspace_id, user_id, name, left_at)"
	    " SELECT m.workspace_id, u.id, u.name, CAST($3 AS BIGINT)"
	    " FROM workspace_members AS m CROSS JOIN users AS u"
	    " WHERE u.id = m.user_id AND m.workspace_id = $1"
	    " AND m.user_id = $2"
	    " ON CONFLICT (workspace_id, user_id) DO UPDATE"
	    " SET name = excluded.name, left_at = excluded.left_at",
	[MEMBER_REMOVE] = "DELETE FROM workspace_members"
			  " WHERE workspace_id = $1 AND user_id = $2",
	[MEMBER_GET] =
	    MEMBER_COLUMNS "WHERE m.workspace_id = $1 AND m.user_id = $2",
	[MEMBER_LIST] =
	    MEMBER_COLUMNS "WHERE m.workspace_id = $1 AND m.user_id > $2"
			   " ORDER BY m.user_id LIMIT $3",
};

const struct statements workspace_statements = {
	.sql = workspace_sql,
	.n = N_SQL,
};

int
workspace_add(struct db *db, const char *name, int64_t now, int64_t *id)
{
	return db_insert(db, workspace_sql[ADD],
		   DB_ARGS(db_text(name), db_int(now)), id) == 1
		   ? 0
		   : -1;
}

static void
read_workspace(struct db_rows *r, struct pool *p, struct workspace *w)
{
	w->id = db_col_int(r, 0);
	w->name = db_col_copy(r, p, 1);
	w->created_at = db_col_int(r, 2);
	w->conversations = db_col_int(r, 3);
	w->members = db_col_int(r, 4);
	w->numbers = db_col_int(r, 5);
	w->file_bytes = db_col_int(r, 6);
	w->removing = (int)db_col_int(r, 7);
	w->reactions_unread = (int)db_col_int(r, 8);
	w->second_factor = (int)db_col_int(r, 9);
}

int
workspace_get(struct db *db, struct pool *p, int64_t id, struct workspace *w)
{
	struct db_rows *r =
	    db_query(db, workspace_sql[GET], DB_ARGS(db_int(id)));
	int rc = db_next(r);

	if (rc == 1)
		read_workspace(r, p, w);
	db_end(r);
	return rc;
}

int
workspace_list(struct db *db, struct pool *p, int64_t after, int max,
    struct workspace **out, int *n)
{
	struct workspace *list = pool_alloc(p, (size_t)max * sizeof(*list));
	struct db_rows *r = db_query(
	    db, workspace_sql[LIST], DB_ARGS(db_int(after), db_int(max)));
	int rc;

	for (*n = 0; (rc = db_next(r)) == 1; (*n)++)
		read_workspace(r, p, &list[*n]);
	db_end(r);
	*out = list;
	return rc;
}

int
workspace_set_reactions(struct db *db, int64_t id, int unread)
{
	if (db_run(db, workspace_sql[REACTIONS],
		DB_ARGS(db_int(id), db_int(unread))) == -1)
		return -1;
	return db_changed(db) > 0;
}

int
workspace_set_factor(struct db *db, int64_t id, int wanted)
{
	if (db_run(db, workspace_sql[FACTOR],
		DB_ARGS(db_int(id), db_int(wanted))) == -1)
		return -1;
	return db_changed(db) > 0;
}

int
workspace_put_member(struct db *db, int64_t workspace_id, int64_t user_id,
    const char *role, int64_t now)
{
	if (db_run(db, workspace_sql[MEMBER_ADD],
		DB_ARGS(db_int(workspace_id), db_int(user_id), db_text(role),
		    db_int(now))) != 0)
		return -1;
	if (db_changed(db) == 1)
		return 1;
	return db_run(db, workspace_sql[MEMBER_ROLE],
	    DB_ARGS(db_int(workspace_id), db_int(user_id), db_text(role)));
}

int
workspace_remove_member(
    struct db *db, int64_t workspace_id, int64_t user_id, int64_t now)
{
	if (db_run(db, workspace_sql[MEMBER_FORMER],
		DB_ARGS(db_int(workspace_id), db_int(user_id), db_int(now))) !=
		0 ||
	    db_run(db, workspace_sql[MEMBER_REMOVE],
		DB_ARGS(db_int(workspace_id), db_int(user_id))) != 0)
		return -1;
	return db_changed(db) > 0;
}

static void
read_member(struct db_rows *r, struct pool *p, struct workspace_member *m)
{
	m->workspace_id = db_col_int(r, 0);
	m->user_id = db_col_int(r, 1);
	m->email = db_col_copy(r, p, 2);
	m->name = db_col_copy(r, p, 3);
	m->role = db_col_copy(r, p, 4);
	m->created_at = db_col_int(r, 5);
}

int
workspace_get_member(struct db *db, struct pool *p, int64_t workspace_id,
    int64_t user_id, struct workspace_member *m)
{
	struct db_rows *r = db_query(db, workspace_sql[MEMBER_GET],
	    DB_ARGS(db_int(workspace_id), db_int(user_id)));
	int rc = db_next(r);

	if (rc == 1)
		read_member(r, p, m);
	db_end(r);
	return rc;
}

int
workspace_list_members(struct db *db, struct pool *p, int64_t workspace_id,
    int64_t after, int max, struct workspace_member **out, int *n)
{
	struct workspace_member *list =
	    pool_alloc(p, (size_t)max * sizeof(*list));
	struct db_rows *r = db_query(db, workspace_sql[MEMBER_LIST],
	    DB_ARGS(db_int(workspace_id), db_int(after), db_int(max)));
	int rc;

	for (*n = 0; (rc = db_next(r)) == 1; (*n)++)
		read_member(r, p, &list[*n]);
	db_end(r);
	*out = list;
	return rc;
}
