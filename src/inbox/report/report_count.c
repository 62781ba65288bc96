/*
 * Counts for reports, after the commit: storing a message knows nothing of it.
 * What is new is found by its id (inbox/message/followed.h), added up in memory
 * and written as few rows.
 */
#include <stddef.h>
#include <string.h>

#include "base/buf.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/message/followed.h"
#include "inbox/report/report_answer.h"
#include "inbox/report/report_count.h"

#define STEP_MAX    500
#define CELLS	    64
#define SECONDS_MAX 9999999 /* of an answer: 115 days */

enum { DUE, MESSAGES, CONVERSATIONS, ACTIVITIES, ADD, N_SQL };

#define NEW(TABLE, NAME)                                                       \
	"EXISTS (SELECT 1 FROM " TABLE " WHERE id > COALESCE((SELECT upto_id"  \
	" FROM followed WHERE name = '" NAME "'), 0))"

static const char *const report_count_sql[N_SQL] = {
	[DUE] = "SELECT 1 WHERE " NEW("messages", FOLLOWED_MESSAGES) " OR " NEW(
	    "conversations", FOLLOWED_CONVERSATIONS) " OR " NEW("activities",
	    FOLLOWED_ACTIVITIES),
	/* Most are known by one column; no reaction opens the window, a call
	 * may. */
	[MESSAGES] = "SELECT id, workspace_id, conversation_id, number_id,"
		     " CASE WHEN opens_window = 1 AND type <> 'call'"
		     "  AND type <> 'reaction' THEN 1"
		     " WHEN source = 'history' OR type = 'system'"
		     "  OR type = 'call' THEN 0"
		     " WHEN direction = 'inbound' THEN"
		     "  CASE WHEN type = 'reaction' THEN 0 ELSE 1 END"
		     " WHEN " REPORT_ANSWER_BY_ITSELF " THEN 3"
		     " WHEN type = 'reaction' THEN 4 ELSE 2 END,"
		     " sent_by, sent_at FROM messages"
		     " WHERE id > $1 ORDER BY id LIMIT $2",
	[CONVERSATIONS] = "SELECT id, workspace_id, number_id, created_at, 1, 0"
			  " FROM conversations WHERE id > $1"
			  " ORDER BY id LIMIT $2",
	[ACTIVITIES] = "SELECT a.id, a.workspace_id,"
		       " COALESCE((SELECT c.number_id FROM conversations c"
		       "  WHERE c.id = a.conversation_id), 0), a.at,"
		       " CASE WHEN a.kind = 'state' AND a.text = 'closed'"
		       "  THEN 2 ELSE 0 END, a.user_id"
		       " FROM activities a WHERE a.id > $1"
		       " ORDER BY a.id LIMIT $2",
	[ADD] = "INSERT INTO report_counts(" REPORT_COUNT_COLUMNS
		") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,"
		" $11)" REPORT_COUNT_ADD_UP("$12"),
};

const struct statements report_count_statements = {
	.sql = report_count_sql,
	.n = N_SQL,
	.also = STATEMENTS(&followed_statements, &report_answer_statements),
};

/* What MESSAGES says of one. */
enum said { SAID_NOTHING, SAID_TO_US, SAID_BY_US, SAID_BY_ITSELF, SAID_SIGN };

struct report_message {
	struct report_answer at; /* where it is */
	int64_t number_id;
	int64_t sent_by;
	enum said said;
};

/* What CONVERSATIONS and ACTIVITIES say of one. */
enum { NEITHER, STARTED, CLOSED };

/* What a row of the table is to grow by. */
struct report_cell {
	int64_t workspace_id, slot, number_id, user_id;
	int64_t received, sent, automatic, started, closed, answers;
	struct buf times;
};

struct report_counting {
	struct db *db;
	struct pool *pool;
	int n;
	struct report_cell cells[CELLS];
};

/* Writes all cells: 0, -1. */
static int
write_cells(struct report_counting *k)
{
	for (int i = 0; i < k->n; i++) {
		struct report_cell *c = &k->cells[i];

		if (db_run(k->db, report_count_sql[ADD],
			DB_ARGS(db_int(c->workspace_id), db_int(c->number_id),
			    db_int(c->slot), db_int(c->user_id),
			    db_int(c->received), db_int(c->sent),
			    db_int(c->automatic), db_int(c->started),
			    db_int(c->closed), db_int(c->answers),
			    db_text(c->times.len > 0 ? buf_end(&c->times) : ""),
			    db_int(REPORT_COUNT_TIMES_MAX))) == -1)
			return -1;
	}
	k->n = 0;
	return 0;
}

/* The cell of a time; NULL when it cannot be written. */
static struct report_cell *
cell_of(struct report_counting *k, int64_t workspace_id, int64_t at,
    int64_t number_id, int64_t user_id)
{
	int64_t slot = at / REPORT_COUNT_SLOT;

	for (int i = k->n - 1; i >= 0; i--)
		if (k->cells[i].slot == slot &&
		    k->cells[i].user_id == user_id &&
		    k->cells[i].number_id == number_id &&
		    k->cells[i].workspace_id == workspace_id)
			return &k->cells[i];
	if (k->n == CELLS && write_cells(k) == -1)
		return NULL;
	k->cells[k->n] = (struct report_cell){ .workspace_id = workspace_id,
		.slot = slot,
		.number_id = number_id,
		.user_id = user_id,
		.times = { .pool = k->pool } };
	return &k->cells[k->n++];
}

