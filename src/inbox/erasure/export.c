/*
 * Writes all data of a person as JSON, message by message, so that memory does
 * not grow with their number.
 */
#include <stddef.h>
#include <string.h>

#include "base/clock.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "whatsapp/redact.h"

#include "inbox/erasure/export.h"
#include "inbox/erasure/person.h"
#include "inbox/message_columns.h"

enum {
	CONTACT,
	TAGS,
	FIELDS,
	CONVERSATION,
	IDENTITIES,
	BLOCKS,
	CHOICES,
	ACTIVITIES,
	MARKS,
	DRAFTS,
	BROADCASTS,
	MESSAGES,
	GROUPS,
	PARTICIPANTS,
	STATUSES,
	PATCHES,
	REACTIONS,
	MEDIA,
	EVENTS,
	PHONE_BOOK,
	N_SQL
};

static const char *const export_sql[N_SQL] = {
	[CONTACT] = "SELECT id, phone, name, email, created_at, updated_at,"
		    " user_id, username FROM contacts WHERE workspace_id = $1 "
		    "AND id = $2",
	[TAGS] = "SELECT t.name FROM contact_tags AS k"
		 " CROSS JOIN tags AS t WHERE t.id = k.tag_id"
		 " AND k.workspace_id = $1 AND k.contact_id = $2",
	[FIELDS] = "SELECT f.key, f.type, v.value FROM contact_values AS v"
		   " CROSS JOIN contact_fields AS f WHERE f.id = v.field_id"
		   " AND v.workspace_id = $1 AND v.contact_id = $2",
	[CONVERSATION] =
	    "SELECT c.id, n.phone_number_id, c.phone, c.user_id, c.group_id,"
	    " c.profile_name, c.username, c.status, c.unread_count, "
	    "c.contact_id,"
	    " c.assigned_to, c.last_customer_message_at, c.created_at,"
	    " c.updated_at FROM conversations AS c"
	    " LEFT JOIN numbers AS n ON n.id = c.number_id"
	    " WHERE c.workspace_id = $1 AND c.id = $2",
	/* First the keys, which the index has without reading the rows. */
	[IDENTITIES] =
	    "SELECT i.kind, i.value, i.created_at FROM identities AS k"
	    " CROSS JOIN identities AS i WHERE i.workspace_id = k.workspace_id"
	    " AND i.number_id = k.number_id AND i.kind = k.kind"
	    " AND i.value = k.value AND i.valid_from = k.valid_from"
	    " AND k.workspace_id = $1 AND k.conversation_id = $2",
	[BLOCKS] = "SELECT who, state, asked_at, blocked_at FROM blocks"
		   " WHERE workspace_id = $1 AND conversation_id = $2"
		   " ORDER BY id",
	[CHOICES] = "SELECT state, at, message_id FROM marketing_choices"
		    " WHERE workspace_id = $1 AND conversation_id = $2"
		    " ORDER BY at, state, message_id",
	[MARKS] = "SELECT m.kind, m.name FROM conversation_marks AS k"
		  " CROSS JOIN marks AS m WHERE k.workspace_id = $1"
		  " AND k.conversation_id = $2 AND m.id = k.mark_id"
		  " ORDER BY m.kind, m.name",
	[ACTIVITIES] = "SELECT kind, user_id, text, subject, at, edited_at"
		       " FROM activities WHERE workspace_id = $1"
		       " AND conversation_id = $2 ORDER BY id",
	[DRAFTS] = "SELECT user_id, text, updated_at FROM drafts"
		   " WHERE workspace_id = $1 AND conversation_id = $2"
		   " ORDER BY user_id",
	[BROADCASTS] = "SELECT b.name, r.state, r.message_id"
		       " FROM broadcast_recipients AS r"
		       " CROSS JOIN broadcasts AS b WHERE b.id = r.broadcast_id"
		       " AND r.workspace_id = $1 AND r.conversation_id = $2"
		       " ORDER BY r.broadcast_id",
	[MESSAGES] =
	    "SELECT id, number_id, wamid, direction, source, type, status,"
	    " sender, sent_by, sent_at, created_at, edited_at, revoked_at,"
	    " text, " MESSAGE_CONTENT("") ", original, context, referral,"
					  " error"
					  " FROM messages WHERE workspace_id = "
					  "$1 AND conversation_id = $2"
					  " ORDER BY sent_at, id",
	[GROUPS] = "SELECT DISTINCT i.conversation_id FROM numbers AS n"
		   " CROSS JOIN identities AS i"
		   " WHERE i.workspace_id = n.workspace_id"
		   " AND i.number_id = n.id AND i.kind = 'group'"
		   " AND n.workspace_id = $1",
	[PARTICIPANTS] = "SELECT conversation_id, name, seen_at, left_at,"
			 " asks_at FROM group_participants"
			 " WHERE workspace_id = $1 AND participant = $2",
	[STATUSES] = "SELECT status, participant, at, error, raw"
		     " FROM message_statuses WHERE workspace_id = $1"
		     " AND number_id = $2 AND wamid = $3",
	[PATCHES] = "SELECT kind, at, type, content FROM message_patches"
		    " WHERE workspace_id = $1 AND number_id = $2"
		    " AND target_wamid = $3",
	[REACTIONS] = "SELECT sender, emoji, at FROM reactions"
		      " WHERE workspace_id = $1 AND number_id = $2"
		      " AND target_wamid = $3",
	[MEDIA] = "SELECT state, reason, mime_type, filename, size, path"
		  " FROM media WHERE message_id = $2 AND workspace_id = $1",
	[EVENTS] = "SELECT id, at, field, raw FROM workspace_events"
		   " WHERE workspace_id = $1 ORDER BY at, id",
	[PHONE_BOOK] = "SELECT DISTINCT b.entry, b.name, b.at"
		       " FROM numbers AS n CROSS JOIN phone_book AS b"
		       " WHERE n.workspace_id = $1"
		       " AND b.workspace_id = n.workspace_id"
		       " AND b.number_id = n.id AND b.phone = '+' || $2"
		       " AND b.name IS NOT NULL",
};

