/*
 * Messages as deliveries bring them.  For a new row a trigger keeps the
 * conversation's newest message and its count of unread ones.  For a row that
 * is there already, and of which a delivery now has better content or an
 * earlier time, they are corrected here.
 */
#include <stddef.h>
#include <string.h>

#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/conversation/merge.h"
#include "inbox/message/message.h"
#include "inbox/message/message_edit.h"
#include "inbox/message/status.h"
#include "inbox/workspace/number.h"

enum {
	ADD,
	FIND,
	REPLACE,
	RETIME,
	DEMOTE,
	UNREAD_MORE,
	UNREAD_LESS,
	MEDIA,
	SIGHTING,
	ATTRIBUTE,
	N_SQL
};

static const char *const sql[N_SQL] = {
	[ADD] =
	    "INSERT INTO messages(workspace_id, number_id, wamid,"
	    " conversation_id, direction, source, type, content, context,"
	    " referral, preview, text, status, error, sender, counts_unread,"
	    " opens_window, placeholder, sent_at, created_at, sighting_id,"
	    " shown_name, error_code)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,"
	    " $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)"
	    " ON CONFLICT(workspace_id, number_id, wamid) DO NOTHING",
	[FIND] =
	    "SELECT id, conversation_id, source, placeholder,"
	    " counts_unread, sent_at, sighting_id, shown_name FROM messages"
	    " WHERE workspace_id = $1 AND number_id = $2 AND wamid = $3",
	[REPLACE] =
	    "UPDATE messages SET source = $6, type = $7,"
	    " content = $8, context = $9, referral = $10, preview = $11,"
	    " text = $12, error = $14, sender = $15, counts_unread = $16,"
	    " opens_window = $17, placeholder = $18, sent_at = $19,"
	    " original = NULL, original_type = NULL, edited_at = NULL,"
	    " revoked_at = NULL, error_code = $23"
	    " WHERE workspace_id = $1 AND number_id = $2 AND wamid = $3",
	[RETIME] = "UPDATE messages SET sent_at = $3"
		   " WHERE workspace_id = $1 AND id = $2",
	[DEMOTE] = "UPDATE messages SET source = 'history', placeholder = 2,"
		   " counts_unread = 0, opens_window = 0"
		   " WHERE workspace_id = $1 AND id = $2",
	[UNREAD_MORE] = "UPDATE conversations SET"
			" unread_count = unread_count + 1, is_read = 0,"
			" status = 'active' WHERE workspace_id = $1"
			" AND id = " MERGED("$1", "$2"),
	/* Somebody may have read it meanwhile. */
	[UNREAD_LESS] =
	    "UPDATE conversations SET"
	    " unread_count = unread_count - 1,"
	    " is_read = CASE WHEN unread_count = 1 THEN 1 ELSE is_read END"
	    " WHERE workspace_id = $1 AND id = " MERGED(
		"$1", "$2") " AND unread_count > 0",
	[MEDIA] =
	    "INSERT INTO media(workspace_id, message_id, number_id,"
	    " media_id, state, reason, mime_type, sha256, filename, due_at,"
	    " created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,"
	    " $10) ON CONFLICT(message_id) DO UPDATE SET"
	    " media_id = excluded.media_id, state = excluded.state,"
	    " reason = excluded.reason, mime_type = excluded.mime_type,"
	    " sha256 = excluded.sha256, filename = excluded.filename,"
	    " due_at = excluded.due_at"
	    " WHERE media.state = 'missing'"
	    " AND excluded.media_id IS NOT NULL"
	    /* a media_id that could not be fetched is not tried again */
	    " AND (media.media_id IS NULL"
	    "  OR media.media_id <> excluded.media_id)",
	[SIGHTING] = "SELECT CASE WHEN"
		     " (n.user_id <> '', n.parent_user_id <> '',"
		     "  n.user_id, n.parent_user_id, n.account)"
		     " > (o.user_id <> '', o.parent_user_id <> '',"
		     "  o.user_id, o.parent_user_id, o.account)"
		     " THEN 1 ELSE 0 END"
		     " FROM sightings AS n, sightings AS o"
		     " WHERE n.id = $1 AND o.id = $2",
	[ATTRIBUTE] = "UPDATE messages SET conversation_id = $3,"
		      " sighting_id = $4, shown_name = $5"
		      " WHERE workspace_id = $1 AND id = $2",
};

static const char *const sources[] = {
	[MESSAGE_HISTORY] = "history",
	[MESSAGE_ECHO] = "echo",
	[MESSAGE_LIVE] = "live",
	[MESSAGE_API] = "api",
};

/* What messages.placeholder says. */
enum { NEVER, AWAITED, ARRIVED };

/* The row that is there already. */
struct message_row {
	int64_t id;
	int64_t conversation_id;
	enum message_source source;
	int placeholder;
	int counts_unread;
	int64_t sent_at;
	int64_t sighting_id; /* 0 none */
	int says_name;
};

