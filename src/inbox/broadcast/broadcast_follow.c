/*
 * Follows the statuses of messages of broadcasts, by the changes of their
 * workspace.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/log.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/broadcast/broadcast_follow.h"

/* Of one step: three rows each, and triggers'.  Each may be of a broadcast of
 * its own. */
#define CHANGES_MAX 200
#define AGAIN_S	    3600

enum {
	NEXT,
	UPTO,
	MOVED,
	REFUSED,
	PAUSE,
	FOLLOW,
	SHOW,
	SEEN,
	OPEN,
	LATER,
	END,
	N_SQL
};

/* What was changed of workspace $1 behind $2, up to $3, and is of a recipient
 * whose state is not that yet. */
#define STATE                                                                  \
	"CASE m.status WHEN 'sent' THEN 'sent'"                                \
	" WHEN 'delivered' THEN 'delivered' WHEN 'read' THEN 'read'"           \
	" WHEN 'played' THEN 'read' WHEN 'failed' THEN 'failed'"               \
	" ELSE 'queued' END"
#define CHANGED                                                                \
	" FROM changes AS c CROSS JOIN broadcast_recipients AS r"              \
	" CROSS JOIN messages AS m"                                            \
	" WHERE c.workspace_id = $1 AND c.seq > $2 AND c.seq <= $3"            \
	" AND c.type = 'message.updated' AND r.workspace_id = $1"              \
	" AND r.message_id = c.object_id AND m.id = r.message_id"              \
	" AND m.workspace_id = $1 AND r.state <> " STATE

static const char *const broadcast_follow_sql[N_SQL] = {
	[NEXT] = "SELECT workspace_id, seq, until FROM broadcast_follows"
		 " WHERE workspace_id > $1 ORDER BY workspace_id LIMIT 1",
	[UPTO] = "SELECT COALESCE(MAX(seq), 0), COUNT(*) FROM (SELECT seq"
		 " FROM changes WHERE workspace_id = $1 AND seq > $2"
		 " ORDER BY seq LIMIT $3) AS some_of",
	[MOVED] = "SELECT DISTINCT r.broadcast_id" CHANGED " LIMIT $4",
	[REFUSED] = "SELECT r.broadcast_id, MIN(m.error_code)" CHANGED
		    " AND m.status = 'failed' AND m.error_code IN (368,"
		    " 130497, 131031, 131042, 131048, 131063, 131064, 132001,"
		    " 132005, 132007, 132015, 132016)"
		    " GROUP BY r.broadcast_id LIMIT $4",
	[PAUSE] = "UPDATE broadcasts SET state = 'paused', reason ="
		  " 'The provider refused a message of it with the code '"
		  " || CAST($2 AS BIGINT) || ', as it would the others.'"
		  " WHERE id = $1 AND state IN ('counting', 'running')",
	[FOLLOW] = "UPDATE broadcast_recipients SET"
		   " state = (SELECT " STATE " FROM messages AS m"
		   "  WHERE m.id = broadcast_recipients.message_id),"
		   " error_code = (SELECT m.error_code FROM messages AS m"
		   "  WHERE m.id = broadcast_recipients.message_id)"
		   " WHERE id IN (SELECT r.id" CHANGED ")",
	[SHOW] = "UPDATE broadcasts SET shown_at = $2"
		 " WHERE id = $1 AND shown_at <> $2",
	[SEEN] = "UPDATE broadcast_follows SET seq = $2"
		 " WHERE workspace_id = $1",
	[OPEN] = "SELECT 1 FROM broadcasts WHERE workspace_id = $1"
		 " AND ended_at IS NULL AND started_at IS NOT NULL"
		 " UNION ALL SELECT 1 FROM broadcasts WHERE workspace_id = $1"
		 " AND ended_at > $2 LIMIT 1",
	[LATER] = "UPDATE broadcast_follows SET until = $2"
		  " WHERE workspace_id = $1",
	[END] = "DELETE FROM broadcast_follows WHERE workspace_id = $1",
};

const struct statements broadcast_follow_statements = {
	.sql = broadcast_follow_sql,
	.n = N_SQL,
};

struct follow {
	int64_t workspace_id, seq, until;
	int64_t upto; /* this step */
	int64_t n;    /* changes of it */
	int64_t shown[CHANGES_MAX];
	int n_shown;
};

/* 1, 0, -1. */
static int
next_follow(struct db *db, int64_t after, struct follow *f)
{
	struct db_rows *r =
	    db_query(db, broadcast_follow_sql[NEXT], DB_ARGS(db_int(after)));
	int rc = db_next(r);

	if (rc == 1)
		*f = (struct follow){
			.workspace_id = db_col_int(r, 0),
			.seq = db_col_int(r, 1),
			.until = db_col_int(r, 2),
		};
	db_end(r);
	return rc;
}

