/*
 * Rows of the world (load.h).
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/db.h"

#include "whatsapp/content.h"

#include "inbox/message/message.h"

#include "ahead.h"
#include "load.h"
#include "load_people.h"
#include "world.h"

#define CHANGES 20000 /* the newest messages are noted as changes */

enum {
	MESSAGE,
	FILE_OF,
	STATUS,
	REACTION,
	/* live */
	SAID,
	READ,
	ARCHIVE,
	/* otherwise */
	COUNT,
	TAGGED,
	WINDOWS,
	FILES,
	CHANGE,
	N_SQL
};

static const char *const sql[N_SQL] = {
	[MESSAGE] =
	    "INSERT INTO messages(id, workspace_id, number_id, wamid,"
	    " conversation_id, direction, source, type, content, context,"
	    " preview, text, status, error, sent_by, counts_unread,"
	    " opens_window, sent_at, created_at)"
	    " VALUES ($1, " WORKSPACE ", $2, $3, $4, $5, $6, $7, $8, $9, $10,"
	    " $11, $12, $13, $14, $15, $16, $17, $17)",
	[FILE_OF] = "INSERT INTO media(workspace_id, message_id, number_id,"
		    " media_id, state, mime_type, sha256, filename, size, path,"
		    " due_at, created_at) VALUES (" WORKSPACE ", $1, $2, $3,"
		    " 'stored', $4, $5, $6, $7, $8, $9, $9)",
	[STATUS] =
	    "INSERT INTO message_statuses(workspace_id, number_id, wamid,"
	    " status, at, error, raw)"
	    " VALUES (" WORKSPACE ", $1, $2, $3, $4, $5, $6)",
	[REACTION] =
	    "INSERT INTO reactions(workspace_id, number_id, target_wamid,"
	    " sender, emoji, at, wamid)"
	    " VALUES (" WORKSPACE ", $1, $2, 'customer', $3, $4, $5)"
	    " ON CONFLICT(workspace_id, number_id, target_wamid, sender)"
	    " DO UPDATE SET emoji = excluded.emoji, at = excluded.at,"
	    " wamid = excluded.wamid",

	[SAID] = "UPDATE conversations SET phone_at = $2, profile_name_at = $2,"
		 " user_id_at = CASE WHEN user_id IS NULL THEN 0 ELSE $2 END"
		 " WHERE id = $1",
	[READ] = "UPDATE conversations SET unread_count = 0, is_read = 1,"
		 " updated_at = $2 WHERE id = $1",
	[ARCHIVE] = "UPDATE conversations SET status = 'archived',"
		    " updated_at = $2 WHERE id = $1",

	[COUNT] = "INSERT INTO counters(workspace_id, total, unread, archived)"
		  " SELECT " WORKSPACE ", COUNT(*), COALESCE(SUM(is_read = 0),"
		  " 0), COALESCE(SUM(status = 'archived'), 0)"
		  " FROM conversations WHERE workspace_id = " WORKSPACE
		  " ON CONFLICT (workspace_id) DO UPDATE SET"
		  " total = excluded.total, unread = excluded.unread,"
		  " archived = excluded.archived",
	[TAGGED] = "INSERT INTO conversation_tags(workspace_id, tag_id, status,"
		   " last_message_at, conversation_id, tag_ids)"
		   " SELECT c.workspace_id, k.tag_id, c.status,"
		   " c.last_message_at, c.id, p.tag_ids FROM conversations AS c"
		   " CROSS JOIN contacts AS p ON p.id = c.contact_id"
		   " AND p.tag_ids IS NOT NULL CROSS JOIN contact_tags AS k"
		   " ON k.workspace_id = c.workspace_id"
		   " AND k.contact_id = c.contact_id ORDER BY 1, 2, 3, 4, 5",
	[WINDOWS] = "INSERT INTO window_hours(workspace_id, hour,"
		    " conversations) SELECT workspace_id, window_ends / 3600,"
		    " COUNT(*) FROM conversations"
		    " WHERE window_ends IS NOT NULL GROUP BY 1, 2",
	[FILES] = "INSERT INTO workspace_files(workspace_id, bytes)"
		  " SELECT workspace_id, SUM(size) FROM media"
		  " WHERE media_id IS NOT NULL AND size > 0 GROUP BY 1",
	/* Each message and what it did to its conversation. */
	[CHANGE] =
	    "INSERT INTO changes(workspace_id, seq, type, object_id,"
	    " conversation_id) SELECT " WORKSPACE ", 2 * id, 'message', id,"
	    " conversation_id FROM messages"
	    " WHERE workspace_id = " WORKSPACE " AND id > $1",
};

static int
put_file(struct load *l, const struct message_made *m, int64_t id)
{
	const struct event *e = &m->event;
	uint64_t x = (uint64_t)id << 20 | 0xf0000;
	const char *path;

	if (!content_is_file(e->type))
		return 0;
	path = pool_printf(l->pool, "%02x/%015" PRIx64 "%015" PRIx64,
	    (unsigned)world_toss(l->w, x, 256),
	    world_toss(l->w, x + 1, UINT64_C(1) << 60),
	    world_toss(l->w, x + 2, UINT64_C(1) << 60));
	return db_run(l->db, sql[FILE_OF],
	    DB_ARGS(db_int(id), db_int(m->customer->number_id),
		db_text(e->media.id), db_text(e->media.mime_type),
		db_text(e->media.sha256), db_text(e->media.filename),
		db_int((int64_t)world_toss(l->w, x + 3, 2000000)),
		db_text(path), db_int(e->at)));
}

