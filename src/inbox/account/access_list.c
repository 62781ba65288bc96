/*
 * API tokens and sessions, for members.
 */
#include <stddef.h>
#include <string.h>

#include "lib/digest/digest.h"
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/account/access_list.h"
#include "inbox/workspace/token.h"

enum { LIST, GET = LIST + 2, END = GET + 2, ADD = END + 2, N_SQL };

#define TOKENS                                                                 \
	"SELECT id, user_id, name, NULL, 0, created_at, last_used_at,"         \
	" expires_at, revoked_at FROM my_api_tokens "
#define SESSIONS                                                               \
	"SELECT id, 0, NULL, address, second_factor, created_at,"              \
	" last_used_at, expires_at, NULL FROM my_sessions "
#define PAGE "WHERE id > $1 ORDER BY id LIMIT $2"

static const char *const access_list_sql[N_SQL] = {
	[LIST + ACCESS_TOKEN] = TOKENS PAGE,
	[LIST + ACCESS_SESSION] = SESSIONS PAGE,
	[GET + ACCESS_TOKEN] = TOKENS "WHERE id = $1",
	[GET + ACCESS_SESSION] = SESSIONS "WHERE id = $1",
	[END + ACCESS_TOKEN] =
	    "UPDATE my_api_tokens SET revoked_at = $2 WHERE id = $1",
	[END + ACCESS_SESSION] = "DELETE FROM my_sessions WHERE id = $1",
	[ADD] = "INSERT INTO my_api_tokens(user_id, hash, name, created_at,"
		" expires_at) VALUES ($1, $2, $3, $4, $5)",
};

const struct statements access_list_statements = {
	.sql = access_list_sql,
	.n = N_SQL,
};

static void
read_access(struct db_rows *r, struct pool *pool, struct access_row *row)
{
	row->id = db_col_int(r, 0);
	row->user_id = db_col_int(r, 1);
	row->name = db_col_copy(r, pool, 2);
	row->address = db_col_copy(r, pool, 3);
	row->factor_shown = (int)db_col_int(r, 4);
	row->created_at = db_col_int(r, 5);
	row->last_used_at = db_col_int(r, 6);
	row->expires_at = db_col_int(r, 7);
	row->revoked_at = db_col_int(r, 8);
}

int
access_list_read(struct session *s, struct pool *pool, enum access_kind kind,
    int64_t after, struct access_row *out, int max)
{
	struct db_rows *r = db_query(session_db(s),
	    access_list_sql[LIST + kind], DB_ARGS(db_int(after), db_int(max)));
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < max)
		read_access(r, pool, &out[n++]);
	db_end(r);
	return rc == -1 ? -1 : n;
}

int
access_list_get(struct session *s, struct pool *pool, enum access_kind kind,
    int64_t id, struct access_row *row)
{
	struct db_rows *r = db_query(
	    session_db(s), access_list_sql[GET + kind], DB_ARGS(db_int(id)));
	int rc = db_next(r);

	if (rc == 1)
		read_access(r, pool, row);
	db_end(r);
	return rc;
}

char *
access_list_add(struct session *s, struct pool *pool,
    const struct access_row *row, int64_t *id)
{
	unsigned char hash[DIGEST_LEN];
	char *text = digest_secret(pool, TOKEN_PREFIX, hash);

	*id = 0;
	if (db_insert(session_db(s), access_list_sql[ADD],
		DB_ARGS(db_int(row->user_id), db_blob(hash, sizeof(hash)),
		    db_text(row->name), db_int(row->created_at),
		    db_id(row->expires_at)),
		id) == -1)
		return NULL;
	return text;
}

int
access_list_end(
    struct session *s, enum access_kind kind, int64_t id, int64_t now)
{
	if (kind == ACCESS_SESSION)
		return db_run(session_db(s),
		    access_list_sql[END + ACCESS_SESSION], DB_ARGS(db_int(id)));
	return db_run(session_db(s), access_list_sql[END + ACCESS_TOKEN],
	    DB_ARGS(db_int(id), db_int(now)));
}
