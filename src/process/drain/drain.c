/*
 * Applies deliveries of the spool to the inbox.  Deliveries are read before the
 * write lock is taken, and parsed: where there are many, and a second core, by
 * a thread beside (ahead.h), which is ahead of the applying.  A long one
 * (history) takes several transactions: applying its beginning again does no
 * harm, so only its end moves the cursor.
 *
 * A savepoint makes SQLite copy each page that the event changes, and hardly
 * any event fails.  So a transaction is first tried without savepoints; when
 * one of its events must be rolled back, the whole transaction is, and is done
 * again with a savepoint for each event.
 *
 * On PostgreSQL, where each statement is a way to another process, a
 * transaction applies a set of events together (drain_set.h); one that fails is
 * done again event by event.
 */
#include <stddef.h>

#include "base/counters.h"
#include "base/log.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/statements.h"

#include "whatsapp/delivery.h"
#include "whatsapp/event.h"

#include "spool/spool.h"

#include "inbox/customer/customer_memo.h"
#include "inbox/erasure/tombstone.h"
#include "inbox/message/message_pgsql.h"
#include "inbox/node/delivery_state.h"
#include "inbox/outbox/outbox.h"

#include "process/drain/ahead.h"
#include "process/drain/drain.h"
#include "process/drain/drain_set.h"
#include "process/drain/drain_workspaces.h"
#include "process/drain/prefetch.h"
#include "process/drain/resolve_number.h"

#define BATCH_MAX  1000
#define BYTES_MAX  ((size_t)2 << 20) /* of bodies at a time, also plain */
#define BESIDE_MIN 8 /* deliveries; for fewer no thread is worth it */

/* A delivery of the batch. */
struct item {
	struct spool_delivery d;
	int held; /* 1: deferred; 0: after the cursor */
	int gone; /* 1: no longer in the spool */
	struct event *events;
	size_t n;
	const char *unreadable; /* why it cannot be parsed; NULL it can */
	struct delivery_state_hindrance
	    why; /* reason NULL: nothing went wrong */
};

/* A batch; delivery_id: the new cursor, the last complete delivery. */
struct batch {
	struct drain *drain;
	struct db *db;
	const char *node;
	int64_t now, delivery_id;
	const struct spool_delivery *last; /* that delivery, if of this batch */
	struct item *items;
	int n;
	struct ahead ahead; /* parses what is not held */
	int n_held;
	size_t plain;	      /* bytes of what is parsed */
	struct pool *parsing; /* where */
	struct resolve_number_memo memo;
	struct drain_workspaces *workspaces; /* NULL: writers take turns */
	int overtaken;	   /* 1: another processor has moved the cursor */
	enum db_error why; /* the inbox could not be read */
	/* the current transaction */
	int first;				 /* item that it begins with */
	int64_t first_id;			 /* delivery_id at its begin */
	const struct spool_delivery *first_last; /* last at its begin */
	int careful; /* 1: with a savepoint for each event */
};

#define AGAIN 2 /* do the transaction again, with savepoints */

const struct statements drain_statements = {
	.also = STATEMENTS(
	    &delivery_state_statements, &skew_statements, &apply_statements),
};

/* Adds to *BYTES what the body is when it is plain: a little gzip may say
 * much. */
static void
parse(struct batch *b, struct item *item, struct pool *pool, size_t *bytes)
{
	const char *body = item->d.body, *why = NULL;
	size_t len = item->d.body_len;

	if (item->gone)
		return;
	if (delivery_plain(pool, b->drain->plain_max, &body, &len, &why) ==
	    -1) {
		item->unreadable = why;
		*bytes += b->drain->plain_max;
		return;
	}
	*bytes += len;
	if (delivery_parse_plain(pool, body, len, item->d.received_at,
		&item->events, &item->n, &why) == -1)
		item->unreadable = why != NULL ? why : "not JSON";
}

/* Loads deferred deliveries: at most half of a batch and of its bytes, so that
 * they do not delay new ones. */
