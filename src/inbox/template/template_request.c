/*
 * What a member wants of the provider's list of templates: one created, or
 * deleted.  The processor asks for it (template_asked.c).
 */
#include <stddef.h>
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "whatsapp/compose/compose.h"
#include "whatsapp/template/template_define.h"
#include "whatsapp/template/template_file.h"

#include "inbox/template/template_list.h"
#include "inbox/template/template_request.h"

enum { FIND, UPLOAD, ADD, AGAIN, OTHERS, DELETE, DELETE_ALL, N_SQL };

/* What the provider has: neither on its way there, nor refused. */
#define AT_PROVIDER " status NOT IN ('SUBMITTING', 'REFUSED')"

static const char *const template_request_sql[N_SQL] = {
	[FIND] = "SELECT id, CASE WHEN status = 'REFUSED' AND asked IS NULL"
		 " THEN 1 ELSE 0 END FROM my_templates"
		 " WHERE number_id = $1 AND name = $2 AND language = $3",
	[UPLOAD] = "SELECT mime_type, size FROM my_uploads WHERE id = $1",
	[ADD] = "INSERT INTO my_templates(number_id, name, language, status,"
		" components, category, request, read_at, asked_due_at)"
		" VALUES ($1, $2, $3, 'SUBMITTING', $4, $5, $6, $7, $7)",
	[AGAIN] = "UPDATE my_templates SET status = 'SUBMITTING',"
		  " components = $2, category = $3, request = $4,"
		  " asked = 'create', asked_due_at = $5, error = NULL"
		  " WHERE id = $1",
	[OTHERS] = "SELECT language FROM my_templates AS t"
		   " WHERE number_id = (SELECT number_id FROM my_templates"
		   "  WHERE id = $1)"
		   " AND name = (SELECT name FROM my_templates WHERE id = $1)"
		   " AND id <> $1 AND" AT_PROVIDER " LIMIT 20",
	[DELETE] = "UPDATE my_templates SET asked = 'delete',"
		   " asked_due_at = $2, error = NULL WHERE id = $1",
	[DELETE_ALL] = "UPDATE my_templates SET asked = 'delete',"
		       " asked_due_at = $2, error = NULL"
		       " WHERE number_id = (SELECT number_id FROM my_templates"
		       "  WHERE id = $1)"
		       " AND name = (SELECT name FROM my_templates"
		       "  WHERE id = $1) AND" AT_PROVIDER,
};

const struct statements template_request_statements = {
	.sql = template_request_sql,
	.n = N_SQL,
	.also = STATEMENTS(&template_list_statements),
};

/* The template of that name and language: 1, 0 none, -1. */
static int
find_same(struct session *s, int64_t number_id, const struct template_define *t,
    int64_t *id, int *was_refused)
{
	struct db_rows *r = db_query(session_db(s), template_request_sql[FIND],
	    DB_ARGS(db_int(number_id), db_text(t->name), db_text(t->language)));
	int rc = db_next(r);

	if (rc == 1) {
		*id = db_col_int(r, 0);
		*was_refused = db_col_int(r, 1) == 1;
	}
	db_end(r);
	return rc;
}

/* What is wrong with file F: 0, *WORDS is NULL when nothing is; -1. */
static int
check_upload_kind(struct session *s, struct pool *pool,
    const struct template_file *f, const char **words)
{
	struct db_rows *r = db_query(session_db(s),
	    template_request_sql[UPLOAD], DB_ARGS(db_int(f->upload)));
	int rc = db_next(r);

	*words = rc == 1 ? compose_check_file(pool, f->send_as,
			       db_col_text(r, 0), db_col_int(r, 1))
			 : "is not the id of an upload";
	if (rc == 1 && *words != NULL)
		*words = pool_printf(pool, "cannot be sent: %s", *words);
	db_end(r);
	return rc == -1 ? -1 : 0;
}

int
template_request_files(struct session *s, struct pool *pool,
    const struct template_define *t, const char **field, const char **words)
{
	struct template_file files[TEMPLATE_FILE_MAX];
	int n = template_file_list(pool,
	    json_parse(pool, t->request, strlen(t->request), NULL), files);

	for (int i = 0; i < n; i++) {
		if (check_upload_kind(s, pool, &files[i], words) == -1)
			return -1;
		*field = files[i].field;
		if (*words != NULL)
			return 0;
	}
	return 1;
}

int
template_request_create(struct session *s, int64_t number_id,
    const struct template_define *t, int64_t now, int64_t *id)
{
	int was_refused = 0;
	int rc = find_same(s, number_id, t, id, &was_refused);

	if (rc == -1)
		return -1;
	if (rc == 1 && !was_refused)
		return 0;
	if (rc == 1)
		rc = db_run(session_db(s), template_request_sql[AGAIN],
		    DB_ARGS(db_int(*id), db_text(t->components),
			db_text(t->category), db_text(t->request),
			db_int(now)));
	else
		rc = db_run(session_db(s), template_request_sql[ADD],
		    DB_ARGS(db_int(number_id), db_text(t->name),
			db_text(t->language), db_text(t->components),
			db_text(t->category), db_text(t->request),
			db_int(now)));
	if (rc == -1)
		return -1;
	rc = find_same(s, number_id, t, id, &was_refused);
	return rc == 1 ? 1 : -1;
}

static int
read_others(
    struct session *s, struct pool *pool, int64_t id, const char **others)
{
	struct db_rows *r = db_query(
	    session_db(s), template_request_sql[OTHERS], DB_ARGS(db_int(id)));
	int rc;

	*others = NULL;
	while ((rc = db_next(r)) == 1)
		*others = *others == NULL ? db_col_copy(r, pool, 0)
					  : pool_printf(pool, "%s, %s", *others,
						db_col_text(r, 0));
	db_end(r);
	return rc;
}

int
template_request_delete(struct session *s, struct pool *pool, int64_t id,
    int all, int64_t now, const char **others)
{
	struct template t;
	int rc = template_get(s, pool, id, &t), is_there;

	*others = NULL;
	if (rc != 1)
		return rc;
	is_there = !text_is(t.status, TEMPLATE_REFUSED) &&
		   !text_is(t.status, TEMPLATE_SUBMITTING);
	if (is_there && read_others(s, pool, id, others) == -1)
		return -1;
	if (*others != NULL && !all)
		return 1;
	rc = db_run(session_db(s), template_request_sql[DELETE],
	    DB_ARGS(db_int(id), db_int(now)));
	if (rc != -1 && *others != NULL)
		rc = db_run(session_db(s), template_request_sql[DELETE_ALL],
		    DB_ARGS(db_int(id), db_int(now)));
	*others = NULL;
	return rc == -1 ? -1 : 1;
}
