/*
 * Counts the messages of a conversation that nobody has read.  For all who
 * change what a stored message counts: one that a call or a reaction no longer
 * is, one that turns out to be history, one that is somebody else's.
 */
#include <stddef.h>

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/conversation/merge.h"
#include "inbox/conversation/unread.h"

enum { COUNT, AFTER, ADD, REMOVE, N_SQL };

/* A delivery is tried for so long, in seconds (docs/protocol.md §2.4): what
 * came after a message is not older than it by more. */
#define LATEST "604800"

static const char *const unread_sql[N_SQL] = {
	[COUNT] = "SELECT id, unread_count FROM conversations"
		  " WHERE workspace_id = $1 AND id = " MERGED("$1", "$2"),
	/* How many of those that count came after message $4 of $3, $5 at
	 * most: newer ones, and older ones that were delivered later. */
	[AFTER] = "SELECT COUNT(*) FROM (SELECT 1 FROM messages"
		  " WHERE workspace_id = $1 AND " WITH_MERGING
		  " AND counts_unread = 1"
		  " AND ((sent_at, id) > ($3, $4) OR id > $4)"
		  " AND sent_at >= $3 - " LATEST " LIMIT $5)"
		  " AS later",
	[ADD] = "UPDATE conversations SET unread_count = unread_count + $3,"
		" is_read = 0, status = 'active' WHERE workspace_id = $1"
		" AND id = " MERGED("$1", "$2"),
	[REMOVE] = "UPDATE conversations SET"
		   " is_read = CASE WHEN unread_count <= $3 THEN 1"
		   "  ELSE is_read END,"
		   " unread_count = CASE WHEN unread_count <= $3 THEN 0"
		   "  ELSE unread_count - $3 END"
		   " WHERE workspace_id = $1 AND unread_count > 0"
		   " AND id = " MERGED("$1", "$2"),
};

const struct statements unread_statements = {
	.sql = unread_sql,
	.n = N_SQL,
};

int
unread_add(struct db *db, int64_t workspace_id, int64_t id, int64_t n)
{
	return db_run(db, unread_sql[ADD],
	    DB_ARGS(db_int(workspace_id), db_int(id), db_int(n)));
}

int
unread_remove(struct db *db, int64_t workspace_id, int64_t id, int64_t n)
{
	return db_run(db, unread_sql[REMOVE],
	    DB_ARGS(db_int(workspace_id), db_int(id), db_int(n)));
}

int
unread_has(struct db *db, int64_t workspace_id, const struct unread_message *m)
{
	int64_t id = 0, unread = 0, after = 0;
	struct db_rows *r = db_query(db, unread_sql[COUNT],
	    DB_ARGS(db_int(workspace_id), db_int(m->conversation_id)));
	int rc = db_next(r);

	if (rc == 1) {
		id = db_col_int(r, 0);
		unread = db_col_int(r, 1);
	}
	db_end(r);
	if (rc != 1 || unread == 0)
		return rc == -1 ? -1 : 0;
	if (db_get_int(db, unread_sql[AFTER],
		DB_ARGS(db_int(workspace_id), db_int(id), db_int(m->sent_at),
		    db_int(m->id), db_int(unread)),
		&after) == -1)
		return -1;
	return after < unread;
}

int
unread_forget(
    struct db *db, int64_t workspace_id, const struct unread_message *m)
{
	int rc = unread_has(db, workspace_id, m);

	return rc == 1 ? unread_remove(db, workspace_id, m->conversation_id, 1)
		       : rc;
}