static int
load_held(struct batch *b, size_t *bytes)
{
	struct drain *d = b->drain;
	int max = (d->batch + 1) / 2;
	int64_t ids[BATCH_MAX];
	int n = delivery_state_due(
	    b->db, b->node, b->now, ids, max < BATCH_MAX ? max : BATCH_MAX);

	if (n == -1)
		b->why = db_error(b->db);

	for (int i = 0; i < n && *bytes < BYTES_MAX / 2; i++) {
		struct item *item = &b->items[b->n];
		int rc = spool_get(d->spool, d->pool, ids[i], &item->d);

		if (rc == -1)
			return -1;
		item->d.id = ids[i];
		item->held = 1;
		item->gone = rc == 0;
		parse(b, item, d->pool, bytes);
		b->n++;
	}
	b->n_held = b->n;
	return n == -1 ? -1 : 0;
}

/* A step of the thread beside: delivery I of those that are not held. */
static int
parse_step(void *arg, int i)
{
	struct batch *b = arg;

	if (b->plain >= BYTES_MAX)
		return 0;
	parse(b, &b->items[b->n_held + i], b->parsing, &b->plain);
	return 1;
}

static const struct event *
events_of(void *arg, int i, size_t *n)
{
	const struct batch *b = arg;

	*n = b->items[b->n_held + i].n;
	return b->items[b->n_held + i].events;
}

/* Begins to parse the N deliveries that are not held. */
static void
begin_parsing(struct batch *b, int n)
{
	struct drain *d = b->drain;
	int beside = d->beside != NULL && n >= BESIDE_MIN;

	b->n += n;
	b->parsing = beside ? d->beside : d->pool;
	ahead_begin(&b->ahead, n, parse_step, b, beside);
	if (d->prefetch != NULL && b->ahead.beside)
		prefetch_begin(d->prefetch, &b->ahead, n, events_of, b);
}

/* 1 when the batch has an item I, which is parsed then. */
static int
has_item(struct batch *b, int i)
{
	if (i >= b->n_held && i < b->n && !ahead_wait(&b->ahead, i - b->n_held))
		b->n = i;
	return i < b->n;
}

/* Loads a batch: 1; 0 when the spool does not fit the cursor, and nothing is
 * loaded; -1. */
static int
load_drain(struct batch *b)
{
	struct drain *d = b->drain;
	struct spool_delivery *fresh;
	const char *fingerprint;
	size_t bytes = 0;
	int n = 0, rc;

	b->items = pool_alloc(d->pool, sizeof(*b->items) * (size_t)d->batch);
	if (delivery_state_place(
		b->db, d->pool, b->node, &b->delivery_id, &fingerprint) == -1) {
		b->why = db_error(b->db);
		return -1;
	}
	if (load_held(b, &bytes) == -1)
		return -1;
	rc = spool_follow(d->spool, d->pool, b->delivery_id, fingerprint,
	    d->batch - b->n,
	    bytes < BYTES_MAX / 2 ? BYTES_MAX - bytes : BYTES_MAX / 2, &fresh,
	    &n);
	if (rc != 1)
		return rc;
	for (int i = 0; i < n; i++)
		b->items[b->n + i].d = fresh[i];
	begin_parsing(b, n);
	return 1;
}

/*
 * The delivery that was applied last is not in this spool: the file is an older
 * copy, or was emptied or replaced.  Nobody knows which of its deliveries were
 * applied, and applying one twice does no harm: so the spool is renamed, and
 * all are applied.  The old name keeps its cursor, in case its file comes back.
 */
static int
begin_anew(struct batch *b)
{
	const char *old = pool_copy(b->drain->pool, b->node);

	if (db_begin(b->db) == -1)
		return -1;
	if (delivery_state_leave(b->db, old) == -1) {
		db_rollback(b->db);
		return -1;
	}
	if (db_commit(b->db) == -1 || spool_rename(b->drain->spool) == -1)
		return -1;
	log_warn("spool.db is not the file that was read last (an older copy "
		 "was put back, or it was emptied or replaced): delivery %lld "
		 "of %s is not in it.  All of this file is applied again, as "
		 "%s; nothing counts twice.  If you still have the other file, "
		 "type 'waspool spool import FILE'",
	    (long long)b->delivery_id, old, spool_node(b->drain->spool));
	b->n = 0;
	return 0;
}

/* Where the batch will write, for an engine that lets others write elsewhere:
 * all of it is parsed first. */
