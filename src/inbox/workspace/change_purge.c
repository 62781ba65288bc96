/*
 * Deletes old changes, and what lets nobody in any more: tickets, sessions and
 * invitations that have expired.  A change has no time of its own: now and then
 * a mark stores the time and the last seq.  Changes up to a mark that is old
 * enough are deleted, oldest first, so that those that stay have no gap.
 */
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/workspace/change.h"

enum {
	UNMARKED,
	MARK,
	OLD,
	DELETE,
	UNMARK,
	TICKETS, /* from here on: what has expired */
	SESSIONS,
	INVITATIONS,
	N_SQL
};

#define NEWEST                                                                 \
	" (SELECT c.seq FROM changes c"                                        \
	" WHERE c.workspace_id = w.id ORDER BY c.seq DESC LIMIT 1)"

static const char *const change_purge_sql[N_SQL] = {
	[UNMARKED] = "SELECT count(*) FROM workspaces w WHERE" NEWEST
		     " > coalesce((SELECT max(m.seq) FROM change_marks m"
		     "  WHERE m.workspace_id = w.id), 0)",
	[MARK] =
	    "INSERT INTO change_marks(workspace_id, at, seq)"
	    " SELECT w.id, $1," NEWEST " FROM workspaces w WHERE" NEWEST
	    " > coalesce((SELECT max(m.seq) FROM change_marks m"
	    "  WHERE m.workspace_id = w.id), 0) LIMIT $2"
	    " ON CONFLICT(workspace_id, at) DO UPDATE SET seq = excluded.seq",
	[OLD] = "SELECT workspace_id, at, seq FROM change_marks"
		" WHERE at < $1 ORDER BY workspace_id, at LIMIT 1",
	/* The newest stays: the next seq is counted from it. */
	[DELETE] =
	    "DELETE FROM changes WHERE workspace_id = $1"
	    " AND seq IN (SELECT seq FROM changes WHERE workspace_id = $1"
	    "  AND seq <= $2 AND seq < (SELECT max(seq) FROM changes"
	    "   WHERE workspace_id = $1) ORDER BY seq LIMIT $3)",
	[UNMARK] = "DELETE FROM change_marks"
		   " WHERE workspace_id = $1 AND at = $2",
	[TICKETS] = "DELETE FROM tickets WHERE hash IN (SELECT hash"
		    " FROM tickets WHERE expires_at <= $1 ORDER BY expires_at"
		    " LIMIT $2)",
	[SESSIONS] = "DELETE FROM api_tokens WHERE id IN (SELECT id"
		     " FROM api_tokens WHERE kind = 'session'"
		     " AND expires_at <= $1 ORDER BY expires_at LIMIT $2)",
	[INVITATIONS] = "DELETE FROM invitations WHERE id IN (SELECT id"
			" FROM invitations WHERE expires_at <= $1"
			" ORDER BY expires_at LIMIT $2)",
};

#define STEP  300 /* rows */
#define MARKS 64  /* in the time for which changes are kept */
#define HOUR  3600

const struct statements change_purge_statements = {
	.sql = change_purge_sql,
	.n = N_SQL,
};

/* Marks the workspaces with changes since their last mark, STEP of them in a
 * transaction. */
static int
mark(struct db *db, int64_t now)
{
	int64_t n = 0;

	for (;;) {
		if (db_get_int(db, change_purge_sql[UNMARKED], DB_NONE, &n) ==
		    -1)
			return -1;
		if (n == 0)
			return 0;
		if (db_begin_step(db) == -1)
			return -1;
		if (db_run(db, change_purge_sql[MARK],
			DB_ARGS(db_int(now), db_int(STEP))) == -1) {
			db_rollback(db);
			return -1;
		}
		if (db_commit(db) == -1)
			return -1;
	}
}

/* The oldest mark before OLDER: 1, 0 there is none, -1. */
static int
find_old(struct db *db, int64_t older, int64_t *workspace_id, int64_t *at,
    int64_t *seq)
{
	struct db_rows *r =
	    db_query(db, change_purge_sql[OLD], DB_ARGS(db_int(older)));
	int rc = db_next(r);

	if (rc == 1) {
		*workspace_id = db_col_int(r, 0);
		*at = db_col_int(r, 1);
		*seq = db_col_int(r, 2);
	}
	db_end(r);
	return rc;
}

/* Deletes changes up to one mark, and the mark when none is left. */
static int
delete_some(struct db *db, int64_t older)
{
	int64_t workspace_id = 0, at = 0, seq = 0;
	int rc = find_old(db, older, &workspace_id, &at, &seq);

	if (rc != 1)
		return rc;
	if (db_begin_step(db) == -1)
		return -1;
	rc = db_run(db, change_purge_sql[DELETE],
	    DB_ARGS(db_int(workspace_id), db_int(seq), db_int(STEP)));
	if (rc == 0 && db_changed(db) < STEP)
		rc = db_run(db, change_purge_sql[UNMARK],
		    DB_ARGS(db_int(workspace_id), db_int(at)));
	if (rc == -1 || db_commit(db) == -1) {
		db_rollback(db);
		return -1;
	}
	return 1;
}

static int
delete_expired(struct db *db, int64_t now)
{
	int more = 0;

	if (db_begin_step(db) == -1)
		return -1;
	for (int i = TICKETS; i < N_SQL; i++) {
		if (db_run(db, change_purge_sql[i],
			DB_ARGS(db_int(now), db_int(STEP))) == -1) {
			db_rollback(db);
			return -1;
		}
		more |= db_changed(db) == STEP;
	}
	return db_commit(db) == -1 ? -1 : more;
}

int
change_purge(struct db *db, int64_t keep, int64_t now, int64_t *looked_at)
{
	int64_t every = keep / MARKS < HOUR ? keep / MARKS : HOUR;
	int rc;

	if (now >= *looked_at && now - *looked_at < every)
		return delete_expired(db, now);
	if (mark(db, now) == -1)
		return -1;
	rc = delete_some(db, now - keep);
	if (rc != 0)
		return rc;
	*looked_at = now;
	return delete_expired(db, now);
}
