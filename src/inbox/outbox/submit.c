/*
 * Queues a message: checks what the database knows, then stores the message and
 * its row in the outbox.
 */
#include <stddef.h>
#include <string.h>

#include "base/clock.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "whatsapp/compose/compose.h"

#include "session/session_db.h"

#include "inbox/conversation/block.h"
#include "inbox/conversation/conversation.h"
#include "inbox/outbox/marketing_stop.h"
#include "inbox/outbox/submit.h"
#include "inbox/outbox/submit_content.h"
#include "inbox/outbox/submit_template.h"
#include "inbox/template/template_list.h"

enum {
	CONVERSATION,
	TARGET,
	UPLOAD,
	OPEN,
	ADD,
	REACT,
	QUEUE,
	FAILED,
	AGAIN,
	QUEUE_AGAIN,
	CATEGORY,
	N_SQL
};

static const char *const submit_sql[N_SQL] = {
	[CONVERSATION] =
	    "SELECT c.number_id, c.window_ends,"
	    " (SELECT n.id FROM my_numbers n WHERE n.id = c.number_id),"
	    " c.last_message_at,"
	    " COALESCE(c.phone, c.user_id, c.group_id), c.blocked,"
	    " CASE WHEN c.marketing = 'stopped' THEN c.marketing_at END,"
	    " CASE WHEN c.group_id IS NULL THEN 0 ELSE 1 END"
	    " FROM my_conversations c WHERE c.id = $1",
	/* What we say ourselves, as of a group's members, is a "none." */
	[TARGET] = "SELECT wamid FROM my_messages"
		   " WHERE id = $2 AND wamid IS NOT NULL AND type <> 'call'"
		   " AND SUBSTR(wamid, 1, 5) <> 'none.'"
		   " AND (conversation_id = $1"
		   "  OR conversation_id IN (SELECT gone FROM my_merges"
		   "  WHERE keep = $1))",
	[UPLOAD] = "SELECT mime_type, size, filename, flaw FROM my_uploads"
		   " WHERE id = $1",
	[OPEN] = "SELECT open, of_number FROM my_queues"
		 " WHERE conversation_id = $1",
	[ADD] = "INSERT INTO my_messages(conversation_id, type, content,"
		" context, preview, text, sent_at, created_at)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
	[REACT] = "INSERT INTO my_reactions(number_id, target_wamid, emoji,"
		  " at) VALUES ($1, $2, $3, $4)",
	[QUEUE] = "INSERT INTO my_outbox(kind, message_id, upload_id, due_at,"
		  " created_at) VALUES ($1, $2, $3, $4, $4)",
	[FAILED] = "SELECT COALESCE((SELECT g.keep FROM my_merges g"
		   "  WHERE g.gone = m.conversation_id), m.conversation_id),"
		   " m.type, m.status,"
		   " (SELECT o.state FROM my_outbox o"
		   "  WHERE o.kind = 'message' AND o.message_id = m.id),"
		   " m.error, (SELECT COALESCE(o.sending_at, o.created_at)"
		   "  FROM my_outbox o"
		   "  WHERE o.kind = 'message' AND o.message_id = m.id),"
		   " m.content FROM my_messages m WHERE m.id = $1",
	[AGAIN] = "UPDATE my_messages SET status = 'queued' WHERE id = $1",
	[QUEUE_AGAIN] = "UPDATE my_outbox SET due_at = $2"
			" WHERE kind = 'message' AND message_id = $1",
	[CATEGORY] = "SELECT category FROM my_templates WHERE number_id = $1"
		     " AND name = $2 AND language = $3",
};

/* What was looked up for a message: its number, its reply, its file. */
struct submit_place {
	int64_t number_id;
	const char *reply_wamid;
	const char *reaction_wamid;
	const char *filename; /* of the upload */
	int64_t last_at;      /* of the conversation's last message */
	int64_t stopped_at;   /* the customer wants no marketing since; or 0 */
	int is_group;
};

const struct statements submit_statements = {
	.sql = submit_sql,
	.n = N_SQL,
	.also = STATEMENTS(&template_list_statements),
};

