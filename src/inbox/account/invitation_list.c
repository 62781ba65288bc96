/*
 * Invitations of a workspace, for its members.
 */
#include <string.h>

#include "base/pool.h"

#include "lib/digest/digest.h"
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/account/invitation.h"

enum { ADD, GET, LIST, DELETE, N_SQL };

#define COLUMNS                                                                \
	"SELECT id, email, name, role, invited_by, created_at, expires_at"     \
	" FROM my_invitations "

static const char *const invitation_list_sql[N_SQL] = {
	[ADD] = "INSERT INTO my_invitations(email, name, role, hash,"
		" created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
	[GET] = COLUMNS "WHERE id = $1",
	[LIST] = COLUMNS "WHERE id > $1 ORDER BY id LIMIT $2",
	[DELETE] = "DELETE FROM my_invitations WHERE id = $1",
};

const struct statements invitation_list_statements = {
	.sql = invitation_list_sql,
	.n = N_SQL,
};

char *
invitation_add(struct session *s, struct pool *pool, const struct invitation *i,
    int64_t now, int64_t *id)
{
	unsigned char hash[DIGEST_LEN];
	char *text = digest_secret(pool, INVITATION_PREFIX, hash);

	*id = 0;
	if (db_insert(session_db(s), invitation_list_sql[ADD],
		DB_ARGS(db_text(i->email), db_text(i->name), db_text(i->role),
		    db_blob(hash, sizeof(hash)), db_int(now),
		    db_int(now + INVITATION_LIFE)),
		id) == -1)
		return NULL;
	return text;
}

static void
read_invitation(struct db_rows *r, struct pool *pool, struct invitation *i)
{
	memset(i, 0, sizeof(*i));
	i->id = db_col_int(r, 0);
	i->email = db_col_copy(r, pool, 1);
	i->name = db_col_copy(r, pool, 2);
	i->role = db_col_copy(r, pool, 3);
	i->invited_by = db_col_int(r, 4);
	i->created_at = db_col_int(r, 5);
	i->expires_at = db_col_int(r, 6);
}

int
invitation_get(
    struct session *s, struct pool *pool, int64_t id, struct invitation *i)
{
	struct db_rows *r = db_query(
	    session_db(s), invitation_list_sql[GET], DB_ARGS(db_int(id)));
	int rc = db_next(r);

	if (rc == 1)
		read_invitation(r, pool, i);
	db_end(r);
	return rc;
}

int
invitation_list(struct session *s, struct pool *pool, int64_t after,
    struct invitation *out, int max)
{
	struct db_rows *r = db_query(session_db(s), invitation_list_sql[LIST],
	    DB_ARGS(db_int(after), db_int(max)));
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < max)
		read_invitation(r, pool, &out[n++]);
	db_end(r);
	return rc == -1 ? -1 : n;
}

int
invitation_delete(struct session *s, int64_t id)
{
	return db_run(
	    session_db(s), invitation_list_sql[DELETE], DB_ARGS(db_int(id)));
}
