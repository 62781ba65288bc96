/*
 * Gives up rows of the outbox: messages without an answer, and those that were
 * not sent for a day.  Counts the open rows of a number, for the limit of
 * submit.c.
 */
#include <inttypes.h>
#include <stddef.h>

#include "base/counters.h"
#include "base/log.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/message/reaction.h"
#include "inbox/outbox/outbox.h"

#define BATCH 100 /* rows read at once */

enum { EXPIRED, EXPIRE_MESSAGES, EXPIRE, OLD, UNCOUNT, COUNT, N_SQL };

static const char *const outbox_expire_sql[N_SQL] = {
	[EXPIRED] = "SELECT 1 FROM outbox"
		    " WHERE state = 'sending' AND sending_at <= $1 LIMIT 1",
	[EXPIRE_MESSAGES] =
	    "UPDATE messages SET status = 'failed', error = $2,"
	    " error_code = NULL"
	    " FROM outbox AS o"
	    " WHERE o.state = 'sending' AND o.sending_at <= $1"
	    " AND o.kind = 'message'"
	    " AND messages.workspace_id = o.workspace_id"
	    " AND messages.id = o.message_id AND messages.wamid IS NULL",
	[EXPIRE] = "UPDATE outbox SET state = 'failed',"
		   " reason = COALESCE(reason, 'outcome unknown')"
		   " WHERE state = 'sending' AND sending_at <= $1",
	[UNCOUNT] = "DELETE FROM number_queues",
	[COUNT] = "INSERT INTO number_queues(number_id, open)"
		  " SELECT number_id, count(*) FROM outbox"
		  " WHERE state IN ('queued', 'sending')"
		  " GROUP BY number_id HAVING count(*) >= $1",
	/* Not those behind another one: they follow when that is gone. */
	[OLD] = "SELECT o.id, o.workspace_id, o.message_id, o.kind, o.reason,"
		" p.reason FROM outbox AS o LEFT JOIN number_pauses AS p"
		" ON p.number_id = o.number_id WHERE o.state = 'queued'"
		" AND o.behind = 0 AND o.created_at <= $1 LIMIT $2",
};

static const char unknown[] =
    "{\"code\":0,\"title\":\"outcome unknown\","
    "\"detail\":\"The provider's answer was lost, and no status came within"
    " 10 minutes. The customer may have got the message.\"}";

const struct statements outbox_expire_statements = {
	.sql = outbox_expire_sql,
	.n = N_SQL,
	.also = STATEMENTS(&outbox_statements, &reaction_statements),
};

int
outbox_has_expired(struct db *db, int64_t now)
{
	int64_t one;

	return db_get_int(db, outbox_expire_sql[EXPIRED],
	    DB_ARGS(db_int(now - OUTBOX_LOST_S)), &one);
}

int
outbox_expire(struct db *db, int64_t now)
{
	int64_t until = now - OUTBOX_LOST_S;

	if (db_run(db, outbox_expire_sql[EXPIRE_MESSAGES],
		DB_ARGS(db_int(until), db_text(unknown))) == -1)
		return -1;
	counters_add(COUNTER_FAILED, db_changed(db));
	if (reaction_follow_expired(db, until) == -1 ||
	    db_run(db, outbox_expire_sql[EXPIRE], DB_ARGS(db_int(until))) == -1)
		return -1;
	return (int)db_changed(db);
}

/* ------------------------------------------------------------- after a day */

/* A row that is too old, and why it was never sent. */
struct old {
	struct outbox_row row;
	const char *why;
};

static int
read_old(struct db *db, struct pool *pool, int64_t queued_at, struct old *old,
    int max, int *n)
{
	struct db_rows *r = db_query(db, outbox_expire_sql[OLD],
	    DB_ARGS(db_int(queued_at), db_int(max)));
	int rc = 0;

	*n = 0;
	while (*n < max && (rc = db_next(r)) == 1) {
		struct old *o = &old[(*n)++];

		o->row = (struct outbox_row){
			.id = db_col_int(r, 0),
			.workspace_id = db_col_int(r, 1),
			.message_id = db_col_int(r, 2),
			.is_read = text_is(db_col_text(r, 3), "read"),
		};
		o->why = db_col_copy(r, pool, 4);
		if (o->why == NULL)
			o->why = db_col_copy(r, pool, 5);
		if (o->why == NULL)
			o->why = "other messages of the number came first";
	}
	db_end(r);
	return rc == -1 ? -1 : 0;
}

int
outbox_too_old(struct db *db, struct pool *pool, struct outbox_row *row,
    int64_t code, const char *words)
{
	struct json_out *out = json_new(pool);

	/* Only the code is logged: the words may name the customer. */
	log_warn("gave up after 24 hours: code %" PRId64, code);
	json_open_object(out, NULL);
	json_put_int(out, "code", code);
	json_put_text(out, "title", "gave up after 24 hours");
	json_put_text(out, "detail", words);
	json_close(out);
	return outbox_failed(db, row,
	    &(struct outbox_error){ .code = code,
		.json = json_end(out, NULL),
		.reason =
		    pool_printf(pool, "gave up after 24 hours: %s", words) });
}

int
outbox_has_old(struct db *db, int64_t now)
{
	struct db_rows *r = db_query(db, outbox_expire_sql[OLD],
	    DB_ARGS(db_int(now - OUTBOX_AGE_MAX), db_int(1)));
	int rc = db_next(r);

	db_end(r);
	return rc;
}

int
outbox_give_up_old(struct db *db, struct pool *pool, int64_t now, int max)
{
	struct old *old = pool_alloc(pool, sizeof(*old) * BATCH);
	int total = 0, n;

	do {
		if (read_old(db, pool, now - OUTBOX_AGE_MAX, old, BATCH, &n) ==
		    -1)
			return -1;
		for (int i = 0; i < n; i++, total++) {
			log_about_id("message", old[i].row.message_id);
			if (outbox_too_old(
				db, pool, &old[i].row, 0, old[i].why) == -1)
				return -1;
			log_about(NULL, NULL);
		}
	} while (n > 0 && total < max);
	return total;
}

int
outbox_count(struct db *db)
{
	if (db_run(db, outbox_expire_sql[UNCOUNT], DB_NONE) == -1)
		return -1;
	return db_run(
	    db, outbox_expire_sql[COUNT], DB_ARGS(db_int(OUTBOX_COUNTED)));
}