static enum submit_result
wrong(struct submission *post, const char *field, const char *why)
{
	post->field = field;
	post->why = why;
	return SUBMIT_WRONG;
}

/* Checks, here and below; SUBMIT_QUEUED: no objection. */
static enum submit_result
check_conversation(struct session *s, int64_t id, int template, int64_t now,
    struct submit_place *place, struct submission *post)
{
	struct db_rows *r = db_query(
	    session_db(s), submit_sql[CONVERSATION], DB_ARGS(db_int(id)));
	enum submit_result result = SUBMIT_QUEUED;
	int rc = db_next(r), gone = 0, nowhere = 0;
	const char *blocked = NULL;

	if (rc == 1) {
		place->number_id = db_col_int(r, 0);
		gone = db_col_is_null(r, 2);
		post->closed_at = db_col_int(r, 1);
		place->last_at = db_col_int(r, 3);
		nowhere = db_col_is_null(r, 4);
		blocked = block_why(db_col_int(r, 5));
		place->stopped_at = db_col_int(r, 6);
		place->is_group = (int)db_col_int(r, 7);
	}
	db_end(r);
	if (rc != 1)
		return rc == 0 ? SUBMIT_NOT_FOUND : SUBMIT_FAILED;
	if (gone) {
		post->why = "The number of this conversation was removed.";
		result = SUBMIT_CONFLICT;
	} else if (nowhere) {
		post->why = "This customer has given up the phone number of"
			    " this conversation, and no other number or user id"
			    " is known: nothing can be sent until they write"
			    " again. The number belongs to somebody else now.";
		result = SUBMIT_UNREACHABLE;
	} else if (blocked != NULL) {
		post->why = blocked;
		result = SUBMIT_BLOCKED;
	} else if (!template && post->closed_at <= now)
		result = SUBMIT_CLOSED;
	return result;
}

/* Groups take neither buttons nor products (docs/protocol.md §6.9). */
static enum submit_result
check_group(const struct compose *c, const struct submit_place *place,
    struct submission *post)
{
	if (!place->is_group || !text_is(c->message.type, "interactive"))
		return SUBMIT_QUEUED;
	return wrong(post, "type",
	    "cannot be sent to a group, which takes texts, files and "
	    "templates");
}

/* The wamid of message ID (0: none), which must be of the same conversation. */
static enum submit_result
find_target(struct session *s, struct pool *pool, int64_t id, const char *field,
    const char **wamid, struct submission *post)
{
	struct db_rows *r;
	int rc;

	if (id == 0)
		return SUBMIT_QUEUED;
	r = db_query(session_db(s), submit_sql[TARGET],
	    DB_ARGS(db_int(post->conversation_id), db_int(id)));
	rc = db_next(r);
	if (rc == 1)
		*wamid = db_col_copy(r, pool, 0);
	db_end(r);
	if (rc == 0)
		return wrong(post, field,
		    "is not the id of a message in this conversation that the"
		    " provider has");
	return rc == -1 ? SUBMIT_FAILED : SUBMIT_QUEUED;
}

static enum submit_result
check_upload(struct session *s, struct pool *pool, const struct compose *c,
    struct submit_place *place, struct submission *post)
{
	const char *why = "is not the id of an upload";
	struct db_rows *r;
	int rc;

	if (c->upload == 0)
		return SUBMIT_QUEUED;
	r = db_query(
	    session_db(s), submit_sql[UPLOAD], DB_ARGS(db_int(c->upload)));
	rc = db_next(r);
	if (rc == 1) {
		why = compose_check_file(
		    pool, c->upload_as, db_col_text(r, 0), db_col_int(r, 1));
		if (why == NULL && text_is(c->upload_as, "sticker"))
			why = db_col_copy(r, pool, 3);
		if (why == NULL && c->voice &&
		    !text_begins(db_col_text(r, 0), "audio/ogg"))
			why = "a voice message is audio/ogg with Opus; without "
			      "voice it is sent as a sound";
		if (why != NULL)
			why = pool_printf(pool, "cannot be sent: %s", why);
		place->filename = db_col_copy(r, pool, 2);
	}
	db_end(r);
	if (rc == -1)
		return SUBMIT_FAILED;
	return why == NULL ? SUBMIT_QUEUED : wrong(post, c->upload_field, why);
}

