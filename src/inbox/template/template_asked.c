/*
 * What members want of the provider's lists of templates, for the processor,
 * which asks for it, and stores what became of it.
 */
#include <stddef.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/template/template_asked.h"
#include "inbox/template/template_list.h"
#include "inbox/template/template_store.h"

enum { DUE, UPLOAD, MADE, REFUSED, KEPT, LATER, FORGET, GONE, N_SQL };

static const char *const template_asked_sql[N_SQL] = {
	[DUE] = "SELECT t.id, t.name, t.status, t.asked, t.request,"
		" n.id, n.workspace_id, n.phone_number_id, n.provider,"
		" n.waba_id FROM templates AS t"
		" JOIN numbers AS n ON n.id = t.number_id"
		" WHERE t.asked IS NOT NULL AND t.asked_due_at <= $1"
		" AND n.moving_to IS NULL"
		" ORDER BY t.asked_due_at LIMIT 1",
	[UPLOAD] = "SELECT path, filename, mime_type, size FROM uploads"
		   " WHERE workspace_id = $1 AND id = $2",
	/* A deletion that was asked for meanwhile stays. */
	[MADE] = "UPDATE templates SET status = $2,"
		 " category = COALESCE($3, category), provider_id = $4,"
		 " request = NULL, error = NULL, read_at = $5,"
		 " asked = CASE WHEN asked = 'create' THEN NULL"
		 " ELSE asked END WHERE id = $1",
	/* One that somebody else made meanwhile has another state. */
	[REFUSED] =
	    "UPDATE templates SET status = CASE WHEN status ="
	    " 'SUBMITTING' THEN 'REFUSED' ELSE status END,"
	    " error = $2, request = NULL, asked = CASE WHEN asked = 'create'"
	    " THEN NULL ELSE asked END WHERE id = $1",
	/* Of all languages that go together. */
	[KEPT] = "UPDATE templates SET error = $4, asked = NULL"
		 " WHERE workspace_id = $1 AND number_id = $2 AND name = $3"
		 " AND asked = 'delete'",
	[LATER] = "UPDATE templates SET error = $2, asked_due_at = $3"
		  " WHERE id = $1",
	[FORGET] = "DELETE FROM templates WHERE id = $1",
	[GONE] = "DELETE FROM templates WHERE workspace_id = $1"
		 " AND number_id = $2 AND name = $3"
		 " AND status NOT IN ('SUBMITTING', 'REFUSED')",
};

const struct statements template_asked_statements = {
	.sql = template_asked_sql,
	.n = N_SQL,
	.also = STATEMENTS(&template_store_statements),
};

int
template_asked_due(
    struct db *db, struct pool *pool, int64_t now, struct template_asked *t)
{
	struct db_rows *r =
	    db_query(db, template_asked_sql[DUE], DB_ARGS(db_int(now)));
	int rc = db_next(r);

	if (rc == 1) {
		*t = (struct template_asked){
			.id = db_col_int(r, 0),
			.name = db_col_copy(r, pool, 1),
			.request = db_col_copy(r, pool, 4),
			.number = { .id = db_col_int(r, 5),
			    .workspace_id = db_col_int(r, 6),
			    .phone_number_id = db_col_copy(r, pool, 7),
			    .provider = db_col_copy(r, pool, 8),
			    .waba_id = db_col_copy(r, pool, 9) },
		};
		t->is_there =
		    !text_is(db_col_text(r, 2), TEMPLATE_SUBMITTING) &&
		    !text_is(db_col_text(r, 2), TEMPLATE_REFUSED);
		t->is_creation = text_is(db_col_text(r, 3), "create");
	}
	db_end(r);
	return rc;
}

int
template_asked_upload(struct db *db, struct pool *pool,
    const struct template_asked *t, int64_t upload, struct template_upload *u)
{
	struct db_rows *r = db_query(db, template_asked_sql[UPLOAD],
	    DB_ARGS(db_int(t->number.workspace_id), db_int(upload)));
	int rc = db_next(r);

	if (rc == 1)
		*u = (struct template_upload){ .id = upload,
			.path = db_col_copy(r, pool, 0),
			.file_name = db_col_copy(r, pool, 1),
			.mime_type = db_col_copy(r, pool, 2),
			.size = db_col_int(r, 3) };
	db_end(r);
	return rc;
}

/* The provider's list says the rest. */
static int
list_changed(struct db *db, const struct template_asked *t, int64_t now)
{
	return template_store_changed(db, t->number.id, t->number.waba_id, now);
}

int
template_asked_made(struct db *db, const struct template_asked *t,
    const char *status, const char *category, const char *provider_id,
    int64_t now)
{
	if (db_run(db, template_asked_sql[MADE],
		DB_ARGS(db_int(t->id), db_text(status), db_text(category),
		    db_text(provider_id), db_int(now))) == -1)
		return -1;
	return list_changed(db, t, now);
}

int
template_asked_refused(
    struct db *db, const struct template_asked *t, const char *why, int64_t now)
{
	int rc = t->is_creation ? db_run(db, template_asked_sql[REFUSED],
				      DB_ARGS(db_int(t->id), db_text(why)))
				: db_run(db, template_asked_sql[KEPT],
				      DB_ARGS(db_int(t->number.workspace_id),
					  db_int(t->number.id),
					  db_text(t->name), db_text(why)));

	return rc == -1 ? -1 : list_changed(db, t, now);
}

int
template_asked_later(struct db *db, const struct template_asked *t,
    const char *why, int64_t due_at)
{
	return db_run(db, template_asked_sql[LATER],
	    DB_ARGS(db_int(t->id), db_text(why), db_int(due_at)));
}

int
template_asked_gone(struct db *db, const struct template_asked *t, int64_t now)
{
	if (db_run(db, template_asked_sql[FORGET], DB_ARGS(db_int(t->id))) ==
	    -1)
		return -1;
	if (!t->is_there)
		return 0;
	if (db_run(db, template_asked_sql[GONE],
		DB_ARGS(db_int(t->number.workspace_id), db_int(t->number.id),
		    db_text(t->name))) == -1)
		return -1;
	return list_changed(db, t, now);
}
