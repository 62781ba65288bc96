/*
 * Broadcasts, for members.
 */
#include <stddef.h>

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/broadcast/broadcast.h"

enum {
	PAGE,
	ONE,
	CREATE,
	START,
	PAUSE,
	STOP,
	TAGGED,
	LABELLED,
	COUNTED,
	DONE,
	SHOWN,
	N_SQL
};

#define COLUMNS                                                                \
	"SELECT b.id, b.number_id, n.phone_number_id, b.name, b.state,"        \
	" b.reason, b.tag_id,"                                                 \
	" (SELECT t.name FROM my_tags t WHERE t.id = b.tag_id), b.tag_place,"  \
	" b.label_id, (SELECT l.name FROM my_marks l WHERE l.id = "            \
	"b.label_id),"                                                         \
	" b.label_place, b.counted, b.per_minute, b.start_at, b.created_by,"   \
	" COALESCE((SELECT m.name FROM my_members m"                           \
	"  WHERE m.id = b.created_by), (SELECT f.name"                         \
	"  FROM my_former_members f WHERE f.id = b.created_by)),"              \
	" b.created_at, b.started_at, b.ended_at, b.shown_at, b.template,"     \
	" k.waiting, k.queued, k.sent, k.delivered, k.read, k.failed,"         \
	" k.skipped FROM my_broadcasts b"                                      \
	" JOIN my_broadcast_counts k ON k.broadcast_id = b.id"                 \
	" LEFT JOIN my_numbers n ON n.id = b.number_id AND n.moving = 0"       \
	" WHERE "

static const char *const broadcast_sql[N_SQL] = {
	[PAGE] = COLUMNS "b.id < $1 ORDER BY b.id DESC LIMIT $2",
	[ONE] = COLUMNS "b.id = $1",
	[CREATE] = "INSERT INTO my_broadcasts(number_id, name, tag_id,"
		   " label_id, per_minute, start_at, created_at, template)"
		   " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
	[START] = "UPDATE my_broadcasts SET state = CASE counted"
		  "  WHEN 1 THEN 'running' ELSE 'counting' END, reason = NULL,"
		  " started_at = COALESCE(started_at, CAST($2 AS BIGINT))"
		  " WHERE id = $1 AND state IN ('draft', 'paused')",
	[PAUSE] = "UPDATE my_broadcasts SET state = 'paused', reason = $2"
		  " WHERE id = $1 AND state IN ('counting', 'running')",
	[STOP] = "UPDATE my_broadcasts SET state = 'stopped', reason = NULL,"
		 " ended_at = $2"
		 " WHERE id = $1 AND state NOT IN ('stopped', 'done')",
	[TAGGED] = "UPDATE my_broadcasts SET tag_place = $2 WHERE id = $1",
	[LABELLED] = "UPDATE my_broadcasts SET label_place = $2 WHERE id = $1",
	[COUNTED] = "UPDATE my_broadcasts SET counted = 1, state = 'running'"
		    " WHERE id = $1 AND state = 'counting'",
	[DONE] = "UPDATE my_broadcasts SET state = 'done', ended_at = $2"
		 " WHERE id = $1 AND state = 'running'",
	[SHOWN] = "UPDATE my_broadcasts SET shown_at = $2"
		  " WHERE id = $1 AND shown_at <> $2",
};

const char *const broadcast_states[BROADCAST_STATES + 1] = { "waiting",
	"queued", "sent", "delivered", "read", "failed", "skipped", NULL };

const struct statements broadcast_statements = {
	.sql = broadcast_sql,
	.n = N_SQL,
};

