/*
 * API tokens, for the command line: creates, lists and revokes them.
 * session/session.c checks the token of a request.
 */
#include "base/pool.h"

#include "lib/digest/digest.h"
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/workspace/token.h"

enum { ADD, REVOKE, GET, LIST, LIST_OF, N_SQL };

#define COLUMNS                                                                \
	"SELECT t.id, t.workspace_id, t.user_id, u.email, t.name,"             \
	" t.created_at, t.expires_at, t.last_used_at, t.revoked_at"            \
	" FROM api_tokens t JOIN users u ON u.id = t.user_id "

static const char *const token_sql[N_SQL] = {
	[ADD] = "INSERT INTO api_tokens(workspace_id, user_id, hash, name,"
		" created_at, expires_at) VALUES($1, $2, $3, $4, $5, $6)",
	[REVOKE] = "UPDATE api_tokens"
		   " SET revoked_at = coalesce(revoked_at, $2) WHERE id = $1",
	[GET] = COLUMNS "WHERE t.id = $1 AND t.kind = 'token'",
	[LIST] = COLUMNS "WHERE t.id > $1 AND t.kind = 'token'"
			 " ORDER BY t.id LIMIT $2",
	[LIST_OF] = COLUMNS "WHERE t.workspace_id = $3 AND t.id > $1"
			    " AND t.kind = 'token' ORDER BY t.id LIMIT $2",
};

const struct statements token_statements = {
	.sql = token_sql,
	.n = N_SQL,
};

char *
token_create(struct db *db, struct pool *p, const struct token *t, int64_t now,
    int64_t *id)
{
	unsigned char hash[DIGEST_LEN];
	char *text = digest_secret(p, TOKEN_PREFIX, hash);

	if (db_insert(db, token_sql[ADD],
		DB_ARGS(db_int(t->workspace_id), db_int(t->user_id),
		    db_blob(hash, sizeof(hash)), db_text(t->name), db_int(now),
		    db_id(t->expires_at)),
		id) != 1)
		return NULL;
	return text;
}

int
token_revoke(struct db *db, int64_t id, int64_t now)
{
	if (db_run(db, token_sql[REVOKE], DB_ARGS(db_int(id), db_int(now))) !=
	    0)
		return -1;
	return db_changed(db) > 0;
}

static void
read_token(struct db_rows *r, struct pool *p, struct token *t)
{
	t->id = db_col_int(r, 0);
	t->workspace_id = db_col_int(r, 1);
	t->user_id = db_col_int(r, 2);
	t->email = db_col_copy(r, p, 3);
	t->name = db_col_copy(r, p, 4);
	t->created_at = db_col_int(r, 5);
	t->expires_at = db_col_int(r, 6);
	t->last_used_at = db_col_int(r, 7);
	t->revoked_at = db_col_int(r, 8);
}

int
token_get(struct db *db, struct pool *p, int64_t id, struct token *t)
{
	struct db_rows *r = db_query(db, token_sql[GET], DB_ARGS(db_int(id)));
	int rc = db_next(r);

	if (rc == 1)
		read_token(r, p, t);
	db_end(r);
	return rc;
}

int
token_list(struct db *db, struct pool *p, int64_t workspace_id, int64_t after,
    int max, struct token **out, int *n)
{
	struct token *list = pool_alloc(p, (size_t)max * sizeof(*list));
	struct db_rows *r = workspace_id == 0
				? db_query(db, token_sql[LIST],
				      DB_ARGS(db_int(after), db_int(max)))
				: db_query(db, token_sql[LIST_OF],
				      DB_ARGS(db_int(after), db_int(max),
					  db_int(workspace_id)));
	int rc;

	for (*n = 0; (rc = db_next(r)) == 1; (*n)++)
		read_token(r, p, &list[*n]);
	db_end(r);
	*out = list;
	return rc;
}
