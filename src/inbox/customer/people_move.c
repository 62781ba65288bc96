/*
 * Moves the messages of another person to that person's conversation, all in
 * one transaction.  They are few: it takes an account that two people had, and
 * a fact about it that came late.
 */
#include <stddef.h>

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/conversation/marketing.h"
#include "inbox/conversation/merge.h"
#include "inbox/conversation/unread.h"
#include "inbox/customer/people_move.h"

enum { ANY, UNREAD, CUT, COUNT, OUTBOX, MOVE, WINDOW, N_SQL };

#define THESE                                                                  \
	" FROM messages WHERE workspace_id = $1 AND " WITH_MERGING             \
	" AND sighting_id = $3 AND sent_at >= $4 AND sent_at < $5"

static const char *const people_move_sql[N_SQL] = {
	[ANY] = "SELECT 1" THESE " UNION ALL SELECT 1 FROM marketing_choices"
		" WHERE workspace_id = $1 AND conversation_id = $2"
		" AND message_id = 0 AND sighting_id = $3"
		" AND at >= $4 AND at < $5 LIMIT 1",
	[UNREAD] = "SELECT unread_count FROM conversations"
		   " WHERE workspace_id = $1 AND id = $2",
	/* The oldest unread message: the unread ones are the newest. */
	[CUT] = "SELECT sent_at, id FROM messages"
		" WHERE workspace_id = $1 AND " WITH_MERGING
		" AND counts_unread = 1"
		" ORDER BY sent_at DESC, id DESC LIMIT 1 OFFSET $3",
	[COUNT] = "SELECT COUNT(*)" THESE " AND counts_unread = 1"
		  " AND (sent_at, id) >= ($6, $7)",
	[OUTBOX] = "UPDATE outbox SET conversation_id = $6"
		   " WHERE workspace_id = $1 AND kind IN ('message', 'read')"
		   " AND message_id IN (SELECT id" THESE ")",
	[MOVE] = "UPDATE messages SET conversation_id = $6"
		 " WHERE workspace_id = $1 AND " WITH_MERGING
		 " AND sighting_id = $3 AND sent_at >= $4 AND sent_at < $5",
	/* The same as the trigger close_window_on_refusal. */
	[WINDOW] =
	    "UPDATE conversations SET window_refused_at = COALESCE((SELECT"
	    "  MAX(sent_at) FROM messages WHERE workspace_id = $1"
	    "  AND conversation_id = $2 AND status = 'failed'"
	    "  AND error_code = 131047), 0)"
	    " WHERE workspace_id = $1 AND id = $2",
};

const struct statements people_move_statements = {
	.sql = people_move_sql,
	.n = N_SQL,
	.also = STATEMENTS(
	    &merge_statements, &unread_statements, &marketing_statements),
};

int
people_move_any(const struct people_move *m)
{
	int64_t one;

	return db_get_int(m->db, people_move_sql[ANY],
	    DB_ARGS(db_int(m->workspace_id), db_int(m->from),
		db_int(m->sighting_id), db_int(m->begin), db_int(m->end)),
	    &one);
}

/* *N: how many of the messages to move are unread; 0, or -1. */
static int
count_unread(const struct people_move *m, int64_t *n)
{
	int64_t unread = 0, sent_at = INT64_MIN, id = 0;
	struct db_rows *r;
	int rc;

	*n = 0;
	if (db_get_int(m->db, people_move_sql[UNREAD],
		DB_ARGS(db_int(m->workspace_id), db_int(m->from)),
		&unread) == -1)
		return -1;
	if (unread == 0)
		return 0;
	r = db_query(m->db, people_move_sql[CUT],
	    DB_ARGS(
		db_int(m->workspace_id), db_int(m->from), db_int(unread - 1)));
	if ((rc = db_next(r)) == 1) {
		sent_at = db_col_int(r, 0);
		id = db_col_int(r, 1);
	}
	db_end(r);
	if (rc == -1)
		return -1;
	return db_get_int(m->db, people_move_sql[COUNT],
		   DB_ARGS(db_int(m->workspace_id), db_int(m->from),
		       db_int(m->sighting_id), db_int(m->begin), db_int(m->end),
		       db_int(sent_at), db_int(id)),
		   n) == -1
		   ? -1
		   : 0;
}

static int
recount(const struct people_move *m, int64_t id)
{
	if (merge_recount(m->db, m->workspace_id, id) == -1)
		return -1;
	return db_run(m->db, people_move_sql[WINDOW],
	    DB_ARGS(db_int(m->workspace_id), db_int(id)));
}

int
people_move(const struct people_move *m)
{
	const struct db_arg *args = DB_ARGS(db_int(m->workspace_id),
	    db_int(m->from), db_int(m->sighting_id), db_int(m->begin),
	    db_int(m->end), db_int(m->to));
	int rc = people_move_any(m);
	int64_t unread;

	if (rc != 1)
		return rc;
	if (count_unread(m, &unread) == -1 ||
	    marketing_part(m->db, m->workspace_id, m->from, m->to,
		m->sighting_id, m->begin, m->end) == -1 ||
	    db_run(m->db, people_move_sql[OUTBOX], args) == -1 ||
	    db_run(m->db, people_move_sql[MOVE], args) == -1)
		return -1;
	if (unread > 0 &&
	    (unread_remove(m->db, m->workspace_id, m->from, unread) == -1 ||
		unread_add(m->db, m->workspace_id, m->to, unread) == -1))
		return -1;
	return recount(m, m->from) == -1 || recount(m, m->to) == -1 ? -1 : 1;
}
