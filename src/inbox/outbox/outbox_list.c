/*
 * The outbox for the command line: list, retry, cancel.
 */
#include <stddef.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/message/reaction.h"
#include "inbox/outbox/outbox_list.h"
#include "inbox/outbox/outbox_stop.h"

enum {
	OPEN,
	IN_STATE,
	DONE,
	ONE,
	OF_MESSAGE,
	RETRY_MESSAGE,
	RETRY,
	CANCEL,
	CANCEL_MESSAGE,
	N_SQL
};

#define ITEM                                                                   \
	"SELECT o.id, o.workspace_id, o.conversation_id, o.message_id,"        \
	" n.phone_number_id, o.kind, o.state,"                                 \
	" COALESCE(c.phone, c.user_id, c.group_id), m.preview, m.wamid,"       \
	" m.status, m.error, o.reason, p.reason, p.until, o.attempts,"         \
	" o.due_at, o.created_at, m.type, c.window_ends,"                      \
	" COALESCE(o.sending_at, o.created_at), o.number_id, m.content,"       \
	" CASE WHEN c.marketing = 'stopped' THEN c.marketing_at END"           \
	" FROM outbox AS o"                                                    \
	" LEFT JOIN numbers AS n ON n.id = o.number_id"                        \
	" LEFT JOIN conversations AS c"                                        \
	"  ON c.workspace_id = o.workspace_id AND c.id = o.conversation_id"    \
	" LEFT JOIN messages AS m"                                             \
	"  ON m.workspace_id = o.workspace_id AND m.id = o.message_id"         \
	" LEFT JOIN number_pauses AS p"                                        \
	"  ON p.number_id = o.number_id AND p.until > $1"

/* $3 = 0: of all workspaces (no id is 0).  Rows are walked by id, which is fast
 * enough for a person. */
#define PAGE                                                                   \
	" AND o.id > $2 AND (o.workspace_id = $3 OR $3 = 0)"                   \
	" ORDER BY o.id LIMIT $4"

static const char *const outbox_list_sql[N_SQL] = {
	[OPEN] = ITEM " WHERE o.state <> 'done'" PAGE,
	[IN_STATE] = ITEM " WHERE o.state <> 'done' AND o.state = $5" PAGE,
	[DONE] = ITEM " WHERE o.state = 'done'" PAGE,
	[ONE] = ITEM " WHERE o.id = $2",
	[OF_MESSAGE] = "SELECT id FROM outbox WHERE workspace_id = $1"
		       " AND kind = 'message' AND message_id = $2",
	/* The new attempt has another wamid: late statuses of the first do not
	 * count. */
	[RETRY_MESSAGE] =
	    "UPDATE messages SET status = 'queued',"
	    " error = NULL, error_code = NULL, wamid = NULL"
	    " FROM outbox AS o"
	    " WHERE o.id = $1 AND o.kind = 'message'"
	    " AND o.state IN ('done', 'failed')"
	    " AND messages.workspace_id = o.workspace_id"
	    " AND messages.id = o.message_id AND messages.status = 'failed'",
	[RETRY] =
	    "UPDATE outbox SET state = 'queued', attempts = 0,"
	    " due_at = $2, created_at = $2, sending_at = NULL, reason = NULL,"
	    " error_code = NULL"
	    " WHERE id = $1",
	[CANCEL] = "UPDATE outbox SET state = 'failed', reason = 'canceled',"
		   " error_code = NULL"
		   " WHERE id = $1 AND state = 'queued'",
	[CANCEL_MESSAGE] =
	    "UPDATE messages SET status = 'failed', error = $2,"
	    " error_code = NULL"
	    " FROM outbox AS o WHERE o.id = $1 AND o.kind = 'message'"
	    " AND messages.workspace_id = o.workspace_id"
	    " AND messages.id = o.message_id AND messages.wamid IS NULL",
};

static const char canceled[] =
    "{\"code\":0,\"title\":\"canceled\","
    "\"detail\":\"A person canceled the message before it was sent.\"}";

