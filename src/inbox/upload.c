#include "inbox/upload.h"
#include "door/db.h"

enum { ADD, N_SQL };

static const char *const sql[N_SQL] = {
	[ADD] = "INSERT INTO uploads(workspace_id, user_id, mime_type,"
		" filename, size, path, created_at)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7)",
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
