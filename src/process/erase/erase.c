/*
 * Erases persons.  First each erasure deletes its rows, one after the other.
 * Then the search indexes are merged once for all erasures that wait, since a
 * merge takes long.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "whatsapp/redact.h"

#include "spool/spool.h"

#include "inbox/broadcast/broadcast_due.h"
#include "inbox/contact/phone_book.h"
#include "inbox/erasure/delete.h"
#include "inbox/erasure/erasure.h"
#include "inbox/erasure/person.h"
#include "inbox/erasure/tombstone.h"
#include "inbox/job/job.h"
#include "inbox/node/delivery_state.h"
#include "inbox/search/search_index.h"
#include "inbox/search/search_merge.h"
#include "inbox/search/search_partition.h"
#include "inbox/search/search_progress.h"
#include "inbox/workspace/number.h"
#include "inbox/workspace/workspace_event.h"

#include "process/download/download.h"
#include "process/download/download_request.h"
#include "process/erase/erase.h"
#include "process/erase/erase_rows.h"

enum { DUE, CANCEL, SENDING, CONVERSATION, CONTACT, MEDIA, N_SQL };

#define LOOK_MS	    250		       /* between two looks for work */
#define REWRITE_MAX (INT64_C(8) << 20) /* bytes: a tenth of a second */
#define PURGE	    500		       /* tombstones */
#define STALE_ROWS  500 /* of which words are taken out at once */
#define DAY	    86400
#define WARN_MS	    3600000
#define FAILED_MS   10000
#define PURGE_MS    60000

/* Both are of one number, which the index has first. */
#define OPEN                                                                   \
	" WHERE number_id = (SELECT number_id FROM conversations"              \
	"  WHERE workspace_id = $1 AND id = $2) AND conversation_id = $2"      \
	" AND state IN ('queued', 'sending')"

static const char *const erase_sql[N_SQL] = {
	[DUE] = "UPDATE held SET due_at = $3 WHERE node = $1"
		" AND delivery_id <= $2 AND state = 'deferred'"
		" AND due_at > $3",
	[CANCEL] = "DELETE FROM outbox" OPEN " AND state = 'queued'",
	[SENDING] =
	    "SELECT 1 FROM outbox" OPEN " AND state = 'sending' LIMIT 1",
	[CONVERSATION] = "DELETE FROM conversations"
			 " WHERE workspace_id = $1 AND id = $2",
	[CONTACT] = "DELETE FROM contacts WHERE workspace_id = $1 AND id = $2",
	[MEDIA] = "SELECT 1 FROM media WHERE id = $1",
};

const struct statements erase_statements = {
	.sql = erase_sql,
	.n = N_SQL,
	.also = STATEMENTS(&erasure_statements, &person_statements,
	    &broadcast_due_statements, &phone_book_statements,
	    &tombstone_statements, &search_index_statements,
	    &search_merge_statements, &delete_statements,
	    &workspace_event_statements, &number_statements,
	    &erase_rows_statements, &erase_answers_statements),
};

/* --------------------------------------------------------- whose it is */

static int
is_id(void *arg, const char *s)
{
	const struct erase_work *w = arg;

	return person_is(w->person, s);
}

static int
is_wamid(void *arg, const char *s)
{
	const struct erase_work *w = arg;

	for (int i = 0; i < w->person->n_ids; i++)
		if (redact_wamid_names(w->pool, s, w->person->ids[i]))
			return 1;
	return tombstone_has_wamid(w->db, w->job->workspace_id, s) == 1;
}

/* 1 when a value is to be redacted: also one for a number or account that is
 * not known here. */
static int
is_ours_erase(void *arg, const char *phone_number_id, const char *waba_id)
{
	const struct erase_work *w = arg;
	struct number_key number = { 0 };
	int rc = phone_number_id != NULL
		     ? number_find(w->db, phone_number_id, &number)
		     : number_find_account(w->db, waba_id, &number);

	return rc != 1 || number.workspace_id == w->job->workspace_id;
}

/* -------------------------------------------------------------- waiting */

