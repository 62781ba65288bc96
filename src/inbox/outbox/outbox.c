/*
 * The rows of the outbox and their states.  Every statement that changes a
 * state names the state before, so that whoever comes second (a late answer
 * after a status, a person who canceled meanwhile) changes nothing.
 */
#include <stddef.h>
#include <string.h>

#include "base/counters.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/conversation/identity.h"
#include "inbox/message/message.h"
#include "inbox/message/reaction.h"
#include "inbox/outbox/outbox.h"
#include "inbox/outbox/outbox_accept.h"

enum {
	NEXT_NUMBER,
	BUSY,
	DUE,
	UNTRIED,
	SENDING,
	SHOW_SENDING,
	LATER,
	SHOW_QUEUED,
	FAILED,
	SHOW_FAILED,
	READS,
	LOST,
	REFUSED,
	UPLOADED,
	N_SQL
};

/* The rows of number $1 that may be sent at $2.  A row of a conversation
 * that is being merged into another waits until it was moved there. */
#define ROW                                                                    \
	"SELECT o.id, o.workspace_id, o.number_id, o.conversation_id,"         \
	" o.message_id, o.kind, o.attempts, o.created_at, m.context,"          \
	" m.type, m.content, m.wamid, n.phone_number_id, c.phone,"             \
	" c.user_id, c.group_id, o.upload_id, u.path, u.filename,"             \
	" u.mime_type, p.media_id, n.provider, o.typing,"                      \
	" CASE WHEN c.marketing = 'stopped' THEN c.marketing_at END"           \
	" FROM outbox AS o"                                                    \
	" LEFT JOIN numbers AS n ON n.id = o.number_id"                        \
	" LEFT JOIN conversations AS c"                                        \
	"  ON c.workspace_id = o.workspace_id AND c.id = o.conversation_id"    \
	" LEFT JOIN messages AS m"                                             \
	"  ON m.workspace_id = o.workspace_id AND m.id = o.message_id"         \
	" LEFT JOIN uploads AS u"                                              \
	"  ON u.workspace_id = o.workspace_id AND u.id = o.upload_id"          \
	" LEFT JOIN upload_media AS p"                                         \
	"  ON p.workspace_id = o.workspace_id"                                 \
	"  AND p.upload_id = o.upload_id AND p.number_id = o.number_id"        \
	"  AND p.expires_at > $2"                                              \
	" WHERE o.state = 'queued' AND o.behind = 0 AND o.number_id = $1"      \
	" AND n.moving_to IS NULL"                                             \
	" AND o.due_at <= $2 AND (c.id IS NOT NULL OR NOT EXISTS (SELECT 1"    \
	"  FROM jobs AS j WHERE j.workspace_id = o.workspace_id"               \
	"  AND j.kind = 'merge' AND j.subject = o.conversation_id))"
/* No earlier message of the conversation is queued or waits for its answer.  (A
 * "read" has no place in that order.) */
#define FIRST                                                                  \
	" NOT EXISTS (SELECT 1 FROM outbox AS b"                               \
	"  WHERE b.number_id = o.number_id"                                    \
	"  AND b.conversation_id = o.conversation_id AND b.id < o.id"          \
	"  AND b.state IN ('queued', 'sending') AND b.kind = 'message'"        \
	"  AND (b.state = 'queued' OR b.answer_by > $2))"