const struct statements outbox_list_statements = {
	.sql = outbox_list_sql,
	.n = N_SQL,
	.also = STATEMENTS(&reaction_statements, &outbox_stop_statements),
};

static void
read_item(struct db_rows *r, struct pool *pool, struct outbox_item *item)
{
	const char **texts[] = { &item->phone_number_id, &item->kind,
		&item->state, &item->to, &item->preview, &item->wamid,
		&item->status, &item->error, &item->reason, &item->paused };

	*item = (struct outbox_item){
		.id = db_col_int(r, 0),
		.workspace_id = db_col_int(r, 1),
		.conversation_id = db_col_int(r, 2),
		.message_id = db_col_int(r, 3),
		.paused_until = db_col_int(r, 14),
		.attempts = db_col_int(r, 15),
		.due_at = db_col_int(r, 16),
		.created_at = db_col_int(r, 17),
		.type = db_col_copy(r, pool, 18),
		.window_ends = db_col_int(r, 19),
		.tried_at = db_col_int(r, 20),
		.number_id = db_col_int(r, 21),
		.content = db_col_copy(r, pool, 22),
		.stopped_at = db_col_int(r, 23),
	};
	for (int i = 0; i < 10; i++)
		*texts[i] = db_col_copy(r, pool, 4 + i);
}

int
outbox_list(struct db *db, struct pool *pool, int64_t workspace_id,
    const char *state, int64_t after, int max, int64_t now,
    struct outbox_item **items, int *n)
{
	const struct db_arg *args = DB_ARGS(db_int(now), db_int(after),
	    db_int(workspace_id), db_int(max), db_text(state));
	struct db_arg open[] = { args[0], args[1], args[2], args[3],
		{ DB_END, 0, NULL, 0 } };
	struct db_rows *r;
	int rc = 0;

	*n = 0;
	*items = pool_alloc(pool, sizeof(**items) * (size_t)max);
	if (state != NULL && !text_is(state, "done"))
		r = db_query(db, outbox_list_sql[IN_STATE], args);
	else
		r = db_query(
		    db, outbox_list_sql[state != NULL ? DONE : OPEN], open);
	while (*n < max && (rc = db_next(r)) == 1)
		read_item(r, pool, &(*items)[(*n)++]);
	db_end(r);
	return rc == -1 ? -1 : 0;
}

int
outbox_get(struct db *db, struct pool *pool, int64_t id, int64_t now,
    struct outbox_item *item)
{
	struct db_rows *r = db_query(
	    db, outbox_list_sql[ONE], DB_ARGS(db_int(now), db_int(id)));
	int rc = db_next(r);

	if (rc == 1)
		read_item(r, pool, item);
	db_end(r);
	return rc;
}

int
outbox_of_message(
    struct db *db, int64_t workspace_id, int64_t message_id, int64_t *id)
{
	return db_get_int(db, outbox_list_sql[OF_MESSAGE],
	    DB_ARGS(db_int(workspace_id), db_int(message_id)), id);
}

int
outbox_retry(struct db *db, int64_t id, int64_t now)
{
	if (db_run(db, outbox_list_sql[RETRY_MESSAGE], DB_ARGS(db_int(id))) ==
	    -1)
		return -1;
	if (db_changed(db) == 0)
		return 0;
	if (db_run(db, outbox_list_sql[RETRY],
		DB_ARGS(db_int(id), db_int(now))) == -1 ||
	    reaction_follow_row(db, id) == -1)
		return -1;
	return 1;
}

int
outbox_cancel(struct db *db, int64_t id)
{
	if (db_run(db, outbox_list_sql[CANCEL], DB_ARGS(db_int(id))) == -1)
		return -1;
	if (db_changed(db) == 0)
		return 0;
	if (db_run(db, outbox_list_sql[CANCEL_MESSAGE],
		DB_ARGS(db_int(id), db_text(canceled))) == -1 ||
	    reaction_follow_row(db, id) == -1)
		return -1;
	return 1;
}
