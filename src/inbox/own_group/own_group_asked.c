/*
 * What the provider is to be asked of groups, and what became of it.
 */
#include <stddef.h>
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/own_group/own_group_asked.h"

enum {
	NUMBER,
	DUE,
	SENT,
	TAKEN,
	CHANGED,
	LINKED,
	ENDED,
	LATER,
	REFUSED,
	PLACE,
	PICTURE,
	N_SQL
};

#define THIS " WHERE id = $1 AND asking = $2 AND asked IS NOT NULL"

static const char *const own_group_asked_sql[N_SQL] = {
	[NUMBER] = "SELECT number_id FROM own_groups WHERE asked IS NOT NULL"
		   " AND number_id > $1 AND due_at <= $2"
		   " ORDER BY number_id LIMIT 1",
	[DUE] = "SELECT g.id, g.asking, g.asked_at, g.attempts, g.sent_at,"
		" g.asked, g.group_id, g.request_id, g.request, g.subject,"
		" g.description, g.approval, n.phone_number_id, n.provider,"
		" n.waba_id FROM own_groups AS g CROSS JOIN numbers AS n"
		" WHERE n.id = g.number_id AND n.moving_to IS NULL"
		" AND g.asked IS NOT NULL AND g.number_id = $1"
		" AND g.due_at <= $2 ORDER BY g.due_at LIMIT 1",
	[SENT] = "UPDATE own_groups SET sent_at = $2 WHERE id = $1",
	[TAKEN] = "UPDATE own_groups SET request_id = $3, due_at = $4,"
		  " attempts = 0, error = NULL" THIS " AND group_id IS NULL",
	[CHANGED] = "UPDATE own_groups SET asked = NULL, request = NULL,"
		    " error = NULL, subject = COALESCE($3, subject),"
		    " description = COALESCE($4, description)" THIS,
	[LINKED] =
	    "UPDATE own_groups SET asked = NULL, request = NULL,"
	    " error = NULL, invite_link = COALESCE($3, invite_link)" THIS,
	[ENDED] = "UPDATE own_groups SET state = 'ended', asked = NULL,"
		  " request = NULL, error = NULL" THIS,
	[LATER] = "UPDATE own_groups SET attempts = attempts + 1, due_at = $3,"
		  " error = $4, sent_at = NULL" THIS,
	[REFUSED] = "UPDATE own_groups SET asked = NULL, request = NULL,"
		    " error = $3, state = CASE state WHEN 'creating'"
		    " THEN 'refused' ELSE state END" THIS,
	[PLACE] = "SELECT i.workspace_id, i.conversation_id"
		  " FROM own_groups AS g CROSS JOIN identities AS i"
		  " WHERE g.id = $1 AND i.workspace_id = g.workspace_id"
		  " AND i.number_id = g.number_id AND i.kind = 'group'"
		  " AND i.value = g.group_id LIMIT 1",
	[PICTURE] = "SELECT u.path FROM own_groups AS g CROSS JOIN uploads AS u"
		    " WHERE g.id = $1 AND u.workspace_id = g.workspace_id"
		    " AND u.id = $2",
};

const struct statements own_group_asked_statements = {
	.sql = own_group_asked_sql,
	.n = N_SQL,
};

int
own_group_asked_number(
    struct db *db, int64_t after, int64_t now, int64_t *number_id)
{
	return db_get_int(db, own_group_asked_sql[NUMBER],
	    DB_ARGS(db_int(after), db_int(now)), number_id);
}

