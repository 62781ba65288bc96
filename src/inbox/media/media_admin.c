/*
 * The table media, for the commands of waspool media.
 */
#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/media/media_admin.h"

enum {
	LIST,
	LIST_STATE,
	GET,
	AGAIN,
	AGAIN_ALL,
	AGAIN_UPTO,
	PATHS,
	USES,
	LOST,
	OLD,
	LET_GO,
	OLD_UPLOADS,
	LET_UPLOAD_GO,
	LET_ITS_IDS_GO,
	N_SQL
};

static const char *const media_admin_sql[N_SQL] = {
	[LIST] = MEDIA_SELECT " WHERE m.id < $1 ORDER BY m.id DESC LIMIT $2",
	[LIST_STATE] = MEDIA_SELECT " WHERE m.state = $3 AND m.id < $1"
				    " ORDER BY m.id DESC LIMIT $2",
	[GET] = MEDIA_SELECT " WHERE m.message_id = $1",
	[AGAIN] = "UPDATE media SET state = 'pending', reason = NULL,"
		  " attempts = 0, due_at = $2"
		  " WHERE message_id = $1 AND media_id IS NOT NULL"
		  " AND state <> 'stored'",
	/* State by state, in the order of ids. */
	[AGAIN_ALL] = "UPDATE media SET state = 'pending', reason = NULL,"
		      " attempts = 0, due_at = $2"
		      " WHERE state = $3 AND id > $4 AND id <= $5"
		      " AND media_id IS NOT NULL AND created_at >= $1"
		      " AND (reason IS NULL OR reason <> 'pruned')",
	[AGAIN_UPTO] = "SELECT MAX(id) FROM (SELECT id FROM media"
		       " WHERE state = $1 AND id > $2 ORDER BY id LIMIT $3)"
		       " AS some_of",
	[PATHS] = "SELECT path FROM media WHERE path > $1"
		  " UNION SELECT path FROM uploads WHERE path > $1"
		  " ORDER BY path LIMIT $2",
	[USES] = "SELECT 1 WHERE EXISTS (SELECT 1 FROM media WHERE path = $1)"
		 " OR EXISTS (SELECT 1 FROM uploads WHERE path = $1)",
	[LOST] = "UPDATE media SET path = NULL, size = NULL, attempts = 0,"
		 " state = CASE WHEN media_id IS NULL THEN 'missing'"
		 "  ELSE 'pending' END,"
		 " reason = 'the stored file was lost',"
		 " due_at = $2 WHERE id IN (SELECT id FROM media"
		 "  WHERE path = $1 LIMIT $3)",
	[OLD] = "SELECT id, path FROM media"
		" WHERE state = 'stored' AND created_at < $1"
		" ORDER BY id LIMIT $2",
	[LET_GO] = "UPDATE media SET state = 'missing', reason = 'pruned',"
		   " path = NULL, size = NULL WHERE id = $1",
	[OLD_UPLOADS] =
	    "SELECT u.id, u.path FROM uploads u"
	    " WHERE u.created_at < $1 AND NOT EXISTS (SELECT 1 FROM outbox o"
	    "  WHERE o.upload_id = u.id AND o.state IN ('queued', 'sending'))"
	    " ORDER BY u.id LIMIT $2",
	[LET_UPLOAD_GO] = "DELETE FROM uploads WHERE id = $1",
	/* The primary key has the workspace first. */
	[LET_ITS_IDS_GO] = "DELETE FROM upload_media WHERE workspace_id IN"
			   " (SELECT id FROM workspaces) AND upload_id = $1",
};

/* Rows in one transaction: each also writes a change (inbox/workspace). */
#define STEP 400

const struct statements media_admin_statements = {
	.sql = media_admin_sql,
	.n = N_SQL,
};

/* All rows of R: 0, or -1. */
static int
read_rows(
    struct db_rows *r, struct pool *pool, int max, struct media **out, int *n)
{
	int rc;

	*out = pool_alloc(pool, sizeof(**out) * (size_t)max);
	*n = 0;
	while ((rc = db_next(r)) == 1 && *n < max)
		media_read(r, pool, &(*out)[(*n)++]);
	db_end(r);
	return rc == -1 ? -1 : 0;
}

int
media_list(struct db *db, struct pool *pool, const char *state, int64_t before,
    int max, struct media **out, int *n)
{
	int64_t end = before != 0 ? before : INT64_MAX;

	if (state == NULL)
		return read_rows(db_query(db, media_admin_sql[LIST],
				     DB_ARGS(db_int(end), db_int(max))),
		    pool, max, out, n);
	return read_rows(db_query(db, media_admin_sql[LIST_STATE],
			     DB_ARGS(db_int(end), db_int(max), db_text(state))),
	    pool, max, out, n);
}

