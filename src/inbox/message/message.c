/*
 * Stores messages from deliveries.  For a new row a trigger updates the
 * conversation's last message and unread count.  When a delivery brings better
 * content, or another time, for a row that exists, they are corrected here.
 */
#include <stddef.h>
#include <string.h>

#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/many.h"
#include "lib/sql/statements.h"

#include "whatsapp/content.h"
#include "whatsapp/event.h"
#include "whatsapp/preview/preview_words.h"

#include "inbox/conversation/merge.h"
#include "inbox/conversation/unread.h"
#include "inbox/message/message.h"
#include "inbox/message/message_edit.h"
#include "inbox/message/status.h"
#include "inbox/workspace/number.h"

enum { ADD, FIND, REPLACE, RETIME, DEMOTE, MEDIA, SIGHTING, ATTRIBUTE, N_SQL };

static const char *const message_sql[N_SQL] = {
	[ADD] =
	    "INSERT " DB_NO_UNDO
	    " INTO messages(workspace_id, number_id, wamid,"
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

enum message_source { /* from the worst to the best */
	MESSAGE_HISTORY,
	MESSAGE_ECHO,
	MESSAGE_LIVE,
	MESSAGE_API
};

static const char *const sources[] = {
	[MESSAGE_HISTORY] = "history",
	[MESSAGE_ECHO] = "echo",
	[MESSAGE_LIVE] = "live",
	[MESSAGE_API] = "api",
};

/* Values of messages.placeholder: was this message a placeholder? */
enum { NEVER, AWAITED, ARRIVED };

/* The row that exists already. */
struct message_row {
	struct unread_message as; /* with which it counts as unread */
	enum message_source source;
	int placeholder;
	int counts_unread;
	int64_t sighting_id; /* 0 none */
	int says_name;
};

const struct statements message_statements = {
	.sql = message_sql,
	.n = N_SQL,
	.also = STATEMENTS(
	    &message_edit_statements, &status_statements, &unread_statements),
};

static enum message_source
source_of(const struct message *m)
{
	static const enum message_source ranks[] = {
		[EVENT_LIVE] = MESSAGE_LIVE,
		[EVENT_ECHO] = MESSAGE_ECHO,
		[EVENT_HISTORY] = MESSAGE_HISTORY,
	};

	return ranks[m->event->source];
}

/* A message whose placeholder came first counts as history. */
static enum message_source
source_in(const struct message *m, int placeholder)
{
	return placeholder == ARRIVED ? MESSAGE_HISTORY : source_of(m);
}

static struct db_arg
text_or(const char *s, const char *otherwise)
{
	return db_text(s != NULL ? s : otherwise);
}

/* As message_columns.h has it: '' when TEXT says the same. */
static const char *
short_content(const struct event *e)
{
	static const char begin[] = "{\"body\":\"", end[] = "\"}";
	const char *s = e->content;
	size_t len = e->text != NULL ? strlen(e->text) : 0;

	if (s == NULL)
		return "{}";
	if (len == 0 || !text_is(e->type, "text") || !text_begins(s, begin) ||
	    strncmp(s + sizeof(begin) - 1, e->text, len) != 0 ||
	    strcmp(s + sizeof(begin) - 1 + len, end) != 0)
		return s;
	return "";
}

static const char *
short_preview(const struct event *e)
{
	if (e->preview == NULL)
		return "";
	if (!text_is(e->type, "text") || e->text == NULL ||
	    strcmp(e->text, e->preview) != 0)
		return e->preview;
	return "";
}

#define ROW_ARGS 23 /* of ADD and REPLACE */

struct row_args {
	struct db_arg arg[ROW_ARGS + 1];
};

static struct row_args
args_of(const struct number_key *number, const struct message *m,
    int placeholder, int64_t now)
{
	const struct event *e = m->event;
	enum message_source source = source_in(m, placeholder);
	int counts = source != MESSAGE_HISTORY;

	return (struct row_args){ {
	    db_int(number->workspace_id),
	    db_int(number->id),
	    db_text(m->wamid),
	    db_int(m->conversation_id),
	    db_text(e->inbound ? "inbound" : "outbound"),
	    db_text(sources[source]),
	    text_or(e->type, "unsupported"),
	    db_text(short_content(e)),
	    db_text(e->context),
	    db_text(e->referral),
	    db_text(short_preview(e)),
	    db_text(e->text),
	    db_text(e->inbound ? "received" : "sent"),
	    /* an outbound one's is stored as a status, see message_put */
	    db_text(e->inbound ? e->error : NULL),
	    db_text(m->sender),
	    db_int(counts && e->counts_unread),
	    db_int(counts && e->opens_window),
	    db_int(placeholder),
	    db_int(e->at),
	    db_int(now),
	    db_id(m->sighting_id),
	    db_text(m->shown_name),
	    db_id(e->inbound ? e->error_code : 0),
	    { .type = DB_END_SHARED },
	} };
}

/* Runs ADD or REPLACE.  ADD: 1 and *ID, 0 the message exists, -1. */
static int
write_row(struct db *db, int statement, const struct number_key *number,
    const struct message *m, int placeholder, int64_t now, int64_t *id)
{
	const struct row_args args = args_of(number, m, placeholder, now);

	if (statement == ADD)
		return db_insert(db, message_sql[ADD], args.arg, id);
	return db_run(db, message_sql[REPLACE], args.arg);
}

void
message_put_later(struct db_many *many, const struct number_key *number,
    const struct message *m, int64_t now)
{
	const struct row_args args = args_of(number, m, NEVER, now);

	db_many_add(many, args.arg);
}

static int
put_media(struct db *db, const struct number_key *number,
    const struct message *m, int64_t id, int64_t now)
{
	const struct event_media *f = &m->event->media;

	if (!content_is_file(m->event->type))
		return 0;
	return db_run(db, message_sql[MEDIA],
	    DB_ARGS(db_int(number->workspace_id), db_int(id),
		db_int(number->id), db_text(f->id),
		db_text(f->id != NULL ? "pending" : "missing"),
		db_text(f->id != NULL ? NULL : "the provider sent no media id"),
		db_text(f->mime_type), db_text(f->sha256), db_text(f->filename),
		db_int(now)));
}

static int
read_row_message(struct db *db, const struct number_key *number,
    const char *wamid, struct message_row *row)
{
	struct db_rows *r = db_query(db, message_sql[FIND],
	    DB_ARGS(db_int(number->workspace_id), db_int(number->id),
		db_text(wamid)));
	int rc = db_next(r);

	if (rc == 1) {
		row->as.id = db_col_int(r, 0);
		row->as.conversation_id = db_col_int(r, 1);
		row->source = MESSAGE_HISTORY;
		for (int i = MESSAGE_HISTORY; i <= MESSAGE_API; i++)
			if (text_is(db_col_text(r, 2), sources[i]))
				row->source = (enum message_source)i;
		row->placeholder = (int)db_col_int(r, 3);
		row->counts_unread = (int)db_col_int(r, 4);
		row->as.sent_at = db_col_int(r, 5);
		row->sighting_id = db_col_int(r, 6);
		row->says_name =
		    db_col_is_null(r, 7) || !text_is(db_col_text(r, 7), "");
	}
	db_end(r);
	return rc == 1 ? 0 : -1;
}

/* The placeholder came after the message, which therefore is history: it makes
 * nothing unread and opens no window. */
static int
demote(struct db *db, int64_t workspace_id, const struct message_row *row)
{
	if (row->placeholder != NEVER || row->source == MESSAGE_API)
		return 0;
	if (db_run(db, message_sql[DEMOTE],
		DB_ARGS(db_int(workspace_id), db_int(row->as.id))) == -1)
		return -1;
	if (row->counts_unread &&
	    unread_forget(db, workspace_id, &row->as) == -1)
		return -1;
	return merge_recount(db, workspace_id, row->as.conversation_id);
}

/* M replaces ROW, as if ROW had never been there. */
static int
replace(struct db *db, const struct number_key *number, const struct message *m,
    const struct message_row *row, int64_t now)
{
	int64_t workspace_id = number->workspace_id;
	int placeholder = row->placeholder == AWAITED ? ARRIVED : NEVER;

	if (write_row(db, REPLACE, number, m, placeholder, now, NULL) == -1)
		return -1;
	if (source_in(m, placeholder) != MESSAGE_HISTORY &&
	    m->event->counts_unread && !row->counts_unread &&
	    unread_add(db, workspace_id, row->as.conversation_id, 1) == -1)
		return -1;
	if (message_edit_apply(db, number, m->wamid) == -1)
		return -1;
	return merge_recount(db, workspace_id, row->as.conversation_id);
}

/* Sets the provider's time on a message that was stored with another one. */
static int
retime(struct db *db, int64_t workspace_id, const struct message *m,
    const struct message_row *row)
{
	if (!m->event->timed || m->event->at == row->as.sent_at ||
	    row->source == MESSAGE_API || source_of(m) < row->source)
		return 0;
	if (db_run(db, message_sql[RETIME],
		DB_ARGS(db_int(workspace_id), db_int(row->as.id),
		    db_int(m->event->at))) == -1)
		return -1;
	return merge_recount(db, workspace_id, row->as.conversation_id);
}

/* Does M say better than ROW whose the message is?  1, 0, -1. */
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
		       (m->event->timed && m->event->at != row->as.sent_at &&
			   m->conversation_id != row->as.conversation_id);
	if (row->sighting_id == 0) /* of version 2, without sightings */
		return m->conversation_id == row->as.conversation_id;
	if (db_get_int(db, message_sql[SIGHTING],
		DB_ARGS(db_int(m->sighting_id), db_int(row->sighting_id)),
		&better) == -1)
		return -1;
	return better != 0;
}

