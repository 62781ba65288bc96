/*
 * Stores whom a number blocks, as the provider's list says.
 */
#include <stddef.h>

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/conversation/block_listed.h"
#include "inbox/number_due.h"

#define AHEAD 300 /* seconds that clocks differ without harm */

enum { DUE, BEGIN, CONVERSATION, LISTED, SEEN, END, AGAIN, N_SQL };

static const char *const block_listed_sql[N_SQL] = {
	[DUE] = NUMBER_DUE(
	    "id, workspace_id, phone_number_id, provider", "blocks_due_at"),
	/* What is from the future (the clock was ahead) counts as older than
	 * the list, which could change nothing of it otherwise. */
	[BEGIN] = "UPDATE blocks SET"
		  " said_at = CASE WHEN said_at > $4 THEN $3"
		  "  ELSE said_at END,"
		  " asked_at = CASE WHEN asked_at > $4 THEN $3"
		  "  ELSE asked_at END"
		  " WHERE workspace_id = $1 AND number_id = $2"
		  " AND (said_at > $4 OR asked_at > $4)",
	[CONVERSATION] = "SELECT conversation_id FROM identities"
			 " WHERE workspace_id = $1 AND number_id = $2"
			 " AND kind = $3 AND value = $4"
			 " ORDER BY valid_from DESC LIMIT 1",
	/* Unless the conversation has a row that says so, or a newer one.  A +
	 * keeps to its few rows, not to all of the number. */
	[LISTED] = "INSERT INTO blocks(workspace_id, number_id, who,"
		   " conversation_id, state, asked_at, blocked_at, due_at,"
		   " said_at)"
		   " SELECT workspace_id, id, $3, $4, 'blocked', $5, $5, $5, $5"
		   " FROM numbers WHERE id = $2 AND workspace_id = $1"
		   " AND moving_to IS NULL AND NOT EXISTS (SELECT 1"
		   "  FROM blocks AS b WHERE b.workspace_id = $1"
		   "  AND b.conversation_id = $4 AND +b.number_id = $2"
		   "  AND (b.state NOT IN ('unblocked', 'refused')"
		   "  OR b.asked_at >= $5 OR b.said_at >= $5))"
		   " ON CONFLICT(workspace_id, number_id, who) DO UPDATE SET"
		   " conversation_id = excluded.conversation_id,"
		   " state = 'blocked', asked_by = NULL,"
		   " asked_at = excluded.asked_at, asked = blocks.asked + 1,"
		   " blocked_at = excluded.blocked_at, attempts = 0,"
		   " error = NULL, said_at = excluded.said_at"
		   " WHERE blocks.state IN ('unblocked', 'refused')"
		   " AND blocks.asked_at < excluded.asked_at"
		   " AND blocks.said_at < excluded.said_at",
	[SEEN] = "UPDATE blocks SET said_at = $4 WHERE workspace_id = $1"
		 " AND +number_id = $2 AND conversation_id = $3"
		 " AND said_at < $4",
	[END] = "UPDATE blocks SET state = 'unblocked', blocked_at = NULL,"
		" error = NULL, said_at = $3 WHERE workspace_id = $1"
		" AND number_id = $2 AND state = 'blocked'"
		" AND said_at < $3 AND asked_at < $3",
	[AGAIN] = "UPDATE numbers SET blocks_due_at = $2 WHERE id = $1"
		  " AND provider = $3",
};

const struct statements block_listed_statements = {
	.sql = block_listed_sql,
	.n = N_SQL,
};

int
block_listed_due(
    struct db *db, struct pool *pool, int64_t now, struct block_number *n)
{
	struct db_rows *r = db_query(db, block_listed_sql[DUE],
	    DB_ARGS(db_int(now), db_int(now - NUMBER_DUE_YOUNG)));
	int rc = db_next(r);

	if (rc == 1)
		*n = (struct block_number){
			.id = db_col_int(r, 0),
			.workspace_id = db_col_int(r, 1),
			.phone_number_id = db_col_copy(r, pool, 2),
			.provider = db_col_copy(r, pool, 3),
		};
	db_end(r);
	return rc;
}

int
block_listed_begin(struct db *db, const struct block_number *n, int64_t begun)
{
	return db_run(db, block_listed_sql[BEGIN],
	    DB_ARGS(db_int(n->workspace_id), db_int(n->id), db_int(begun - 1),
		db_int(begun + AHEAD)));
}

int
block_listed_put(struct db *db, const struct block_number *n, const char *who,
    const char *kind, const char *value, int64_t begun)
{
	int64_t c = 0;
	int rc = db_get_int(db, block_listed_sql[CONVERSATION],
	    DB_ARGS(db_int(n->workspace_id), db_int(n->id), db_text(kind),
		db_text(value)),
	    &c);

	if (rc != 1 || c == 0)
		return rc == -1 ? -1 : 0;
	if (db_run(db, block_listed_sql[LISTED],
		DB_ARGS(db_int(n->workspace_id), db_int(n->id), db_text(who),
		    db_int(c), db_int(begun))) == -1)
		return -1;
	return db_run(db, block_listed_sql[SEEN],
	    DB_ARGS(db_int(n->workspace_id), db_int(n->id), db_int(c),
		db_int(begun)));
}

int
block_listed_end(struct db *db, const struct block_number *n, int64_t begun)
{
	return db_run(db, block_listed_sql[END],
	    DB_ARGS(db_int(n->workspace_id), db_int(n->id), db_int(begun)));
}

int
block_listed_again(struct db *db, const struct block_number *n, int64_t due_at)
{
	return db_run(db, block_listed_sql[AGAIN],
	    DB_ARGS(db_int(n->id), db_int(due_at), db_text(n->provider)));
}