static int
find_workspaces(struct batch *b)
{
	if (!db_has_workspaces(b->db))
		return 0;
	b->workspaces = pool_alloc(b->drain->pool, sizeof(*b->workspaces));
	for (int i = 0; has_item(b, i); i++)
		for (size_t k = 0; k < b->items[i].n; k++)
			if (drain_workspaces_add(b->workspaces,
				&b->drain->apply, &b->items[i].events[k]) == -1)
				return -1;
	return 0;
}

/* Begins a transaction, which starts with item I. */
static int
begin_drain(struct batch *b, int i, int careful)
{
	const struct drain_workspaces *w = b->workspaces;

	if ((w == NULL ? db_begin(b->db)
		       : db_begin_workspaces(b->db, w->id, w->n)) == -1)
		return -1;
	write_yield_begin(&b->drain->share);
	b->first = i;
	b->first_id = b->delivery_id;
	b->first_last = b->last;
	b->careful = careful;
	b->memo = (struct resolve_number_memo){ 0 };
	b->drain->apply.messages =
	    w == NULL || careful ? NULL : message_pgsql_new(b->drain->pool);
	/* A savepoint that is rolled back would have to undo it. */
	b->drain->apply.customers = careful ? NULL
					    : customer_memo_new(b->drain->pool,
						  b->drain->apply.messages);
	b->drain->apply.erased = tombstone_any(b->db);
	return b->drain->apply.erased == -1 ? -1 : 0;
}

/* Moves the cursor from where this transaction found it: 0, -1. */
static int
move_cursor(struct batch *b, const char *fingerprint)
{
	int rc = delivery_state_move(
	    b->db, b->node, b->first_id, b->delivery_id, fingerprint, b->now);

	if (rc == 0) {
		log_warn("another processor has moved the cursor of %s from "
			 "%lld: this batch is read again",
		    b->node, (long long)b->first_id);
		b->overtaken = 1;
	}
	return rc == 1 ? 0 : -1;
}

static int
commit(struct batch *b)
{
	char fingerprint[SPOOL_FINGERPRINT] = "";

	if (b->drain->apply.customers != NULL &&
	    customer_memo_drop(b->db, b->drain->apply.customers) == -1)
		return -1;
	if (b->last != NULL)
		spool_fingerprint(b->last, fingerprint);
	if (move_cursor(b, b->last != NULL ? fingerprint : NULL) == -1)
		return -1;
	if (db_commit(b->db) == -1)
		return -1;
	spool_applied(b->drain->spool, b->delivery_id);
	return 0;
}

/* Commits and lets others write, when the transaction has been long enough.  I:
 * the current item, or the next. */
static int
pause_for_others(struct batch *b, int i)
{
	if (!write_yield_is_up(&b->drain->share, b->db, b->drain->hold_ms))
		return 0;
	if (commit(b) == -1)
		return -1;
	write_yield_give(&b->drain->share, b->db);
	return begin_drain(b, i, 0);
}

/* Rolls the transaction back, and begins it again with savepoints. */
static int
begin_again(struct batch *b)
{
	db_rollback(b->db);
	b->delivery_id = b->first_id;
	b->last = b->first_last;
	for (int i = b->first; i < b->n; i++)
		b->items[i].why = (struct delivery_state_hindrance){ 0 };
	return begin_drain(b, b->first, 1);
}

/* Keeps the reason for the delivery: the first one, but one with waits_for
 * wins, since its arrival makes the delivery due. */
static void
note(struct item *item, const struct delivery_state_hindrance *why)
{
	if (item->why.reason == NULL ||
	    (why->waits_for != NULL && item->why.waits_for == NULL))
		item->why = *why;
}

/* Compares the event's time with our clock; not for a deferred delivery,
 * which is old. */
static void
look_at_clock(struct batch *b, const struct item *item, const struct event *ev)
{
	struct skew *skew = &b->drain->skew;
	int64_t sending_at;

	if (item->held || !ev->timed || ev->source != EVENT_LIVE)
		return;
	skew_see(skew, ev->at, b->now);
	if (ev->callback == NULL || !text_is(ev->status, "sent"))
		return;
	sending_at = outbox_callback_at(b->drain->pool, ev->callback);
	if (sending_at != 0)
		skew_see_sent(skew, sending_at, ev->at);
}

