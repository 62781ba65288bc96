/*
 * What members ask for: that a customer is blocked, or no more.
 */
#include <stddef.h>

#include "base/clock.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/conversation/block.h"

enum { HAS, PLACE, ROWS, ASK, SAY_ASK, END, SAY_END, N_SQL };

#define ROWS_MAX 16 /* accounts of one customer */
#define BLOCKED	 2  /* conversations.blocked */

#define MAY_END " state IN ('blocking', 'blocked', 'refused')"

#define SAY(KIND)                                                              \
	"INSERT INTO my_activities(conversation_id, kind, at)"                 \
	" SELECT id, '" KIND "', CAST($2 AS BIGINT)"                           \
	" FROM my_conversations WHERE id = $1"

static const char *const block_sql[N_SQL] = {
	[HAS] = "SELECT id FROM my_conversations WHERE id = $1",
	/* Somebody blocked by another account than the one they have now can
	 * be blocked once more. */
	[PLACE] = "SELECT c.group_id, (SELECT n.id"
		  "  FROM my_numbers n WHERE n.id = c.number_id),"
		  " COALESCE(c.phone, c.user_id), c.window_ends,"
		  " CASE WHEN EXISTS (SELECT 1 FROM my_blocks b"
		  "  WHERE b.conversation_id = c.id"
		  "  AND b.who = COALESCE(c.phone, c.user_id)"
		  "  AND b.state IN ('blocking', 'blocked')) THEN 1 ELSE 0 END"
		  " FROM my_conversations c WHERE c.id = $1",
	[ROWS] = "SELECT state, asked_by, asked_at, error FROM my_blocks"
		 " WHERE conversation_id = $1 ORDER BY id LIMIT $2",
	[ASK] = "INSERT INTO my_blocks(conversation_id, asked_at)"
		" VALUES ($1, $2)",
	[SAY_ASK] = SAY("blocked"),
	[END] = "UPDATE my_blocks SET state = 'unblocking', asked_at = $2"
		" WHERE conversation_id = $1 AND" MAY_END,
	/* Before it is done: then it is seen whether it does anything. */
	[SAY_END] =
	    SAY("unblocked") " AND EXISTS (SELECT 1 FROM my_blocks"
			     "  WHERE conversation_id = $1 AND" MAY_END ")",
};

const struct statements block_statements = {
	.sql = block_sql,
	.n = N_SQL,
};

/* How much one of several rows tells: those that stop messages first. */
static int
rank(const char *state)
{
	return text_is(state, "unblocked") ? 0 : !text_is(state, "refused") + 1;
}

int
block_get(struct session *s, struct pool *pool, int64_t conversation_id,
    struct block_state *b)
{
	struct db_rows *r = db_query(session_db(s), block_sql[ROWS],
	    DB_ARGS(db_int(conversation_id), db_int(ROWS_MAX)));
	int rc, n = 0;

	while ((rc = db_next(r)) == 1) {
		const char *state = db_col_copy(r, pool, 0);

		if (n++ > 0 && (rank(state) < rank(b->state) ||
				   (rank(state) == rank(b->state) &&
				       db_col_int(r, 2) < b->asked_at)))
			continue;
		*b = (struct block_state){
			.state = state,
			.asked_by = db_col_int(r, 1),
			.asked_at = db_col_int(r, 2),
			.error = db_col_copy(r, pool, 3),
		};
	}
	db_end(r);
	return rc == -1 ? -1 : n > 0;
}

static enum block_result
check_window(
    struct pool *pool, int64_t window_ends, int64_t now, const char **why)
{
	if (window_ends > now)
		return BLOCK_ASKED;
	*why = window_ends == 0
		   ? "The customer has not written yet: only who wrote within "
		     "the last 24 hours can be blocked."
		   : pool_printf(pool,
			 "The window closed at %s: only who wrote within the "
			 "last 24 hours can be blocked.",
			 clock_text(pool, window_ends));
	return BLOCK_CLOSED;
}

/* BLOCK_ASKED: no objection. */
static enum block_result
check_block(struct session *s, struct pool *pool, int64_t conversation_id,
    int64_t now, const char **why)
{
	struct db_rows *r = db_query(
	    session_db(s), block_sql[PLACE], DB_ARGS(db_int(conversation_id)));
	int64_t window_ends = 0;
	int rc = db_next(r), done = 0;

	*why = NULL;
	if (rc == 1) {
		window_ends = db_col_int(r, 3);
		done = (int)db_col_int(r, 4);
		if (db_col_text(r, 0) != NULL)
			*why = "A group cannot be blocked: it can be left.";
		else if (db_col_int(r, 1) == 0)
			*why = "The number of this conversation was removed.";
		else if (db_col_text(r, 2) == NULL)
			*why = "This customer has given up the phone number of "
			       "this conversation, and no other number or user "
			       "id is known.";
	}
	db_end(r);
	if (rc != 1)
		return rc == 0 ? BLOCK_NOT_FOUND : BLOCK_FAILED;
	if (*why != NULL)
		return BLOCK_CONFLICT;
	return done ? BLOCK_DONE : check_window(pool, window_ends, now, why);
}

static int
do_block(struct session *s, int what, int64_t conversation_id, int64_t now)
{
	return db_run(session_db(s), block_sql[what],
	    DB_ARGS(db_int(conversation_id), db_int(now)));
}

enum block_result
block_begin(struct session *s, struct pool *pool, int64_t conversation_id,
    int64_t now, const char **why)
{
	enum block_result result =
	    check_block(s, pool, conversation_id, now, why);

	if (result == BLOCK_ASKED &&
	    (do_block(s, ASK, conversation_id, now) == -1 ||
		do_block(s, SAY_ASK, conversation_id, now) == -1))
		return BLOCK_FAILED;
	return result;
}

enum block_result
block_end(
    struct session *s, struct pool *pool, int64_t conversation_id, int64_t now)
{
	struct block_state b = { 0 };
	int64_t id;
	int rc = db_get_int(session_db(s), block_sql[HAS],
	    DB_ARGS(db_int(conversation_id)), &id);

	if (rc != 1)
		return rc == 0 ? BLOCK_NOT_FOUND : BLOCK_FAILED;
	if (do_block(s, SAY_END, conversation_id, now) == -1 ||
	    do_block(s, END, conversation_id, now) == -1 ||
	    block_get(s, pool, conversation_id, &b) == -1)
		return BLOCK_FAILED;
	return text_is(b.state, "unblocking") ? BLOCK_ASKED : BLOCK_DONE;
}

const char *
block_why(int64_t blocked)
{
	return blocked != BLOCKED
		   ? NULL
		   : "This customer is blocked: nothing can be sent until they "
		     "are unblocked.";
}