/* What has changed: 1 there is something to write, 0, -1. */
static int
look_follow(struct db *db, struct follow *f)
{
	struct db_rows *r = db_query(db, broadcast_follow_sql[UPTO],
	    DB_ARGS(
		db_int(f->workspace_id), db_int(f->seq), db_int(CHANGES_MAX)));
	int rc = db_next(r);

	if (rc == 1) {
		f->upto = db_col_int(r, 0);
		f->n = db_col_int(r, 1);
	}
	db_end(r);
	if (rc == -1 || f->n == 0)
		return rc == -1 ? -1 : 0;
	f->n_shown = db_get_ints(db, broadcast_follow_sql[MOVED],
	    DB_ARGS(db_int(f->workspace_id), db_int(f->seq), db_int(f->upto),
		db_int(CHANGES_MAX)),
	    f->shown, CHANGES_MAX);
	if (f->n_shown == -1)
		return -1;
	/* Of a few that say nothing no note is taken: they are read again. */
	return f->n_shown > 0 || f->n == CHANGES_MAX;
}

static int
pause_one(struct db *db, int64_t id, int64_t code)
{
	if (db_run(db, broadcast_follow_sql[PAUSE],
		DB_ARGS(db_int(id), db_int(code))) == -1)
		return -1;
	if (db_changed(db) > 0)
		log_warn("broadcast %lld pauses: code %lld", (long long)id,
		    (long long)code);
	return 0;
}

/* Pauses each broadcast of a message that was refused as all would be. */
static int
pause_refused(struct db *db, const struct follow *f)
{
	struct db_rows *r = db_query(db, broadcast_follow_sql[REFUSED],
	    DB_ARGS(db_int(f->workspace_id), db_int(f->seq), db_int(f->upto),
		db_int(CHANGES_MAX)));
	int64_t id[CHANGES_MAX], code[CHANGES_MAX];
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < CHANGES_MAX) {
		id[n] = db_col_int(r, 0);
		code[n++] = db_col_int(r, 1);
	}
	db_end(r);
	for (int i = 0; i < n && rc != -1; i++)
		rc = pause_one(db, id[i], code[i]);
	return rc == -1 ? -1 : 0;
}

static int
write_follow(struct db *db, const struct follow *f, int64_t now)
{
	if (pause_refused(db, f) == -1 ||
	    db_run(db, broadcast_follow_sql[FOLLOW],
		DB_ARGS(db_int(f->workspace_id), db_int(f->seq),
		    db_int(f->upto))) == -1)
		return -1;
	for (int i = 0; i < f->n_shown; i++)
		if (db_run(db, broadcast_follow_sql[SHOW],
			DB_ARGS(db_int(f->shown[i]), db_int(now))) == -1)
			return -1;
	return db_run(db, broadcast_follow_sql[SEEN],
	    DB_ARGS(db_int(f->workspace_id), db_int(f->upto)));
}

/* Is there anything to follow?  Else it ends. */
static int
end_follow(struct db *db, const struct follow *f, int64_t now)
{
	int64_t one;
	int rc = db_get_int(db, broadcast_follow_sql[OPEN],
	    DB_ARGS(db_int(f->workspace_id), db_int(now - BROADCAST_FOLLOW_S)),
	    &one);

	if (rc == 1)
		return db_run(db, broadcast_follow_sql[LATER],
		    DB_ARGS(db_int(f->workspace_id), db_int(now + AGAIN_S)));
	return rc == -1 ? -1
			: db_run(db, broadcast_follow_sql[END],
			      DB_ARGS(db_int(f->workspace_id)));
}

/* 1 there may be more, 0, -1. */
static int
step_follow(struct db *db, struct follow *f, int64_t now)
{
	/* Later than it can be: a clock was ahead. */
	int is_due = now >= f->until || f->until > now + AGAIN_S;
	int rc = look_follow(db, f);

	if (rc == -1 || (rc == 0 && !is_due))
		return rc;
	if (db_begin_step(db) == -1)
		return -1;
	if ((rc == 1 && write_follow(db, f, now) == -1) ||
	    (is_due && end_follow(db, f, now) == -1)) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db) == -1 ? -1 : f->n == CHANGES_MAX;
}

int
broadcast_follow_step(struct db *db, int64_t now)
{
	struct follow f = { 0 };
	int more = 0, rc;

	while ((rc = next_follow(db, f.workspace_id, &f)) == 1) {
		rc = step_follow(db, &f, now);
		if (rc == -1)
			return -1;
		more |= rc;
	}
	return rc == -1 ? -1 : more;
}
