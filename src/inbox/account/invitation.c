/*
 * Invitations, for who sees everything: the operator makes one, sign-in finds
 * it and uses it up.
 */
#include <string.h>

#include "base/pool.h"

#include "lib/digest/digest.h"
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/account/invitation.h"

enum { ADD, FIND, USE_UP, N_SQL };

static const char *const invitation_sql[N_SQL] = {
	[ADD] = "INSERT INTO invitations(workspace_id, email, name, role, hash,"
		" created_at, expires_at) VALUES (0, $1, $2, 'agent', $3, $4,"
		" $5) ON CONFLICT(workspace_id, email) DO UPDATE"
		" SET hash = excluded.hash, name = excluded.name,"
		" created_at = excluded.created_at,"
		" expires_at = excluded.expires_at",
	[FIND] = "SELECT i.id, i.workspace_id, w.name, i.email, i.name, i.role,"
		 " i.invited_by, i.created_at, i.expires_at FROM invitations i"
		 " LEFT JOIN workspaces w ON w.id = i.workspace_id"
		 " WHERE i.hash = $1 AND i.expires_at > $2",
	[USE_UP] = "DELETE FROM invitations WHERE id = $1",
};

const struct statements invitation_statements = {
	.sql = invitation_sql,
	.n = N_SQL,
};

char *
invitation_create(struct db *db, struct pool *pool, const char *email,
    const char *name, int64_t now, int64_t *expires_at)
{
	unsigned char hash[DIGEST_LEN];
	char *text = digest_secret(pool, INVITATION_PREFIX, hash);

	*expires_at = now + INVITATION_LIFE;
	if (db_run(db, invitation_sql[ADD],
		DB_ARGS(db_text(email), db_text(name),
		    db_blob(hash, sizeof(hash)), db_int(now),
		    db_int(*expires_at))) == -1)
		return NULL;
	return text;
}

int
invitation_find(struct db *db, struct pool *pool, const char *secret,
    int64_t now, struct invitation *i)
{
	unsigned char hash[DIGEST_LEN];
	struct db_rows *r;
	int rc;

	memset(i, 0, sizeof(*i));
	digest_sha256(secret, strlen(secret), hash);
	r = db_query(db, invitation_sql[FIND],
	    DB_ARGS(db_blob(hash, sizeof(hash)), db_int(now)));
	rc = db_next(r);
	if (rc == 1) {
		i->id = db_col_int(r, 0);
		i->workspace_id = db_col_int(r, 1);
		i->workspace = db_col_copy(r, pool, 2);
		i->email = db_col_copy(r, pool, 3);
		i->name = db_col_copy(r, pool, 4);
		i->role = db_col_copy(r, pool, 5);
		i->invited_by = db_col_int(r, 6);
		i->created_at = db_col_int(r, 7);
		i->expires_at = db_col_int(r, 8);
	}
	db_end(r);
	return rc;
}

int
invitation_use_up(struct db *db, int64_t id)
{
	return db_run(db, invitation_sql[USE_UP], DB_ARGS(db_int(id)));
}