/* The limits of the queue, which would otherwise grow without end. */
static enum submit_result
check_queue(struct session *s, struct pool *pool, struct submission *post)
{
	struct db_rows *r = db_query(session_db(s), submit_sql[OPEN],
	    DB_ARGS(db_int(post->conversation_id)));
	int64_t open = 0, of_number = 0;
	int rc = db_next(r);

	if (rc == 1) {
		open = db_col_int(r, 0);
		of_number = db_col_int(r, 1);
	}
	db_end(r);
	if (rc == -1)
		return SUBMIT_FAILED;
	if (open < SUBMIT_OPEN_MAX && of_number < SUBMIT_NUMBER_OPEN_MAX)
		return SUBMIT_QUEUED;
	post->why = pool_printf(pool,
	    "%d messages of this %s are queued, which is the limit:"
	    " \"waiting\" of the oldest one says why they wait.",
	    open >= SUBMIT_OPEN_MAX ? SUBMIT_OPEN_MAX : SUBMIT_NUMBER_OPEN_MAX,
	    open >= SUBMIT_OPEN_MAX ? "conversation" : "number");
	return SUBMIT_FULL;
}

/* C gets the text that the customer reads. */
static enum submit_result
check_template(struct session *s, struct pool *pool, struct compose *c,
    const struct submit_place *place, struct submission *post)
{
	int rc = 1;

	if (c->template)
		rc = submit_template(
		    s, pool, place->number_id, c, &post->field, &post->why);

	if (rc == -1)
		return SUBMIT_FAILED;
	return rc == 1 ? SUBMIT_QUEUED : SUBMIT_WRONG;
}

static enum submit_result
check_marketing(struct session *s, struct pool *pool, const char *type,
    const char *content, const struct submit_place *place,
    struct submission *post)
{
	const char *why;

	if (marketing_stop(session_db(s), submit_sql[CATEGORY], pool,
		place->number_id, type, content, place->stopped_at, &why) == -1)
		return SUBMIT_FAILED;
	if (why == NULL)
		return SUBMIT_QUEUED;
	post->why = why;
	return SUBMIT_STOPPED;
}

static enum submit_result
check_submit(struct session *s, struct pool *pool, struct compose *c,
    int64_t now, struct submit_place *place, struct submission *post)
{
	enum submit_result rc = check_conversation(
	    s, post->conversation_id, c->template, now, place, post);

	if (rc == SUBMIT_QUEUED)
		rc = check_group(c, place, post);
	if (rc == SUBMIT_QUEUED)
		rc = find_target(s, pool, c->reply_to, "reply_to",
		    &place->reply_wamid, post);
	if (rc == SUBMIT_QUEUED)
		rc = find_target(s, pool, c->reaction_to, "reaction.message_id",
		    &place->reaction_wamid, post);
	if (rc == SUBMIT_QUEUED)
		rc = check_upload(s, pool, c, place, post);
	if (rc == SUBMIT_QUEUED)
		rc = check_template(s, pool, c, place, post);
	if (rc == SUBMIT_QUEUED)
		rc = check_marketing(
		    s, pool, c->message.type, c->message.content, place, post);
	if (rc == SUBMIT_QUEUED)
		rc = check_queue(s, pool, post);
	return rc;
}

static int
add_submit(struct session *s, struct pool *pool, const struct compose *composed,
    const struct submit_place *place, int64_t now, struct submission *post)
{
	struct compose c = *composed;
	struct outgoing *message = &c.message;
	/* Not earlier than the last message, even when our clock is behind the
	 * provider's: a reply must stand after what it answers. */
	int64_t sent_at = now > place->last_at ? now : place->last_at;

	submit_complete(pool, &c, place->reaction_wamid, place->filename);
	message->reply_wamid = place->reply_wamid;
	if (db_insert(session_db(s), submit_sql[ADD],
		DB_ARGS(db_int(post->conversation_id), db_text(message->type),
		    db_text(message->content),
		    db_text(submit_context(pool, message->reply_wamid)),
		    db_text(c.preview), db_text(c.text), db_int(sent_at),
		    db_int(now)),
		&post->message_id) != 1)
		return -1;
	if (place->reaction_wamid != NULL &&
	    db_run(session_db(s), submit_sql[REACT],
		DB_ARGS(db_int(place->number_id),
		    db_text(place->reaction_wamid),
		    db_text(c.emoji != NULL ? c.emoji : ""),
		    db_int(sent_at))) == -1)
		return -1;
	return db_run(session_db(s), submit_sql[QUEUE],
	    DB_ARGS(db_text("message"), db_int(post->message_id),
		db_id(c.upload), db_int(now)));
}

