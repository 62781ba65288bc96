/*
 * Stores the first answers of POSTs, by Idempotency-Key.
 */
#include <string.h>

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "api/idempotency_key.h"

enum { FIND, PUT, N_SQL };

static const char *const idempotency_key_sql[N_SQL] = {
	[FIND] = "SELECT request_hash, status, location, body"
		 " FROM my_idempotency_keys WHERE key = $1",
	[PUT] = "INSERT INTO my_idempotency_keys(key, request_hash, status,"
		" location, body, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
};

const struct statements idempotency_key_statements = {
	.sql = idempotency_key_sql,
	.n = N_SQL,
};

enum idempotency_key_found
idempotency_key_find(struct session *s, struct pool *pool, const char *key,
    const unsigned char hash[IDEMPOTENCY_HASH_LEN],
    struct idempotency_key_answer *a)
{
	struct db_rows *r = db_query(
	    session_db(s), idempotency_key_sql[FIND], DB_ARGS(db_text(key)));
	enum idempotency_key_found found = IDEMPOTENCY_KEY_NEW;
	int rc = db_next(r);
	size_t len;

	if (rc == 1) {
		const void *kept = db_col_blob(r, 0, &len);

		found =
		    len == IDEMPOTENCY_HASH_LEN && memcmp(kept, hash, len) == 0
			? IDEMPOTENCY_KEY_SAME
			: IDEMPOTENCY_KEY_OTHER;
		a->status = (int)db_col_int(r, 1);
		a->location = db_col_copy(r, pool, 2);
		a->body = db_col_copy(r, pool, 3);
	}
	db_end(r);
	return rc == -1 ? IDEMPOTENCY_KEY_FAILED : found;
}

int
idempotency_key_put(struct session *s, const char *key,
    const unsigned char hash[IDEMPOTENCY_HASH_LEN],
    const struct idempotency_key_answer *a, int64_t now)
{
	return db_run(session_db(s), idempotency_key_sql[PUT],
	    DB_ARGS(db_text(key), db_blob(hash, IDEMPOTENCY_HASH_LEN),
		db_int(a->status), db_text(a->location), db_text(a->body),
		db_int(now)));
}
