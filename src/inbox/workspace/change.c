/*
 * Reads the changes of a workspace.
 */
#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/workspace/change.h"

enum { RANGE, NEXT, N_SQL };

static const char *const change_sql[N_SQL] = {
	/* c.seq: an engine may call the CASE by the name of its last part. */
	[RANGE] = "SELECT (SELECT CASE c.type WHEN 'message' THEN c.seq - 1"
		  "  ELSE c.seq END FROM my_changes AS c"
		  "  ORDER BY c.seq LIMIT 1),"
		  " (SELECT seq FROM my_changes ORDER BY seq DESC LIMIT 1)",
	[NEXT] = "SELECT seq, type, object_id, conversation_id"
		 " FROM my_changes WHERE seq > $1 ORDER BY seq LIMIT $2",
};

const struct statements change_statements = {
	.sql = change_sql,
	.n = N_SQL,
};

int
change_range(struct session *s, int64_t *first, int64_t *last)
{
	struct db_rows *r = db_query(session_db(s), change_sql[RANGE], DB_NONE);
	int rc = db_next(r);

	*first = *last = 0;
	if (rc == 1) {
		*first = db_col_int(r, 0);
		*last = db_col_int(r, 1);
	}
	db_end(r);
	return rc == -1 ? -1 : 0;
}

int
change_reaches(int64_t first, int64_t last, int64_t after)
{
	return after >= 0 && after >= first - 1 && after <= last;
}

/* The row of a message and its conversation is two changes, and AFTER may be
 * the first of them: how many fit into MAX. */
static int
read_both(struct db_rows *r, int64_t after, struct change *out, int max)
{
	int64_t seq = db_col_int(r, 0), conversation_id = db_col_int(r, 3);
	int n = 0;

	if (seq - 1 > after)
		out[n++] = (struct change){
			.seq = seq - 1,
			.type = "message.created",
			.id = db_col_int(r, 2),
			.conversation_id = conversation_id,
		};
	if (n < max)
		out[n++] = (struct change){
			.seq = seq,
			.type = "conversation.updated",
			.id = conversation_id,
			.conversation_id = conversation_id,
		};
	return n;
}

/* What is a member's own has that member in object_id. */
static struct change
read_one(struct db_rows *r, struct pool *pool)
{
	const char *type = db_col_text(r, 1);
	int own =
	    text_is(type, "draft.updated") || text_is(type, "seen.updated");

	return (struct change){
		.seq = db_col_int(r, 0),
		.type =
		    text_is(type, "hidden") ? NULL : db_col_copy(r, pool, 1),
		.id = db_col_int(r, own ? 3 : 2),
		.conversation_id = db_col_int(r, 3),
		.user_id = own ? db_col_int(r, 2) : 0,
	};
}

int
change_read(struct session *s, struct pool *pool, int64_t after,
    struct change *out, int max)
{
	struct db_rows *r = db_query(session_db(s), change_sql[NEXT],
	    DB_ARGS(db_int(after), db_int(max)));
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < max) {
		if (text_is(db_col_text(r, 1), "message")) {
			n += read_both(r, after, &out[n], max - n);
			continue;
		}
		out[n++] = read_one(r, pool);
	}
	db_end(r);
	return rc == -1 ? -1 : n;
}
