/*
 * What is due at endpoints, and what became of it, for the dispatcher.
 */
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/webhook/dispatch_queue.h"
#include "inbox/webhook/webhook_delivery.h"
#include "inbox/workspace/workspace_event.h"

enum {
	ENDPOINTS,
	WAITING,
	COUNT,
	TAKEN,
	DONE,
	TRIED,
	ADD,
	LATER,
	TRIM,
	MOVE,
	LOST,
	PAUSE,
	WANTED,
	STOPPED,
	N_SQL
};

static const char *const dispatch_queue_sql[N_SQL] = {
	[ENDPOINTS] =
	    "SELECT id, workspace_id, url, events, secret, old_secret,"
	    " old_secret_until, after_seq, moved, failures, failing_since,"
	    " due_at FROM webhook_endpoints WHERE id > $1"
	    " AND state = 'active' ORDER BY id LIMIT $2",
	[WAITING] = "SELECT id, seq, last_seq, type, object_id,"
		    " conversation_id, attempts, due_at, created_at"
		    " FROM webhook_deliveries WHERE endpoint_id = $1"
		    " AND state = 'waiting' ORDER BY due_at, id LIMIT $2",
	[COUNT] = "SELECT count(*) FROM (SELECT 1 FROM webhook_deliveries"
		  " WHERE endpoint_id = $1 AND state = 'waiting' LIMIT $2)"
		  " AS w",
	[TAKEN] = "UPDATE webhook_endpoints SET failures = 0,"
		  " failing_since = NULL, due_at = 0, tried_at = $2,"
		  " delivered_at = $2, status = $3, error = NULL"
		  " WHERE id = $1",
	[DONE] = "UPDATE webhook_deliveries SET state = 'delivered',"
		 " attempts = attempts + 1, tried_at = $2, status = $3,"
		 " error = NULL WHERE id = $1",
	[TRIED] = "UPDATE webhook_endpoints SET failures = failures + 1,"
		  " failing_since = coalesce(failing_since, $2), due_at = $5,"
		  " tried_at = $2, status = $3, error = $4 WHERE id = $1",
	[ADD] = "INSERT INTO webhook_deliveries(workspace_id, endpoint_id,"
		" seq, type, object_id, conversation_id, state, attempts,"
		" due_at, created_at, tried_at, status, error)"
		" SELECT workspace_id, id, $3, $4, $5, $6, 'waiting', 1, $7,"
		" $8, $9, $10, $11 FROM webhook_endpoints"
		" WHERE id = $1 AND moved = $2",
	[LATER] = "UPDATE webhook_deliveries SET state = $2,"
		  " attempts = attempts + 1, due_at = $3, tried_at = $4,"
		  " status = $5, error = $6 WHERE id = $1",
	[TRIM] = "DELETE FROM webhook_deliveries WHERE id IN (SELECT id"
		 " FROM webhook_deliveries WHERE endpoint_id = $1"
		 " AND state <> 'waiting' ORDER BY id DESC LIMIT 10 OFFSET $2)",
	[MOVE] = "UPDATE webhook_endpoints SET after_seq = $3"
		 " WHERE id = $1 AND moved = $2",
	[LOST] = "INSERT INTO webhook_deliveries(workspace_id, endpoint_id,"
		 " seq, last_seq, type, state, due_at, created_at)"
		 " SELECT workspace_id, id, $2, $3, $4, 'waiting', 0, $5"
		 " FROM webhook_endpoints WHERE id = $1",
	[PAUSE] = "UPDATE webhook_endpoints SET state = 'paused', reason = $2,"
		  " updated_at = $3 WHERE id = $1 AND state = 'active'",
	[WANTED] = "SELECT 1 FROM webhook_endpoints WHERE id > 0"
		   " AND state = 'active' ORDER BY id LIMIT 1",
	[STOPPED] = "SELECT id, workspace_id, reason FROM webhook_endpoints"
		    " WHERE id > 0 AND state = 'paused'"
		    " AND reason <> 'member' ORDER BY id LIMIT 1",
};

const struct statements dispatch_queue_statements = {
	.sql = dispatch_queue_sql,
	.n = N_SQL,
	.also = STATEMENTS(&workspace_event_statements),
};

static const void *
bytes(struct db_rows *r, struct pool *pool, int column, size_t *len)
{
	const void *s = db_col_blob(r, column, len);

	return s == NULL ? NULL : memcpy(pool_alloc(pool, *len + 1), s, *len);
}

int
dispatch_queue_endpoints(struct db *db, struct pool *pool, int64_t after,
    struct dispatch_endpoint *out, int max)
{
	struct db_rows *r = db_query(db, dispatch_queue_sql[ENDPOINTS],
	    DB_ARGS(db_int(after), db_int(max)));
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < max) {
		struct dispatch_endpoint *e = &out[n++];

		e->id = db_col_int(r, 0);
		e->workspace_id = db_col_int(r, 1);
		e->url = db_col_copy(r, pool, 2);
		e->events = db_col_copy(r, pool, 3);
		e->secret = bytes(r, pool, 4, &e->secret_len);
		e->old_secret = bytes(r, pool, 5, &e->old_secret_len);
		e->old_secret_until = db_col_int(r, 6);
		e->after_seq = db_col_int(r, 7);
		e->moved = db_col_int(r, 8);
		e->failures = db_col_int(r, 9);
		e->failing_since = db_col_int(r, 10);
		e->due_at = db_col_int(r, 11);
	}
	db_end(r);
	return rc == -1 ? -1 : n;
}