static const char *const outbox_sql[N_SQL] = {
	[NEXT_NUMBER] =
	    "SELECT number_id FROM outbox"
	    " WHERE state = 'queued' AND behind = 0 AND number_id > $1"
	    " ORDER BY number_id LIMIT 1",
	[BUSY] = "SELECT 1 FROM numbers AS n WHERE EXISTS (SELECT 1"
		 " FROM outbox AS o WHERE o.state = 'queued'"
		 " AND o.behind = 0 AND o.number_id = n.id AND o.due_at <= $1)"
		 " AND n.moving_to IS NULL"
		 " AND NOT EXISTS (SELECT 1 FROM number_pauses AS p"
		 " WHERE p.number_id = n.id AND p.until > $1)"
		 " UNION ALL SELECT 1 FROM outbox"
		 " WHERE state = 'sending' AND sending_at > $2"
		 " AND answer_by > $1 LIMIT 1",
	[DUE] = ROW " AND (o.kind = 'read' OR" FIRST ")"
		    " ORDER BY o.due_at, o.id LIMIT $3",
	/* The newest one: most likely it differs from the one refused. */
	[UNTRIED] = ROW " AND o.kind = 'message' AND o.attempts = 0"
			" AND o.conversation_id <> $3 AND" FIRST
			" ORDER BY o.due_at DESC, o.id DESC LIMIT 1",
	[REFUSED] = "SELECT workspace_id, number_id, conversation_id,"
		    " message_id, attempts, created_at, error_code"
		    " FROM outbox"
		    " WHERE id = $1 AND state = 'queued' AND kind = 'message'",
	[SENDING] = "UPDATE outbox SET state = 'sending', sending_at = $2,"
		    " answer_by = $3 WHERE id = $1 AND state = 'queued'",
	[SHOW_SENDING] = "UPDATE messages SET status = 'sending'"
			 " WHERE workspace_id = $1 AND id = $2",
	[LATER] = "UPDATE outbox SET state = 'queued', due_at = $2,"
		  " reason = $3, error_code = $4,"
		  " attempts = attempts + 1"
		  " WHERE id = $1 AND state IN ('queued', 'sending')",
	[SHOW_QUEUED] =
	    "UPDATE messages SET status = 'queued'"
	    " WHERE workspace_id = $1 AND id = $2 AND wamid IS NULL",
	[FAILED] = "UPDATE outbox SET state = 'failed', reason = $2,"
		   " error_code = $3"
		   " WHERE id = $1 AND state IN ('queued', 'sending')",
	[SHOW_FAILED] =
	    "UPDATE messages SET status = 'failed', error = $3,"
	    " error_code = $4"
	    " WHERE workspace_id = $1 AND id = $2 AND wamid IS NULL",
	/* A read receipt also covers the messages before its own. */
	[READS] =
	    "UPDATE outbox SET state = 'done'"
	    " WHERE number_id = $1 AND conversation_id = $2"
	    " AND state IN ('queued', 'sending') AND kind = 'read'"
	    " AND id IN (SELECT id FROM outbox WHERE number_id = $1"
	    "  AND conversation_id = $2 AND state IN ('queued', 'sending')"
	    "  AND kind = 'read' AND id <= $3 ORDER BY id DESC LIMIT 500)",
	[LOST] = "UPDATE outbox SET answer_by = $2, reason = $3,"
		 " error_code = $4"
		 " WHERE id = $1 AND state = 'sending'",
	[UPLOADED] =
	    "INSERT INTO upload_media(workspace_id, upload_id,"
	    " number_id, media_id, expires_at) VALUES ($1, $2, $3, $4, $5)"
	    " ON CONFLICT(workspace_id, upload_id, number_id) DO UPDATE SET"
	    " media_id = excluded.media_id,"
	    " expires_at = excluded.expires_at",
};

const struct statements outbox_statements = {
	.sql = outbox_sql,
	.n = N_SQL,
	.also = STATEMENTS(&identity_statements, &message_statements,
	    &outbox_accept_statements),
};

int
outbox_next_number(struct db *db, int64_t after, int64_t *number_id)
{
	return db_get_int(
	    db, outbox_sql[NEXT_NUMBER], DB_ARGS(db_int(after)), number_id);
}

int
outbox_is_busy(struct db *db, int64_t now)
{
	int64_t one;

	return db_get_int(db, outbox_sql[BUSY],
	    DB_ARGS(db_int(now), db_int(now - OUTBOX_ANSWER_S)), &one);
}

/* From what submit_context (submit_content.h) wrote. */
static const char *
answered_wamid(struct pool *pool, const char *context)
{
	if (context == NULL)
		return NULL;
	return json_text(
	    json_parse(pool, context, strlen(context), NULL), "wamid");
}

static void
read_row_outgoing(struct db_rows *r, struct pool *pool, struct outbox_row *row)
{
	struct outgoing *message = &row->message;
	const char *context = NULL;
	const char **texts[] = { &context, &message->type, &message->content,
		&row->wamid, &row->phone_number_id, &row->phone, &row->user_id,
		&row->group_id };
	const char **file[] = { &row->path, &row->filename, &row->mime_type,
		&message->media_id, &row->provider };

	*row = (struct outbox_row){
		.id = db_col_int(r, 0),
		.workspace_id = db_col_int(r, 1),
		.number_id = db_col_int(r, 2),
		.conversation_id = db_col_int(r, 3),
		.message_id = db_col_int(r, 4),
		.is_read = text_is(db_col_text(r, 5), "read"),
		.attempts = db_col_int(r, 6),
		.queued_at = db_col_int(r, 7),
		.upload_id = db_col_int(r, 16),
		.typing = (int)db_col_int(r, 22),
		.stopped_at = db_col_int(r, 23),
	};
	for (int i = 0; i < 8; i++)
		*texts[i] = db_col_copy(r, pool, 8 + i);
	for (int i = 0; i < 5; i++)
		*file[i] = db_col_copy(r, pool, 17 + i);
	message->filename = row->filename;
	if (!row->is_read)
		message->reply_wamid = answered_wamid(pool, context);
}

