/*
 * The table of erasures: what was asked for, and the progress.
 */
#include <stdlib.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/erasure/erasure.h"
#include "inbox/erasure/person.h"

enum {
	ASK,
	GET,
	LIST,
	FIRST,
	FIRST_ROWS,
	MOVE,
	MOVE_ALL,
	FORGET,
	FORGET_IDS,
	DONE,
	PUT_ID,
	IDS,
	N_SQL
};

#define COLUMNS                                                                \
	"id, workspace_id, user_id, conversation_id, who, state, place, at,"   \
	" node, delivery_id, messages, deliveries, asked_at, done_at"

static const char *const erasure_sql[N_SQL] = {
	[ASK] = "INSERT INTO erasures(workspace_id, user_id, who, asked_at)"
		" VALUES ($1, 0, $2, $3)",
	[GET] = "SELECT " COLUMNS " FROM erasures WHERE id = $1",
	[LIST] = "SELECT " COLUMNS " FROM erasures"
		 " WHERE workspace_id = $1 AND id < $2"
		 " ORDER BY id DESC LIMIT $3",
	[FIRST] = "SELECT " COLUMNS " FROM erasures"
		  " WHERE done_at IS NULL AND state = $1 ORDER BY id LIMIT 1",
	[FIRST_ROWS] = "SELECT " COLUMNS " FROM erasures"
		       " WHERE done_at IS NULL AND state <> 'index'"
		       " AND state <> 'merging' AND state <> 'flushing'"
		       " ORDER BY id LIMIT 1",
	[MOVE] = "UPDATE erasures SET state = $2, place = $3, at = $4,"
		 " node = $5, delivery_id = $6, messages = $7,"
		 " deliveries = $8 WHERE id = $1",
	[MOVE_ALL] = "UPDATE erasures SET state = $2"
		     " WHERE done_at IS NULL AND state = $1",
	[FORGET] = "UPDATE erasures SET who = NULL, conversation_id = NULL,"
		   " at = '' WHERE id = $1",
	[FORGET_IDS] = "DELETE FROM erasure_ids WHERE erasure_id = $1",
	[DONE] = "UPDATE erasures SET state = 'done', done_at = $2"
		 " WHERE id = $1",
	[PUT_ID] = "INSERT INTO erasure_ids(erasure_id, kind, value)"
		   " VALUES ($1, $2, $3)"
		   " ON CONFLICT(erasure_id, kind, value) DO NOTHING",
	[IDS] = "SELECT kind, value FROM erasure_ids WHERE erasure_id = $1",
};

const struct statements erasure_statements = {
	.sql = erasure_sql,
	.n = N_SQL,
};

static void
read_row_erasure(struct db_rows *r, struct pool *pool, struct erasure *e)
{
	*e = (struct erasure){
		.id = db_col_int(r, 0),
		.workspace_id = db_col_int(r, 1),
		.user_id = db_col_int(r, 2),
		.conversation_id = db_col_int(r, 3),
		.who = db_col_copy(r, pool, 4),
		.state = db_col_copy(r, pool, 5),
		.place = db_col_int(r, 6),
		.at = db_col_copy(r, pool, 7),
		.node = db_col_copy(r, pool, 8),
		.delivery_id = db_col_int(r, 9),
		.messages = db_col_int(r, 10),
		.deliveries = db_col_int(r, 11),
		.asked_at = db_col_int(r, 12),
		.done_at = db_col_int(r, 13),
	};
}

static int
read_one(struct db_rows *r, struct pool *pool, struct erasure *e)
{
	int rc = db_next(r);

	if (rc == 1)
		read_row_erasure(r, pool, e);
	db_end(r);
	return rc;
}

int
erasure_ask(struct db *db, int64_t workspace_id, const char *who, int64_t now,
    int64_t *id)
{
	return db_insert(db, erasure_sql[ASK],
		   DB_ARGS(db_int(workspace_id), db_text(who), db_int(now)),
		   id) == 1
		   ? 0
		   : -1;
}