/* One export.  POOL is emptied after each message. */
struct export_work {
	struct db *db;
	struct pool *pool;
	const struct person *person;
	const struct export_to *to;
	int follows; /* 1: the current array has an element already */
};

const struct statements export_statements = {
	.sql = export_sql,
	.n = N_SQL,
};

static void
put_export(struct export_work *w, const char *text)
{
	w->to->put(w->to->arg, text);
}

/* Writes an element of the current array, on lines of its own. */
static void
put_element(struct export_work *w, struct json_out *out)
{
	put_export(w, w->follows ? ",\n" : "\n");
	put_export(w, json_end(out, NULL));
	w->follows = 1;
	pool_reset(w->pool);
}

static void
begin_array(struct export_work *w, const char *key)
{
	put_export(w, ",\n\"");
	put_export(w, key);
	put_export(w, "\": [");
	w->follows = 0;
}

static void
put_time(
    struct export_work *w, struct json_out *out, const char *key, int64_t at)
{
	json_put_text(out, key, clock_text(w->pool, at));
}

/* A JSON column, whose content a stranger may have written. */
static void
put_json(
    struct export_work *w, struct json_out *out, const char *key, const char *s)
{
	const struct json *v =
	    s != NULL ? json_parse(w->pool, s, strlen(s), NULL) : NULL;

	if (v != NULL)
		json_put(out, key, v);
	else
		json_put_text(out, key, s);
}

/* Rows that belong to something: their key in it, and what each says. */
struct export_list {
	const char *key;
	int statement;
	void (*put)(struct export_work *, struct json_out *, struct db_rows *);
};

/* N lists, of what ARGS name: 0, -1. */
static int
put_lists(struct export_work *w, struct json_out *out,
    const struct export_list *l, size_t n, const struct db_arg *args)
{
	int rc = 0;

	for (size_t i = 0; i < n && rc != -1; i++) {
		struct db_rows *r =
		    db_query(w->db, export_sql[l[i].statement], args);

		json_open_array(out, l[i].key);
		while ((rc = db_next(r)) == 1) {
			json_open_object(out, NULL);
			l[i].put(w, out, r);
			json_close(out);
		}
		db_end(r);
		json_close(out);
	}
	return rc;
}

/* ---------------------------------------------------------------- messages */

