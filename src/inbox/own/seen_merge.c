/*
 * What members have seen of two conversations that turn out to be with one
 * customer.
 */
#include <stddef.h>

#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/own/seen_merge.h"

enum { STORED, COUNT, MARKS, PUT, N_SQL };

static const char *const seen_merge_sql[N_SQL] = {
	[STORED] = "SELECT COALESCE(stored_message_id, last_message_id, 0)"
		   " FROM conversations WHERE workspace_id = $1 AND id = $2",
	[COUNT] = "SELECT COUNT(*) FROM seen_marks WHERE workspace_id = $1"
		  " AND conversation_id IN ($2, $3)",
	/* Where a member has no mark, or a void one, the base counts. */
	[MARKS] = "SELECT k.user_id, k.seen_id,"
		  " COALESCE(g.message_id, k.seen_id),"
		  " COALESCE(s.message_id, k.seen_id) FROM (SELECT user_id"
		  "  FROM seen_marks WHERE workspace_id = $1"
		  "  AND conversation_id = $2 UNION SELECT user_id"
		  "  FROM seen_marks WHERE workspace_id = $1"
		  "  AND conversation_id = $3) AS u"
		  " CROSS JOIN member_marks AS k"
		  " LEFT JOIN seen_marks AS g ON g.workspace_id = $1"
		  "  AND g.conversation_id = $2 AND g.user_id = k.user_id"
		  "  AND g.base_id = k.seen_id"
		  " LEFT JOIN seen_marks AS s ON s.workspace_id = $1"
		  "  AND s.conversation_id = $3 AND s.user_id = k.user_id"
		  "  AND s.base_id = k.seen_id"
		  " WHERE k.workspace_id = $1 AND k.user_id = u.user_id"
		  " LIMIT $4",
	[PUT] = "INSERT INTO seen_marks(workspace_id, user_id,"
		" conversation_id, message_id, base_id)"
		" VALUES ($1, $2, $3, $4, $5)"
		" ON CONFLICT (workspace_id, conversation_id, user_id)"
		" DO UPDATE SET message_id = excluded.message_id,"
		" base_id = excluded.base_id",
};

const struct statements seen_merge_statements = {
	.sql = seen_merge_sql,
	.n = N_SQL,
};

struct seen_of {
	int64_t user_id, base, gone, keep;
};

/* Where both are seen to their ends the later end is; else the earlier mark of
 * those that are not. */
static int64_t
join(const struct seen_of *m, int64_t gone_end, int64_t keep_end)
{
	int gone = m->gone >= gone_end, keep = m->keep >= keep_end;

	if (gone && keep)
		return m->gone > m->keep ? m->gone : m->keep;
	if (gone)
		return m->keep;
	if (keep)
		return m->gone;
	return m->gone < m->keep ? m->gone : m->keep;
}

static int
read_marks(
    struct db *db, const struct db_arg *args, struct seen_of *out, int max)
{
	struct db_rows *r = db_query(db, seen_merge_sql[MARKS], args);
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < max)
		out[n++] = (struct seen_of){ db_col_int(r, 0), db_col_int(r, 1),
			db_col_int(r, 2), db_col_int(r, 3) };
	db_end(r);
	return rc == -1 ? -1 : n;
}

int
seen_merge(struct db *db, struct pool *pool, int64_t workspace_id, int64_t gone,
    int64_t keep)
{
	int64_t gone_end = 0, keep_end = 0, most = 0;
	struct seen_of *m;
	int n;

	if (db_get_int(db, seen_merge_sql[STORED],
		DB_ARGS(db_int(workspace_id), db_int(gone)), &gone_end) == -1 ||
	    db_get_int(db, seen_merge_sql[STORED],
		DB_ARGS(db_int(workspace_id), db_int(keep)), &keep_end) == -1 ||
	    db_get_int(db, seen_merge_sql[COUNT],
		DB_ARGS(db_int(workspace_id), db_int(gone), db_int(keep)),
		&most) == -1)
		return -1;
	m = pool_room(pool, sizeof(*m) * ((size_t)most + 1));
	n = read_marks(db,
	    DB_ARGS(
		db_int(workspace_id), db_int(gone), db_int(keep), db_int(most)),
	    m, (int)most);
	for (int i = 0; i < n; i++)
		if (db_run(db, seen_merge_sql[PUT],
			DB_ARGS(db_int(workspace_id), db_int(m[i].user_id),
			    db_int(keep),
			    db_int(join(&m[i], gone_end, keep_end)),
			    db_int(m[i].base))) == -1)
			return -1;
	return n == -1 ? -1 : 0;
}