int
own_group_asked_due(struct db *db, struct pool *pool, int64_t number_id,
    int64_t now, struct own_group_asked *g)
{
	struct db_rows *r = db_query(db, own_group_asked_sql[DUE],
	    DB_ARGS(db_int(number_id), db_int(now)));
	int rc = db_next(r);

	if (rc == 1)
		*g = (struct own_group_asked){
			.id = db_col_int(r, 0),
			.asking = db_col_int(r, 1),
			.asked_at = db_col_int(r, 2),
			.attempts = db_col_int(r, 3),
			.sent_at = db_col_int(r, 4),
			.asked = db_col_copy(r, pool, 5),
			.group_id = db_col_copy(r, pool, 6),
			.request_id = db_col_copy(r, pool, 7),
			.request = db_col_copy(r, pool, 8),
			.subject = db_col_copy(r, pool, 9),
			.description = db_col_copy(r, pool, 10),
			.approval = db_col_copy(r, pool, 11),
			.phone_number_id = db_col_copy(r, pool, 12),
			.provider = db_col_copy(r, pool, 13),
			.waba_id = db_col_copy(r, pool, 14),
		};
	db_end(r);
	return rc;
}

int
own_group_asked_sent(
    struct db *db, const struct own_group_asked *g, int64_t now)
{
	int rc = db_begin(db);

	if (rc == 0)
		rc = db_run(db, own_group_asked_sql[SENT],
		    DB_ARGS(db_int(g->id), db_int(now)));
	if (rc == 0)
		rc = db_commit(db);
	if (rc == -1)
		db_rollback(db);
	return rc;
}

int
own_group_asked_taken(struct db *db, const struct own_group_asked *g,
    const char *request_id, int64_t deadline)
{
	return db_run(db, own_group_asked_sql[TAKEN],
	    DB_ARGS(db_int(g->id), db_int(g->asking), db_text(request_id),
		db_int(deadline)));
}

int
own_group_asked_done(struct db *db, const struct own_group_asked *g)
{
	struct pool *pool = pool_new();
	const struct json *said =
	    g->request == NULL || !text_is(g->asked, "change")
		? NULL
		: json_parse(pool, g->request, strlen(g->request), NULL);
	int rc;

	if (text_is(g->asked, "end"))
		rc = db_run(db, own_group_asked_sql[ENDED],
		    DB_ARGS(db_int(g->id), db_int(g->asking)));
	else
		rc = db_run(db, own_group_asked_sql[CHANGED],
		    DB_ARGS(db_int(g->id), db_int(g->asking),
			db_text(json_text(said, "subject")),
			db_text(json_text(said, "description"))));
	pool_free(pool);
	return rc;
}

int
own_group_asked_link(
    struct db *db, const struct own_group_asked *g, const char *invite_link)
{
	return db_run(db, own_group_asked_sql[LINKED],
	    DB_ARGS(db_int(g->id), db_int(g->asking), db_text(invite_link)));
}

int
own_group_asked_place(struct db *db, const struct own_group_asked *g,
    int64_t *workspace_id, int64_t *conversation_id)
{
	struct db_rows *r =
	    db_query(db, own_group_asked_sql[PLACE], DB_ARGS(db_int(g->id)));
	int rc = db_next(r);

	if (rc == 1) {
		*workspace_id = db_col_int(r, 0);
		*conversation_id = db_col_int(r, 1);
	}
	db_end(r);
	return rc == 1 && *conversation_id == 0 ? 0 : rc;
}

int
own_group_asked_picture(struct db *db, struct pool *pool,
    const struct own_group_asked *g, const char **path)
{
	int64_t upload = 0;
	struct db_rows *r;
	int rc;

	if (g->request == NULL ||
	    !json_int(json_parse(pool, g->request, strlen(g->request), NULL),
		"upload", &upload))
		return 0;
	r = db_query(db, own_group_asked_sql[PICTURE],
	    DB_ARGS(db_int(g->id), db_int(upload)));
	rc = db_next(r);
	if (rc == 1)
		*path = db_col_copy(r, pool, 0);
	db_end(r);
	return rc;
}

int
own_group_asked_later(struct db *db, const struct own_group_asked *g,
    int64_t due_at, const char *error)
{
	return db_run(db, own_group_asked_sql[LATER],
	    DB_ARGS(db_int(g->id), db_int(g->asking), db_int(due_at),
		db_text(error)));
}

int
own_group_asked_refused(
    struct db *db, const struct own_group_asked *g, const char *error)
{
	return db_run(db, own_group_asked_sql[REFUSED],
	    DB_ARGS(db_int(g->id), db_int(g->asking), db_text(error)));
}
