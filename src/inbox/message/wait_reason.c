/*
 * Why a queued message has not been sent yet, and why a number does not send.
 */
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/message/wait_reason.h"

#define MOMENT 5      /* seconds after due_at without a reason */
#define PAIR   131056 /* docs/protocol.md §6.4 */

enum { MESSAGE, NUMBER, NEXT, HELD, N_SQL };

static const char *const wait_reason_sql[N_SQL] = {
	/* A pause with a row_id concerns the conversation of that row only. */
	[MESSAGE] =
	    "SELECT o.behind, o.due_at, o.reason,"
	    " p.kind, p.until, p.reason, o.error_code FROM my_outbox o"
	    " LEFT JOIN my_pauses p ON p.number_id = o.number_id"
	    " AND p.until > $2 AND (p.row_id IS NULL OR o.conversation_id ="
	    "  (SELECT r.conversation_id FROM my_outbox r"
	    "   WHERE r.id = p.row_id))"
	    " WHERE o.kind = 'message' AND o.message_id = $1"
	    " AND o.state = 'queued'",
	[NUMBER] =
	    "SELECT n.id, n.phone_number_id, n.display_phone, p.kind, p.until,"
	    " p.reason, n.provider, n.health, n.health_error, n.health_at,"
	    " (SELECT max(c.last_message_at) FROM my_conversations c"
	    "  WHERE c.number_id = n.id AND c.status = 'active'),"
	    " (SELECT max(c.last_message_at) FROM my_conversations c"
	    "  WHERE c.number_id = n.id AND c.status = 'archived')"
	    " FROM my_numbers n LEFT JOIN my_pauses p"
	    " ON p.number_id = n.id AND p.until > $2 AND p.row_id IS NULL"
	    " WHERE n.id = $1",
	/* The next id, one by one: a number that is being moved is in two
	 * workspaces, and so in two indexes.  There are few. */
	[NEXT] = "SELECT min(id) FROM my_numbers WHERE id > $1",
	[HELD] = "SELECT reason, updated_at FROM my_held"
		 " WHERE number_id = $1 AND state = $2"
		 " ORDER BY updated_at DESC LIMIT $3",
};

const struct statements wait_reason_statements = {
	.sql = wait_reason_sql,
	.n = N_SQL,
};

/* Reads the pause from column FIRST on.  The text about a missing key is left
 * out: it names files of the server. */
static void
read_pause(
    struct db_rows *r, struct pool *pool, int first, struct wait_reason *w)
{
	w->reason = db_col_copy(r, pool, first);
	w->until = db_col_int(r, first + 1);
	if (!text_is(w->reason, "no_key"))
		w->detail = db_col_copy(r, pool, first + 2);
}

static void
read_row_wait_reason(
    struct db_rows *r, struct pool *pool, int64_t now, struct wait_reason *w)
{
	int64_t due_at = db_col_int(r, 1);

	if (!db_col_is_null(r, 3)) {
		read_pause(r, pool, 3, w);
	} else if (db_col_int(r, 0) != 0) {
		w->reason = "behind";
	} else if (due_at > now) {
		w->detail = db_col_copy(r, pool, 2);
		w->until = due_at;
		w->reason = db_col_int(r, 6) == PAIR ? "pair_rate" : "retry";
	} else if (now - due_at >= MOMENT) {
		w->reason = "queue";
	}
}

void
wait_reason_prefetch(struct session *s, int64_t message_id, int64_t now)
{
	db_prefetch(session_db(s), wait_reason_sql[MESSAGE],
	    DB_ARGS(db_int(message_id), db_int(now)));
}

int
wait_reason_of_message(struct session *s, struct pool *pool, int64_t message_id,
    int64_t now, struct wait_reason *w)
{
	struct db_rows *r = db_query(session_db(s), wait_reason_sql[MESSAGE],
	    DB_ARGS(db_int(message_id), db_int(now)));
	int rc = db_next(r);

	*w = (struct wait_reason){ 0 };
	if (rc == 1)
		read_row_wait_reason(r, pool, now, w);
	db_end(r);
	return rc == 1 ? w->reason != NULL : rc;
}

static void
read_number_wait_reason(
    struct db_rows *r, struct pool *pool, struct wait_reason_number *n)
{
	*n = (struct wait_reason_number){
		.id = db_col_int(r, 0),
		.phone_number_id = db_col_copy(r, pool, 1),
		.display_phone = db_col_copy(r, pool, 2),
		.provider = db_col_copy(r, pool, 6),
		.health = db_col_copy(r, pool, 7),
		.health_error = db_col_copy(r, pool, 8),
		.health_at = db_col_int(r, 9),
		.last_message_at = db_col_int(r, 10),
	};
	if (db_col_int(r, 11) > n->last_message_at)
		n->last_message_at = db_col_int(r, 11);
	if (!db_col_is_null(r, 3))
		read_pause(r, pool, 3, &n->waiting);
}

/* How many deliveries of the number are in STATE, and what there is to say of
 * the newest of any. */
static int
read_held_number(struct session *s, struct pool *pool, const char *state,
    int *count, struct wait_reason_number *n)
{
	struct db_rows *r = db_query(session_db(s), wait_reason_sql[HELD],
	    DB_ARGS(db_int(n->id), db_text(state),
		db_int(WAIT_REASON_HELD_MAX + 1)));
	int rc;

	while ((rc = db_next(r)) == 1 && *count < WAIT_REASON_HELD_MAX) {
		if (*count == 0 && db_col_int(r, 1) > n->held_at) {
			n->held_reason = db_col_copy(r, pool, 0);
			n->held_at = db_col_int(r, 1);
		}
		++*count;
	}
	n->held_more |= rc == 1;
	db_end(r);
	return rc == -1 ? -1 : 0;
}

int
wait_reason_get_number(struct session *s, struct pool *pool, int64_t id,
    int64_t now, struct wait_reason_number *n)
{
	struct db_rows *r = db_query(session_db(s), wait_reason_sql[NUMBER],
	    DB_ARGS(db_int(id), db_int(now)));
	int rc = db_next(r);

	if (rc == 1)
		read_number_wait_reason(r, pool, n);
	db_end(r);
	if (rc == 1 &&
	    (read_held_number(s, pool, "deferred", &n->deferred, n) == -1 ||
		read_held_number(s, pool, "dead", &n->dead, n) == -1))
		return -1;
	return rc;
}

int
wait_reason_list_numbers(struct session *s, struct pool *pool, int64_t after,
    int64_t now, struct wait_reason_number *out, int max)
{
	int n = 0, rc = 1;

	while (n < max && rc == 1) {
		int64_t id = 0;

		if (db_get_int(session_db(s), wait_reason_sql[NEXT],
			DB_ARGS(db_int(after)), &id) == -1)
			return -1;
		if (id == 0)
			break;
		rc = wait_reason_get_number(s, pool, id, now, &out[n]);
		n += rc == 1;
		after = id;
	}
	return rc == -1 ? -1 : n;
}