/* Applies an event: 0, also when it could not be applied; AGAIN; -1: the
 * database failed. */
static int
apply_one(struct batch *b, struct item *item, const struct event *ev)
{
	int64_t before = db_changes(b->db);
	struct delivery_state_hindrance why = { 0 };
	int rc;

	if (b->careful && db_savepoint(b->db) == -1)
		return -1;
	look_at_clock(b, item, ev);
	rc = apply_event(&b->drain->apply, b->drain->pool, ev, b->now, &why);
	if (rc == 1)
		return b->careful ? db_release(b->db) : 0;
	if (rc == -1 && db_error(b->db) != DB_CONSTRAINT)
		return -1;
	if (rc == -1)
		why.reason = "the event violates a constraint of the database";
	if (!b->careful && (rc == -1 || db_changes(b->db) != before))
		return AGAIN;
	if (b->careful) {
		db_rollback_savepoint(b->db);
		b->memo = (struct resolve_number_memo){ 0 };
	}
	if (why.phone_number_id == NULL)
		why.phone_number_id = ev->phone_number_id;
	note(item, &why);
	return 0;
}

/* Stores the result of the delivery. */
static int
finish_drain(struct batch *b, struct item *item)
{
	int64_t id = item->d.id;
	int rc = 0;

	if (item->gone) {
		log_warn("it was held, and is no longer in the spool");
		rc = delivery_state_done(b->db, b->node, id);
	} else if (item->unreadable != NULL) {
		log_warn("dead: %s", item->unreadable);
		rc = delivery_state_dead(
		    b->db, b->node, id, item->unreadable, b->now);
	} else if (item->why.waits_for != NULL) {
		if (!item->held)
			log_warn("waits: %s", item->why.reason);
		rc =
		    delivery_state_wait(b->db, b->node, id, &item->why, b->now);
	} else if (item->why.reason != NULL) {
		log_warn("deferred: %s", item->why.reason);
		rc = delivery_state_defer(
		    b->db, b->node, id, &item->why, b->now);
	} else if (item->held)
		rc = delivery_state_done(b->db, b->node, id);
	if (rc == 0 && !item->held) {
		b->delivery_id = id;
		b->last = &item->d;
	}
	return rc;
}

/* Applies item I: 0, AGAIN, -1. */
static int
apply_item(struct batch *b, int i)
{
	struct item *item = &b->items[i];
	int rc;

	if (b->drain->prefetch != NULL)
		prefetch_at(b->drain->prefetch, i - b->n_held);
	b->drain->apply.credential = item->d.credential;
	for (size_t k = 0; k < item->n; k++)
		if ((rc = apply_one(b, item, &item->events[k])) != 0 ||
		    (rc = pause_for_others(b, i)) != 0)
			return rc;
	return finish_drain(b, item);
}

/* Applies items from I to before END, each by itself: 0, -1. */
static int
apply_each(struct batch *b, int i, int end)
{
	int rc;

	while (i < end && has_item(b, i)) {
		log_about_id("delivery", b->items[i].d.id);
		rc = apply_item(b, i);
		log_about(NULL, NULL);
		if (rc == AGAIN) {
			rc = begin_again(b);
			i = b->first;
		} else if (rc == 0)
			rc = pause_for_others(b, ++i);
		if (rc == -1)
			return -1;
	}
	return 0;
}

/* Applies a set, of which those that may be written at once come first: 0,
 * AGAIN, -1. */
static int
apply_set(struct batch *b, struct drain_set *set)
{
	struct apply *a = &b->drain->apply;
	int rc =
	    drain_set_prepare(set, a, b->drain->pool, b->workspaces, b->now);

	for (int i = 0; rc == 0 && i < set->n; i++) {
		struct item *item = &b->items[set->one[i].item];

		log_about_id("delivery", item->d.id);
		a->credential = item->d.credential;
		rc = apply_one(b, item, set->one[i].event);
	}
	log_about(NULL, NULL);
	if (rc == 0)
		rc = customer_memo_drop(b->db, a->customers);
	return rc == -1 && db_error(b->db) == DB_CONSTRAINT ? AGAIN : rc;
}