static void
read_broadcast(struct db_rows *r, struct pool *pool, struct broadcast *b)
{
	*b = (struct broadcast){
		.id = db_col_int(r, 0),
		.number_id = db_col_int(r, 1),
		.phone_number_id = db_col_copy(r, pool, 2),
		.name = db_col_copy(r, pool, 3),
		.state = db_col_copy(r, pool, 4),
		.reason = db_col_copy(r, pool, 5),
		.tag_id = db_col_int(r, 6),
		.tag = db_col_copy(r, pool, 7),
		.tag_place = db_col_int(r, 8),
		.label_id = db_col_int(r, 9),
		.label = db_col_copy(r, pool, 10),
		.label_place = db_col_int(r, 11),
		.counted = (int)db_col_int(r, 12),
		.per_minute = db_col_int(r, 13),
		.start_at = db_col_int(r, 14),
		.created_by = db_col_int(r, 15),
		.created_by_name = db_col_copy(r, pool, 16),
		.created_at = db_col_int(r, 17),
		.started_at = db_col_int(r, 18),
		.ended_at = db_col_int(r, 19),
		.shown_at = db_col_int(r, 20),
		.template = db_col_copy(r, pool, 21),
	};
	for (int i = 0; i < BROADCAST_STATES; i++)
		b->counts[i] = db_col_int(r, 22 + i);
}

int
broadcast_get(
    struct session *s, struct pool *pool, int64_t id, struct broadcast *b)
{
	struct db_rows *r =
	    db_query(session_db(s), broadcast_sql[ONE], DB_ARGS(db_int(id)));
	int rc = db_next(r);

	if (rc == 1)
		read_broadcast(r, pool, b);
	db_end(r);
	return rc;
}

int
broadcast_list(struct session *s, struct pool *pool, int64_t before,
    struct broadcast *page, int max)
{
	struct db_rows *r = db_query(session_db(s), broadcast_sql[PAGE],
	    DB_ARGS(db_int(before), db_int(max)));
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < max)
		read_broadcast(r, pool, &page[n++]);
	db_end(r);
	return rc == -1 ? -1 : n;
}

int
broadcast_create(
    struct session *s, const struct broadcast *b, int64_t now, int64_t *id)
{
	return db_insert(session_db(s), broadcast_sql[CREATE],
	    DB_ARGS(db_int(b->number_id), db_text(b->name), db_id(b->tag_id),
		db_id(b->label_id), db_int(b->per_minute), db_int(b->start_at),
		db_int(now), db_text(b->template)),
	    id);
}

int
broadcast_start(struct session *s, int64_t id, int64_t now)
{
	return db_run(session_db(s), broadcast_sql[START],
	    DB_ARGS(db_int(id), db_int(now)));
}

int
broadcast_pause(struct session *s, int64_t id, const char *reason)
{
	return db_run(session_db(s), broadcast_sql[PAUSE],
	    DB_ARGS(db_int(id), db_text(reason)));
}

int
broadcast_stop(struct session *s, int64_t id, int64_t now)
{
	return db_run(session_db(s), broadcast_sql[STOP],
	    DB_ARGS(db_int(id), db_int(now)));
}

int
broadcast_tagged(struct session *s, int64_t id, int64_t place)
{
	return db_run(session_db(s), broadcast_sql[TAGGED],
	    DB_ARGS(db_int(id), db_int(place)));
}

int
broadcast_labelled(struct session *s, int64_t id, int64_t place)
{
	return db_run(session_db(s), broadcast_sql[LABELLED],
	    DB_ARGS(db_int(id), db_int(place)));
}

int
broadcast_counted(struct session *s, int64_t id)
{
	return db_run(
	    session_db(s), broadcast_sql[COUNTED], DB_ARGS(db_int(id)));
}

int
broadcast_done(struct session *s, int64_t id, int64_t now)
{
	return db_run(session_db(s), broadcast_sql[DONE],
	    DB_ARGS(db_int(id), db_int(now)));
}

int
broadcast_shown(struct session *s, int64_t id, int64_t now)
{
	return db_run(session_db(s), broadcast_sql[SHOWN],
	    DB_ARGS(db_int(id), db_int(now)));
}
