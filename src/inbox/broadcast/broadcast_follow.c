/*
 * Follows the statuses of messages of broadcasts, by the changes of their
 * workspace.  Changes have no gap; when the first behind those that were read
 * is not the next, some are gone.  Then it goes on behind the newest, and a
 * recount looks at the recipients themselves, by their messages: what is set
 * while it goes on has its change, too.
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
	UPTO, /* of a piece of changes; + RECOUNT: of recipients */
	UPTO_RECOUNT,
	MOVED,
	MOVED_RECOUNT,
	REFUSED,
	REFUSED_RECOUNT,
	FOLLOW,
	FOLLOW_RECOUNT,
	SEEN,
	SEEN_RECOUNT,
	PAUSE,
	SHOW,
	LOST,
	COUNTED,
	OPEN,
	LATER,
	END,
	N_SQL
};

/* What was changed of workspace $1 behind $2, up to $3, and is of a recipient
 * whose state is not that yet; the same of messages behind $2, up to $3. */
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
#define STALE                                                                  \
	" FROM broadcast_recipients AS r CROSS JOIN messages AS m"             \
	" WHERE r.workspace_id = $1 AND r.message_id > $2"                     \
	" AND r.message_id <= $3 AND m.id = r.message_id"                      \
	" AND m.workspace_id = $1 AND r.state <> " STATE

#define MOVED_OF(these) "SELECT DISTINCT r.broadcast_id" these " LIMIT $4"
#define REFUSED_OF(these)                                                      \
	"SELECT r.broadcast_id, MIN(m.error_code)" these                       \
	" AND m.status = 'failed' AND m.error_code IN (368, 130497, 131031,"   \
	" 131042, 131048, 131063, 131064, 132001, 132005, 132007, 132015,"     \
	" 132016) GROUP BY r.broadcast_id LIMIT $4"
#define FOLLOW_OF(these)                                                       \
	"UPDATE broadcast_recipients SET"                                      \
	" state = (SELECT " STATE " FROM messages AS m"                        \
	"  WHERE m.id = broadcast_recipients.message_id),"                     \
	" error_code = (SELECT m.error_code FROM messages AS m"                \
	"  WHERE m.id = broadcast_recipients.message_id)"                      \
	" WHERE id IN (SELECT r.id" these ")"

static const char *const broadcast_follow_sql[N_SQL] = {
	[NEXT] = "SELECT workspace_id, seq, until, COALESCE(place, -1)"
		 " FROM broadcast_follows"
		 " WHERE workspace_id > $1 ORDER BY workspace_id LIMIT 1",
	[UPTO] = "SELECT COALESCE(MAX(seq), 0), COUNT(*),"
		 " COALESCE(MIN(seq), 0) FROM (SELECT seq"
		 " FROM changes WHERE workspace_id = $1 AND seq > $2"
		 " ORDER BY seq LIMIT $3) AS some_of",
	[UPTO_RECOUNT] = "SELECT COALESCE(MAX(message_id), 0), COUNT(*),"
			 " COALESCE(MIN(message_id), 0) FROM (SELECT message_id"
			 " FROM broadcast_recipients WHERE workspace_id = $1"
			 " AND message_id > $2 ORDER BY message_id LIMIT $3)"
			 " AS some_of",
	[MOVED] = MOVED_OF(CHANGED),
	[MOVED_RECOUNT] = MOVED_OF(STALE),
	[REFUSED] = REFUSED_OF(CHANGED),
	[REFUSED_RECOUNT] = REFUSED_OF(STALE),
	[FOLLOW] = FOLLOW_OF(CHANGED),
	[FOLLOW_RECOUNT] = FOLLOW_OF(STALE),
	[SEEN] = "UPDATE broadcast_follows SET seq = $2"
		 " WHERE workspace_id = $1",
	[SEEN_RECOUNT] = "UPDATE broadcast_follows SET place = $2"
			 " WHERE workspace_id = $1",
	[PAUSE] = "UPDATE broadcasts SET state = 'paused', reason ="
		  " 'The provider refused a message of it with the code '"
		  " || CAST($2 AS BIGINT) || ', as it would the others.'"
		  " WHERE id = $1 AND state IN ('counting', 'running')",
	[SHOW] = "UPDATE broadcasts SET shown_at = $2"
		 " WHERE id = $1 AND shown_at <> $2",
	[LOST] = "UPDATE broadcast_follows SET place = 0, seq = (SELECT"
		 " MAX(c.seq) FROM changes AS c WHERE c.workspace_id = $1)"
		 " WHERE workspace_id = $1",
	[COUNTED] = "UPDATE broadcast_follows SET place = NULL"
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

/* What of the workspace is looked at in this step. */
struct follow_piece {
	int recounts; /* 0: changes by seq; 1: recipients by message */
	int64_t workspace_id;
	int64_t behind, first, upto;
	int64_t n;
	int64_t shown[CHANGES_MAX]; /* broadcasts whose counts change */
	int n_shown;
};

struct follow {
	int64_t workspace_id, seq, until;
	int64_t place; /* -1: no recount */
	struct follow_piece changes, recipients;
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
			.place = db_col_int(r, 3),
		};
	db_end(r);
	return rc;
}