static int
find_person(struct erase_work *w)
{
	struct erasure *job = w->job;
	int rc = 0;

	if (job->conversation_id != 0)
		rc = person_of_conversation(w->db, w->pool, job->workspace_id,
		    job->conversation_id, w->person);
	if (rc == 0 && job->who != NULL)
		rc = person_find(
		    w->db, w->pool, job->workspace_id, job->who, w->person);
	return rc;
}

static int
for_conversations(struct erase_work *w, const char *statement)
{
	for (int i = 0; i < w->person->n_conversations; i++)
		if (db_run(w->db, statement,
			DB_ARGS(db_int(w->job->workspace_id),
			    db_int(w->person->conversations[i]))) == -1)
			return -1;
	return 0;
}

/* Begins: cancels what is queued, and makes earlier deliveries due. */
static int
begin_erase(struct erase_work *w)
{
	struct erasure *job = w->job;
	int rc;

	if (spool_last(w->spool, &job->delivery_id) == -1 ||
	    db_begin_step(w->db) == -1)
		return -1;
	job->node = spool_node(w->spool);
	rc = find_person(w);
	if (rc != -1)
		rc = for_conversations(w, erase_sql[CANCEL]);
	if (rc != -1)
		rc = db_run(w->db, erase_sql[DUE],
		    DB_ARGS(db_text(job->node), db_int(job->delivery_id),
			db_int(w->now)));
	job->place = 1;
	return erase_commit(w, rc, NULL);
}

/* 1 when all earlier deliveries were applied, or cannot be, and no message is
 * being sent; 0, -1. */
static int
may_go_on(struct erase_work *w)
{
	const struct erasure *job = w->job;
	int64_t cursor, id, one;
	int rc;

	if (delivery_state_cursor(w->db, job->node, &cursor, NULL) == -1)
		return -1;
	if (cursor < job->delivery_id)
		return 0;
	if ((rc = delivery_state_due(w->db, job->node, w->now, &id, 1)) != 0)
		return rc == -1 ? -1 : 0;
	if (find_person(w) == -1)
		return -1;
	for (int i = 0; i < w->person->n_conversations; i++) {
		rc = db_get_int(w->db, erase_sql[SENDING],
		    DB_ARGS(db_int(job->workspace_id),
			db_int(w->person->conversations[i])),
		    &one);
		if (rc != 0)
			return rc == -1 ? -1 : 0;
	}
	return 1;
}

/* Deletes the identities: a few rows, in this transaction. */
static int
forget(struct erase_work *w)
{
	struct deletion d = { .db = w->db, .pool = w->pool, .now = w->now };

	delete_begin(&d);
	for (int i = 0; i < w->person->n_conversations; i++)
		if (delete_identities(&d, w->job->workspace_id,
			w->person->conversations[i]) == -1)
			return -1;
	return 0;
}

static int
delete_person(struct erase_work *w)
{
	const struct person *p = w->person;

	if (erasure_put_person(w->db, w->job->id, p) == -1 ||
	    for_conversations(w, erase_sql[CANCEL]) == -1 || forget(w) == -1 ||
	    for_conversations(w, erase_sql[CONVERSATION]) == -1)
		return -1;
	for (int i = 0; i < p->n_ids; i++)
		if (phone_book_forget(w->db, w->job->workspace_id, p->ids[i]) ==
			-1 ||
		    broadcast_due_forget(
			w->db, w->job->workspace_id, p->ids[i]) == -1)
			return -1;
	for (int i = 0; i < p->n_contacts; i++)
		if (db_run(w->db, erase_sql[CONTACT],
			DB_ARGS(db_int(w->job->workspace_id),
			    db_int(p->contacts[i]))) == -1)
			return -1;
	return 0;
}

/* Completes merges into the person's conversations. */
static int
finish_merges(struct erase_work *w)
{
	struct pool *pool = pool_new();
	int rc = 0;

	for (int i = 0; i < w->person->n_conversations && rc != -1; i++)
		rc = job_finish(w->db, pool, w->job->workspace_id, "merge",
		    w->person->conversations[i], w->now);
	pool_free(pool);
	return rc;
}

