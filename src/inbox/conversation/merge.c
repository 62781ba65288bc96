/*
 * Merges two conversations that turn out to be with one customer.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/log.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/conversation/identity.h"
#include "inbox/conversation/marketing.h"
#include "inbox/conversation/merge.h"
#include "inbox/conversation/message_move.h"
#include "inbox/conversation/profile.h"
#include "inbox/message_columns.h"
#include "inbox/own/draft_merge.h"
#include "inbox/own/seen_merge.h"

enum {
	COUNT,
	QUEUE,
	ASIDE,
	ACTIVITIES,
	MARKS,
	RECIPIENTS,
	JOIN,
	FOLLOW,
	BLOCKS,
	DELETE,
	RECOUNT,
	SETTLE,
	N_SQL
};

/* So many open rows of the outbox are always moved at once. */
#define OPEN_AT_ONCE 100

/* The last message of both is that of GONE. */
#define LATER                                                                  \
	"(gone.last_message_at, COALESCE(gone.last_message_id, 0))"            \
	" > (conversations.last_message_at,"                                   \
	" COALESCE(conversations.last_message_id, 0))"

#define LAST                                                                   \
	" last_message_id = (SELECT id" MESSAGE_NEWEST ","                     \
	" last_message_at = COALESCE((SELECT sent_at" MESSAGE_NEWEST ", 0),"   \
	" last_message_preview = (SELECT " MESSAGE_PREVIEW("") MESSAGE_NEWEST

static const char *const merge_sql[N_SQL] = {
	[COUNT] = "SELECT COUNT(*) FROM (SELECT 1 FROM messages"
		  " WHERE workspace_id = $1 AND conversation_id = $2"
		  " LIMIT $3) AS some_of",
	/* The status of a conversation without messages does not count. */
	[JOIN] =
	    "UPDATE conversations SET"
	    " unread_count = conversations.unread_count + gone.unread_count,"
	    " last_message_id = CASE WHEN " LATER "  THEN gone.last_message_id"
	    "  ELSE conversations.last_message_id END,"
	    " last_message_preview = CASE WHEN " LATER
	    "  THEN gone.last_message_preview"
	    "  ELSE conversations.last_message_preview END,"
	    " last_message_at = CASE WHEN " LATER "  THEN gone.last_message_at"
	    "  ELSE conversations.last_message_at END,"
	    " last_customer_message_at = CASE"
	    "  WHEN gone.last_customer_message_at"
	    "   > COALESCE(conversations.last_customer_message_at, 0)"
	    "  THEN gone.last_customer_message_at"
	    "  ELSE conversations.last_customer_message_at END,"
	    " is_read = CASE WHEN conversations.is_read = 1"
	    "  AND gone.is_read = 1 THEN 1 ELSE 0 END,"
	    " status = CASE"
	    "  WHEN gone.last_message_at = 0 THEN conversations.status"
	    "  WHEN conversations.last_message_at = 0 THEN gone.status"
	    "  WHEN gone.status = 'active' THEN 'active'"
	    "  ELSE conversations.status END,"
	    " contact_id = CASE"
	    "  WHEN conversations.link = 'person'"
	    "  THEN conversations.contact_id"
	    "  WHEN gone.link = 'person' THEN gone.contact_id"
	    "  ELSE COALESCE(conversations.contact_id, gone.contact_id) END,"
	    " link = CASE WHEN gone.link = 'person' THEN 'person'"
	    "  ELSE conversations.link END,"
	    " window_refused_at = CASE"
	    "  WHEN gone.window_refused_at > conversations.window_refused_at"
	    "  THEN gone.window_refused_at"
	    "  ELSE conversations.window_refused_at END,"
	    " unanswered_since = -1,"
	    " assigned_to = COALESCE(conversations.assigned_to,"
	    "  gone.assigned_to),"
	    " created_at = CASE"
	    "  WHEN gone.created_at < conversations.created_at"
	    "  THEN gone.created_at ELSE conversations.created_at END"
	    " FROM conversations AS gone"
	    " WHERE conversations.workspace_id = $1 AND conversations.id = $3"
	    " AND gone.workspace_id = $1 AND gone.id = $2",
	[QUEUE] = "INSERT INTO jobs(workspace_id, kind, subject, target)"
		  " VALUES ($1, 'merge', $2, $3)",
	/* Merges into GONE now lead to KEEP. */
	[FOLLOW] = "UPDATE jobs SET target = $3 WHERE workspace_id = $1"
		   " AND kind = 'merge' AND target = $2",
	[BLOCKS] = "UPDATE blocks SET conversation_id = $3"
		   " WHERE workspace_id = $1 AND conversation_id = $2",
	[ACTIVITIES] = "UPDATE activities SET conversation_id = $3"
		       " WHERE workspace_id = $1 AND conversation_id = $2",
	/* Of teams that of KEEP stays.  Before JOIN, whose status they
	 * follow. */
	[MARKS] = "INSERT INTO conversation_marks(workspace_id,"
		  " conversation_id, mark_id, kind, status)"
		  " SELECT keep.workspace_id, keep.id, gone.mark_id, gone.kind,"
		  " keep.status FROM conversations AS keep"
		  " CROSS JOIN conversation_marks AS gone"
		  " WHERE keep.workspace_id = $1 AND keep.id = $3"
		  " AND gone.workspace_id = $1 AND gone.conversation_id = $2"
		  " ON CONFLICT DO NOTHING",
	[RECIPIENTS] = "UPDATE broadcast_recipients SET conversation_id = $3"
		       " WHERE workspace_id = $1 AND conversation_id = $2",
	/* Before JOIN, which ends it where one of them is active. */
	[ASIDE] = "UPDATE set_aside SET conversation_id = $3"
		  " WHERE workspace_id = $1 AND conversation_id = $2"
		  " AND NOT EXISTS (SELECT 1 FROM set_aside AS there"
		  "  WHERE there.conversation_id = $3)"
		  " AND EXISTS (SELECT 1 FROM conversations AS keep"
		  "  WHERE keep.id = $3 AND (keep.status = 'archived'"
		  "   OR keep.last_message_at = 0))",
	[DELETE] = "DELETE FROM conversations"
		   " WHERE workspace_id = $1 AND id = $2",
	[RECOUNT] =
	    "UPDATE conversations SET" LAST ", unanswered_since = -1,"
	    " last_customer_message_at = (SELECT sent_at FROM messages"
	    "  WHERE workspace_id = $1 AND conversation_id = $2"
	    "  AND opens_window = 1 ORDER BY sent_at DESC, id DESC LIMIT 1)"
	    " WHERE workspace_id = $1 AND id = $2 AND NOT EXISTS (SELECT 1"
	    "  FROM jobs WHERE workspace_id = $1 AND kind = 'merge'"
	    "  AND target = $2)",
	/* After the last step; the window was set when the two were merged. */
	[SETTLE] =
	    "UPDATE conversations SET" LAST ", unanswered_since = -1"
	    " WHERE workspace_id = $1 AND id = $2 AND NOT EXISTS (SELECT 1"
	    "  FROM jobs WHERE workspace_id = $1 AND kind = 'merge'"
	    "  AND target = $2 AND subject <> $3)",
};

