/*
 * Deletes what names the person in the stored answers of POSTs
 * (Idempotency-Key) and in the stored refusals of the provider.
 */
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/erasure/erasure.h"
#include "inbox/erasure/person.h"

#include "process/erase/erase_rows.h"

#define READ_MAX 400 /* answers looked at in a step */
#define CONTACTS "/api/v1/contacts/"

enum { LIST, FORGET, PAUSES, N_SQL };

static const char *const erase_answers_sql[N_SQL] = {
	[LIST] = "SELECT user_id, key, location, body FROM idempotency_keys"
		 " WHERE workspace_id = $1 AND (user_id, key) > ($2, $3)"
		 " ORDER BY user_id, key LIMIT $4",
	/* The stored answer is replaced by this: a repeated POST gets 404,
	 * and sends nothing. */
	[FORGET] = "UPDATE idempotency_keys SET status = 404, location = NULL,"
		   " body = $4 WHERE workspace_id = $1 AND user_id = $2"
		   " AND key = $3",
	[PAUSES] = "UPDATE number_pauses SET reason = replace(reason, $1, $2)"
		   " WHERE reason <> replace(reason, $1, $2)",
};

static const char gone[] =
    "{\"type\":\"https://waspool.dev/problems/not-found\","
    "\"title\":\"Not found\",\"status\":404,\"detail\":\"The customer was"
    " erased.\"}";

struct kept_answer {
	int64_t user_id;
	const char *key;
	int theirs;
};

const struct statements erase_answers_statements = {
	.sql = erase_answers_sql,
	.n = N_SQL,
};

static int
has(const int64_t *ids, int n, int64_t id)
{
	while (n > 0 && ids[n - 1] != id)
		n--;
	return n > 0;
}

/* 1 when the answer is about a contact or a conversation of the person. */
static int
is_of_person(const struct person *p, struct pool *pool, struct db_rows *r)
{
	const char *location = db_col_text(r, 2), *body;
	int64_t id;

	if (location != NULL && text_begins(location, CONTACTS))
		return has(p->contacts, p->n_contacts,
		    strtoll(location + strlen(CONTACTS), NULL, 10));
	body = db_col_text(r, 3);
	return json_int(json_parse(pool, body, strlen(body), NULL),
		   "conversation_id", &id) &&
	       has(p->conversations, p->n_conversations, id);
}

/* The next answers after place and at: how many, -1. */
static int
list_answers(struct erase_work *w, struct kept_answer *out)
{
	struct db_rows *r = db_query(w->db, erase_answers_sql[LIST],
	    DB_ARGS(db_int(w->job->workspace_id), db_int(w->job->place),
		db_text(w->job->at), db_int(READ_MAX)));
	struct pool *pool = pool_new(); /* of one body */
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < READ_MAX) {
		out[n] = (struct kept_answer){ .user_id = db_col_int(r, 0),
			.key = db_col_copy(r, w->pool, 1),
			.theirs = is_of_person(w->person, pool, r) };
		pool_reset(pool);
		n++;
	}
	db_end(r);
	pool_free(pool);
	return rc == -1 ? -1 : n;
}

static int
forget_refusals(struct erase_work *w)
{
	int rc = 0;

	for (int i = 0; i < w->person->n_ids && rc == 0; i++)
		rc = db_run(w->db, erase_answers_sql[PAUSES],
		    DB_ARGS(db_text(w->person->ids[i]), db_text("\u2026")));
	return rc;
}

/* The progress: place is the user, at the key of the last one. */
int
erase_answers(struct erase_work *w)
{
	struct kept_answer *a =
	    pool_alloc(w->pool, sizeof(*a) * (size_t)READ_MAX);
	int n = list_answers(w, a), rc = 0;

	if (n == -1 || db_begin_step(w->db) == -1)
		return -1;
	for (int i = 0; i < n && rc != -1; i++)
		if (a[i].theirs)
			rc = db_run(w->db, erase_answers_sql[FORGET],
			    DB_ARGS(db_int(w->job->workspace_id),
				db_int(a[i].user_id), db_text(a[i].key),
				db_text(gone)));
	if (n < READ_MAX)
		return erase_commit(
		    w, rc != -1 ? forget_refusals(w) : -1, "deliveries");
	w->job->place = a[n - 1].user_id;
	w->job->at = pool_copy(w->pool, a[n - 1].key);
	return erase_commit(w, rc, NULL);
}