int
dispatch_queue_waiting(struct db *db, struct pool *pool, int64_t endpoint_id,
    struct dispatch_item *out, int max)
{
	struct db_rows *r = db_query(db, dispatch_queue_sql[WAITING],
	    DB_ARGS(db_int(endpoint_id), db_int(max)));
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < max)
		out[n++] = (struct dispatch_item){
			.id = db_col_int(r, 0),
			.seq = db_col_int(r, 1),
			.last_seq = db_col_int(r, 2),
			.type = db_col_copy(r, pool, 3),
			.object_id = db_col_int(r, 4),
			.conversation_id = db_col_int(r, 5),
			.attempts = db_col_int(r, 6),
			.due_at = db_col_int(r, 7),
			.created_at = db_col_int(r, 8),
		};
	db_end(r);
	return rc == -1 ? -1 : n;
}

int
dispatch_queue_count(struct db *db, int64_t endpoint_id)
{
	int64_t n = 0;

	return db_get_int(db, dispatch_queue_sql[COUNT],
		   DB_ARGS(db_int(endpoint_id), db_int(DISPATCH_WAITING_MAX)),
		   &n) == -1
		   ? -1
		   : (int)n;
}

static int
trim_settled(struct db *db, int64_t endpoint_id)
{
	return db_run(db, dispatch_queue_sql[TRIM],
	    DB_ARGS(db_int(endpoint_id), db_int(DISPATCH_SETTLED_MAX)));
}

int
dispatch_queue_done(struct db *db, int64_t endpoint_id,
    const struct dispatch_item *item, const struct dispatch_attempt *a)
{
	if (db_run(db, dispatch_queue_sql[TAKEN],
		DB_ARGS(db_int(endpoint_id), db_int(a->at),
		    db_int(a->status))) == -1)
		return -1;
	if (item->id == 0)
		return 0;
	if (db_run(db, dispatch_queue_sql[DONE],
		DB_ARGS(db_int(item->id), db_int(a->at), db_int(a->status))) ==
	    -1)
		return -1;
	return trim_settled(db, endpoint_id);
}

int
dispatch_queue_failed(struct db *db, int64_t endpoint_id, int64_t moved,
    const struct dispatch_item *item, const struct dispatch_attempt *a,
    int give_up)
{
	if (db_run(db, dispatch_queue_sql[TRIED],
		DB_ARGS(db_int(endpoint_id), db_int(a->at), db_id(a->status),
		    db_text(a->error), db_int(a->hold_until))) == -1)
		return -1;
	if (item->id == 0)
		return db_run(db, dispatch_queue_sql[ADD],
		    DB_ARGS(db_int(endpoint_id), db_int(moved),
			db_int(item->seq), db_text(item->type),
			db_id(item->object_id), db_id(item->conversation_id),
			db_int(a->due_at), db_int(item->created_at),
			db_int(a->at), db_id(a->status), db_text(a->error)));
	if (db_run(db, dispatch_queue_sql[LATER],
		DB_ARGS(db_int(item->id),
		    db_text(give_up ? "failed" : "waiting"), db_int(a->due_at),
		    db_int(a->at), db_id(a->status), db_text(a->error))) == -1)
		return -1;
	return give_up ? trim_settled(db, endpoint_id) : 0;
}

int
dispatch_queue_move(
    struct db *db, int64_t endpoint_id, int64_t moved, int64_t after)
{
	return db_run(db, dispatch_queue_sql[MOVE],
	    DB_ARGS(db_int(endpoint_id), db_int(moved), db_int(after)));
}

int
dispatch_queue_lost(struct db *db, int64_t endpoint_id, int64_t first,
    int64_t last, int64_t now)
{
	return db_run(db, dispatch_queue_sql[LOST],
	    DB_ARGS(db_int(endpoint_id), db_int(first), db_id(last),
		db_text(WEBHOOK_DELIVERY_LOST), db_int(now)));
}

int
dispatch_queue_pause(struct db *db, const struct dispatch_endpoint *e,
    const char *reason, int64_t now)
{
	struct pool *pool = pool_new();
	struct workspace_event event = {
		.workspace_id = e->workspace_id,
		.field = "webhook_endpoint_paused",
		.at = now,
		.raw = pool_printf(pool,
		    "{\"endpoint_id\":%" PRId64 ",\"reason\":\"%s\","
		    "\"paused_at\":%" PRId64 "}",
		    e->id, reason, now),
	};
	int rc = db_run(db, dispatch_queue_sql[PAUSE],
	    DB_ARGS(db_int(e->id), db_text(reason), db_int(now)));

	if (rc == 0 && db_changed(db) > 0)
		rc = workspace_event_put(db, &event, now);
	pool_free(pool);
	return rc;
}

int
dispatch_queue_is_wanted(struct db *db)
{
	int64_t one;

	return db_get_int(db, dispatch_queue_sql[WANTED], DB_NONE, &one);
}

int
dispatch_queue_stopped(struct db *db, struct pool *pool, int64_t *id,
    int64_t *workspace_id, const char **reason)
{
	struct db_rows *r = db_query(db, dispatch_queue_sql[STOPPED], DB_NONE);
	int rc = db_next(r);

	if (rc == 1) {
		*id = db_col_int(r, 0);
		*workspace_id = db_col_int(r, 1);
		*reason = db_col_copy(r, pool, 2);
	}
	db_end(r);
	return rc;
}