/* Applies item I, which has more events than a set, in several transactions:
 * 0, AGAIN, -1. */
static int
apply_long_item(struct batch *b, int i)
{
	struct item *item = &b->items[i];
	size_t k = 0;

	while (k < item->n) {
		struct drain_set set = { .n = 0 };
		int rc;

		if (k > 0 && (commit(b) == -1 || begin_drain(b, i, 0) == -1))
			return -1;
		while (k < item->n && drain_set_add(&set, &item->events[k], i))
			k++;
		if ((rc = apply_set(b, &set)) != 0)
			return rc;
	}
	return 0;
}

/* Applies items from I on, as many as are a set: 0, AGAIN, -1, and *END. */
static int
apply_items(struct batch *b, int i, int *end)
{
	struct drain_set set = { .n = 0 };
	int rc;

	*end = i + 1;
	if (b->items[i].n > DRAIN_SET_MAX)
		rc = apply_long_item(b, i);
	else {
		for (*end = i; has_item(b, *end) &&
			       set.n + (int)b->items[*end].n <= DRAIN_SET_MAX;
		     ++*end)
			for (size_t k = 0; k < b->items[*end].n; k++)
				drain_set_add(
				    &set, &b->items[*end].events[k], *end);
		rc = apply_set(b, &set);
	}
	for (; rc == 0 && i < *end; i++) {
		log_about_id("delivery", b->items[i].d.id);
		rc = finish_drain(b, &b->items[i]);
		log_about(NULL, NULL);
	}
	return rc;
}

/* Set by set, each in a transaction; one that fails item by item. */
static int
apply_sets(struct batch *b)
{
	int i = 0, end, rc;

	while (has_item(b, i)) {
		if (begin_drain(b, i, 0) == -1)
			return -1;
		rc = apply_items(b, i, &end);
		if (rc == AGAIN && (rc = begin_again(b)) == 0)
			rc = apply_each(b, b->first, end);
		if (rc == -1 || commit(b) == -1)
			return -1;
		i = end;
	}
	(void)message_pgsql_grown(b->db);
	return 0;
}

static int
apply_all(struct batch *b)
{
	if (!has_item(b, 0))
		return 0;
	if (find_workspaces(b) == -1)
		return -1;
	if (b->workspaces != NULL)
		return apply_sets(b);
	if (begin_drain(b, 0, 0) == -1 || apply_each(b, 0, b->n) == -1)
		return -1;
	return commit(b);
}

/* Counts the deliveries that are applied and committed. */
static void
count_applied(const struct batch *b, int n)
{
	int64_t applied = 0;

	for (int i = 0; i < n; i++)
		applied += !b->items[i].gone &&
			   b->items[i].unreadable == NULL &&
			   b->items[i].why.reason == NULL;
	counters_add(COUNTER_APPLIED, applied);
}

int
drain_batch(struct drain *d, int64_t now, enum db_error *why)
{
	struct batch b = { .drain = d,
		.db = d->apply.db,
		.now = now,
		.node = spool_node(d->spool) };
	int rc;

	*why = DB_OK;
	pool_reset(d->pool);
	if (d->beside != NULL)
		pool_reset(d->beside);
	spool_check_file(d->spool);
	rc = load_drain(&b);
	if (rc == 0 && begin_anew(&b) == 0)
		rc = load_drain(&b);
	if (rc != 1) {
		/* Of a server that is away for a moment. */
		*why = b.why == DB_BUSY ? DB_BUSY : DB_BROKEN;
		return -1;
	}
	d->apply.memo = &b.memo;
	rc = apply_all(&b);
	if (d->prefetch != NULL)
		prefetch_end(d->prefetch);
	ahead_end(&b.ahead);
	d->apply.memo = NULL;
	d->apply.customers = NULL;
	d->apply.messages = NULL;
	count_applied(&b, rc == -1 ? b.first : b.n);
	if (rc == -1) {
		*why = b.overtaken ? DB_BUSY : db_error(b.db);
		db_rollback(b.db);
		if (*why != DB_BUSY && *why != DB_FULL)
			*why = DB_BROKEN;
	}
	return rc == -1 ? -1 : b.n;
}