/*
 * The state "waiting"; place 0: it was just asked for; 1: it waits.  At its end
 * nothing leads to the person's conversations any more: members do not see
 * them, and a new message begins a new conversation.
 */
static int
wait_and_part(struct erase_work *w)
{
	int rc;

	/* Begins again when the spool is another one. */
	if (w->job->place == 0 || !text_is(w->job->node, spool_node(w->spool)))
		return begin_erase(w);
	if ((rc = may_go_on(w)) != 1)
		return rc;
	if (finish_merges(w) == -1 ||
	    delivery_state_cursor(
		w->db, w->job->node, &w->job->delivery_id, NULL) == -1 ||
	    db_begin_step(w->db) == -1)
		return -1;
	rc = find_person(w);
	if (rc != -1)
		rc = delete_person(w);
	return erase_commit(w, rc, "messages");
}

/* ------------------------------------------------------------ the index */

/* Moves all erasures in STATE to NEXT: 1, -1. */
static int
go_on(struct erase *e, const char *state, const char *next,
    int (*also)(struct db *))
{
	if (db_begin_step(e->db) == -1)
		return -1;
	if ((also != NULL && also(e->db) == -1) ||
	    erasure_move_all(e->db, state, next) == -1) {
		db_rollback(e->db);
		return -1;
	}
	return db_commit(e->db) == -1 ? -1 : 1;
}

/* What was deleted has to be out of the index first: 1, -1. */
static int
merge_soon(struct erase *e)
{
	int rc = search_progress_is_stale(e->db);

	if (rc == 1)
		return search_index_step(
		    e->db, SEARCH_PARTITION_ROWS, STALE_ROWS);
	return rc == -1 ? -1 : go_on(e, "index", "merging", search_merge_begin);
}

static int
merge(struct erase *e)
{
	int rc;

	if (db_begin_step(e->db) == -1)
		return -1;
	rc = search_merge_step(e->db);
	if (rc == 0)
		rc = erasure_move_all(e->db, "merging", "flushing");
	if (rc == -1) {
		db_rollback(e->db);
		return -1;
	}
	return db_commit(e->db) == -1 ? -1 : 1;
}

/* Ends an erasure.  Its workspace event has the time, and does not say who it
 * was. */
static int
finish_erase(struct erase *e, const struct erasure *job, int64_t now)
{
	const struct workspace_event n = { .workspace_id = job->workspace_id,
		.field = "erasure",
		.at = now,
		.raw = pool_printf(e->pool,
		    "{\"id\":%lld,\"messages\":%lld,\"deliveries\":%lld}",
		    (long long)job->id, (long long)job->messages,
		    (long long)job->deliveries) };

	if (db_begin_step(e->db) == -1)
		return -1;
	if (erasure_done(e->db, job->id, now) == -1 ||
	    workspace_event_put(e->db, &n, now) == -1) {
		db_rollback(e->db);
		return -1;
	}
	if (db_commit(e->db) == -1)
		return -1;
	log_info("erasure=%lld is done: no byte is left in the files here;"
		 " backups keep theirs (messages %lld, deliveries %lld)",
	    (long long)job->id, (long long)job->messages,
	    (long long)job->deliveries);
	return 1;
}

/* 1 when a file is still being downloaded whose message was deleted: it is
 * on the disk until the download ends, and is then deleted. */
static int
is_coming(struct erase *e)
{
	int64_t one;
	int rc = 1;

	if (e->download == NULL)
		return 0;
	for (const struct download_request *t = e->download->first;
	     t != NULL && rc == 1; t = t->next)
		rc = db_get_int(e->db, erase_sql[MEDIA],
		    DB_ARGS(db_int(t->media.id)), &one);
	return rc == -1 ? -1 : rc == 0;
}

static int
flush(struct erase *e, struct erasure *job, int64_t now)
{
	int rc = is_coming(e);

	if (rc != 0)
		return rc == -1 ? -1 : 0;
	if (!e->rewritten && db_rewrite(e->db, REWRITE_MAX) == -1)
		return -1;
	e->rewritten = 1;
	if ((rc = spool_flush(e->spool)) != 1 ||
	    (rc = db_empty_log(e->db)) != 1)
		return rc;
	do {
		if (finish_erase(e, job, now) == -1)
			return -1;
	} while ((rc = erasure_first(e->db, e->pool, "flushing", job)) == 1);
	e->rewritten = 0;
	return rc == -1 ? -1 : 1;
}

