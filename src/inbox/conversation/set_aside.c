/*
 * Ends that conversations are snoozed.  For the processor; what members set
 * aside is in conversation.c.
 */
#include <stddef.h>

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/conversation/set_aside.h"

enum { DUE, SAY, OPEN, GONE, N_SQL };

static const char *const set_aside_sql[N_SQL] = {
	[DUE] = "SELECT conversation_id FROM set_aside"
		" WHERE state = 'snoozed' AND at <= $1 ORDER BY at LIMIT $2",
	[SAY] = "INSERT INTO activities(workspace_id, conversation_id, kind,"
		" text, at) SELECT workspace_id, id, 'state', 'open',"
		" CAST($2 AS BIGINT) FROM conversations"
		" WHERE id = $1 AND status = 'archived'",
	[OPEN] = "UPDATE conversations SET status = 'active', is_read = 0,"
		 " unread_count = CASE WHEN unread_count > 0"
		 "  THEN unread_count ELSE 1 END, updated_at = $2"
		 " WHERE id = $1 AND status = 'archived'",
	[GONE] = "DELETE FROM set_aside WHERE conversation_id = $1",
};

const struct statements set_aside_statements = {
	.sql = set_aside_sql,
	.n = N_SQL,
};

static int
list_due(struct db *db, int64_t now, int64_t ids[SET_ASIDE_AT_ONCE])
{
	return db_get_ints(db, set_aside_sql[DUE],
	    DB_ARGS(db_int(now), db_int(SET_ASIDE_AT_ONCE)), ids,
	    SET_ASIDE_AT_ONCE);
}

static int
wake_all(struct db *db, int64_t now)
{
	int64_t ids[SET_ASIDE_AT_ONCE];
	int n = list_due(db, now, ids);

	for (int i = 0; i < n; i++)
		if (db_run(db, set_aside_sql[SAY],
			DB_ARGS(db_int(ids[i]), db_int(now))) == -1 ||
		    db_run(db, set_aside_sql[OPEN],
			DB_ARGS(db_int(ids[i]), db_int(now))) == -1 ||
		    db_run(db, set_aside_sql[GONE], DB_ARGS(db_int(ids[i]))) ==
			-1)
			return -1;
	return n;
}

int
set_aside_wake(struct db *db, int64_t now)
{
	int64_t ids[SET_ASIDE_AT_ONCE];
	int n = list_due(db, now, ids); /* nearly always none */

	if (n <= 0)
		return n;
	if (db_begin(db) == -1)
		return -1;
	if ((n = wake_all(db, now)) == -1) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db) == -1 ? -1 : n > 0;
}
