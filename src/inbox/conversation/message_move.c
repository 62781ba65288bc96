/*
 * Moves messages, and their rows of the outbox, to another conversation.
 */
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/conversation/message_move.h"

enum { OUTBOX, MESSAGES, OPEN, N_SQL };

/* Newest first, the order in which they are read. */
#define CHOSEN                                                                 \
	" IN (SELECT id FROM messages WHERE workspace_id = $1"                 \
	"  AND conversation_id = $2 AND sent_at >= $4 AND sent_at < $5"        \
	"  ORDER BY sent_at DESC, id DESC LIMIT $6)"

static const char *const message_move_sql[N_SQL] = {
	[OUTBOX] = "UPDATE outbox SET conversation_id = $3"
		   " WHERE workspace_id = $1 AND kind IN ('message', 'read')"
		   " AND message_id" CHOSEN " AND conversation_id = $2",
	/* + 0 makes SQLite search by id; else it reads all messages of the
	 * workspace. */
	[MESSAGES] = "UPDATE messages SET conversation_id = $3"
		     " WHERE workspace_id + 0 = $1 AND id" CHOSEN,
	/* Both are of one number, which the index has first. */
	[OPEN] = "UPDATE outbox SET conversation_id = $3"
		 " WHERE id IN (SELECT id FROM outbox WHERE number_id ="
		 "  (SELECT number_id FROM conversations"
		 "   WHERE workspace_id = $1 AND id = $3)"
		 "  AND conversation_id = $2 AND state IN ('queued', 'sending')"
		 "  ORDER BY id LIMIT $4)",
};

const struct statements message_move_statements = {
	.sql = message_move_sql,
	.n = N_SQL,
};

int
message_move_all(struct db *db, const struct message_move *m, int max)
{
	const struct db_arg *args =
	    DB_ARGS(db_int(m->workspace_id), db_int(m->from), db_int(m->to),
		db_int(m->since), db_int(m->until), db_int(max));

	if (db_run(db, message_move_sql[OUTBOX], args) == -1 ||
	    db_run(db, message_move_sql[MESSAGES], args) == -1)
		return -1;
	return (int)db_changed(db);
}

int
message_move_open(struct db *db, const struct message_move *m, int max)
{
	if (db_run(db, message_move_sql[OPEN],
		DB_ARGS(db_int(m->workspace_id), db_int(m->from), db_int(m->to),
		    db_int(max))) == -1)
		return -1;
	return (int)db_changed(db);
}
