/*
 * What a user signs in by: a password's hash, a second factor; and where.
 */
#include <string.h>

#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/account/account.h"

enum {
	FIND,
	GET,
	MEMBERSHIPS,
	PASSWORD,
	LINKS,
	FACTOR,
	CONFIRM,
	NO_FACTOR,
	STEP,
	N_SQL
};

#define ACCOUNT                                                                \
	"SELECT u.id, u.email, u.name, p.hash, f.secret, f.confirmed_at,"      \
	" coalesce(f.used_step, 0) FROM users u"                               \
	" LEFT JOIN passwords p ON p.user_id = u.id"                           \
	" LEFT JOIN second_factors f ON f.user_id = u.id "

static const char *const account_sql[N_SQL] = {
	[FIND] = ACCOUNT "WHERE u.email = $1",
	[GET] = ACCOUNT "WHERE u.id = $1",
	/* A workspace that is being removed lets nobody in. */
	[MEMBERSHIPS] =
	    "SELECT w.id, w.name, m.role, w.second_factor"
	    " FROM workspace_members m JOIN workspaces w"
	    "  ON w.id = m.workspace_id WHERE m.user_id = $1"
	    " AND NOT EXISTS (SELECT 1 FROM jobs j"
	    "  WHERE j.workspace_id = w.id AND j.kind = 'workspace_gone')"
	    " ORDER BY w.id LIMIT $2",
	[PASSWORD] = "INSERT INTO passwords(user_id, hash, changed_at)"
		     " VALUES ($1, $2, $3) ON CONFLICT(user_id) DO UPDATE"
		     " SET hash = excluded.hash,"
		     " changed_at = excluded.changed_at",
	/* Those that would set it; where the user is no member, they join. */
	[LINKS] = "DELETE FROM invitations WHERE workspace_id IN"
		  " (SELECT 0 UNION ALL SELECT m.workspace_id"
		  "  FROM workspace_members m WHERE m.user_id = $1)"
		  " AND email = (SELECT u.email FROM users u WHERE u.id = $1)",
	[FACTOR] = "INSERT INTO second_factors(user_id, secret)"
		   " VALUES ($1, $2) ON CONFLICT(user_id) DO UPDATE"
		   " SET secret = excluded.secret, confirmed_at = NULL,"
		   " used_step = 0",
	[CONFIRM] = "UPDATE second_factors SET confirmed_at = $2"
		    " WHERE user_id = $1 AND secret = $3",
	[NO_FACTOR] = "DELETE FROM second_factors WHERE user_id = $1",
	[STEP] = "UPDATE second_factors SET used_step = $2"
		 " WHERE user_id = $1 AND used_step < $2",
};

const struct statements account_statements = {
	.sql = account_sql,
	.n = N_SQL,
};

static int
read_account(struct db_rows *r, struct pool *pool, struct account *a)
{
	int rc = db_next(r);
	size_t len = 0;
	const void *secret;

	memset(a, 0, sizeof(*a));
	if (rc == 1) {
		a->user_id = db_col_int(r, 0);
		a->email = db_col_copy(r, pool, 1);
		a->name = db_col_copy(r, pool, 2);
		a->hash = db_col_copy(r, pool, 3);
		secret = db_col_blob(r, 4, &len);
		a->has_factor = secret != NULL && len == TOTP_SECRET_LEN;
		if (a->has_factor)
			memcpy(a->secret, secret, len);
		a->factor_on = a->has_factor && !db_col_is_null(r, 5);
		a->used_step = db_col_int(r, 6);
	}
	db_end(r);
	return rc;
}

int
account_find(
    struct db *db, struct pool *pool, const char *email, struct account *a)
{
	return read_account(
	    db_query(db, account_sql[FIND], DB_ARGS(db_text(email))), pool, a);
}

int
account_get(
    struct db *db, struct pool *pool, int64_t user_id, struct account *a)
{
	return read_account(
	    db_query(db, account_sql[GET], DB_ARGS(db_int(user_id))), pool, a);
}

int
account_memberships(struct db *db, struct pool *pool, int64_t user_id,
    struct account_membership *out, int max)
{
	struct db_rows *r = db_query(db, account_sql[MEMBERSHIPS],
	    DB_ARGS(db_int(user_id), db_int(max)));
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < max) {
		out[n].workspace_id = db_col_int(r, 0);
		out[n].name = db_col_copy(r, pool, 1);
		out[n].role = db_col_copy(r, pool, 2);
		out[n++].wants_factor = (int)db_col_int(r, 3);
	}
	db_end(r);
	return rc == -1 ? -1 : n;
}

int
account_put_password(
    struct db *db, int64_t user_id, const char *hash, int64_t now)
{
	if (db_run(db, account_sql[PASSWORD],
		DB_ARGS(db_int(user_id), db_text(hash), db_int(now))) == -1)
		return -1;
	return db_run(db, account_sql[LINKS], DB_ARGS(db_int(user_id)));
}

int
account_put_factor(
    struct db *db, int64_t user_id, const unsigned char secret[TOTP_SECRET_LEN])
{
	return db_run(db, account_sql[FACTOR],
	    DB_ARGS(db_int(user_id), db_blob(secret, TOTP_SECRET_LEN)));
}

int
account_confirm_factor(struct db *db, int64_t user_id,
    const unsigned char secret[TOTP_SECRET_LEN], int64_t now)
{
	if (db_run(db, account_sql[CONFIRM],
		DB_ARGS(db_int(user_id), db_int(now),
		    db_blob(secret, TOTP_SECRET_LEN))) == -1)
		return -1;
	return db_changed(db) > 0;
}

int
account_delete_factor(struct db *db, int64_t user_id)
{
	return db_run(db, account_sql[NO_FACTOR], DB_ARGS(db_int(user_id)));
}

int
account_use_step(struct db *db, int64_t user_id, int64_t step)
{
	if (db_run(db, account_sql[STEP],
		DB_ARGS(db_int(user_id), db_int(step))) == -1)
		return -1;
	return db_changed(db) > 0;
}