int
media_get(struct db *db, struct pool *pool, int64_t message_id, struct media *m)
{
	struct db_rows *r =
	    db_query(db, media_admin_sql[GET], DB_ARGS(db_int(message_id)));
	int rc = db_next(r);

	if (rc == 1)
		media_read(r, pool, m);
	db_end(r);
	return rc;
}

/* Runs STATEMENT: how many rows it changed, or -1. */
static int
change_media(struct db *db, const char *statement, const struct db_arg *args)
{
	return db_run(db, statement, args) == -1 ? -1 : (int)db_changed(db);
}

int
media_again(struct db *db, int64_t message_id, int64_t now)
{
	return change_media(db, media_admin_sql[AGAIN],
	    DB_ARGS(db_int(message_id), db_int(now)));
}

int
media_again_all(struct db *db, int64_t since, int64_t now,
    struct media_place *place, int64_t *due)
{
	/* Pending ones first, for the others become pending. */
	static const char *const states[] = { "pending", "failed", "missing" };
	const char *state = states[place->state];
	int64_t last = 0;
	int n;

	if (db_get_int(db, media_admin_sql[AGAIN_UPTO],
		DB_ARGS(db_text(state), db_int(place->id), db_int(STEP)),
		&last) == -1)
		return -1;
	if (last == 0) {
		*place = (struct media_place){ place->state + 1, 0 };
		return place->state < sizeof(states) / sizeof(states[0]);
	}
	n = change_media(db, media_admin_sql[AGAIN_ALL],
	    DB_ARGS(db_int(since), db_int(now), db_text(state),
		db_int(place->id), db_int(last)));
	place->id = last;
	*due += n;
	return n == -1 ? -1 : 1;
}

int
media_lost(struct db *db, const char *path, int64_t now)
{
	return change_media(db, media_admin_sql[LOST],
	    DB_ARGS(db_text(path), db_int(now), db_int(STEP)));
}

int
media_paths(struct db *db, struct pool *pool, const char *after, int max,
    const char ***out, int *n)
{
	struct db_rows *r = db_query(
	    db, media_admin_sql[PATHS], DB_ARGS(db_text(after), db_int(max)));
	int rc;

	*out = pool_alloc(pool, sizeof(**out) * (size_t)max);
	*n = 0;
	while ((rc = db_next(r)) == 1 && *n < max)
		(*out)[(*n)++] = db_col_copy(r, pool, 0);
	db_end(r);
	return rc == -1 ? -1 : 0;
}

int
media_uses(struct db *db, const char *path)
{
	int64_t one;

	return db_get_int(
	    db, media_admin_sql[USES], DB_ARGS(db_text(path)), &one);
}

/* Runs GO for each row of LIST, and puts its path in PATHS: how many rows, or
 * -1. */
static int
let_go_media(struct db *db, struct pool *pool, const char *list, const char *go,
    int64_t before, int max, const char **paths)
{
	int64_t *ids = pool_alloc(pool, sizeof(*ids) * (size_t)max);
	struct db_rows *r =
	    db_query(db, list, DB_ARGS(db_int(before), db_int(max)));
	int rc, n = 0;

	while ((rc = db_next(r)) == 1 && n < max) {
		ids[n] = db_col_int(r, 0);
		paths[n++] = db_col_copy(r, pool, 1);
	}
	db_end(r);
	for (int i = 0; i < n && rc != -1; i++)
		rc = db_run(db, go, DB_ARGS(db_int(ids[i])));
	for (int i = 0;
	     i < n && rc != -1 && go == media_admin_sql[LET_UPLOAD_GO]; i++)
		rc = db_run(db, media_admin_sql[LET_ITS_IDS_GO],
		    DB_ARGS(db_int(ids[i])));
	return rc == -1 ? -1 : n;
}

int
media_prune(struct db *db, struct pool *pool, int64_t before, int max,
    const char ***paths, int *n)
{
	int m;

	*paths = pool_alloc(pool, sizeof(**paths) * (size_t)max * 2);
	*n = let_go_media(db, pool, media_admin_sql[OLD],
	    media_admin_sql[LET_GO], before, max, *paths);
	if (*n == -1)
		return -1;
	m = let_go_media(db, pool, media_admin_sql[OLD_UPLOADS],
	    media_admin_sql[LET_UPLOAD_GO], before, max, *paths + *n);
	if (m == -1)
		return -1;
	*n += m;
	return *n;
}
