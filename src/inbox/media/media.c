/*
 * The table media: which downloads are due, and their results.
 */
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/media/media.h"
#include "inbox/media/picture.h"

enum {
	NEXT_NUMBER,
	DUE,
	STORED,
	LATER,
	WAIT,
	END,
	ERROR,
	FORGET,
	ERRORS,
	COUNT,
	BLOCKED,
	USED,
	N_SQL
};

static const char *const media_sql[N_SQL] = {
	[NEXT_NUMBER] = "SELECT number_id FROM media"
			" WHERE state = 'pending' AND number_id > $1"
			" ORDER BY number_id LIMIT 1",
	[DUE] = MEDIA_SELECT " WHERE m.state = 'pending' AND m.number_id = $1"
			     " AND m.due_at <= $2"
			     " ORDER BY m.due_at, m.id LIMIT $3",
	[STORED] = "UPDATE media SET state = 'stored', reason = NULL,"
		   " path = $2, size = $3, mime_type = COALESCE(mime_type, $4),"
		   " width = $5, height = $6"
		   " WHERE id = $1 AND state = 'pending'",
	[LATER] = "UPDATE media SET attempts = attempts + 1, reason = $2,"
		  " due_at = $3 WHERE id = $1 AND state = 'pending'",
	[WAIT] = "UPDATE media SET reason = $2, due_at = $3"
		 " WHERE id = $1 AND state = 'pending'",
	[END] = "UPDATE media SET state = $2, reason = $3"
		" WHERE id = $1 AND state = 'pending'",
	[ERROR] = "INSERT INTO media_errors(number_id, at) VALUES ($1, $2)",
	/* Errors five minutes in the future are from a wrong clock. */
	[FORGET] = "DELETE FROM media_errors"
		   " WHERE number_id = $1 AND (at <= $2 OR at > $2 + 3900)",
	[ERRORS] = "SELECT COUNT(*), COALESCE(MIN(at), 0) FROM media_errors"
		   " WHERE number_id = $1 AND at > $2 AND at <= $2 + 3900",
	[COUNT] = "SELECT state, COUNT(*) FROM media GROUP BY state",
	[BLOCKED] = "SELECT COUNT(*) FROM (SELECT number_id"
		    " FROM media_errors WHERE at > $1"
		    " AND at <= $1 + 3900 GROUP BY number_id"
		    " HAVING COUNT(*) >= $2) AS b",
	[USED] = "SELECT f.bytes FROM media AS m JOIN workspace_files AS f"
		 " ON f.workspace_id = m.workspace_id WHERE m.id = $1",
};

const struct statements media_statements = {
	.sql = media_sql,
	.n = N_SQL,
};

void
media_read(struct db_rows *r, struct pool *pool, struct media *m)
{
	*m = (struct media){
		.id = db_col_int(r, 0),
		.message_id = db_col_int(r, 1),
		.number_id = db_col_int(r, 2),
		.phone_number_id = db_col_copy(r, pool, 3),
		.media_id = db_col_copy(r, pool, 4),
		.state = db_col_copy(r, pool, 5),
		.reason = db_col_copy(r, pool, 6),
		.mime_type = db_col_copy(r, pool, 7),
		.sha256 = db_col_copy(r, pool, 8),
		.path = db_col_copy(r, pool, 9),
		.size = db_col_int(r, 10),
		.attempts = (int)db_col_int(r, 11),
		.due_at = db_col_int(r, 12),
		.created_at = db_col_int(r, 13),
		.provider = db_col_copy(r, pool, 14),
	};
}

int
media_next_number(struct db *db, int64_t after, int64_t *number_id)
{
	return db_get_int(
	    db, media_sql[NEXT_NUMBER], DB_ARGS(db_int(after)), number_id);
}

int
media_due(struct db *db, struct pool *pool, int64_t number_id, int64_t now,
    int max, struct media **out, int *n)
{
	struct db_rows *r = db_query(db, media_sql[DUE],
	    DB_ARGS(db_int(number_id), db_int(now), db_int(max)));
	int rc;

	*out = pool_alloc(pool, sizeof(**out) * (size_t)max);
	*n = 0;
	while ((rc = db_next(r)) == 1 && *n < max)
		media_read(r, pool, &(*out)[(*n)++]);
	db_end(r);
	return rc == -1 ? -1 : 0;
}

int
media_stored(struct db *db, int64_t id, const char *path, int64_t size,
    const char *mime_type, const struct picture_size *shown)
{
	return db_run(db, media_sql[STORED],
	    DB_ARGS(db_int(id), db_text(path), db_int(size), db_text(mime_type),
		db_id(shown->width), db_id(shown->height)));
}

int
media_later(struct db *db, int64_t id, const char *reason, int64_t due_at)
{
	return db_run(db, media_sql[LATER],
	    DB_ARGS(db_int(id), db_text(reason), db_int(due_at)));
}

int
media_wait(struct db *db, int64_t id, const char *reason, int64_t due_at)
{
	return db_run(db, media_sql[WAIT],
	    DB_ARGS(db_int(id), db_text(reason), db_int(due_at)));
}

int
media_failed(struct db *db, int64_t id, const char *reason)
{
	return db_run(db, media_sql[END],
	    DB_ARGS(db_int(id), db_text("failed"), db_text(reason)));
}

int
media_missing(struct db *db, int64_t id, const char *reason)
{
	return db_run(db, media_sql[END],
	    DB_ARGS(db_int(id), db_text("missing"), db_text(reason)));
}

int
media_used(struct db *db, int64_t id, int64_t *bytes)
{
	*bytes = 0;
	return db_get_int(db, media_sql[USED], DB_ARGS(db_int(id)), bytes) == -1
		   ? -1
		   : 0;
}

int
media_error(struct db *db, int64_t number_id, int64_t now)
{
	if (db_run(db, media_sql[FORGET],
		DB_ARGS(db_int(number_id), db_int(now - MEDIA_HOUR))) == -1)
		return -1;
	return db_run(
	    db, media_sql[ERROR], DB_ARGS(db_int(number_id), db_int(now)));
}

int
media_errors(
    struct db *db, int64_t number_id, int64_t now, int *n, int64_t *oldest)
{
	struct db_rows *r = db_query(db, media_sql[ERRORS],
	    DB_ARGS(db_int(number_id), db_int(now - MEDIA_HOUR)));
	int rc = db_next(r);

	if (rc == 1) {
		*n = (int)db_col_int(r, 0);
		*oldest = db_col_int(r, 1);
	}
	db_end(r);
	return rc == 1 ? 0 : -1;
}

int
media_count(struct db *db, int64_t now, int max, struct media_counts *c)
{
	struct db_rows *r = db_query(db, media_sql[COUNT], DB_NONE);
	int rc;

	memset(c, 0, sizeof(*c));
	while ((rc = db_next(r)) == 1) {
		const char *state = db_col_text(r, 0);
		int64_t n = db_col_int(r, 1);

		if (text_is(state, "pending"))
			c->pending = n;
		else if (text_is(state, "stored"))
			c->stored = n;
		else if (text_is(state, "failed"))
			c->failed = n;
		else
			c->missing = n;
	}
	db_end(r);
	if (rc == -1)
		return -1;
	return db_get_int(db, media_sql[BLOCKED],
		   DB_ARGS(db_int(now - MEDIA_HOUR), db_int(max)),
		   &c->blocked) == 1
		   ? 0
		   : -1;
}
