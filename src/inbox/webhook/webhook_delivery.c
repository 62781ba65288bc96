/*
 * What an endpoint did not take at the first attempt, for members.
 */
#include <stddef.h>

#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/webhook/webhook_delivery.h"

enum { LIST, GET, TEST, AGAIN, N_SQL };

#define SHOWN                                                                  \
	"SELECT id, endpoint_id, seq, last_seq, type, object_id,"              \
	" conversation_id, state, attempts, due_at, created_at, tried_at,"     \
	" status, error FROM my_webhook_deliveries WHERE "

static const char *const webhook_delivery_sql[N_SQL] = {
	[LIST] = SHOWN "endpoint_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
	[GET] = SHOWN "id = $1",
	[TEST] = "INSERT INTO my_webhook_deliveries(endpoint_id, type,"
		 " created_at) VALUES ($1, $2, $3)",
	[AGAIN] = "UPDATE my_webhook_deliveries SET due_at = 0,"
		  " created_at = $2 WHERE id = $1",
};

const struct statements webhook_delivery_statements = {
	.sql = webhook_delivery_sql,
	.n = N_SQL,
};

static void
read_delivery_shown(
    struct db_rows *r, struct pool *pool, struct webhook_delivery *d)
{
	*d = (struct webhook_delivery){
		.id = db_col_int(r, 0),
		.endpoint_id = db_col_int(r, 1),
		.seq = db_col_int(r, 2),
		.last_seq = db_col_int(r, 3),
		.type = db_col_copy(r, pool, 4),
		.object_id = db_col_int(r, 5),
		.conversation_id = db_col_int(r, 6),
		.state = db_col_copy(r, pool, 7),
		.attempts = db_col_int(r, 8),
		.due_at = db_col_int(r, 9),
		.created_at = db_col_int(r, 10),
		.tried_at = db_col_int(r, 11),
		.status = db_col_int(r, 12),
		.error = db_col_copy(r, pool, 13),
	};
}

int
webhook_delivery_list(struct session *s, struct pool *pool, int64_t endpoint_id,
    int64_t before, struct webhook_delivery *out, int max)
{
	struct db_rows *r = db_query(session_db(s), webhook_delivery_sql[LIST],
	    DB_ARGS(db_int(endpoint_id), db_int(before), db_int(max)));
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < max)
		read_delivery_shown(r, pool, &out[n++]);
	db_end(r);
	return rc == -1 ? -1 : n;
}

int
webhook_delivery_get(struct session *s, struct pool *pool, int64_t id,
    struct webhook_delivery *d)
{
	struct db_rows *r = db_query(
	    session_db(s), webhook_delivery_sql[GET], DB_ARGS(db_int(id)));
	int rc = db_next(r);

	if (rc == 1)
		read_delivery_shown(r, pool, d);
	db_end(r);
	return rc;
}

int
webhook_delivery_add_test(
    struct session *s, int64_t endpoint_id, int64_t now, int64_t *id)
{
	*id = 0;
	return db_insert(session_db(s), webhook_delivery_sql[TEST],
		   DB_ARGS(db_int(endpoint_id), db_text(WEBHOOK_DELIVERY_TEST),
		       db_int(now)),
		   id) == -1
		   ? -1
		   : 0;
}

int
webhook_delivery_again(struct session *s, int64_t id, int64_t now)
{
	return db_run(session_db(s), webhook_delivery_sql[AGAIN],
	    DB_ARGS(db_int(id), db_int(now)));
}
