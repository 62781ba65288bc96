/*
 * Deletes messages that are too old.  A walk through all conversations, by id,
 * looks into the index of each for such messages, so that storing a message
 * costs nothing more.  One round an hour.
 */
#include <stddef.h>

#include "base/log.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/erasure/delete.h"

#include "process/retain/retain.h"

enum { LOOK, OLD, ACTIVITIES, DRAFTS, IS_EMPTY, EVENTS, N_SQL };

static const char *const retain_messages_sql[N_SQL] = {
	/* $1 after, $2 older, $3 how many */
	[LOOK] = "SELECT c.id, c.workspace_id, CASE WHEN EXISTS (SELECT 1"
		 "  FROM messages AS m WHERE m.workspace_id = c.workspace_id"
		 "  AND m.conversation_id = c.id AND m.sent_at < $2)"
		 " OR (c.last_message_id IS NULL AND c.updated_at < $2)"
		 " OR COALESCE((SELECT a.at FROM activities AS a"
		 "  WHERE a.workspace_id = c.workspace_id"
		 "  AND a.conversation_id = c.id ORDER BY a.id LIMIT 1), $2)"
		 "  < $2"
		 " OR EXISTS (SELECT 1 FROM drafts AS d"
		 "  WHERE d.workspace_id = c.workspace_id"
		 "  AND d.conversation_id = c.id AND d.updated_at < $2)"
		 " THEN 1 ELSE 0 END FROM conversations AS c WHERE c.id > $1"
		 " ORDER BY c.id LIMIT $3",
	/* A message that is still to be sent stays. */
	[OLD] = "SELECT m.id FROM messages AS m WHERE m.workspace_id = $1"
		" AND m.conversation_id = $2 AND m.sent_at < $3"
		" AND NOT EXISTS (SELECT 1 FROM outbox AS o"
		"  WHERE o.workspace_id = m.workspace_id"
		"  AND o.kind = 'message' AND o.message_id = m.id"
		"  AND o.state IN ('queued', 'sending'))"
		" ORDER BY m.sent_at, m.id LIMIT $4",
	[ACTIVITIES] = "DELETE FROM activities WHERE id IN (SELECT a.id"
		       " FROM activities AS a WHERE a.workspace_id = $1"
		       " AND a.conversation_id = $2 AND a.at < $3"
		       " ORDER BY a.id LIMIT $4)",
	[DRAFTS] = "DELETE FROM drafts WHERE workspace_id = $1"
		   " AND conversation_id = $2 AND updated_at < $3",
	/* Without it nobody could unblock its customer. */
	[IS_EMPTY] =
	    "SELECT 1 FROM conversations AS c"
	    " WHERE c.workspace_id = $1 AND c.id = $2"
	    " AND c.updated_at < $3 AND c.blocked < 2 AND NOT EXISTS (SELECT 1"
	    "  FROM messages AS m WHERE m.workspace_id = $1"
	    "  AND m.conversation_id = $2)",
	[EVENTS] = "DELETE FROM workspace_events WHERE id IN (SELECT e.id"
		   " FROM workspaces AS w CROSS JOIN workspace_events AS e"
		   " WHERE e.workspace_id = w.id AND e.at < $1 LIMIT $2)",
};

#define EVERY	 3600 /* seconds */
#define PAGE	 200  /* conversations looked at in a step */
#define MESSAGES 64   /* messages of one, deleted at a time */
#define STEP	 200  /* workspace events */

static const char rule[] = "messages";

const struct statements retain_messages_statements = {
	.sql = retain_messages_sql,
	.n = N_SQL,
	.also = STATEMENTS(&delete_statements),
};

/* A conversation of a page. */
struct candidate {
	int64_t id;
	int64_t workspace_id;
	int has_old;
};

static int
list_candidates(struct retain *r, int64_t older, struct candidate out[PAGE])
{
	struct db_rows *rows = db_query(r->db, retain_messages_sql[LOOK],
	    DB_ARGS(db_int(r->conversation_id), db_int(older), db_int(PAGE)));
	int n = 0, rc;

	while ((rc = db_next(rows)) == 1 && n < PAGE)
		out[n++] = (struct candidate){ db_col_int(rows, 0),
			db_col_int(rows, 1), (int)db_col_int(rows, 2) };
	db_end(rows);
	return rc == -1 ? -1 : n;
}

