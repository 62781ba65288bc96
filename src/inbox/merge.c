/*
 * Two conversations that turn out to be with one customer become one.
 */
#include <stddef.h>

#include "base/log.h"

#include "door/db.h"

#include "inbox/identity.h"
#include "inbox/merge.h"
#include "inbox/profile.h"

enum { OUTBOX, MESSAGES, JOIN, DELETE, RECOUNT, N_SQL };

#define NEWEST                                                                 \
	" FROM messages WHERE workspace_id = $1"                               \
	" AND conversation_id = $2 ORDER BY sent_at DESC, id DESC LIMIT 1)"

static const char *const sql[N_SQL] = {
	[OUTBOX] = "UPDATE outbox SET conversation_id = $3"
		   " WHERE workspace_id = $1 AND message_id IN (SELECT id"
		   "  FROM messages WHERE workspace_id = $1"
		   "  AND conversation_id = $2)",
	[MESSAGES] = "UPDATE messages SET conversation_id = $3"
		     " WHERE workspace_id = $1 AND conversation_id = $2",
	/* One without messages has no say in whether it is archived. */
	[JOIN] =
	    "UPDATE conversations SET"
	    " unread_count = conversations.unread_count + gone.unread_count,"
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
	    " assigned_to = COALESCE(conversations.assigned_to,"
	    "  gone.assigned_to),"
	    " created_at = CASE"
	    "  WHEN gone.created_at < conversations.created_at"
	    "  THEN gone.created_at ELSE conversations.created_at END"
	    " FROM conversations AS gone"
	    " WHERE conversations.workspace_id = $1 AND conversations.id = $3"
	    " AND gone.workspace_id = $1 AND gone.id = $2",
	[DELETE] = "DELETE FROM conversations"
		   " WHERE workspace_id = $1 AND id = $2",
	[RECOUNT] =
	    "UPDATE conversations SET"
	    " last_message_id = (SELECT id" NEWEST ","
	    " last_message_at = COALESCE((SELECT sent_at" NEWEST ", 0),"
	    " last_message_preview = (SELECT preview" NEWEST ","
	    " last_customer_message_at = (SELECT MAX(sent_at) FROM messages"
	    "  WHERE workspace_id = $1 AND conversation_id = $2"
	    "  AND opens_window = 1)"
	    " WHERE workspace_id = $1 AND id = $2",
};

int
merge_prepare(struct db *db)
{
	return db_prepare(db, sql, N_SQL);
}

int
merge_conversations(struct db *db, struct pool *pool, int64_t workspace_id,
    int64_t keep, int64_t gone, int64_t now)
{
	static const int moves[] = { OUTBOX, MESSAGES, JOIN };
	struct profile kept, other;

	if (profile_read(db, pool, workspace_id, keep, &kept) != 1 ||
	    profile_read(db, pool, workspace_id, gone, &other) != 1 ||
	    identity_move(db, workspace_id, gone, keep) == -1)
		return -1;
	for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++)
		if (db_run(db, sql[moves[i]],
			DB_ARGS(db_int(workspace_id), db_int(gone),
			    db_int(keep))) == -1)
			return -1;
	profile_add(&kept, &other);
	if (profile_write(db, workspace_id, keep, &kept, now) == -1 ||
	    db_run(db, sql[DELETE],
		DB_ARGS(db_int(workspace_id), db_int(gone))) == -1)
		return -1;
	log_info("conversation %lld was with the customer of %lld and is one"
		 " with it now",
	    (long long)gone, (long long)keep);
	return merge_recount(db, workspace_id, keep);
}

int
merge_recount(struct db *db, int64_t workspace_id, int64_t id)
{
	return db_run(
	    db, sql[RECOUNT], DB_ARGS(db_int(workspace_id), db_int(id)));
}
