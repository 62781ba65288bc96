/*
 * Rows of blocks that the provider is still to be asked for, and what it said.
 */
#include <stddef.h>

#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/conversation/block_store.h"

enum { NUMBER, DUE, DONE, LATER, REFUSED, N_SQL };

#define OPEN " state IN ('blocking', 'unblocking')"

static const char *const block_store_sql[N_SQL] = {
	[NUMBER] = "SELECT number_id FROM blocks WHERE" OPEN
		   " AND number_id > $1 AND due_at <= $2"
		   " ORDER BY number_id LIMIT 1",
	[DUE] = "SELECT b.id, b.workspace_id, b.conversation_id, b.asked,"
		" b.asked_at, b.attempts, b.state, b.who, n.phone_number_id,"
		" n.provider FROM blocks AS b CROSS JOIN numbers AS n"
		" WHERE n.id = b.number_id AND n.moving_to IS NULL"
		" AND b.number_id = $1 AND b.due_at <= $2"
		" AND b.state IN ('blocking', 'unblocking')"
		" ORDER BY b.due_at LIMIT 1",
	/* Whether it is blocked is so, whatever was asked for since. */
	[DONE] = "UPDATE blocks SET blocked_at = $3, said_at = $5,"
		 " state = CASE WHEN asked = $2 THEN $4 ELSE state END,"
		 " error = CASE WHEN asked = $2 THEN NULL ELSE error END"
		 " WHERE id = $1",
	[LATER] = "UPDATE blocks SET attempts = attempts + 1, due_at = $3,"
		  " error = $4 WHERE id = $1 AND asked = $2",
	[REFUSED] = "UPDATE blocks SET error = $4, state = CASE"
		    " WHEN blocked_at IS NOT NULL THEN 'blocked' ELSE $3 END"
		    " WHERE id = $1 AND asked = $2",
};

const struct statements block_store_statements = {
	.sql = block_store_sql,
	.n = N_SQL,
};

int
block_store_number(
    struct db *db, int64_t after, int64_t now, int64_t *number_id)
{
	return db_get_int(db, block_store_sql[NUMBER],
	    DB_ARGS(db_int(after), db_int(now)), number_id);
}

int
block_store_due(struct db *db, struct pool *pool, int64_t number_id,
    int64_t now, struct block_row *b)
{
	struct db_rows *r = db_query(
	    db, block_store_sql[DUE], DB_ARGS(db_int(number_id), db_int(now)));
	int rc = db_next(r);

	if (rc == 1)
		*b = (struct block_row){
			.id = db_col_int(r, 0),
			.workspace_id = db_col_int(r, 1),
			.conversation_id = db_col_int(r, 2),
			.asked = db_col_int(r, 3),
			.asked_at = db_col_int(r, 4),
			.attempts = db_col_int(r, 5),
			.on = text_is(db_col_text(r, 6), "blocking"),
			.who = db_col_copy(r, pool, 7),
			.phone_number_id = db_col_copy(r, pool, 8),
			.provider = db_col_copy(r, pool, 9),
		};
	db_end(r);
	return rc;
}

int
block_store_done(struct db *db, const struct block_row *b, int64_t now)
{
	return db_run(db, block_store_sql[DONE],
	    DB_ARGS(db_int(b->id), db_int(b->asked),
		b->on ? db_int(now) : db_null(),
		db_text(b->on ? "blocked" : "unblocked"), db_int(now)));
}

int
block_store_later(
    struct db *db, const struct block_row *b, int64_t due_at, const char *error)
{
	return db_run(db, block_store_sql[LATER],
	    DB_ARGS(db_int(b->id), db_int(b->asked), db_int(due_at),
		db_text(error)));
}

int
block_store_refused(struct db *db, const struct block_row *b, const char *error)
{
	return db_run(db, block_store_sql[REFUSED],
	    DB_ARGS(db_int(b->id), db_int(b->asked),
		db_text(b->on ? "refused" : "unblocked"), db_text(error)));
}
