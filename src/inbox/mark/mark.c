/*
 * The teams and the labels of a workspace.
 */
#include <ctype.h>
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/mark/mark.h"

enum { LIST, GET, FIND, COUNT, CREATE, CHANGE, DELETE, N_SQL };

#define SHOWN "SELECT id, kind, name, color, created_at FROM my_marks"

static const char *const mark_sql[N_SQL] = {
	[LIST] = SHOWN " WHERE kind = $1 AND name > $2 ORDER BY name LIMIT $3",
	[GET] = SHOWN " WHERE kind = $1 AND id = $2",
	[FIND] = "SELECT id FROM my_marks WHERE kind = $1 AND name = $2",
	[COUNT] = "SELECT COUNT(*) FROM (SELECT 1 FROM my_marks"
		  " WHERE kind = $1 LIMIT $2) AS my_rows",
	[CREATE] = "INSERT INTO my_marks(kind, name, color, created_at)"
		   " VALUES ($1, $2, $3, $4)",
	[CHANGE] = "UPDATE my_marks SET name = $2, color = $3 WHERE id = $1",
	[DELETE] = "DELETE FROM my_marks WHERE id = $1",
};

const struct statements mark_statements = {
	.sql = mark_sql,
	.n = N_SQL,
};

static void
read_mark(struct db_rows *r, struct pool *pool, struct mark *m)
{
	*m = (struct mark){
		.id = db_col_int(r, 0),
		.kind = db_col_copy(r, pool, 1),
		.name = db_col_copy(r, pool, 2),
		.color = db_col_copy(r, pool, 3),
		.created_at = db_col_int(r, 4),
	};
}

int
mark_list(struct session *s, struct pool *pool, const char *kind,
    const char *after, struct mark *out, int max)
{
	struct db_rows *r = db_query(session_db(s), mark_sql[LIST],
	    DB_ARGS(db_text(kind), db_text(after), db_int(max)));
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < max)
		read_mark(r, pool, &out[n++]);
	db_end(r);
	return rc == -1 ? -1 : n;
}

int
mark_get(struct session *s, struct pool *pool, const char *kind, int64_t id,
    struct mark *m)
{
	struct db_rows *r = db_query(
	    session_db(s), mark_sql[GET], DB_ARGS(db_text(kind), db_int(id)));
	int rc = db_next(r);

	if (rc == 1)
		read_mark(r, pool, m);
	db_end(r);
	return rc;
}

int
mark_find(struct session *s, const char *kind, const char *name, int64_t *id)
{
	return db_get_int(session_db(s), mark_sql[FIND],
	    DB_ARGS(db_text(kind), db_text(name)), id);
}

int
mark_create(struct session *s, const char *kind, const char *name,
    const char *color, int64_t now, int64_t *id)
{
	int64_t n = 0, max = text_is(kind, MARK_TEAM) ? MARK_TEAMS_MAX
						      : MARK_LABELS_MAX;

	if (db_get_int(session_db(s), mark_sql[COUNT],
		DB_ARGS(db_text(kind), db_int(max)), &n) == -1)
		return -1;
	if (n >= max)
		return 0;
	return db_insert(session_db(s), mark_sql[CREATE],
		   DB_ARGS(db_text(kind), db_text(name), db_text(color),
		       db_int(now)),
		   id) == 1
		   ? 1
		   : -1;
}

int
mark_change(struct session *s, const struct mark *m)
{
	return db_run(session_db(s), mark_sql[CHANGE],
	    DB_ARGS(db_int(m->id), db_text(m->name), db_text(m->color)));
}

int
mark_delete(struct session *s, int64_t id)
{
	return db_run(session_db(s), mark_sql[DELETE], DB_ARGS(db_int(id)));
}

const char *
mark_color(struct pool *pool, const char *typed)
{
	char *color = pool_copy(pool, typed);

	if (strlen(color) != 7 || color[0] != '#' ||
	    strspn(color + 1, "0123456789abcdefABCDEF") != 6)
		return NULL;
	for (char *c = color; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	return color;
}