static void
put_statuses(struct export_work *w, struct json_out *out, struct db_rows *r)
{
	json_put_text(out, "status", db_col_text(r, 0));
	json_put_text(out, "participant", db_col_text(r, 1));
	put_time(w, out, "at", db_col_int(r, 2));
	put_json(w, out, "error", db_col_text(r, 3));
	put_json(w, out, "raw", db_col_text(r, 4));
}

static void
put_changes(struct export_work *w, struct json_out *out, struct db_rows *r)
{
	json_put_text(out, "kind", db_col_text(r, 0));
	put_time(w, out, "at", db_col_int(r, 1));
	json_put_text(out, "type", db_col_text(r, 2));
	put_json(w, out, "content", db_col_text(r, 3));
}

static void
put_reactions(struct export_work *w, struct json_out *out, struct db_rows *r)
{
	json_put_text(out, "sender", db_col_text(r, 0));
	json_put_text(out, "emoji", db_col_text(r, 1));
	put_time(w, out, "at", db_col_int(r, 2));
}

static const struct export_list of_message[] = {
	{ "statuses", STATUSES, put_statuses },
	{ "changes", PATCHES, put_changes },
	{ "reactions", REACTIONS, put_reactions },
};

static int
put_media(struct export_work *w, struct json_out *out, int64_t id)
{
	struct db_rows *r = db_query(w->db, export_sql[MEDIA],
	    DB_ARGS(db_int(w->person->workspace_id), db_int(id)));
	int rc = db_next(r);

	if (rc == 1) {
		const char *path = db_col_copy(r, w->pool, 5);
		const char *filename = db_col_copy(r, w->pool, 3);
		const char *mime_type = db_col_copy(r, w->pool, 2);

		json_open_object(out, "media");
		json_put_text(out, "state", db_col_text(r, 0));
		json_put_text(out, "reason", db_col_text(r, 1));
		json_put_text(out, "mime_type", mime_type);
		json_put_text(out, "filename", filename);
		json_put_int(out, "size", db_col_int(r, 4));
		json_put_text(out, "file",
		    path == NULL ? NULL
				 : w->to->file(w->to->arg, w->pool, id, path,
				       filename, mime_type));
		json_close(out);
	}
	db_end(r);
	return rc == -1 ? -1 : 0;
}

static void
put_row(struct export_work *w, struct json_out *out, struct db_rows *r)
{
	static const char *const texts[] = { "wamid", "direction", "source",
		"type", "status", "sender" };
	static const char *const times[] = { "sent_at", "created_at",
		"edited_at", "revoked_at" };
	static const char *const raw[] = { "content", "original", "context",
		"referral", "error" };
	int col = 2;

	json_put_int(out, "id", db_col_int(r, 0));
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		json_put_text(out, texts[i], db_col_text(r, col++));
	if (db_col_is_null(r, col))
		json_put_null(out, "sent_by");
	else
		json_put_int(out, "sent_by", db_col_int(r, col));
	col++;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		put_time(w, out, times[i], db_col_int(r, col++));
	json_put_text(out, "text", db_col_text(r, col++));
	for (size_t i = 0; i < sizeof(raw) / sizeof(raw[0]); i++)
		put_json(w, out, raw[i], db_col_text(r, col++));
}

static int
put_message(struct export_work *w, struct db_rows *r)
{
	struct json_out *out = json_new(w->pool);
	const char *wamid = db_col_copy(r, w->pool, 2);
	const struct db_arg *of = DB_ARGS(db_int(w->person->workspace_id),
	    db_int(db_col_int(r, 1)), db_text(wamid));

	json_open_object(out, NULL);
	put_row(w, out, r);
	if (wamid != NULL &&
	    put_lists(w, out, of_message,
		sizeof(of_message) / sizeof(of_message[0]), of) == -1)
		return -1;
	if (put_media(w, out, db_col_int(r, 0)) == -1)
		return -1;
	json_close(out);
	put_element(w, out);
	return 0;
}

/* The messages of a conversation; with ONLY: of a group, those by the
 * person. */
static int
put_messages(struct export_work *w, int64_t conversation, int only)
{
	struct db_rows *r = db_query(w->db, export_sql[MESSAGES],
	    DB_ARGS(db_int(w->person->workspace_id), db_int(conversation)));
	int rc;

	while ((rc = db_next(r)) == 1)
		if ((!only || person_is(w->person, db_col_text(r, 7))) &&
		    put_message(w, r) == -1) {
			rc = -1;
			break;
		}
	db_end(r);
	return rc;
}

