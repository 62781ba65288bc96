/*
 * Answers customers who write while their workspace is closed.
 *
 * Looked at after the commit, by id, so that storing a message does not know of
 * it.  That a conversation was answered shows in its messages: no table says it
 * beside them, and a merge or an erasure has nothing to think of.
 */
#include <stddef.h>

#include "base/log.h"
#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"
#include "lib/zone/zone.h"

#include "whatsapp/compose/compose.h"

#include "inbox/hours/opening_hours.h"
#include "inbox/hours/workspace_setting.h"
#include "inbox/message/followed.h"
#include "inbox/outbox/automatic_answer.h"
#include "inbox/outbox/submit.h"

#define LOOK_MAX    5000 /* messages of a step */
#define ANSWERS_MAX 50	 /* … that are answered */
#define BACK_MAX    1000 /* of a conversation that are looked through */

enum { ANY, CANDIDATES, CONVERSATION, SAID, ADD, WAITS, QUEUE, N_SQL };

static const char *const automatic_answer_sql[N_SQL] = {
	[ANY] = "SELECT workspace_id FROM workspace_settings"
		" WHERE automatic_answer IS NOT NULL"
		" AND opening_hours IS NOT NULL LIMIT 1",
	/* Of one that is merged right now, where it is going. */
	[CANDIDATES] =
	    "SELECT m.id, m.workspace_id, COALESCE((SELECT j.target FROM jobs j"
	    "  WHERE j.workspace_id = m.workspace_id AND j.kind = 'merge'"
	    "  AND j.subject = m.conversation_id), m.conversation_id),"
	    " m.sent_at FROM messages m WHERE m.id > $1 AND m.id <= $2"
	    " AND m.direction = 'inbound' AND m.counts_unread = 1"
	    " AND m.source = 'live' AND m.sent_at >= $3"
	    " AND m.sent_at > (SELECT f.since FROM followed AS f"
	    "  WHERE f.name = '" FOLLOWED_ANSWERS "')"
	    " AND m.type NOT IN ('reaction', 'system', 'call')"
	    " AND EXISTS (SELECT 1 FROM workspace_settings s"
	    "  WHERE s.workspace_id = m.workspace_id"
	    "  AND s.automatic_answer IS NOT NULL"
	    "  AND s.opening_hours IS NOT NULL) ORDER BY m.id LIMIT $4",
	[CONVERSATION] =
	    "SELECT c.number_id, c.last_message_at, c.unanswered_since"
	    " FROM conversations c"
	    " WHERE c.workspace_id = $1 AND c.id = $2 AND c.group_id IS NULL"
	    " AND c.blocked <> 2 AND c.window_ends > $3"
	    " AND COALESCE(c.phone, c.user_id) IS NOT NULL"
	    " AND EXISTS (SELECT 1 FROM numbers n WHERE n.id = c.number_id"
	    "  AND n.workspace_id = c.workspace_id AND n.moving_to IS NULL)"
	    " AND NOT EXISTS (SELECT 1 FROM number_queues q"
	    "  WHERE q.number_id = c.number_id AND q.open >= $4)",
	/* More than are looked through: it may be among the others. */
	[SAID] =
	    "SELECT CASE WHEN COUNT(*) = $4 THEN 1 ELSE COALESCE(MAX(said), 0)"
	    " END FROM (SELECT CASE WHEN direction = 'inbound' THEN 0"
	    "  WHEN context LIKE '%\"automatic\":true%' THEN 1"
	    "  WHEN type = 'template' OR status = 'failed' THEN 0"
	    "  ELSE 1 END AS said FROM messages"
	    "  WHERE workspace_id = $1 AND conversation_id = $2"
	    "  AND sent_at >= $3 ORDER BY sent_at DESC, id DESC LIMIT $4)"
	    " AS newest",
	[ADD] = "INSERT INTO messages(workspace_id, conversation_id, number_id,"
		" direction, source, type, content, context, preview, text,"
		" status, sent_by, sent_at, created_at) VALUES ($1, $2, $3,"
		" 'outbound', 'api', $4, $5, '{\"automatic\":true}', $6, $7,"
		" 'queued', 0, $8, $9)",
	/* To the trigger of messages any message of ours is an answer. */
	[WAITS] = "UPDATE conversations SET unanswered_since = $3"
		  " WHERE workspace_id = $1 AND id = $2",
	[QUEUE] = "INSERT INTO outbox(workspace_id, number_id,"
		  " conversation_id, message_id, kind, state, due_at,"
		  " created_at) VALUES ($1, $2, $3, $4, 'message', 'queued',"
		  " $5, $5)",
};

const struct statements automatic_answer_statements = {
	.sql = automatic_answer_sql,
	.n = N_SQL,
	.also = STATEMENTS(&followed_statements, &workspace_setting_statements),
};

struct answer_candidate {
	int64_t id;
	int64_t workspace_id;
	int64_t conversation_id;
	int64_t sent_at;
};

/* Of the conversation. */
struct answer_place {
	int64_t number_id;
	int64_t last_at;
	int64_t waits_since;
};

/* One step; what is known of the workspace that was asked for last. */
struct answering {
	struct db *db;
	struct pool *pool;
	int64_t now;
	int64_t workspace_id;
	struct workspace_setting setting;
	struct opening_state state; /* now */
};

/* A workspace without hours is open. */
static int
load_workspace(struct answering *a, int64_t id)
{
	struct zone *zone;

	if (a->workspace_id == id)
		return 0;
	a->workspace_id = id;
	a->state = (struct opening_state){ .open = 1 };
	if (workspace_setting_get(a->db, a->pool, id, &a->setting) == -1)
		return -1;
	zone = workspace_setting_zone(&a->setting);
	workspace_setting_look(a->pool, &a->setting, zone, a->now, &a->state);
	zone_close(zone);
	return 0;
}