const struct statements merge_statements = {
	.sql = merge_sql,
	.n = N_SQL,
	.also = STATEMENTS(&draft_merge_statements, &seen_merge_statements,
	    &message_move_statements, &marketing_statements),
};

static struct message_move
all_of(int64_t workspace_id, int64_t gone, int64_t keep)
{
	return (struct message_move){ workspace_id, gone, keep, INT64_MIN,
		INT64_MAX };
}

/* Moves the messages at once, or creates the job. */
static int
move_all(struct db *db, const struct message_move *m)
{
	int64_t n = 0;

	if (db_get_int(db, merge_sql[COUNT],
		DB_ARGS(db_int(m->workspace_id), db_int(m->from),
		    db_int(MERGE_AT_ONCE + 1)),
		&n) == -1)
		return -1;
	if (n <= MERGE_AT_ONCE)
		return message_move_all(db, m, MERGE_AT_ONCE) == -1 ? -1 : 0;
	if (message_move_open(db, m, OPEN_AT_ONCE) == -1)
		return -1;
	return db_run(db, merge_sql[QUEUE],
	    DB_ARGS(db_int(m->workspace_id), db_int(m->from), db_int(m->to)));
}

int
merge_conversations(struct db *db, struct pool *pool, int64_t workspace_id,
    int64_t keep, int64_t gone, int64_t now)
{
	const struct message_move m = all_of(workspace_id, gone, keep);
	const struct db_arg *both =
	    DB_ARGS(db_int(workspace_id), db_int(gone), db_int(keep));
	struct profile kept, other;

	if (profile_read(db, pool, workspace_id, keep, &kept) != 1 ||
	    profile_read(db, pool, workspace_id, gone, &other) != 1 ||
	    profile_read_username(db, pool, workspace_id, keep, &kept) != 1 ||
	    profile_read_username(db, pool, workspace_id, gone, &other) != 1 ||
	    identity_move(db, workspace_id, gone, keep) == -1 ||
	    db_run(db, merge_sql[FOLLOW], both) == -1 ||
	    db_run(db, merge_sql[BLOCKS], both) == -1 ||
	    move_all(db, &m) == -1 ||
	    marketing_join(db, workspace_id, gone, keep) == -1 ||
	    db_run(db, merge_sql[ASIDE], both) == -1 ||
	    db_run(db, merge_sql[ACTIVITIES], both) == -1 ||
	    draft_merge(db, workspace_id, gone, keep) == -1 ||
	    db_run(db, merge_sql[MARKS], both) == -1 ||
	    seen_merge(db, pool, workspace_id, gone, keep) == -1 ||
	    db_run(db, merge_sql[RECIPIENTS], both) == -1 ||
	    db_run(db, merge_sql[JOIN], both) == -1)
		return -1;
	profile_add(&kept, &other);
	if (profile_write(db, workspace_id, keep, &kept, now) == -1 ||
	    profile_write_username(db, workspace_id, keep, &kept, now) == -1 ||
	    db_run(db, merge_sql[DELETE],
		DB_ARGS(db_int(workspace_id), db_int(gone))) == -1)
		return -1;
	log_info("conversation=%lld has the same customer as %lld, and was"
		 " merged into it",
	    (long long)gone, (long long)keep);
	return 0;
}

int
merge_step(struct db *db, struct pool *pool, struct job *job, int64_t now)
{
	const struct message_move m =
	    all_of(job->workspace_id, job->subject, job->target);
	int open = message_move_open(db, &m, MESSAGE_MOVE_MAX), n;

	(void)pool;
	(void)now;
	if (open == -1 || open == MESSAGE_MOVE_MAX)
		return open == -1 ? -1 : 1;
	n = message_move_all(db, &m, MESSAGE_MOVE_MAX - open);
	if (n != 0)
		return n == -1 ? -1 : 1;
	return db_run(db, merge_sql[SETTLE],
	    DB_ARGS(db_int(m.workspace_id), db_int(m.to), db_int(m.from)));
}

int
merge_recount(struct db *db, int64_t workspace_id, int64_t id)
{
	return db_run(
	    db, merge_sql[RECOUNT], DB_ARGS(db_int(workspace_id), db_int(id)));
}
