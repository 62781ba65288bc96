#include "inbox/upload.h"
#include "door/db.h"

enum { ADD, N_SQL };
enum { PUT, LAST, N_MEMBER_SQL };

static const char *const sql[N_SQL] = {
	[ADD] = "INSERT INTO uploads(workspace_id, user_id, mime_type,"
		" filename, size, path, created_at)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7)",
};

static const char *const member_sql[N_MEMBER_SQL] = {
	[PUT] = "INSERT INTO my_uploads(mime_type, filename, size, path,"
		" created_at) VALUES ($1, $2, $3, $4, $5)",
	/* Ids grow, and nobody else writes now. */
	[LAST] = "SELECT id FROM my_uploads ORDER BY id DESC LIMIT 1",
};

int
upload_prepare(struct db *db)
{
	return db_prepare(db, sql, N_SQL);
}

int
upload_add(struct db *db, const struct upload *u, int64_t now, int64_t *id)
{
	if (db_run(db, sql[ADD],
		DB_ARGS(db_int(u->workspace_id), db_int(u->user_id),
		    db_text(u->mime_type), db_text(u->filename),
		    db_int(u->size), db_text(u->path), db_int(now))) == -1)
		return -1;
	*id = db_last_id(db);
	return 0;
}

const char *const *
upload_sql(size_t *n)
{
	*n = N_MEMBER_SQL;
	return member_sql;
}

int
upload_put(struct db *db, const struct upload *u, int64_t now, int64_t *id)
{
	if (db_run(db, member_sql[PUT],
		DB_ARGS(db_text(u->mime_type), db_text(u->filename),
		    db_int(u->size), db_text(u->path), db_int(now))) == -1)
		return -1;
	return db_get_int(db, member_sql[LAST], DB_NONE, id) == 1 ? 0 : -1;
}
