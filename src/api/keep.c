/*
 * First answers by Idempotency-Key.
 */
#include <string.h>

#include "lib/sql/db.h"

#include "api/keep.h"

enum { FIND, PUT, N_SQL };

static const char *const sql[N_SQL] = {
	[FIND] = "SELECT request_hash, status, location, body"
		 " FROM my_idempotency_keys WHERE key = $1",
	[PUT] = "INSERT INTO my_idempotency_keys(key, request_hash, status,"
		" location, body, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
};

const char *const *
keep_sql(size_t *n)
{
	*n = N_SQL;
	return sql;
}

enum keep_found
keep_find(struct db *db, struct pool *pool, const char *key,
    const unsigned char hash[KEEP_HASH_LEN], struct keep_answer *a)
{
	struct db_rows *r = db_query(db, sql[FIND], DB_ARGS(db_text(key)));
	enum keep_found found = KEEP_NEW;
	int rc = db_next(r);
	size_t len;

	if (rc == 1) {
		const void *kept = db_col_blob(r, 0, &len);

		found = len == KEEP_HASH_LEN && memcmp(kept, hash, len) == 0
			    ? KEEP_SAME
			    : KEEP_OTHER;
		a->status = (int)db_col_int(r, 1);
		a->location = db_col_copy(r, pool, 2);
		a->body = db_col_copy(r, pool, 3);
	}
	db_end(r);
	return rc == -1 ? KEEP_FAILED : found;
}

int
keep_put(struct db *db, const char *key,
    const unsigned char hash[KEEP_HASH_LEN], const struct keep_answer *a,
    int64_t now)
{
	return db_run(db, sql[PUT],
	    DB_ARGS(db_text(key), db_blob(hash, KEEP_HASH_LEN),
		db_int(a->status), db_text(a->location), db_text(a->body),
		db_int(now)));
}