/* Stores and queues it: 1, -1. */
static int
add_answer(struct answering *a, const struct answer_candidate *m,
    const struct answer_place *p)
{
	struct compose c;
	int64_t id, sent_at = a->now > p->last_at ? a->now : p->last_at;

	if (workspace_setting_compose(
		a->pool, a->setting.automatic_answer, &c) != NULL)
		return 0;
	if (db_insert(a->db, automatic_answer_sql[ADD],
		DB_ARGS(db_int(m->workspace_id), db_int(m->conversation_id),
		    db_int(p->number_id), db_text(c.message.type),
		    db_text(c.message.content), db_text(c.preview),
		    db_text(c.text), db_int(sent_at), db_int(a->now)),
		&id) != 1)
		return -1;
	if (db_run(a->db, automatic_answer_sql[WAITS],
		DB_ARGS(db_int(m->workspace_id), db_int(m->conversation_id),
		    db_id(p->waits_since))) == -1 ||
	    db_run(a->db, automatic_answer_sql[QUEUE],
		DB_ARGS(db_int(m->workspace_id), db_int(p->number_id),
		    db_int(m->conversation_id), db_int(id), db_int(a->now))) ==
		-1)
		return -1;
	log_about_id("message", id);
	log_info("is an automatic answer: its workspace is closed");
	log_about(NULL, NULL);
	return 1;
}

/* 1 it was answered, 0 not, -1. */
static int
answer_one(struct answering *a, const struct answer_candidate *m)
{
	struct answer_place place = { 0 };
	int64_t said = 0;
	struct db_rows *r;
	int rc;

	if (load_workspace(a, m->workspace_id) == -1)
		return -1;
	/* It was closed when the message came, and has been until now? */
	if (a->state.open || m->sent_at < a->state.since)
		return 0;
	r = db_query(a->db, automatic_answer_sql[CONVERSATION],
	    DB_ARGS(db_int(m->workspace_id), db_int(m->conversation_id),
		db_int(a->now), db_int(SUBMIT_NUMBER_OPEN_MAX)));
	rc = db_next(r);
	if (rc == 1) {
		place.number_id = db_col_int(r, 0);
		place.last_at = db_col_int(r, 1);
		place.waits_since = db_col_int(r, 2);
	}
	db_end(r);
	if (rc != 1)
		return rc;
	if (db_get_int(a->db, automatic_answer_sql[SAID],
		DB_ARGS(db_int(m->workspace_id), db_int(m->conversation_id),
		    db_int(a->state.since), db_int(BACK_MAX)),
		&said) == -1)
		return -1;
	return said ? 0 : add_answer(a, m, &place);
}

static int
read_candidates(struct answering *a, int64_t after, int64_t upto,
    struct answer_candidate list[ANSWERS_MAX])
{
	struct db_rows *r = db_query(a->db, automatic_answer_sql[CANDIDATES],
	    DB_ARGS(db_int(after), db_int(upto),
		db_int(a->now - AUTOMATIC_ANSWER_AGE), db_int(ANSWERS_MAX)));
	int n, rc;

	for (n = 0; (rc = db_next(r)) == 1; n++)
		list[n] = (struct answer_candidate){ .id = db_col_int(r, 0),
			.workspace_id = db_col_int(r, 1),
			.conversation_id = db_col_int(r, 2),
			.sent_at = db_col_int(r, 3) };
	db_end(r);
	return rc == -1 ? -1 : n;
}

/* In a transaction: 0, -1. */
static int
answer_some(struct answering *a, int64_t after, int64_t upto)
{
	struct answer_candidate list[ANSWERS_MAX];
	int n = read_candidates(a, after, upto, list);

	for (int i = 0; i < n; i++)
		if (answer_one(a, &list[i]) == -1)
			return -1;
	if (n == -1)
		return -1;
	/* As many as fit: the others are of the next step. */
	return followed_put(
	    a->db, FOLLOWED_ANSWERS, n == ANSWERS_MAX ? list[n - 1].id : upto);
}

/* 1, 0 there is nothing new, -1. */
static int
look_at_new(struct answering *a)
{
	int64_t after, upto = 0;
	int rc = followed_get(a->db, FOLLOWED_ANSWERS, &after);

	if (rc == 1)
		rc = followed_ahead(a->db, after, LOOK_MAX, &upto);
	else if (rc == 0)
		/* It begins: with what comes from now on. */
		rc = followed_newest(a->db, &after) == -1 ? -1 : 2;
	if (rc <= 0)
		return rc;
	if (db_begin(a->db) == -1)
		return -1;
	if ((rc == 1 ? answer_some(a, after, upto)
		     : followed_put(a->db, FOLLOWED_ANSWERS, after)) == -1) {
		db_rollback(a->db);
		return -1;
	}
	return db_commit(a->db) == -1 ? -1 : 1;
}

/* Nobody answers any more: what comes until somebody does is not looked at. */
static int
forget_place(struct db *db)
{
	int64_t upto;
	int rc = followed_get(db, FOLLOWED_ANSWERS, &upto);

	if (rc != 1)
		return rc;
	if (db_begin(db) == -1)
		return -1;
	if (followed_forget(db, FOLLOWED_ANSWERS) == -1) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db);
}

int
automatic_answer_step(struct db *db, struct pool *pool, int64_t now)
{
	struct answering a = { .db = db, .pool = pool, .now = now };
	int64_t any;
	int rc = db_get_int(db, automatic_answer_sql[ANY], DB_NONE, &any);

	if (rc == 0)
		return forget_place(db);
	return rc == 1 ? look_at_new(&a) : rc;
}