enum submit_result
submit_to_conversation(struct session *s, struct pool *pool,
    int64_t conversation_id, const struct compose *composed, int64_t now,
    struct submission *post)
{
	struct submit_place place = { 0 };
	struct compose c = *composed;
	enum submit_result rc;

	*post = (struct submission){ .conversation_id = conversation_id };
	rc = check_submit(s, pool, &c, now, &place, post);
	if (rc == SUBMIT_QUEUED &&
	    add_submit(s, pool, &c, &place, now, post) == -1)
		return SUBMIT_FAILED;
	return rc;
}

const char *
submit_enough(
    struct pool *pool, const char *error, int64_t tried_at, int64_t now)
{
	int64_t code = 0, until = tried_at + SUBMIT_ENOUGH_REST;

	if (error == NULL || now >= until ||
	    !json_int(
		json_parse(pool, error, strlen(error), NULL), "code", &code) ||
	    code != SUBMIT_ENOUGH)
		return NULL;
	return pool_printf(pool,
	    "This customer had enough marketing messages (131049): it can be "
	    "sent again from %s on.",
	    clock_text(pool, until));
}

/* Did message ID fail, and is its outbox row there, so that it can be sent
 * again? */
static enum submit_result
check_failed(struct session *s, struct pool *pool, int64_t id, int64_t now,
    struct outgoing *m, struct submission *post)
{
	struct db_rows *r =
	    db_query(session_db(s), submit_sql[FAILED], DB_ARGS(db_int(id)));
	int rc = db_next(r);

	if (rc == 1) {
		const char *state = db_col_text(r, 3);

		post->conversation_id = db_col_int(r, 0);
		m->type = db_col_copy(r, pool, 1);
		m->content = db_col_copy(r, pool, 6);
		if (!text_is(db_col_text(r, 2), "failed"))
			post->why = pool_printf(pool,
			    "Only a failed message"
			    " can be sent again; this one is %s.",
			    db_col_text(r, 2));
		else if (!text_is(state, "failed") && !text_is(state, "done"))
			post->why = "This message cannot be sent again.";
		else
			post->why = submit_enough(
			    pool, db_col_text(r, 4), db_col_int(r, 5), now);
	}
	db_end(r);
	if (rc != 1)
		return rc == 0 ? SUBMIT_NOT_FOUND : SUBMIT_FAILED;
	return post->why != NULL ? SUBMIT_CONFLICT : SUBMIT_QUEUED;
}

enum submit_result
submit_retry(struct session *s, struct pool *pool, int64_t message_id,
    int64_t now, struct submission *post)
{
	struct submit_place place = { 0 };
	struct outgoing m = { 0 };
	enum submit_result rc;

	*post = (struct submission){ .message_id = message_id };
	rc = check_failed(s, pool, message_id, now, &m, post);
	if (rc == SUBMIT_QUEUED)
		rc = check_conversation(s, post->conversation_id,
		    text_is(m.type, "template"), now, &place, post);
	if (rc == SUBMIT_QUEUED)
		rc = check_marketing(s, pool, m.type, m.content, &place, post);
	if (rc == SUBMIT_QUEUED)
		rc = check_queue(s, pool, post);
	if (rc != SUBMIT_QUEUED)
		return rc;
	if (db_run(session_db(s), submit_sql[AGAIN],
		DB_ARGS(db_int(message_id))) == -1 ||
	    db_run(session_db(s), submit_sql[QUEUE_AGAIN],
		DB_ARGS(db_int(message_id), db_int(now))) == -1)
		return SUBMIT_FAILED;
	return SUBMIT_QUEUED;
}
