/*
 * The templates of a workspace's numbers, for its members.
 */
#include <stddef.h>

#include "base/buf.h"
#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/template/template_list.h"

enum { PAGE, GET, STATE, KNOWN, FIND, LANGUAGES, REFRESH, N_SQL };

#define COLUMNS                                                                \
	" t.id, n.phone_number_id, t.name, t.language, t.status, t.category,"  \
	" t.reason, t.components, t.read_at, t.asked, t.error"                 \
	" FROM my_templates AS t"                                              \
	" JOIN my_numbers AS n ON n.id = t.number_id"

static const char *const template_list_sql[N_SQL] = {
	[PAGE] = "SELECT" COLUMNS " WHERE t.id > $1 ORDER BY t.id LIMIT $2",
	[GET] = "SELECT" COLUMNS " WHERE t.id = $1",
	[STATE] = "SELECT id, phone_number_id, templates_at, templates_error"
		  " FROM my_numbers WHERE id ="
		  " (SELECT min(id) FROM my_numbers WHERE id > $1)",
	[KNOWN] = "SELECT 1 FROM my_numbers WHERE id = $1"
		  " AND templates_at IS NOT NULL AND EXISTS (SELECT 1"
		  "  FROM my_templates AS t WHERE t.number_id = $1"
		  "  AND t.status NOT IN ('SUBMITTING', 'REFUSED'))",
	[FIND] = "SELECT" COLUMNS " WHERE t.number_id = $1 AND t.name = $2"
		 " AND t.language = $3",
	[LANGUAGES] = "SELECT language FROM my_templates"
		      " WHERE number_id = $1 AND name = $2 LIMIT 20",
	[REFRESH] = "UPDATE my_numbers SET templates_due_at = $1",
};

const struct statements template_list_statements = {
	.sql = template_list_sql,
	.n = N_SQL,
};

static void
read_template(struct db_rows *r, struct pool *pool, struct template *t)
{
	*t = (struct template){
		.id = db_col_int(r, 0),
		.phone_number_id = db_col_copy(r, pool, 1),
		.name = db_col_copy(r, pool, 2),
		.language = db_col_copy(r, pool, 3),
		.status = db_col_copy(r, pool, 4),
		.category = db_col_copy(r, pool, 5),
		.reason = db_col_copy(r, pool, 6),
		.components = db_col_copy(r, pool, 7),
		.read_at = db_col_int(r, 8),
		.asked = db_col_copy(r, pool, 9),
		.error = db_col_copy(r, pool, 10),
	};
}

int
template_list(struct session *s, struct pool *pool, int64_t after,
    struct template *out, int max)
{
	struct db_rows *r = db_query(session_db(s), template_list_sql[PAGE],
	    DB_ARGS(db_int(after), db_int(max)));
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < max)
		read_template(r, pool, &out[n++]);
	db_end(r);
	return rc == -1 ? -1 : n;
}

int
template_get(
    struct session *s, struct pool *pool, int64_t id, struct template *t)
{
	struct db_rows *r = db_query(
	    session_db(s), template_list_sql[GET], DB_ARGS(db_int(id)));
	int rc = db_next(r);

	if (rc == 1)
		read_template(r, pool, t);
	db_end(r);
	return rc;
}

int
template_list_state(struct session *s, struct pool *pool, int64_t *after,
    struct template_list_state *state)
{
	struct db_rows *r = db_query(
	    session_db(s), template_list_sql[STATE], DB_ARGS(db_int(*after)));
	int rc = db_next(r);

	if (rc == 1) {
		*after = db_col_int(r, 0);
		state->phone_number_id = db_col_copy(r, pool, 1);
		state->read_at = db_col_int(r, 2);
		state->error = db_col_copy(r, pool, 3);
	}
	db_end(r);
	return rc;
}

/* "de, en_US" */
static int
read_languages(struct session *s, struct pool *pool, int64_t number_id,
    const char *name, const char **others)
{
	struct db_rows *r =
	    db_query(session_db(s), template_list_sql[LANGUAGES],
		DB_ARGS(db_int(number_id), db_text(name)));
	struct buf b = { .pool = pool };
	int rc, n = 0;

	while ((rc = db_next(r)) == 1)
		buf_printf(&b, "%s%s", n++ > 0 ? ", " : "", db_col_text(r, 0));
	db_end(r);
	*others = buf_end(&b);
	return rc;
}

int
template_find(struct session *s, struct pool *pool, int64_t number_id,
    const char *name, const char *language, struct template *t, int *known,
    const char **others)
{
	struct db_rows *r = db_query(session_db(s), template_list_sql[FIND],
	    DB_ARGS(db_int(number_id), db_text(name), db_text(language)));
	int64_t one;
	int rc = db_next(r);

	*known = rc == 1;
	*others = "";
	if (rc == 1)
		read_template(r, pool, t);
	db_end(r);
	if (rc != 0)
		return rc;
	rc = db_get_int(session_db(s), template_list_sql[KNOWN],
	    DB_ARGS(db_int(number_id)), &one);
	*known = rc == 1;
	if (rc != 1)
		return rc;
	return read_languages(s, pool, number_id, name, others) == -1 ? -1 : 0;
}

int
template_refresh(struct session *s, int64_t now)
{
	return db_run(
	    session_db(s), template_list_sql[REFRESH], DB_ARGS(db_int(now)));
}