/* The next old messages of a conversation: how many, -1. */
static int
list_old(struct deletion *d, const struct candidate *c, int64_t older,
    int64_t ids[MESSAGES])
{
	return db_get_ints(d->db, retain_messages_sql[OLD],
	    DB_ARGS(db_int(c->workspace_id), db_int(c->id), db_int(older),
		db_int(MESSAGES)),
	    ids, MESSAGES);
}

static int
delete_old(struct deletion *d, const struct candidate *c, int64_t older)
{
	int64_t ids[MESSAGES];
	int n, rc;

	while ((n = list_old(d, c, older, ids)) > 0)
		for (int i = 0; i < n; i++)
			if ((rc = delete_message(d, c->workspace_id, ids[i])) !=
			    1)
				return rc;
	return n == -1 ? -1 : 1;
}

/* Deletes the old messages, activities and drafts of a conversation, and the
 * conversation when none is left: 1, 0 there is more, -1. */
static int
shorten(struct deletion *d, const struct candidate *c, int64_t older)
{
	int rc = delete_old(d, c, older);
	int64_t one;
	int left;

	if (rc == -1 || delete_recount(d->db, c->workspace_id, c->id) == -1)
		return -1;
	if (rc == 0)
		return 0;
	if ((left = delete_left(d)) == 0)
		return 0;
	if (db_run(d->db, retain_messages_sql[ACTIVITIES],
		DB_ARGS(db_int(c->workspace_id), db_int(c->id), db_int(older),
		    db_int(left))) == -1 ||
	    db_run(d->db, retain_messages_sql[DRAFTS],
		DB_ARGS(db_int(c->workspace_id), db_int(c->id),
		    db_int(older))) == -1)
		return -1;
	rc = db_get_int(d->db, retain_messages_sql[IS_EMPTY],
	    DB_ARGS(db_int(c->workspace_id), db_int(c->id), db_int(older)),
	    &one);
	if (rc == 1)
		return delete_conversation(d, c->workspace_id, c->id);
	return rc == -1 ? -1 : 1;
}

/* Does so for the candidates among N, in one transaction: 1, 0 there is more,
 * -1. */
static int
shorten_all(struct retain *r, const struct candidate *c, int n, int64_t older,
    int64_t now)
{
	struct deletion d = { .db = r->db, .pool = r->pool, .now = now };
	int rc = 1;

	if (db_begin(r->db) == -1)
		return -1;
	delete_begin(&d);
	for (int i = 0; i < n && rc == 1; i++) {
		if (c[i].has_old)
			rc = shorten(&d, &c[i], older);
		if (rc == 1)
			r->conversation_id = c[i].id;
	}
	if (rc == -1 ||
	    (r->media_dir != NULL && delete_files(&d, r->media_dir) == -1) ||
	    db_commit(r->db) == -1) {
		db_rollback(r->db);
		return -1;
	}
	return rc;
}

static int
forget_events(struct retain *r, int64_t older)
{
	int n;

	if (db_begin(r->db) == -1)
		return -1;
	if (db_run(r->db, retain_messages_sql[EVENTS],
		DB_ARGS(db_int(older), db_int(STEP))) == -1) {
		db_rollback(r->db);
		return -1;
	}
	n = (int)db_changed(r->db);
	return db_commit(r->db) == -1 ? -1 : n == STEP;
}

/* Is it too early for the next round?  1, 0, -1. */
static int
rests(struct retain *r, int64_t now)
{
	int64_t at;

	if (r->conversation_id != 0) /* in the middle of a round */
		return 0;
	if (retain_rule(r->db, rule, &at) == -1)
		return -1;
	return at <= now && now - at < EVERY;
}

int
retain_messages(struct retain *r, int64_t now)
{
	struct candidate c[PAGE];
	int64_t older = now - r->keep_messages;
	int n, any = 0, rc;

	if (r->keep_messages == 0 || (rc = rests(r, now)) == 1)
		return 0;
	if (rc == -1 || (n = list_candidates(r, older, c)) == -1)
		return -1;
	for (int i = 0; i < n; i++)
		any |= c[i].has_old;
	if (any && (rc = shorten_all(r, c, n, older, now)) != 1)
		return rc == -1 ? -1 : 1;
	if (n == PAGE) {
		r->conversation_id = c[n - 1].id;
		return 1;
	}
	if ((rc = forget_events(r, older)) != 0)
		return rc;
	r->conversation_id = 0;
	return retain_rule_set(r->db, rule, now);
}
