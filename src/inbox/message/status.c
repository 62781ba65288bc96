/*
 * Stores statuses, and sets the status of a message from them.
 */
#include <stddef.h>

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/message/reaction.h"
#include "inbox/message/status.h"
#include "inbox/workspace/number.h"

enum { PUT, APPLY, N_SQL };

/* Keeps the least of two values: the earliest time; of two errors or two raw
 * objects always the same one, in whatever order they come. */
#define LEAST(column)                                                          \
	column " = CASE"                                                       \
	       " WHEN message_statuses." column " IS NULL"                     \
	       " OR excluded." column " < message_statuses." column            \
	       " THEN excluded." column " ELSE message_statuses." column       \
	       " END"

/* The code of the error that is shown, when there are several. */
#define CODE_OF(is, words)                                                     \
	"(SELECT MIN(f.error_code) FROM message_statuses AS f"                 \
	"  WHERE f.workspace_id = $1 AND f.number_id = $2 AND f.wamid = $3"    \
	"  AND f.status " is " 'failed' AND f.error = " words ")"

static const char *const status_sql[N_SQL] = {
	[PUT] =
	    "INSERT INTO message_statuses(workspace_id, number_id, wamid,"
	    " status, participant, at, error, raw, error_code)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
	    " ON CONFLICT(workspace_id, number_id, wamid, status, participant)"
	    " DO UPDATE SET " LEAST("at") ", " LEAST("error") ", " LEAST("raw")
	/* the code goes with the error that stays */
	", error_code = CASE WHEN message_statuses.error IS NULL"
	"  OR excluded.error < message_statuses.error"
	"  THEN excluded.error_code"
	"  ELSE message_statuses.error_code END",
	/* The error is that of "failed"; else that of another status. */
	[APPLY] =
	    "UPDATE messages SET status = CASE"
	    "  WHEN s.rank = 4 THEN 'played' WHEN s.rank = 3 THEN 'read'"
	    "  WHEN s.rank = 2 THEN 'delivered' WHEN s.failed = 1 THEN 'failed'"
	    "  WHEN s.rank = 1 THEN 'sent' ELSE messages.status END,"
	    " error = CASE WHEN s.failed = 1 AND s.rank < 2 THEN s.why"
	    "  WHEN s.rank > 0 THEN s.other"
	    "  ELSE COALESCE(s.other, messages.error) END,"
	    " error_code = CASE WHEN s.failed = 1 AND s.rank < 2"
	    "  THEN " CODE_OF(
		"=", "s.why") "  WHEN s.other IS NOT NULL THEN " CODE_OF("<>",
		"s.other") "  WHEN s.rank > 0 THEN NULL ELSE "
			   "messages.error_code END"
			   " FROM (SELECT COUNT(*) AS n, MAX(CASE p.status"
			   "   WHEN 'played' THEN 4 WHEN 'read' THEN 3"
			   "   WHEN 'delivered' THEN 2 WHEN 'sent' THEN 1 ELSE "
			   "0 END) AS rank,"
			   "  MAX(CASE WHEN p.status = 'failed' THEN 1 ELSE 0 "
			   "END) AS failed,"
			   "  MIN(CASE WHEN p.status = 'failed' THEN p.error "
			   "END) AS why,"
			   "  MIN(CASE WHEN p.status <> 'failed' THEN p.error "
			   "END) AS other"
			   "  FROM message_statuses AS p WHERE p.workspace_id "
			   "= $1"
			   "  AND p.number_id = $2 AND p.wamid = $3) AS s"
			   " WHERE messages.workspace_id = $1 AND "
			   "messages.number_id = $2"
			   " AND messages.wamid = $3 AND messages.direction = "
			   "'outbound'"
			   " AND s.n > 0",
};

const struct statements status_statements = {
	.sql = status_sql,
	.n = N_SQL,
	.also = STATEMENTS(&reaction_statements),
};

int
status_put(
    struct db *db, const struct number_key *number, const struct status *s)
{
	return db_run(db, status_sql[PUT],
	    DB_ARGS(db_int(number->workspace_id), db_int(number->id),
		db_text(s->wamid), db_text(s->word),
		db_text(s->participant != NULL ? s->participant : ""),
		db_int(s->at), db_text(s->error), db_text(s->raw),
		db_id(s->error_code)));
}

int
status_apply(struct db *db, const struct number_key *number, const char *wamid)
{
	int ours;

	if (db_run(db, status_sql[APPLY],
		DB_ARGS(db_int(number->workspace_id), db_int(number->id),
		    db_text(wamid))) == -1)
		return -1;
	ours = db_changed(db) > 0;
	return reaction_follow_wamid(db, number, wamid) == -1 ? -1 : ours;
}
