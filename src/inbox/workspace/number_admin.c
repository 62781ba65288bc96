/*
 * Adds, lists and removes numbers, for the command line.  A number that a
 * delivery named first exists already, in the default workspace, and is only
 * registered.
 */
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/workspace/number_admin.h"

enum {
	ADD,
	ADOPT,
	PROVIDER,
	GET,
	LIST,
	REMOVE,
	TEMPLATES,
	GROUPS,
	REST,
	N_SQL
};

#define COLUMNS                                                                \
	"SELECT n.id, n.workspace_id, n.phone_number_id, n.display_phone,"     \
	" n.waba_id, n.registered, n.created_at,"                              \
	" (SELECT count(*) FROM conversations c"                               \
	"  WHERE c.workspace_id = n.workspace_id AND c.number_id = n.id),"     \
	" n.moving_to, n.provider, n.health, n.health_at, n.health_error"      \
	" FROM numbers n "

/* And what is there is asked anew. */
#define ANEW "health_due_at = 0, templates_due_at = 0, blocks_due_at = 0"

static const char *const number_admin_sql[N_SQL] = {
	[ADD] = "INSERT INTO numbers(workspace_id, phone_number_id,"
		" display_phone, registered, created_at, provider)"
		" VALUES($1, $2, $3, 1, $4, coalesce($5, '360dialog'))"
		" ON CONFLICT(phone_number_id) DO NOTHING",
	[ADOPT] = "UPDATE numbers SET registered = 1, " ANEW ","
		  " display_phone = coalesce($3, display_phone),"
		  " provider = coalesce($4, provider)"
		  " WHERE phone_number_id = $2 AND workspace_id = $1"
		  " AND registered = 0",
	[PROVIDER] = "UPDATE numbers SET provider = $2, " ANEW " WHERE id = $1",
	[GET] = COLUMNS "WHERE n.phone_number_id = $1",
	[LIST] = COLUMNS "WHERE n.id > $1 ORDER BY n.id LIMIT $2",
	[REMOVE] = "DELETE FROM numbers WHERE id = $2 AND workspace_id = $1"
		   " AND moving_to IS NULL"
		   " AND NOT EXISTS (SELECT 1 FROM conversations c"
		   "  WHERE c.workspace_id = $1 AND c.number_id = $2)",

	[TEMPLATES] =
	    "DELETE FROM templates WHERE workspace_id = $1 AND number_id = $2",

	[GROUPS] =
	    "DELETE FROM own_groups WHERE workspace_id = $1 AND number_id = $2",

	/* A job deletes what is left of the number, such as statuses of
	 * messages that other programs sent. */
	[REST] = "INSERT INTO jobs(workspace_id, kind, subject)"
		 " VALUES ($1, 'number_gone', $2)",
};

const struct statements number_admin_statements = {
	.sql = number_admin_sql,
	.n = N_SQL,
};

int
number_admin_is_id(const char *s)
{
	size_t len = strlen(s);

	return len > 0 && len <= NUMBER_ADMIN_ID_MAX &&
	       strspn(s, "0123456789") == len;
}

int
number_admin_add(struct db *db, int64_t workspace_id,
    const char *phone_number_id, const char *display, const char *provider,
    int64_t now)
{
	if (db_run(db, number_admin_sql[ADD],
		DB_ARGS(db_int(workspace_id), db_text(phone_number_id),
		    db_text(display), db_int(now), db_text(provider))) != 0)
		return -1;
	if (db_changed(db) == 1)
		return 1;
	if (db_run(db, number_admin_sql[ADOPT],
		DB_ARGS(db_int(workspace_id), db_text(phone_number_id),
		    db_text(display), db_text(provider))) != 0)
		return -1;
	return db_changed(db) > 0;
}

int
number_admin_provider(struct db *db, int64_t id, const char *provider)
{
	if (db_run(db, number_admin_sql[PROVIDER],
		DB_ARGS(db_int(id), db_text(provider))) != 0)
		return -1;
	return db_changed(db) > 0;
}

static void
read_number_admin(struct db_rows *r, struct pool *p, struct number *n)
{
	n->id = db_col_int(r, 0);
	n->workspace_id = db_col_int(r, 1);
	n->phone_number_id = db_col_copy(r, p, 2);
	n->display_phone = db_col_copy(r, p, 3);
	n->waba_id = db_col_copy(r, p, 4);
	n->registered = (int)db_col_int(r, 5);
	n->created_at = db_col_int(r, 6);
	n->conversations = db_col_int(r, 7);
	n->moving_to = db_col_int(r, 8);
	n->provider = db_col_copy(r, p, 9);
	n->health = db_col_copy(r, p, 10);
	n->health_at = db_col_int(r, 11);
	n->health_error = db_col_copy(r, p, 12);
}

int
number_admin_get(struct db *db, struct pool *p, const char *phone_number_id,
    struct number *n)
{
	struct db_rows *r = db_query(
	    db, number_admin_sql[GET], DB_ARGS(db_text(phone_number_id)));
	int rc = db_next(r);

	if (rc == 1)
		read_number_admin(r, p, n);
	db_end(r);
	return rc;
}

int
number_admin_list(struct db *db, struct pool *p, int64_t after, int max,
    struct number **out, int *n)
{
	struct number *list = pool_alloc(p, (size_t)max * sizeof(*list));
	struct db_rows *r = db_query(
	    db, number_admin_sql[LIST], DB_ARGS(db_int(after), db_int(max)));
	int rc;

	for (*n = 0; (rc = db_next(r)) == 1; (*n)++)
		read_number_admin(r, p, &list[*n]);
	db_end(r);
	*out = list;
	return rc;
}

int
number_admin_remove(struct db *db, const struct number *n)
{
	const struct db_arg of[] = { db_int(n->workspace_id), db_int(n->id),
		{ DB_END, 0, NULL, 0 } };

	if (db_run(db, number_admin_sql[REMOVE], of) != 0)
		return -1;
	if (db_changed(db) == 0)
		return 0;
	if (db_run(db, number_admin_sql[TEMPLATES], of) != 0 ||
	    db_run(db, number_admin_sql[GROUPS], of) != 0)
		return -1;
	return db_run(db, number_admin_sql[REST], of) == 0 ? 1 : -1;
}
