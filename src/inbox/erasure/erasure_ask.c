/*
 * A member asks for an erasure, and reads its state.
 */
#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/erasure/erasure.h"

enum { ASK, OPEN, GET, N_SQL };

static const char *const erasure_ask_sql[N_SQL] = {
	[ASK] = "INSERT INTO my_erasures(conversation_id, asked_at)"
		" VALUES ($1, $2)",
	[OPEN] = "SELECT id FROM my_erasures WHERE conversation_id = $1"
		 " AND done_at IS NULL ORDER BY id DESC LIMIT 1",
	[GET] = "SELECT id, state, messages, deliveries, asked_at, done_at"
		" FROM my_erasures WHERE id = $1",
};

const struct statements erasure_ask_statements = {
	.sql = erasure_ask_sql,
	.n = N_SQL,
};

static int
find_open(struct session *s, int64_t conversation_id, int64_t *id)
{
	return db_get_int(session_db(s), erasure_ask_sql[OPEN],
	    DB_ARGS(db_int(conversation_id)), id);
}

int
erasure_ask_member(
    struct session *s, int64_t conversation_id, int64_t now, int64_t *id)
{
	int rc = find_open(s, conversation_id, id);

	if (rc != 0)
		return rc;
	if (db_run(session_db(s), erasure_ask_sql[ASK],
		DB_ARGS(db_int(conversation_id), db_int(now))) == -1)
		return -1;
	return find_open(s, conversation_id, id);
}

int
erasure_get_member(
    struct session *s, struct pool *pool, int64_t id, struct erasure *e)
{
	struct db_rows *r =
	    db_query(session_db(s), erasure_ask_sql[GET], DB_ARGS(db_int(id)));
	int rc = db_next(r);

	*e = (struct erasure){ 0 };
	if (rc == 1) {
		e->id = db_col_int(r, 0);
		e->state = db_col_copy(r, pool, 1);
		e->messages = db_col_int(r, 2);
		e->deliveries = db_col_int(r, 3);
		e->asked_at = db_col_int(r, 4);
		e->done_at = db_col_int(r, 5);
	}
	db_end(r);
	return rc;
}
