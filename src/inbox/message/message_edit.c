/*
 * Edits and deletions (the table message_patches).  The row of a message
 * follows from the message and all its patches, so their order does not matter.
 */
#include <stddef.h>

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/message/message_edit.h"
#include "inbox/message_columns.h"
#include "inbox/workspace/number.h"

enum { PUT, ANY, UNEDIT, EDIT, REVOKE, N_SQL };

#define THEIRS                                                                 \
	" WHERE p.workspace_id = $1 AND p.number_id = $2"                      \
	" AND p.target_wamid = $3"

/* The edits that count: those older than the deletion, if there is one. */
#define EDITS                                                                  \
	" FROM message_patches AS p" THEIRS " AND p.kind = 'edit'"             \
	" AND p.content IS NOT NULL AND NOT EXISTS ("                          \
	"  SELECT 1 FROM message_patches AS r"                                 \
	"  WHERE r.workspace_id = $1 AND r.number_id = $2"                     \
	"  AND r.target_wamid = $3 AND r.kind = 'revoke' AND r.at <= p.at)"

static const char *const message_edit_sql[N_SQL] = {
	[PUT] = "INSERT INTO message_patches(workspace_id, number_id,"
		" target_wamid, wamid, kind, at, type, content, preview, text)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
		" ON CONFLICT(workspace_id, number_id, target_wamid, wamid)"
		" DO NOTHING",
	[ANY] = "SELECT 1 FROM message_patches AS p" THEIRS " LIMIT 1",
	/* Takes back an edit after the deletion, when the deletion came
	 * late. */
	[UNEDIT] = "UPDATE messages SET content = original, original = NULL,"
		   " type = COALESCE(original_type, type),"
		   " original_type = NULL, edited_at = NULL"
		   " WHERE workspace_id = $1 AND number_id = $2"
		   " AND wamid = $3 AND original IS NOT NULL"
		   " AND NOT EXISTS (SELECT 1" EDITS ")",
	[EDIT] =
	    "UPDATE messages SET"
	    " original = COALESCE(messages.original, " MESSAGE_CONTENT(
		"messages.") "),"
			     " original_type = COALESCE(messages.original_type,"
			     "  messages.type),"
			     " content = e.content,"
			     " type = COALESCE(e.type, messages.type),"
			     " preview = COALESCE(e.preview, ''), text = "
			     "e.text,"
			     " edited_at = e.at"
			     " FROM (SELECT type, content, preview, text, "
			     "at" EDITS
			     "  ORDER BY p.at DESC, p.wamid DESC LIMIT 1) AS e"
			     " WHERE messages.workspace_id = $1 AND "
			     "messages.number_id = $2"
			     " AND messages.wamid = $3"
			     /* a reaction is taken back, see reaction.h */
			     " AND messages.type <> 'reaction'",
	[REVOKE] =
	    "UPDATE messages SET preview = $4, text = NULL,"
	    " content = " MESSAGE_CONTENT(
		"messages.") ", revoked_at = r.at"
			     " FROM (SELECT MIN(p.at) AS at"
			     "  FROM message_patches AS p" THEIRS
			     " AND p.kind = 'revoke') AS r"
			     " WHERE messages.workspace_id = $1 AND "
			     "messages.number_id = $2"
			     " AND messages.wamid = $3 AND r.at IS NOT NULL"
			     " AND messages.type <> 'reaction'",
};

const struct statements message_edit_statements = {
	.sql = message_edit_sql,
	.n = N_SQL,
};

int
message_edit_put(struct db *db, const struct number_key *number,
    const struct message_edit *p)
{
	if (db_run(db, message_edit_sql[PUT],
		DB_ARGS(db_int(number->workspace_id), db_int(number->id),
		    db_text(p->target_wamid), db_text(p->wamid),
		    db_text(p->revoke ? "revoke" : "edit"), db_int(p->at),
		    db_text(p->type), db_text(p->content), db_text(p->preview),
		    db_text(p->text))) == -1)
		return -1;
	return message_edit_apply(db, number, p->target_wamid);
}

int
message_edit_apply(
    struct db *db, const struct number_key *number, const char *target_wamid)
{
	const struct db_arg *args =
	    DB_SHARED_ARGS(db_int(number->workspace_id), db_int(number->id),
		db_text(target_wamid), db_text(MESSAGE_EDIT_REVOKED));
	int64_t any;
	int rc = db_get_int(db, message_edit_sql[ANY], args, &any);

	if (rc != 1) /* as of nearly all messages */
		return rc;
	if (db_run(db, message_edit_sql[UNEDIT], args) == -1 ||
	    db_run(db, message_edit_sql[EDIT], args) == -1)
		return -1;
	return db_run(db, message_edit_sql[REVOKE], args);
}