int
erasure_get(struct db *db, struct pool *pool, int64_t id, struct erasure *e)
{
	return read_one(
	    db_query(db, erasure_sql[GET], DB_ARGS(db_int(id))), pool, e);
}

int
erasure_list(struct db *db, struct pool *pool, int64_t workspace_id,
    int64_t before, int max, struct erasure **out, int *n)
{
	struct db_rows *r = db_query(db, erasure_sql[LIST],
	    DB_ARGS(db_int(workspace_id),
		db_int(before != 0 ? before : INT64_MAX), db_int(max)));
	int rc;

	*out = pool_alloc(pool, sizeof(**out) * (size_t)max);
	*n = 0;
	while ((rc = db_next(r)) == 1 && *n < max)
		read_row_erasure(r, pool, &(*out)[(*n)++]);
	db_end(r);
	return rc == -1 ? -1 : 0;
}

int
erasure_first(
    struct db *db, struct pool *pool, const char *state, struct erasure *e)
{
	if (state == NULL)
		return read_one(
		    db_query(db, erasure_sql[FIRST_ROWS], DB_NONE), pool, e);
	return read_one(
	    db_query(db, erasure_sql[FIRST], DB_ARGS(db_text(state))), pool, e);
}

int
erasure_move(struct db *db, const struct erasure *e)
{
	return db_run(db, erasure_sql[MOVE],
	    DB_ARGS(db_int(e->id), db_text(e->state), db_int(e->place),
		db_text(e->at), db_text(e->node), db_int(e->delivery_id),
		db_int(e->messages), db_int(e->deliveries)));
}

int
erasure_move_all(struct db *db, const char *state, const char *next)
{
	return db_run(
	    db, erasure_sql[MOVE_ALL], DB_ARGS(db_text(state), db_text(next)));
}

int
erasure_forget(struct db *db, int64_t id)
{
	if (db_run(db, erasure_sql[FORGET_IDS], DB_ARGS(db_int(id))) == -1)
		return -1;
	return db_run(db, erasure_sql[FORGET], DB_ARGS(db_int(id)));
}

int
erasure_done(struct db *db, int64_t id, int64_t now)
{
	return db_run(db, erasure_sql[DONE], DB_ARGS(db_int(id), db_int(now)));
}

static int
put_id(struct db *db, int64_t id, const char *kind, const char *value)
{
	return db_run(db, erasure_sql[PUT_ID],
	    DB_ARGS(db_int(id), db_text(kind), db_text(value)));
}

int
erasure_put_person(struct db *db, int64_t id, const struct person *p)
{
	struct pool *pool = pool_new();
	int rc = 0;

	for (int i = 0; i < p->n_conversations && rc == 0; i++)
		rc = put_id(db, id, "conversation",
		    pool_printf(pool, "%lld", (long long)p->conversations[i]));
	for (int i = 0; i < p->n_contacts && rc == 0; i++)
		rc = put_id(db, id, "contact",
		    pool_printf(pool, "%lld", (long long)p->contacts[i]));
	for (int i = 0; i < p->n_ids && rc == 0; i++)
		rc = put_id(db, id, "id", p->ids[i]);
	pool_free(pool);
	return rc;
}

int
erasure_read_person(
    struct db *db, struct pool *pool, int64_t id, struct person *p)
{
	struct db_rows *r = db_query(db, erasure_sql[IDS], DB_ARGS(db_int(id)));
	int rc;

	*p = (struct person){ 0 };
	while ((rc = db_next(r)) == 1) {
		const char *kind = db_col_text(r, 0), *value;

		value = db_col_copy(r, pool, 1);
		if (text_is(kind, "id") && p->n_ids < PERSON_MAX)
			p->ids[p->n_ids++] = value;
		else if (text_is(kind, "contact") && p->n_contacts < PERSON_MAX)
			p->contacts[p->n_contacts++] = atoll(value);
		else if (text_is(kind, "conversation") &&
			 p->n_conversations < PERSON_MAX)
			p->conversations[p->n_conversations++] = atoll(value);
	}
	db_end(r);
	return rc;
}
