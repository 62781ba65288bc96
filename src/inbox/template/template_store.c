/*
 * Stores the templates of a number, and when its list is due.
 */
#include <stddef.h>

#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/number_due.h"
#include "inbox/template/template_store.h"

#define SOON 5 /* seconds: several events come together */

enum { DUE, BEGIN, PUT, GONE, END, FAILED, CHANGED, N_SQL };

static const char *const template_store_sql[N_SQL] = {
	[DUE] =
	    NUMBER_DUE("id, workspace_id, phone_number_id, provider, waba_id",
		"templates_due_at"),
	[BEGIN] = "UPDATE numbers SET templates_due_at = $2 WHERE id = $1"
		  " AND provider = $3",
	/* Not of a number that went or goes to another workspace meanwhile. */
	[PUT] = "INSERT INTO templates(workspace_id, number_id, name,"
		" language, status, components, category, reason,"
		" provider_id, read_at)"
		" SELECT workspace_id, id, $3, $4, $5, $6, $7, $8, $9, $10"
		" FROM numbers WHERE id = $2 AND workspace_id = $1"
		" AND moving_to IS NULL"
		" ON CONFLICT(workspace_id, number_id, name, language)"
		" DO UPDATE SET status = excluded.status,"
		" components = excluded.components,"
		" category = excluded.category, reason = excluded.reason,"
		" provider_id = excluded.provider_id,"
		" error = CASE WHEN templates.status = 'REFUSED'"
		" THEN NULL ELSE templates.error END,"
		" read_at = excluded.read_at",
	/* But what a member wants to have there. */
	[GONE] = "DELETE FROM templates WHERE workspace_id = $1"
		 " AND number_id = $2 AND read_at < $3"
		 " AND status NOT IN ('SUBMITTING', 'REFUSED')",
	[END] = "UPDATE numbers SET templates_at = $2, templates_error = NULL"
		" WHERE id = $1",
	[FAILED] = "UPDATE numbers SET templates_error = $2,"
		   " templates_due_at = $3 WHERE id = $1 AND provider = $4",
	[CHANGED] = "UPDATE numbers SET templates_due_at = $3"
		    " WHERE (id = $1 OR waba_id = $2)"
		    " AND templates_due_at > $3",
};

const struct statements template_store_statements = {
	.sql = template_store_sql,
	.n = N_SQL,
};

int
template_store_due(
    struct db *db, struct pool *pool, int64_t now, struct template_number *n)
{
	struct db_rows *r = db_query(db, template_store_sql[DUE],
	    DB_ARGS(db_int(now), db_int(now - NUMBER_DUE_YOUNG)));
	int rc = db_next(r);

	if (rc == 1)
		*n = (struct template_number){
			.id = db_col_int(r, 0),
			.workspace_id = db_col_int(r, 1),
			.phone_number_id = db_col_copy(r, pool, 2),
			.provider = db_col_copy(r, pool, 3),
			.waba_id = db_col_copy(r, pool, 4),
		};
	db_end(r);
	return rc;
}

int
template_store_begin(
    struct db *db, const struct template_number *n, int64_t now)
{
	return db_run(db, template_store_sql[BEGIN],
	    DB_ARGS(db_int(n->id), db_int(now + TEMPLATE_STORE_DAY),
		db_text(n->provider)));
}

int
template_store_put(struct db *db, const struct template_number *n,
    const struct template_row *t, int64_t begun)
{
	return db_run(db, template_store_sql[PUT],
	    DB_ARGS(db_int(n->workspace_id), db_int(n->id), db_text(t->name),
		db_text(t->language), db_text(t->status),
		db_text(t->components), db_text(t->category),
		db_text(t->reason), db_text(t->provider_id), db_int(begun)));
}

int
template_store_end(
    struct db *db, const struct template_number *n, int64_t begun)
{
	if (db_run(db, template_store_sql[GONE],
		DB_ARGS(db_int(n->workspace_id), db_int(n->id),
		    db_int(begun))) == -1)
		return -1;
	return db_run(
	    db, template_store_sql[END], DB_ARGS(db_int(n->id), db_int(begun)));
}

int
template_store_failed(struct db *db, const struct template_number *n,
    const char *reason, int64_t due_at)
{
	return db_run(db, template_store_sql[FAILED],
	    DB_ARGS(db_int(n->id), db_text(reason), db_int(due_at),
		db_text(n->provider)));
}

int
template_store_changed(
    struct db *db, int64_t number_id, const char *waba_id, int64_t now)
{
	return db_run(db, template_store_sql[CHANGED],
	    DB_ARGS(db_int(number_id), db_text(waba_id), db_int(now + SOON)));
}
