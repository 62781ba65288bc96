/*
 * Uploads: files that a member adds to be sent.
 */
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/media/upload.h"

enum { PUT, USED, N_SQL };

static const char *const upload_sql[N_SQL] = {
	[PUT] = "INSERT INTO my_uploads(mime_type, filename, size, path,"
		" created_at, flaw, width, height)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
	[USED] = "SELECT bytes FROM my_files",
};

const struct statements upload_statements = {
	.sql = upload_sql,
	.n = N_SQL,
};

int
upload_put(struct session *s, const struct upload *u, int64_t now, int64_t *id)
{
	int rc = db_insert(session_db(s), upload_sql[PUT],
	    DB_ARGS(db_text(u->mime_type), db_text(u->filename),
		db_int(u->size), db_text(u->path), db_int(now),
		db_text(u->flaw), db_id(u->width), db_id(u->height)),
	    id);

	return rc == 1 ? 0 : -1;
}

int
upload_used(struct session *s, int64_t *bytes)
{
	*bytes = 0;
	return db_get_int(session_db(s), upload_sql[USED], DB_NONE, bytes) == -1
		   ? -1
		   : 0;
}
