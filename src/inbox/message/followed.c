/*
 * The table followed: how far what is done after the commit has come.
 */
#include <stddef.h>

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/message/followed.h"

enum { GET, PUT, FORGET, LEAVE, AHEAD, NEWEST, N_SQL };

static const char *const followed_sql[N_SQL] = {
	[GET] = "SELECT upto_id FROM followed WHERE name = $1",
	[PUT] = "INSERT INTO followed(name, upto_id) VALUES ($1, $2)"
		" ON CONFLICT (name) DO UPDATE SET upto_id = excluded.upto_id",
	[FORGET] = "DELETE FROM followed WHERE name = $1",
	[LEAVE] = "UPDATE followed SET since = $2 WHERE name = $1",
	[AHEAD] = "SELECT MAX(id) FROM (SELECT id FROM messages"
		  " WHERE id > $1 ORDER BY id LIMIT $2) AS ahead",
	[NEWEST] = "SELECT COALESCE(MAX(id), 0) FROM messages",
};

const struct statements followed_statements = {
	.sql = followed_sql,
	.n = N_SQL,
};

int
followed_get(struct db *db, const char *name, int64_t *upto)
{
	*upto = 0;
	return db_get_int(db, followed_sql[GET], DB_ARGS(db_text(name)), upto);
}

int
followed_put(struct db *db, const char *name, int64_t upto)
{
	return db_run(
	    db, followed_sql[PUT], DB_ARGS(db_text(name), db_int(upto)));
}

int
followed_forget(struct db *db, const char *name)
{
	return db_run(db, followed_sql[FORGET], DB_ARGS(db_text(name)));
}

int
followed_leave(struct db *db, const char *name, int64_t until)
{
	return db_run(
	    db, followed_sql[LEAVE], DB_ARGS(db_text(name), db_int(until)));
}

int
followed_ahead(struct db *db, int64_t after, int max, int64_t *upto)
{
	int rc = db_get_int(
	    db, followed_sql[AHEAD], DB_ARGS(db_int(after), db_int(max)), upto);

	return rc == 1 ? *upto > after : rc;
}

int
followed_newest(struct db *db, int64_t *id)
{
	return db_get_int(db, followed_sql[NEWEST], DB_NONE, id) == -1 ? -1 : 0;
}