const struct statements message_statements = {
	.sql = sql,
	.n = N_SQL,
	.also = STATEMENTS(&message_edit_statements, &status_statements),
};

int
message_has_media(const char *type)
{
	static const char *const types[] = {
		"image",
		"video",
		"audio",
		"voice",
		"document",
		"sticker",
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (text_is(type, types[i]))
			return 1;
	return 0;
}

/* ADD and REPLACE name their parameters alike.  Of a new one *ID is said: 1, 0
 * there is one, -1. */
static int
write_row(struct db *db, int statement, const struct number_key *number,
    const struct message *m, int placeholder, int64_t now, int64_t *id)
{
	int counts = m->source != MESSAGE_HISTORY;
	const struct db_arg *args = DB_SHARED_ARGS(db_int(number->workspace_id),
	    db_int(number->id), db_text(m->wamid), db_int(m->conversation_id),
	    db_text(m->inbound ? "inbound" : "outbound"),
	    db_text(sources[m->source]), db_text(m->type), db_text(m->content),
	    db_text(m->context), db_text(m->referral), db_text(m->preview),
	    db_text(m->text), db_text(m->inbound ? "received" : "sent"),
	    /* of ours it is one of the statuses, see message_put */
	    db_text(m->inbound ? m->error : NULL), db_text(m->sender),
	    db_int(counts && m->counts_unread),
	    db_int(counts && m->opens_window), db_int(placeholder),
	    db_int(m->sent_at), db_int(now), db_id(m->sighting_id),
	    db_text(m->shown_name), db_id(m->inbound ? m->error_code : 0));

	return statement == ADD ? db_insert(db, sql[ADD], args, id)
				: db_run(db, sql[statement], args);
}

static int
put_media(struct db *db, const struct number_key *number,
    const struct message *m, int64_t id, int64_t now)
{
	if (!message_has_media(m->type))
		return 0;
	return db_run(db, sql[MEDIA],
	    DB_ARGS(db_int(number->workspace_id), db_int(id),
		db_int(number->id), db_text(m->media_id),
		db_text(m->media_id != NULL ? "pending" : "missing"),
		db_text(m->media_id != NULL ? NULL
					    : "the provider sent no media id"),
		db_text(m->mime_type), db_text(m->sha256), db_text(m->filename),
		db_int(now)));
}

static int
read_row_message(struct db *db, const struct number_key *number,
    const char *wamid, struct message_row *row)
{
	struct db_rows *r = db_query(db, sql[FIND],
	    DB_ARGS(db_int(number->workspace_id), db_int(number->id),
		db_text(wamid)));
	int rc = db_next(r);

	if (rc == 1) {
		row->id = db_col_int(r, 0);
		row->conversation_id = db_col_int(r, 1);
		row->source = MESSAGE_HISTORY;
		for (int i = MESSAGE_HISTORY; i <= MESSAGE_API; i++)
			if (text_is(db_col_text(r, 2), sources[i]))
				row->source = (enum message_source)i;
		row->placeholder = (int)db_col_int(r, 3);
		row->counts_unread = (int)db_col_int(r, 4);
		row->sent_at = db_col_int(r, 5);
		row->sighting_id = db_col_int(r, 6);
		row->says_name =
		    db_col_is_null(r, 7) || !text_is(db_col_text(r, 7), "");
	}
	db_end(r);
	return rc == 1 ? 0 : -1;
}

/* History announced what came before it: neither unread nor a window. */
static int
demote(struct db *db, int64_t workspace_id, const struct message_row *row)
{
	const struct db_arg *conversation =
	    DB_ARGS(db_int(workspace_id), db_int(row->conversation_id));

	if (row->placeholder != NEVER || row->source == MESSAGE_API)
		return 0;
	if (db_run(db, sql[DEMOTE],
		DB_ARGS(db_int(workspace_id), db_int(row->id))) == -1)
		return -1;
	if (row->counts_unread &&
	    db_run(db, sql[UNREAD_LESS], conversation) == -1)
		return -1;
	return merge_recount(db, workspace_id, row->conversation_id);
}

/* M is better than ROW: it takes its place, as if ROW had never been. */
static int
replace(struct db *db, const struct number_key *number, const struct message *m,
    const struct message_row *row, int64_t now)
{
	int64_t workspace_id = number->workspace_id;
	struct message better = *m;

	if (row->placeholder == AWAITED)
		better.source = MESSAGE_HISTORY;
	if (write_row(db, REPLACE, number, &better,
		row->placeholder == AWAITED ? ARRIVED : NEVER, now, NULL) == -1)
		return -1;
	if (better.source != MESSAGE_HISTORY && m->counts_unread &&
	    !row->counts_unread &&
	    db_run(db, sql[UNREAD_MORE],
		DB_ARGS(db_int(workspace_id), db_int(row->conversation_id))) ==
		-1)
		return -1;
	if (message_edit_apply(db, number, m->wamid) == -1)
		return -1;
	return merge_recount(db, workspace_id, row->conversation_id);
}

/* It was stored with a time of ours, when our clock was wrong. */
static int
retime(struct db *db, int64_t workspace_id, const struct message *m,
    const struct message_row *row)
{
	if (!m->timed || m->sent_at == row->sent_at ||
	    row->source == MESSAGE_API || m->source < row->source)
		return 0;
	if (db_run(db, sql[RETIME],
		DB_ARGS(db_int(workspace_id), db_int(row->id),
		    db_int(m->sent_at))) == -1)
		return -1;
	return merge_recount(db, workspace_id, row->conversation_id);
}

/* M tells better than ROW whose the message is: 1, 0, -1. */
static int
tells_better(
    struct db *db, const struct message *m, const struct message_row *row)
{
	int64_t better = 0;

	if (m->sighting_id == 0 || row->source == MESSAGE_API)
		return 0;
	if (m->sighting_id == row->sighting_id)
		return (!row->says_name && m->shown_name == NULL) ||
		       /* who had the account depends on the time */
		       (m->timed && m->sent_at != row->sent_at &&
			   m->conversation_id != row->conversation_id);
	if (row->sighting_id == 0) /* from before they were remembered */
		return m->conversation_id == row->conversation_id;
	if (db_get_int(db, sql[SIGHTING],
		DB_ARGS(db_int(m->sighting_id), db_int(row->sighting_id)),
		&better) == -1)
		return -1;
	return better != 0;
}

/* So it goes to its customer, and what counts it with it. */
static int
attribute(struct db *db, const struct number_key *number,
    const struct message *m, struct message_row *row)
{
	int64_t workspace_id = number->workspace_id,
		from = row->conversation_id;

	if (db_run(db, sql[ATTRIBUTE],
		DB_ARGS(db_int(workspace_id), db_int(row->id),
		    db_int(m->conversation_id), db_int(m->sighting_id),
		    db_text(m->shown_name))) == -1)
		return -1;
	row->sighting_id = m->sighting_id;
	if (from == m->conversation_id)
		return 0;
	row->conversation_id = m->conversation_id;
	if (row->counts_unread &&
	    (db_run(db, sql[UNREAD_LESS],
		 DB_ARGS(db_int(workspace_id), db_int(from))) == -1 ||
		db_run(db, sql[UNREAD_MORE],
		    DB_ARGS(db_int(workspace_id),
			db_int(m->conversation_id))) == -1))
		return -1;
	if (merge_recount(db, workspace_id, from) == -1)
		return -1;
	return merge_recount(db, workspace_id, m->conversation_id);
}

/* The message is there already. */
static int
meet(struct db *db, const struct number_key *number, const struct message *m,
    int64_t now, int64_t *met)
{
	struct message_row row;
	int rc;

	if (read_row_message(db, number, m->wamid, &row) == -1 ||
	    (rc = tells_better(db, m, &row)) == -1)
		return -1;
	if (row.source != MESSAGE_API && row.sighting_id != m->sighting_id)
		*met = row.sighting_id;
	if (rc == 1 && attribute(db, number, m, &row) == -1)
		return -1;
	if (text_is(m->type, MESSAGE_PLACEHOLDER))
		return demote(db, number->workspace_id, &row);
	if (row.placeholder == AWAITED ||
	    (row.placeholder == NEVER && m->source > row.source)) {
		if (replace(db, number, m, &row, now) == -1)
			return -1;
	} else if (retime(db, number->workspace_id, m, &row) == -1)
		return -1;
	return put_media(db, number, m, row.id, now);
}

int
message_put(struct db *db, const struct number_key *number,
    const struct message *m, int64_t now, int64_t *met)
{
	int placeholder = text_is(m->type, MESSAGE_PLACEHOLDER);
	int64_t id;
	int rc;

	*met = 0;
	/* An error of ours is one of its statuses, so that the statuses alone
	 * decide, whatever comes first. */
	if (!m->inbound && m->error != NULL &&
	    status_put(db, number,
		&(struct status){ .wamid = m->wamid,
		    .word = "error",
		    .at = m->sent_at,
		    .error = m->error,
		    .error_code = m->error_code }) == -1)
		return -1;
	rc = write_row(
	    db, ADD, number, m, placeholder ? AWAITED : NEVER, now, &id);
	if (rc == 0)
		rc = meet(db, number, m, now, met);
	else if (rc == 1 && (rc = put_media(db, number, m, id, now)) == 0)
		rc = message_edit_apply(db, number, m->wamid);
	if (rc == -1 || m->inbound)
		return rc;
	return status_apply(db, number, m->wamid) == -1 ? -1 : 0;
}
