/*
 * Sessions of people who signed in, as sign-in makes and ends them.
 */
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/digest/digest.h"
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session.h"

#include "inbox/account/login.h"

enum { ADD, TOO_MANY, FIND, END, END_OTHERS, SHOWN, FORGET, MOVE, N_SQL };

static const char *const login_sql[N_SQL] = {
	[ADD] = "INSERT INTO api_tokens(workspace_id, user_id, hash, name,"
		" created_at, last_used_at, expires_at, kind, second_factor,"
		" address) VALUES ($1, $2, $3, '', $4, $4, $5, 'session', $6,"
		" $7)",
	[TOO_MANY] = "DELETE FROM api_tokens WHERE user_id = $1"
		     " AND kind = 'session' AND id <= (SELECT t.id"
		     "  FROM api_tokens t WHERE t.user_id = $1"
		     "  AND t.kind = 'session' ORDER BY t.id DESC"
		     "  LIMIT 1 OFFSET $2)",
	[FIND] = "SELECT id, user_id, workspace_id, second_factor"
		 " FROM api_tokens WHERE hash = $1 AND kind = 'session'"
		 " AND revoked_at IS NULL AND expires_at > $2",
	[END] = "DELETE FROM api_tokens WHERE id = $1 AND kind = 'session'",
	[END_OTHERS] = "DELETE FROM api_tokens WHERE user_id = $1"
		       " AND kind = 'session' AND id <> $2",
	[SHOWN] = "UPDATE api_tokens SET second_factor = 1 WHERE id = $1"
		  " AND kind = 'session'",
	[FORGET] = "UPDATE api_tokens SET second_factor = 0 WHERE user_id = $1"
		   " AND kind = 'session'",
	[MOVE] = "UPDATE api_tokens SET workspace_id = $2 WHERE id = $1"
		 " AND kind = 'session'",
};

const struct statements login_statements = {
	.sql = login_sql,
	.n = N_SQL,
};

char *
login_create(struct db *db, struct pool *pool, struct login *l, int64_t now)
{
	unsigned char hash[DIGEST_LEN];
	char *text = digest_secret(pool, LOGIN_PREFIX, hash);

	if (db_insert(db, login_sql[ADD],
		DB_ARGS(db_int(l->workspace_id), db_int(l->user_id),
		    db_blob(hash, sizeof(hash)), db_int(now),
		    db_int(now + SESSION_IDLE), db_int(l->factor_shown),
		    db_text(l->address)),
		&l->id) != 1)
		return NULL;
	if (db_run(db, login_sql[TOO_MANY],
		DB_ARGS(db_int(l->user_id), db_int(LOGIN_MAX))) == -1)
		return NULL;
	return text;
}

int
login_find(struct db *db, const char *text, int64_t now, struct login *l)
{
	unsigned char hash[DIGEST_LEN];
	struct db_rows *r;
	int rc;

	memset(l, 0, sizeof(*l));
	digest_sha256(text, strlen(text), hash);
	r = db_query(db, login_sql[FIND],
	    DB_ARGS(db_blob(hash, sizeof(hash)), db_int(now)));
	rc = db_next(r);
	if (rc == 1) {
		l->id = db_col_int(r, 0);
		l->user_id = db_col_int(r, 1);
		l->workspace_id = db_col_int(r, 2);
		l->factor_shown = (int)db_col_int(r, 3);
	}
	db_end(r);
	return rc;
}

int
login_end(struct db *db, int64_t id)
{
	return db_run(db, login_sql[END], DB_ARGS(db_int(id)));
}

int
login_end_others(struct db *db, int64_t user_id, int64_t id)
{
	return db_run(
	    db, login_sql[END_OTHERS], DB_ARGS(db_int(user_id), db_int(id)));
}

int
login_show_factor(struct db *db, int64_t id)
{
	return db_run(db, login_sql[SHOWN], DB_ARGS(db_int(id)));
}

int
login_forget_factor(struct db *db, int64_t user_id)
{
	return db_run(db, login_sql[FORGET], DB_ARGS(db_int(user_id)));
}

int
login_move(struct db *db, int64_t id, int64_t workspace_id)
{
	return db_run(
	    db, login_sql[MOVE], DB_ARGS(db_int(id), db_int(workspace_id)));
}