/* ------------------------------------------------------------- the document */

static void
put_identities(struct export_work *w, struct json_out *out, struct db_rows *r)
{
	json_put_text(out, "kind", db_col_text(r, 0));
	json_put_text(out, "value", db_col_text(r, 1));
	put_time(w, out, "created_at", db_col_int(r, 2));
}

/* Whether the customer wanted marketing, each time that it became known. */
static void
put_choices(struct export_work *w, struct json_out *out, struct db_rows *r)
{
	json_put_text(out, "state", db_col_text(r, 0));
	put_time(w, out, "at", db_col_int(r, 1));
	if (db_col_int(r, 2) != 0)
		json_put_int(out, "refused_message_id", db_col_int(r, 2));
}

/* What members did with the conversation, and wrote for each other of it. */
static void
put_activities(struct export_work *w, struct json_out *out, struct db_rows *r)
{
	json_put_text(out, "kind", db_col_text(r, 0));
	json_put_id(out, "user_id", db_col_int(r, 1));
	json_put_text(out, "text", db_col_text(r, 2));
	json_put_id(out, "subject", db_col_int(r, 3));
	put_time(w, out, "at", db_col_int(r, 4));
	put_time(w, out, "edited_at", db_col_int(r, 5));
}

/* What members have begun to write to the person. */
static void
put_drafts(struct export_work *w, struct json_out *out, struct db_rows *r)
{
	json_put_int(out, "user_id", db_col_int(r, 0));
	json_put_text(out, "text", db_col_text(r, 1));
	put_time(w, out, "updated_at", db_col_int(r, 2));
}

static void
put_broadcasts(struct export_work *w, struct json_out *out, struct db_rows *r)
{
	(void)w;
	json_put_text(out, "name", db_col_text(r, 0));
	json_put_text(out, "state", db_col_text(r, 1));
	json_put_id(out, "message_id", db_col_int(r, 2));
}

/* The team that it is assigned to, and its labels. */
static void
put_marks(struct export_work *w, struct json_out *out, struct db_rows *r)
{
	(void)w;
	json_put_text(out, "kind", db_col_text(r, 0));
	json_put_text(out, "name", db_col_text(r, 1));
}

static void
put_blocks(struct export_work *w, struct json_out *out, struct db_rows *r)
{
	json_put_text(out, "who", db_col_text(r, 0));
	json_put_text(out, "state", db_col_text(r, 1));
	put_time(w, out, "asked_at", db_col_int(r, 2));
	put_time(w, out, "blocked_at", db_col_int(r, 3));
}

static const struct export_list of_conversation[] = {
	{ "identities", IDENTITIES, put_identities },
	{ "blocks", BLOCKS, put_blocks },
	{ "marketing", CHOICES, put_choices },
	{ "activities", ACTIVITIES, put_activities },
	{ "marks", MARKS, put_marks },
	{ "drafts", DRAFTS, put_drafts },
	{ "broadcasts", BROADCASTS, put_broadcasts },
};

static int
put_conversation(struct export_work *w, int64_t id)
{
	static const char *const texts[] = { "phone_number_id", "phone",
		"user_id", "group_id", "profile_name", "username", "status" };
	static const char *const ints[] = { "unread_count", "contact_id",
		"assigned_to" };
	static const char *const times[] = { "last_customer_message_at",
		"created_at", "updated_at" };
	struct json_out *out = json_new(w->pool);
	const struct db_arg *args =
	    DB_ARGS(db_int(w->person->workspace_id), db_int(id));
	struct db_rows *r = db_query(w->db, export_sql[CONVERSATION], args);
	int rc = db_next(r), col = 1;
	char *text;

	json_open_object(out, NULL);
	json_put_int(out, "id", id);
	for (int i = 0; rc == 1 && i < 7; i++)
		json_put_text(out, texts[i], db_col_text(r, col++));
	for (int i = 0; rc == 1 && i < 3; i++)
		json_put_int(out, ints[i], db_col_int(r, col++));
	for (int i = 0; rc == 1 && i < 3; i++)
		put_time(w, out, times[i], db_col_int(r, col++));
	db_end(r);
	if (rc == -1 ||
	    put_lists(w, out, of_conversation,
		sizeof(of_conversation) / sizeof(of_conversation[0]),
		args) == -1)
		return -1;
	json_close(out);
	text = json_end(out, NULL);
	text[strlen(text) - 1] = '\0'; /* its messages come piece by piece */
	put_export(w, w->follows ? ",\n" : "\n");
	put_export(w, text);
	pool_reset(w->pool);
	put_export(w, ",\"messages\": [");
	w->follows = 0;
	rc = put_messages(w, id, 0);
	put_export(w, "\n]}");
	w->follows = 1;
	return rc;
}