static int
count_message(struct report_counting *k, const struct report_message *m)
{
	int64_t seconds = 0;
	struct report_cell *c;
	int rc = 0;

	if (m->said == SAID_BY_US || m->said == SAID_SIGN)
		rc = report_answer_time(k->db, &m->at, &seconds);
	if (rc == -1)
		return -1;
	if (m->said == SAID_NOTHING || (m->said == SAID_SIGN && rc == 0))
		return 0;
	c = cell_of(
	    k, m->at.workspace_id, m->at.sent_at, m->number_id, m->sent_by);
	if (c == NULL)
		return -1;
	c->received += m->said == SAID_TO_US;
	c->sent += m->said == SAID_BY_US;
	c->automatic += m->said == SAID_BY_ITSELF;
	if (rc == 1) {
		c->answers++;
		buf_text(&c->times,
		    pool_printf(k->pool, "%lld,",
			(long long)(seconds < SECONDS_MAX ? seconds
							  : SECONDS_MAX)));
	}
	return 0;
}

/* Of a message that counts: where, when and who. */
static void
read_place(struct db_rows *r, struct report_message *m)
{
	m->at.workspace_id = db_col_int(r, 1);
	m->number_id = db_col_int(r, 3);
	m->at.sent_at = db_col_int(r, 6);
	if (m->said == SAID_TO_US) /* nobody's, and no answer */
		return;
	m->at.conversation_id = db_col_int(r, 2);
	m->sent_by = db_col_int(r, 5);
}

/* Here and below: how many were counted, -1. */
static int
count_messages(struct report_counting *k)
{
	struct report_message *list =
	    pool_alloc(k->pool, STEP_MAX * sizeof(*list));
	struct db_rows *r;
	int64_t after;
	int n, rc;

	if (followed_get(k->db, FOLLOWED_MESSAGES, &after) == -1)
		return -1;
	r = db_query(k->db, report_count_sql[MESSAGES],
	    DB_ARGS(db_int(after), db_int(STEP_MAX)));
	for (n = 0; (rc = db_next(r)) == 1; n++) {
		list[n] = (struct report_message){
			.at = { .message_id = db_col_int(r, 0) },
			.said = (enum said)db_col_int(r, 4),
		};
		if (list[n].said != SAID_NOTHING)
			read_place(r, &list[n]);
	}
	db_end(r);
	for (int i = 0; i < n && rc == 0; i++)
		rc = count_message(k, &list[i]);
	if (rc == -1)
		return -1;
	if (n > 0 && followed_put(k->db, FOLLOWED_MESSAGES,
			 list[n - 1].at.message_id) == -1)
		return -1;
	return n;
}

/* Of CONVERSATIONS, or of ACTIVITIES. */
static int
count_others(struct report_counting *k, const char *name, int statement)
{
	int64_t after;
	struct db_rows *r;
	int n, rc, full = 0;

	if (followed_get(k->db, name, &after) == -1)
		return -1;
	r = db_query(k->db, report_count_sql[statement],
	    DB_ARGS(db_int(after), db_int(STEP_MAX)));
	for (n = 0; (rc = db_next(r)) == 1; n++) {
		int64_t what = db_col_int(r, 4);
		struct report_cell *c;

		after = db_col_int(r, 0);
		if (what == NEITHER)
			continue;
		c = cell_of(k, db_col_int(r, 1), db_col_int(r, 3),
		    db_col_int(r, 2), db_col_int(r, 5));
		full |= c == NULL;
		if (c != NULL) {
			c->started += what == STARTED;
			c->closed += what == CLOSED;
		}
	}
	db_end(r);
	if (rc == -1 || full ||
	    (n > 0 && followed_put(k->db, name, after) == -1))
		return -1;
	return n;
}

/* In a transaction: 1 perhaps there are more, 0, -1. */
static int
count_all(struct report_counting *k)
{
	int messages = count_messages(k), conversations = -1, activities = -1;

	if (messages != -1)
		conversations =
		    count_others(k, FOLLOWED_CONVERSATIONS, CONVERSATIONS);
	if (conversations != -1)
		activities = count_others(k, FOLLOWED_ACTIVITIES, ACTIVITIES);
	if (activities == -1 || write_cells(k) == -1)
		return -1;
	return messages == STEP_MAX || conversations == STEP_MAX ||
	       activities == STEP_MAX;
}

int
report_count_step(struct db *db, struct pool *pool)
{
	struct report_counting *k;
	int64_t one;
	int rc = db_get_int(db, report_count_sql[DUE], DB_NONE, &one);

	if (rc != 1)
		return rc;
	k = pool_alloc(pool, sizeof(*k));
	k->db = db;
	k->pool = pool;
	if (db_begin(db) == -1)
		return -1;
	if ((rc = count_all(k)) == -1) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db) == -1 ? -1 : rc;
}
