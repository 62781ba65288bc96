/*
 * Endpoints of webhooks out, for members.
 */
#include <stddef.h>

#include "base/codec.h"
#include "base/pool.h"

#include "lib/digest/digest.h"
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/webhook/endpoint.h"
#include "inbox/workspace/change.h"

enum { LIST, GET, ADD, CHANGE, RENEW, PAUSE, RESUME, REPLAY, DELETE, N_SQL };

#define SHOWN                                                                  \
	"SELECT id, url, description, events, state, reason, after_seq,"       \
	" (SELECT max(c.seq) FROM my_changes c), failures, failing_since,"     \
	" due_at, tried_at, delivered_at, status, error, old_secret_until,"    \
	" created_by, created_at, updated_at FROM my_webhook_endpoints WHERE "

static const char *const endpoint_sql[N_SQL] = {
	[LIST] = SHOWN "id > $1 ORDER BY id LIMIT $2",
	[GET] = SHOWN "id = $1",
	[ADD] = "INSERT INTO my_webhook_endpoints(url, description, events,"
		" secret, created_at) VALUES ($1, $2, $3, $4, $5)",
	[CHANGE] = "UPDATE my_webhook_endpoints SET url = $2, description = $3,"
		   " events = $4, updated_at = $5 WHERE id = $1",
	[RENEW] = "UPDATE my_webhook_endpoints SET secret = $2,"
		  " old_secret_until = $3, updated_at = $4 WHERE id = $1",
	[PAUSE] = "UPDATE my_webhook_endpoints SET state = 'paused',"
		  " reason = 'member', updated_at = $2"
		  " WHERE id = $1 AND state = 'active'",
	[RESUME] = "UPDATE my_webhook_endpoints SET state = 'active',"
		   " reason = NULL, updated_at = $2 WHERE id = $1",
	[REPLAY] = "UPDATE my_webhook_endpoints SET after_seq = $2"
		   " WHERE id = $1",
	[DELETE] = "DELETE FROM my_webhook_endpoints WHERE id = $1",
};

const struct statements endpoint_statements = {
	.sql = endpoint_sql,
	.n = N_SQL,
	.also = STATEMENTS(&change_statements),
};

static void
read_endpoint(struct db_rows *r, struct pool *pool, struct endpoint *e)
{
	*e = (struct endpoint){
		.id = db_col_int(r, 0),
		.url = db_col_copy(r, pool, 1),
		.description = db_col_copy(r, pool, 2),
		.events = db_col_copy(r, pool, 3),
		.state = db_col_copy(r, pool, 4),
		.reason = db_col_copy(r, pool, 5),
		.after_seq = db_col_int(r, 6),
		.last_seq = db_col_int(r, 7),
		.failures = db_col_int(r, 8),
		.failing_since = db_col_int(r, 9),
		.due_at = db_col_int(r, 10),
		.tried_at = db_col_int(r, 11),
		.delivered_at = db_col_int(r, 12),
		.status = db_col_int(r, 13),
		.error = db_col_copy(r, pool, 14),
		.old_secret_until = db_col_int(r, 15),
		.created_by = db_col_int(r, 16),
		.created_at = db_col_int(r, 17),
		.updated_at = db_col_int(r, 18),
	};
}

int
endpoint_list(struct session *s, struct pool *pool, int64_t after,
    struct endpoint *out, int max)
{
	struct db_rows *r = db_query(session_db(s), endpoint_sql[LIST],
	    DB_ARGS(db_int(after), db_int(max)));
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < max)
		read_endpoint(r, pool, &out[n++]);
	db_end(r);
	return rc == -1 ? -1 : n;
}

int
endpoint_get(
    struct session *s, struct pool *pool, int64_t id, struct endpoint *e)
{
	struct db_rows *r =
	    db_query(session_db(s), endpoint_sql[GET], DB_ARGS(db_int(id)));
	int rc = db_next(r);

	if (rc == 1)
		read_endpoint(r, pool, e);
	db_end(r);
	return rc;
}

static char *
secret_text(struct pool *pool, const unsigned char *secret)
{
	return pool_printf(pool, ENDPOINT_SECRET_PREFIX "%s",
	    codec_base64(pool, secret, ENDPOINT_SECRET_LEN));
}

char *
endpoint_add(struct session *s, struct pool *pool, const struct endpoint *e,
    int64_t now, int64_t *id)
{
	unsigned char secret[ENDPOINT_SECRET_LEN];

	*id = 0;
	digest_random(secret, sizeof(secret));
	if (db_insert(session_db(s), endpoint_sql[ADD],
		DB_ARGS(db_text(e->url), db_text(e->description),
		    db_text(e->events), db_blob(secret, sizeof(secret)),
		    db_int(now)),
		id) == -1)
		return NULL;
	return secret_text(pool, secret);
}

int
endpoint_change(struct session *s, const struct endpoint *e, int64_t now)
{
	return db_run(session_db(s), endpoint_sql[CHANGE],
	    DB_ARGS(db_int(e->id), db_text(e->url), db_text(e->description),
		db_text(e->events), db_int(now)));
}

char *
endpoint_renew_secret(struct session *s, struct pool *pool, int64_t id,
    int64_t old_until, int64_t now)
{
	unsigned char secret[ENDPOINT_SECRET_LEN];

	digest_random(secret, sizeof(secret));
	if (db_run(session_db(s), endpoint_sql[RENEW],
		DB_ARGS(db_int(id), db_blob(secret, sizeof(secret)),
		    db_int(old_until), db_int(now))) == -1)
		return NULL;
	return secret_text(pool, secret);
}

int
endpoint_pause(struct session *s, int64_t id, int64_t now)
{
	return db_run(session_db(s), endpoint_sql[PAUSE],
	    DB_ARGS(db_int(id), db_int(now)));
}

int
endpoint_resume(struct session *s, int64_t id, int64_t now)
{
	return db_run(session_db(s), endpoint_sql[RESUME],
	    DB_ARGS(db_int(id), db_int(now)));
}

int
endpoint_replay(struct session *s, int64_t id, int64_t after)
{
	int64_t first, last;

	if (change_range(s, &first, &last) == -1)
		return -1;
	if (!change_reaches(first, last, after))
		return 0;
	return db_run(session_db(s), endpoint_sql[REPLAY],
		   DB_ARGS(db_int(id), db_int(after))) == -1
		   ? -1
		   : 1;
}

int
endpoint_delete(struct session *s, int64_t id)
{
	return db_run(session_db(s), endpoint_sql[DELETE], DB_ARGS(db_int(id)));
}
