/*
 * Deletes uploads that no message refers to (upload_purge.h).  It walks through
 * them by id, which is about the order of their ages: those that are too young
 * are looked at again later, the others never.
 */
#include <inttypes.h>

#include "base/log.h"
#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/media/blob.h"
#include "inbox/media/upload_purge.h"

#define FUTURE (30 * 86400) /* seconds */

enum { LOOK, IDS_GONE, GONE, USES, N_SQL };

static const char *const upload_purge_sql[N_SQL] = {
	/* A message has its row in media as soon as it is queued.  The
	 * outbox is asked, too: the file may be pruned while the message is
	 * to be sent. */
	[LOOK] = "SELECT u.id, u.workspace_id, u.path, u.created_at,"
		 " CASE WHEN EXISTS (SELECT 1 FROM media AS m"
		 "  WHERE m.path = u.path AND m.workspace_id = u.workspace_id)"
		 " OR EXISTS (SELECT 1 FROM outbox AS o"
		 "  WHERE o.upload_id = u.id) THEN 1 ELSE 0 END"
		 " FROM uploads AS u WHERE u.id > $1 ORDER BY u.id LIMIT $2",
	[IDS_GONE] = "DELETE FROM upload_media"
		     " WHERE workspace_id = $1 AND upload_id = $2",
	[GONE] = "DELETE FROM uploads WHERE id = $1",
	[USES] = "SELECT 1 WHERE EXISTS (SELECT 1 FROM media WHERE path = $1)"
		 " OR EXISTS (SELECT 1 FROM uploads WHERE path = $1)",
};

const struct statements upload_purge_statements = {
	.sql = upload_purge_sql,
	.n = N_SQL,
};

struct upload_purge_found {
	int64_t id, workspace_id, created_at;
	const char *path;
	int is_used;
};

static int
look_uploads(struct db *db, struct pool *pool, int64_t after,
    struct upload_purge_found *out, int max, int *n)
{
	struct db_rows *r = db_query(
	    db, upload_purge_sql[LOOK], DB_ARGS(db_int(after), db_int(max)));
	int rc;

	*n = 0;
	while ((rc = db_next(r)) == 1 && *n < max)
		out[(*n)++] = (struct upload_purge_found){
			.id = db_col_int(r, 0),
			.workspace_id = db_col_int(r, 1),
			.path = db_col_copy(r, pool, 2),
			.created_at = db_col_int(r, 3),
			.is_used = (int)db_col_int(r, 4),
		};
	db_end(r);
	return rc == -1 ? -1 : 0;
}

/* Deletes the upload, and its blob.  The transaction has the write lock, so
 * that nobody names the file meanwhile: 0, -1. */
static int
let_go_uploads(
    struct db *db, struct upload_purge *p, const struct upload_purge_found *f)
{
	int64_t one;
	int rc;

	if (db_run(db, upload_purge_sql[IDS_GONE],
		DB_ARGS(db_int(f->workspace_id), db_int(f->id))) == -1 ||
	    db_run(db, upload_purge_sql[GONE], DB_ARGS(db_int(f->id))) == -1)
		return -1;
	log_info("upload=%" PRId64 " deleted: no message has it", f->id);
	rc = db_get_int(
	    db, upload_purge_sql[USES], DB_ARGS(db_text(f->path)), &one);
	if (rc == 0)
		p->files += blob_delete(p->dir, f->path) == 1;
	return rc == -1 ? -1 : 0;
}

int
upload_purge_step(
    struct db *db, struct pool *pool, struct upload_purge *p, int max)
{
	struct upload_purge_found *f =
	    pool_alloc(pool, sizeof(*f) * (size_t)max);
	int n, young = p->after != p->done;

	if (look_uploads(db, pool, p->after, f, max, &n) == -1)
		return -1;
	for (int i = 0; i < n; i++) {
		int ends = !f[i].is_used && f[i].created_at < p->before;

		if (ends && let_go_uploads(db, p, &f[i]) == -1)
			return -1;
		/* An upload far in the future, from a wrong clock, is not
		 * looked at again. */
		young |=
		    !f[i].is_used && !ends && f[i].created_at - p->now < FUTURE;
		p->after = f[i].id;
		if (!young)
			p->done = f[i].id;
	}
	return n == max;
}