/* What a contact has in the fields that the workspace has defined. */
static int
put_fields(
    struct export_work *w, struct json_out *out, const struct db_arg *args)
{
	struct db_rows *r = db_query(w->db, export_sql[FIELDS], args);
	int rc;

	json_open_object(out, "fields");
	while ((rc = db_next(r)) == 1) {
		const char *key = db_col_text(r, 0), *type = db_col_text(r, 1);

		if (text_is(type, "number") || text_is(type, "boolean"))
			json_put_raw(out, key, db_col_text(r, 2));
		else
			json_put_text(out, key, db_col_text(r, 2));
	}
	db_end(r);
	json_close(out);
	return rc;
}

static int
put_contact(struct export_work *w, int64_t id)
{
	const struct db_arg *args =
	    DB_ARGS(db_int(w->person->workspace_id), db_int(id));
	struct json_out *out = json_new(w->pool);
	struct db_rows *r = db_query(w->db, export_sql[CONTACT], args);
	int rc = db_next(r);

	json_open_object(out, NULL);
	if (rc == 1) {
		json_put_int(out, "id", id);
		json_put_text(out, "phone", db_col_text(r, 1));
		json_put_text(out, "name", db_col_text(r, 2));
		json_put_text(out, "email", db_col_text(r, 3));
		put_time(w, out, "created_at", db_col_int(r, 4));
		put_time(w, out, "updated_at", db_col_int(r, 5));
		json_put_text(out, "user_id", db_col_text(r, 6));
		json_put_text(out, "username", db_col_text(r, 7));
	}
	db_end(r);
	if (rc == -1)
		return -1;
	r = db_query(w->db, export_sql[TAGS], args);
	json_open_array(out, "tags");
	while ((rc = db_next(r)) == 1)
		json_put_text(out, NULL, db_col_text(r, 0));
	db_end(r);
	json_close(out);
	if (rc != -1)
		rc = put_fields(w, out, args);
	json_close(out);
	put_element(w, out);
	return rc;
}

static int
put_groups(struct export_work *w)
{
	struct db_rows *r = db_query(w->db, export_sql[GROUPS],
	    DB_ARGS(db_int(w->person->workspace_id)));
	int rc;

	while ((rc = db_next(r)) == 1) {
		int64_t id = db_col_int(r, 0);
		int theirs = 0;

		for (int i = 0; i < w->person->n_conversations; i++)
			theirs |= w->person->conversations[i] == id;
		if (!theirs && put_messages(w, id, 1) == -1) {
			rc = -1;
			break;
		}
	}
	db_end(r);
	return rc;
}

/* The groups in which the person is, or was, or asked to be. */
static int
put_participants(struct export_work *w)
{
	int rc = 0;

	for (int i = 0; i < w->person->n_ids && rc != -1; i++) {
		struct db_rows *r = db_query(w->db, export_sql[PARTICIPANTS],
		    DB_ARGS(db_int(w->person->workspace_id),
			db_text(w->person->ids[i])));

		while ((rc = db_next(r)) == 1) {
			struct json_out *out = json_new(w->pool);

			json_open_object(out, NULL);
			json_put_int(out, "conversation_id", db_col_int(r, 0));
			json_put_text(out, "id", w->person->ids[i]);
			json_put_text(out, "name", db_col_text(r, 1));
			put_time(w, out, "seen_at", db_col_int(r, 2));
			put_time(w, out, "left_at", db_col_int(r, 3));
			put_time(w, out, "asked_at", db_col_int(r, 4));
			json_close(out);
			put_element(w, out);
		}
		db_end(r);
	}
	return rc;
}