static const char *
sql_of(const struct follow_piece *p, int statement)
{
	return broadcast_follow_sql[statement + p->recounts];
}

/* 0, -1. */
static int
look_piece(struct db *db, struct follow_piece *p)
{
	struct db_rows *r = db_query(db, sql_of(p, UPTO),
	    DB_ARGS(db_int(p->workspace_id), db_int(p->behind),
		db_int(CHANGES_MAX)));
	int rc = db_next(r);

	if (rc == 1) {
		p->upto = db_col_int(r, 0);
		p->n = db_col_int(r, 1);
		p->first = db_col_int(r, 2);
	}
	db_end(r);
	if (rc == -1 || p->n == 0)
		return rc == -1 ? -1 : 0;
	p->n_shown = db_get_ints(db, sql_of(p, MOVED),
	    DB_ARGS(db_int(p->workspace_id), db_int(p->behind), db_int(p->upto),
		db_int(CHANGES_MAX)),
	    p->shown, CHANGES_MAX);
	return p->n_shown == -1 ? -1 : 0;
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
pause_refused(struct db *db, const struct follow_piece *p)
{
	struct db_rows *r = db_query(db, sql_of(p, REFUSED),
	    DB_ARGS(db_int(p->workspace_id), db_int(p->behind), db_int(p->upto),
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
write_piece(struct db *db, const struct follow_piece *p, int64_t now)
{
	if (p->n == 0)
		return 0;
	if (pause_refused(db, p) == -1 ||
	    db_run(db, sql_of(p, FOLLOW),
		DB_ARGS(db_int(p->workspace_id), db_int(p->behind),
		    db_int(p->upto))) == -1)
		return -1;
	for (int i = 0; i < p->n_shown; i++)
		if (db_run(db, broadcast_follow_sql[SHOW],
			DB_ARGS(db_int(p->shown[i]), db_int(now))) == -1)
			return -1;
	return db_run(db, sql_of(p, SEEN),
	    DB_ARGS(db_int(p->workspace_id), db_int(p->upto)));
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

/* Both pieces: 0, -1. */
static int
look_follow(struct db *db, struct follow *f)
{
	f->changes = (struct follow_piece){ .workspace_id = f->workspace_id,
		.behind = f->seq };
	f->recipients = (struct follow_piece){ .workspace_id = f->workspace_id,
		.behind = f->place,
		.recounts = 1 };
	if (look_piece(db, &f->changes) == -1)
		return -1;
	return f->place == -1 ? 0 : look_piece(db, &f->recipients);
}

static int
has_lost(const struct follow *f)
{
	return f->changes.n > 0 && f->changes.first > f->seq + 1;
}

static int
is_full_piece(const struct follow_piece *p)
{
	return p->n == CHANGES_MAX;
}

/* In the transaction: 0, -1. */
static int
write_follow(struct db *db, const struct follow *f, int is_due, int64_t now)
{
	int more = is_full_piece(&f->changes) || is_full_piece(&f->recipients);

	if (has_lost(f)) {
		log_info("changes of workspace %lld were purged before"
			 " broadcasts read them: all recipients are looked at",
		    (long long)f->workspace_id);
		return db_run(db, broadcast_follow_sql[LOST],
		    DB_ARGS(db_int(f->workspace_id)));
	}
	if (write_piece(db, &f->changes, now) == -1 ||
	    write_piece(db, &f->recipients, now) == -1)
		return -1;
	if (f->place != -1 && !is_full_piece(&f->recipients) &&
	    db_run(db, broadcast_follow_sql[COUNTED],
		DB_ARGS(db_int(f->workspace_id))) == -1)
		return -1;
	return is_due && !more ? end_follow(db, f, now) : 0;
}

/* 1 there may be more, 0, -1. */
static int
step_follow(struct db *db, struct follow *f, int64_t now)
{
	/* Later than it can be: a clock was ahead. */
	int is_due = now >= f->until || f->until > now + AGAIN_S;

	if (look_follow(db, f) == -1)
		return -1;
	/* Of a few that say nothing no note is taken: they are read again. */
	if (!is_due && !has_lost(f) && f->place == -1 &&
	    f->changes.n_shown == 0 && !is_full_piece(&f->changes))
		return 0;
	if (db_begin_step(db) == -1)
		return -1;
	if (write_follow(db, f, is_due, now) == -1) {
		db_rollback(db);
		return -1;
	}
	if (db_commit(db) == -1)
		return -1;
	return has_lost(f) || is_full_piece(&f->changes) ||
	       is_full_piece(&f->recipients);
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