/* Moves the message to its customer's conversation, and corrects both. */
static int
attribute(struct db *db, const struct number_key *number,
    const struct message *m, struct message_row *row)
{
	int64_t workspace_id = number->workspace_id,
		from = row->as.conversation_id;
	int unread = 0;

	if (row->counts_unread && from != m->conversation_id &&
	    (unread = unread_has(db, workspace_id, &row->as)) == -1)
		return -1;
	if (db_run(db, message_sql[ATTRIBUTE],
		DB_ARGS(db_int(workspace_id), db_int(row->as.id),
		    db_int(m->conversation_id), db_int(m->sighting_id),
		    db_text(m->shown_name))) == -1)
		return -1;
	row->sighting_id = m->sighting_id;
	if (from == m->conversation_id)
		return 0;
	row->as.conversation_id = m->conversation_id;
	if (unread &&
	    (unread_remove(db, workspace_id, from, 1) == -1 ||
		unread_add(db, workspace_id, m->conversation_id, 1) == -1))
		return -1;
	if (merge_recount(db, workspace_id, from) == -1)
		return -1;
	return merge_recount(db, workspace_id, m->conversation_id);
}

/* The message exists already: improves its row with what M says better. */
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
	if (text_is(m->event->type, MESSAGE_PLACEHOLDER))
		return demote(db, number->workspace_id, &row);
	if (row.placeholder == AWAITED ||
	    (row.placeholder == NEVER && source_of(m) > row.source)) {
		if (replace(db, number, m, &row, now) == -1)
			return -1;
	} else if (retime(db, number->workspace_id, m, &row) == -1)
		return -1;
	return put_media(db, number, m, row.as.id, now);
}

int
message_put(struct db *db, const struct number_key *number,
    const struct message *m, int64_t now, int64_t *met)
{
	int placeholder = text_is(m->event->type, MESSAGE_PLACEHOLDER);
	int64_t id;
	int rc;

	*met = 0;
	/* The error of an outbound message is stored as a status, so that the
	 * statuses alone decide, whatever comes first. */
	if (!m->event->inbound && m->event->error != NULL &&
	    status_put(db, number,
		&(struct status){ .wamid = m->wamid,
		    .word = "error",
		    .at = m->event->at,
		    .error = m->event->error,
		    .error_code = m->event->error_code }) == -1)
		return -1;
	rc = write_row(
	    db, ADD, number, m, placeholder ? AWAITED : NEVER, now, &id);
	if (rc == 0)
		rc = meet(db, number, m, now, met);
	else if (rc == 1 && (rc = put_media(db, number, m, id, now)) == 0)
		rc = message_edit_apply(db, number, m->wamid);
	if (rc == -1 || m->event->inbound)
		return rc;
	return status_apply(db, number, m->wamid) == -1 ? -1 : 0;
}