static int
is_id(void *arg, const char *s)
{
	const struct export_work *w = arg;

	return person_is(w->person, s);
}

static int
is_wamid(void *arg, const char *s)
{
	const struct export_work *w = arg;

	for (int i = 0; i < w->person->n_ids; i++)
		if (redact_wamid_names(w->pool, s, w->person->ids[i]))
			return 1;
	return 0;
}

static int
is_ours_export(void *arg, const char *phone_number_id, const char *waba_id)
{
	(void)arg;
	(void)phone_number_id;
	(void)waba_id;
	return 1;
}

/* Workspace events that name the person, whole: they may name others, too. */
static int
put_events(struct export_work *w)
{
	const struct redact redact = { is_id, is_wamid, is_ours_export, w };
	struct db_rows *r = db_query(w->db, export_sql[EVENTS],
	    DB_ARGS(db_int(w->person->workspace_id)));
	int rc;

	while ((rc = db_next(r)) == 1) {
		struct json_out *out = json_new(w->pool);
		char *left;

		if (redact_event(w->pool, db_col_text(r, 3), &redact, &left) ==
		    1) {
			json_open_object(out, NULL);
			json_put_int(out, "id", db_col_int(r, 0));
			put_time(w, out, "at", db_col_int(r, 1));
			json_put_text(out, "field", db_col_text(r, 2));
			put_json(w, out, "value", db_col_text(r, 3));
			json_close(out);
			put_element(w, out);
		}
		pool_reset(w->pool);
	}
	db_end(r);
	return rc;
}

/* What the phone's address book calls the person. */
static int
put_phone_book(struct export_work *w, const char *id)
{
	struct db_rows *r = db_query(w->db, export_sql[PHONE_BOOK],
	    DB_ARGS(db_int(w->person->workspace_id), db_text(id)));
	int rc;

	while ((rc = db_next(r)) == 1) {
		struct json_out *out = json_new(w->pool);

		json_open_object(out, NULL);
		json_put_text(out, "phone", db_col_text(r, 0));
		json_put_text(out, "name", db_col_text(r, 1));
		put_time(w, out, "at", db_col_int(r, 2));
		json_close(out);
		put_element(w, out);
	}
	db_end(r);
	return rc;
}

static void
put_head(struct export_work *w, const char *who, int64_t now)
{
	struct json_out *out = json_new(w->pool);
	char *text;

	json_open_object(out, NULL);
	json_put_text(out, "format", EXPORT_FORMAT);
	json_put_int(out, "version", EXPORT_VERSION);
	put_time(w, out, "exported_at", now);
	json_put_int(out, "workspace_id", w->person->workspace_id);
	json_put_text(out, "asked_for", who);
	json_open_array(out, "known_as");
	for (int i = 0; i < w->person->n_ids; i++)
		json_put_text(out, NULL, w->person->ids[i]);
	json_close(out);
	json_close(out);
	text = json_end(out, NULL);
	text[strlen(text) - 1] = '\0';
	put_export(w, text);
}

int
export_person(struct db *db, const struct person *p, const char *who,
    int64_t now, const struct export_to *to)
{
	struct export_work w = { db, pool_new(), p, to, 0 };
	int rc = 0;

	put_head(&w, who, now);
	begin_array(&w, "contacts");
	for (int i = 0; i < p->n_contacts && rc != -1; i++)
		rc = put_contact(&w, p->contacts[i]);
	put_export(&w, "\n]");
	begin_array(&w, "phone_book");
	for (int i = 0; i < p->n_ids && rc != -1; i++)
		rc = put_phone_book(&w, p->ids[i]);
	put_export(&w, "\n]");
	begin_array(&w, "conversations");
	for (int i = 0; i < p->n_conversations && rc != -1; i++)
		rc = put_conversation(&w, p->conversations[i]);
	put_export(&w, "\n]");
	begin_array(&w, "group_messages");
	if (rc != -1)
		rc = put_groups(&w);
	put_export(&w, "\n]");
	begin_array(&w, "groups");
	if (rc != -1)
		rc = put_participants(&w);
	put_export(&w, "\n]");
	begin_array(&w, "events");
	if (rc != -1)
		rc = put_events(&w);
	put_export(&w, "\n]}\n");
	pool_free(w.pool);
	return rc == -1 ? -1 : 0;
}
