/*
 * Drafts of two conversations that turn out to be with one customer.
 */
#include <stddef.h>

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/own/draft_merge.h"

enum { COUNT_ON, JOIN, MOVE, N_SQL };

/* Members who have one in both. */
#define IN_BOTH                                                                \
	"SELECT d.user_id FROM drafts AS d CROSS JOIN drafts AS k"             \
	" WHERE d.workspace_id = $1 AND d.conversation_id = $2"                \
	" AND k.workspace_id = $1 AND k.conversation_id = $3"                  \
	" AND k.user_id = d.user_id"

static const char *const draft_merge_sql[N_SQL] = {
	[COUNT_ON] = "UPDATE member_marks SET draft_version = draft_version + 1"
		     " WHERE workspace_id = $1 AND user_id IN (" IN_BOTH ")",
	[JOIN] = "UPDATE drafts SET text = drafts.text || $4 || gone.text,"
		 " version = m.draft_version"
		 " FROM drafts AS gone CROSS JOIN member_marks AS m"
		 " WHERE drafts.workspace_id = $1"
		 " AND drafts.conversation_id = $3"
		 " AND gone.workspace_id = $1 AND gone.conversation_id = $2"
		 " AND gone.user_id = drafts.user_id"
		 " AND m.workspace_id = $1 AND m.user_id = drafts.user_id",
	/* The others go with their conversation. */
	[MOVE] = "UPDATE drafts SET conversation_id = $3"
		 " WHERE workspace_id = $1 AND conversation_id = $2"
		 " AND user_id NOT IN (" IN_BOTH ")",
};

const struct statements draft_merge_statements = {
	.sql = draft_merge_sql,
	.n = N_SQL,
};

int
draft_merge(struct db *db, int64_t workspace_id, int64_t gone, int64_t keep)
{
	const struct db_arg *both =
	    DB_ARGS(db_int(workspace_id), db_int(gone), db_int(keep));

	if (db_run(db, draft_merge_sql[COUNT_ON], both) == -1 ||
	    db_run(db, draft_merge_sql[JOIN],
		DB_ARGS(db_int(workspace_id), db_int(gone), db_int(keep),
		    db_text("\n"))) == -1)
		return -1;
	return db_run(db, draft_merge_sql[MOVE], both);
}