int
outbox_due(struct db *db, struct pool *pool, int64_t number_id, int64_t now,
    int max, struct outbox_row **rows, int *n)
{
	struct db_rows *r;
	int rc = 0;

	*n = 0;
	if (max <= 0)
		return 0;
	*rows = pool_alloc(pool, sizeof(**rows) * (size_t)max);
	r = db_query(db, outbox_sql[DUE],
	    DB_ARGS(db_int(number_id), db_int(now), db_int(max)));
	while (*n < max && (rc = db_next(r)) == 1)
		read_row_outgoing(r, pool, &(*rows)[(*n)++]);
	db_end(r);
	return rc == -1 ? -1 : 0;
}

int
outbox_untried(struct db *db, struct pool *pool, int64_t number_id,
    int64_t conversation_id, int64_t now, struct outbox_row *row)
{
	struct db_rows *r = db_query(db, outbox_sql[UNTRIED],
	    DB_ARGS(db_int(number_id), db_int(now), db_int(conversation_id)));
	int rc = db_next(r);

	if (rc == 1)
		read_row_outgoing(r, pool, row);
	db_end(r);
	return rc;
}

int
outbox_refused(struct db *db, int64_t id, struct outbox_row *row)
{
	struct db_rows *r =
	    db_query(db, outbox_sql[REFUSED], DB_ARGS(db_int(id)));
	int rc = db_next(r);

	if (rc == 1)
		*row = (struct outbox_row){
			.id = id,
			.workspace_id = db_col_int(r, 0),
			.number_id = db_col_int(r, 1),
			.conversation_id = db_col_int(r, 2),
			.message_id = db_col_int(r, 3),
			.attempts = db_col_int(r, 4),
			.queued_at = db_col_int(r, 5),
			.error_code = db_col_int(r, 6),
		};
	db_end(r);
	return rc;
}

/* Sets the status of the row's message, if it is one that we send. */
static int
show_outgoing(struct db *db, const struct outbox_row *row,
    const char *statement, const struct outbox_error *error)
{
	if (row->is_read)
		return 0;
	if (statement == outbox_sql[SHOW_FAILED]) {
		if (db_run(db, statement,
			DB_ARGS(db_int(row->workspace_id),
			    db_int(row->message_id), db_text(error->json),
			    db_id(error->code))) == -1)
			return -1;
		return reaction_follow(db, row->workspace_id, row->message_id);
	}
	return db_run(db, statement,
	    DB_ARGS(db_int(row->workspace_id), db_int(row->message_id)));
}

int
outbox_sending(struct db *db, struct outbox_row *row, int64_t now)
{
	if (db_run(db, outbox_sql[SENDING],
		DB_ARGS(db_int(row->id), db_int(now),
		    db_int(now + OUTBOX_ANSWER_S))) == -1)
		return -1;
	if (db_changed(db) == 0)
		return 0;
	row->sending_at = now;
	return show_outgoing(db, row, outbox_sql[SHOW_SENDING], NULL) == -1 ? -1
									    : 1;
}

int
outbox_done(struct db *db, const struct outbox_row *row,
    const struct outbox_taken *taken, int64_t now)
{
	if (row->is_read)
		return db_run(db, outbox_sql[READS],
		    DB_ARGS(db_int(row->number_id),
			db_int(row->conversation_id), db_int(row->id)));
	return outbox_take(db, row, taken, now);
}

int
outbox_later(struct db *db, const struct outbox_row *row, int64_t due_at,
    const struct outbox_error *error)
{
	if (db_run(db, outbox_sql[LATER],
		DB_ARGS(db_int(row->id), db_int(due_at), db_text(error->reason),
		    db_id(error->code))) == -1)
		return -1;
	if (db_changed(db) == 0)
		return 0;
	return show_outgoing(db, row, outbox_sql[SHOW_QUEUED], NULL);
}

int
outbox_failed(struct db *db, const struct outbox_row *row,
    const struct outbox_error *error)
{
	if (db_run(db, outbox_sql[FAILED],
		DB_ARGS(db_int(row->id), db_text(error->reason),
		    db_id(error->code))) == -1)
		return -1;
	if (db_changed(db) == 0)
		return 0;
	counters_add(COUNTER_FAILED, !row->is_read);
	return show_outgoing(db, row, outbox_sql[SHOW_FAILED], error);
}

int
outbox_lost(struct db *db, const struct outbox_row *row, int64_t now,
    const struct outbox_error *error)
{
	return db_run(db, outbox_sql[LOST],
	    DB_ARGS(db_int(row->id), db_int(now), db_text(error->reason),
		db_id(error->code)));
}

int
outbox_uploaded(struct db *db, const struct outbox_row *row,
    const char *media_id, int64_t expires_at)
{
	return db_run(db, outbox_sql[UPLOADED],
	    DB_ARGS(db_int(row->workspace_id), db_int(row->upload_id),
		db_int(row->number_id), db_text(media_id), db_int(expires_at)));
}