static int
put_status(struct load *l, const struct message_made *m, const char *word,
    int64_t at, const char *error)
{
	const char *raw = pool_printf(l->pool,
	    "{\"id\":\"%s\",\"status\":\"%s\",\"timestamp\":\"%" PRId64
	    "\",\"recipient_id\":\"%s\",\"pricing\":{\"billable\":true,"
	    "\"pricing_model\":\"PMP\",\"category\":\"service\",\"type\":"
	    "\"regular\"}}",
	    m->event.wamid, word, at,
	    world_phone(l->w, l->pool, m->customer) + 1);

	return db_run(l->db, sql[STATUS],
	    DB_ARGS(db_int(m->customer->number_id), db_text(m->event.wamid),
		db_text(word), db_int(at), db_text(error), db_text(raw)));
}

/* What the provider said of it, one after the other. */
static int
put_statuses(struct load *l, const struct message_made *m)
{
	static const char *const words[] = { "sent", "delivered", "read" };
	int64_t at = m->event.at;

	if (m->event.inbound)
		return 0;
	if (text_is(m->status, "failed"))
		return put_status(l, m, "failed", at + 1, m->error);
	for (int i = 0; i < 3; i++) {
		if (put_status(l, m, words[i], at + 1 + 7 * i, NULL) == -1)
			return -1;
		if (text_is(m->status, words[i]))
			break;
	}
	return 0;
}

static int
put_message(struct load *l, const struct message_made *m, int64_t id)
{
	const struct event *e = &m->event;

	if (db_run(l->db, sql[MESSAGE],
		DB_ARGS(db_int(id), db_int(m->customer->number_id),
		    db_text(e->wamid), db_int(m->customer->id),
		    db_text(e->inbound ? "inbound" : "outbound"),
		    db_text(m->source), db_text(e->type), db_text(e->content),
		    db_text(e->context), db_text(e->preview), db_text(e->text),
		    db_text(m->status), db_text(m->error), db_id(m->sent_by),
		    db_int(e->counts_unread), db_int(e->opens_window),
		    db_int(e->at))) == -1)
		return -1;
	if (text_is(e->type, "reaction") &&
	    db_run(l->db, sql[REACTION],
		DB_ARGS(db_int(m->customer->number_id),
		    db_text(e->target_wamid), db_text(e->emoji), db_int(e->at),
		    db_text(e->wamid))) == -1)
		return -1;
	if (put_file(l, m, id) == -1)
		return -1;
	return put_statuses(l, m);
}

/* What update_conversation_on_message does; messages come in order. */
static int
note_message(struct load *l, const struct message_made *m, int64_t id)
{
	struct person *c = m->customer;
	const struct event *e = &m->event;

	free(c->preview);
	c->preview = xstrdup(e->preview);
	c->last_message_at = c->updated_at = e->at;
	c->last_message_id = id;
	if (e->counts_unread) {
		c->unread_count++;
		c->archived = 0;
		if (c->unanswered_since == 0 && !text_is(e->type, "reaction"))
			c->unanswered_since = e->at;
	} else if (!e->inbound) {
		c->unanswered_since = 0;
	}
	if (e->opens_window)
		c->last_customer_message_at = e->at;
	if (!e->inbound)
		return 0;
	c->said_at = e->at;
	return l->live ? db_run(l->db, sql[SAID],
			     DB_ARGS(db_int(c->id), db_int(e->at)))
		       : 0;
}

/* Who answers has read; some are read without an answer, some archived. */
static int
follow(struct load *l, const struct message_made *m, int64_t id)
{
	struct person *c = m->customer;
	const struct db_arg *args = DB_ARGS(db_int(c->id), db_int(m->event.at));
	uint64_t dice = world_toss(l->w, (uint64_t)id << 20 | 0xe0000, 100);

	if (c->unread_count > 0 && (!m->event.inbound || dice < 20)) {
		c->unread_count = 0;
		if (l->live && db_run(l->db, sql[READ], args) == -1)
			return -1;
	}
	if (c->unread_count == 0 && !c->archived && dice % 10 == 0) {
		c->archived = 1;
		if (l->live && db_run(l->db, sql[ARCHIVE], args) == -1)
			return -1;
	}
	return 0;
}

static int
put_all_messages(struct load *l)
{
	struct ahead *ahead = ahead_start(l->w);
	int rc = 0;

	for (int64_t id = 1; rc == 0 && id <= l->w->n_messages; id++) {
		const struct message_made *m = ahead_next(ahead);

		pool_reset(l->pool);
		if (m->customer->id == 0)
			rc = people_begin(l, m->customer, m->event.at);
		if (rc == 0 &&
		    (put_message(l, m, id) == -1 ||
			note_message(l, m, id) == -1 || follow(l, m, id) == -1))
			rc = -1;
	}
	ahead_end(ahead);
	return rc;
}

/* Without triggers something else has to count. */
static int
finish(struct load *l)
{
	if (people_end(l) == -1)
		return -1;
	if (db_run(l->db, sql[COUNT], DB_NONE) == -1 ||
	    db_run(l->db, sql[TAGGED], DB_NONE) == -1 ||
	    db_run(l->db, sql[WINDOWS], DB_NONE) == -1 ||
	    db_run(l->db, sql[FILES], DB_NONE) == -1)
		return -1;
	return db_run(
	    l->db, sql[CHANGE], DB_ARGS(db_int(l->w->n_messages - CHANGES)));
}

int
load_rows(struct db *db, struct world *w, int live)
{
	struct load l = { .db = db, .w = w, .live = live, .pool = pool_new() };
	int rc = put_all_messages(&l);

	if (rc == 0 && !live)
		rc = finish(&l);
	pool_free(l.pool);
	return rc;
}