/* ------------------------------------------------------------ the steps */

static int
step_rows(struct erase *e, struct erasure *job, int64_t now)
{
	static const struct {
		const char *state;
		int (*step)(struct erase_work *);
	} steps[] = {
		{ "waiting", wait_and_part },
		{ "messages", erase_messages },
		{ "groups", erase_groups },
		{ "statuses", erase_statuses },
		{ "patches", erase_patches },
		{ "reactions", erase_reactions },
		{ "unmatched", erase_unmatched },
		{ "events", erase_events },
		{ "answers", erase_answers },
		{ "deliveries", erase_deliveries },
	};
	struct person *person = pool_alloc(e->pool, sizeof(*person));
	struct erase_work w = { .db = e->db,
		.spool = e->spool,
		.pool = e->pool,
		.dir = e->dir,
		.plain_max = e->plain_max,
		.job = job,
		.person = person,
		.now = now };
	struct redact redact = { is_id, is_wamid, is_ours_erase, &w };

	w.redact = &redact;
	if (erasure_read_person(e->db, e->pool, job->id, person) == -1)
		return -1;
	person->workspace_id = job->workspace_id;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (text_is(steps[i].state, job->state))
			return steps[i].step(&w);
	log_warn("erasure=%lld is in the unknown state %s", (long long)job->id,
	    job->state);
	return 0;
}

/* Warns when an erasure takes longer than a day, which is promised. */
static void
warn_late(struct erase *e, const struct erasure *job, int64_t now)
{
	if (job->asked_at > now - DAY ||
	    (e->warned_ms != 0 && clock_ticks_ms() - e->warned_ms < WARN_MS))
		return;
	e->warned_ms = clock_ticks_ms();
	log_warn("erasure=%lld is not done after a day: %s", (long long)job->id,
	    text_is(job->state, "waiting")
		? "earlier deliveries are not applied yet, or a message is "
		  "being sent"
		: job->state);
}

/* One step of the erasure whose turn it is: 1, 0 nothing to do, -1. */
static int
step(struct erase *e, int64_t now)
{
	struct erasure job;
	int rc = erasure_first(e->db, e->pool, NULL, &job);

	if (rc == 1)
		warn_late(e, &job, now);
	if (rc == 1 && (rc = step_rows(e, &job, now)) != 0)
		return rc;
	if (rc != -1 &&
	    (rc = erasure_first(e->db, e->pool, "merging", &job)) == 1)
		return merge(e);
	if (rc == 0 &&
	    (rc = erasure_first(e->db, e->pool, "flushing", &job)) == 1)
		return flush(e, &job, now);
	if (rc == 0 && (rc = erasure_first(e->db, e->pool, "index", &job)) == 1)
		return merge_soon(e);
	return rc;
}

static int
purge(struct erase *e, int64_t now)
{
	int n;

	e->purged_ms = clock_ticks_ms();
	if (tombstone_any(e->db) != 1)
		return 0;
	if (db_begin_step(e->db) == -1)
		return -1;
	n = tombstone_purge(e->db, now, PURGE);
	if (n == -1) {
		db_rollback(e->db);
		return -1;
	}
	return db_commit(e->db);
}

int
erase_step(struct erase *e, int64_t now)
{
	int64_t ms = clock_ticks_ms();
	int rc;

	if (e->looked_ms != 0 && ms - e->looked_ms < LOOK_MS)
		return 0;
	pool_reset(e->pool);
	if (e->purged_ms == 0 || ms - e->purged_ms >= PURGE_MS)
		purge(e, now);
	rc = step(e, now);
	/* After a failure, which is in the log, it waits longer. */
	e->looked_ms = rc == 1 ? 0 : rc == 0 ? ms : ms + FAILED_MS;
	return rc;
}
