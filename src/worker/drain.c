/*
 * From the spool into the inbox.  Deliveries are read and parsed before the
 * write lock is taken.  A long one (history) is spread over several
 * transactions: applying its beginning again does no harm, so only its end
 * moves the cursor.
 */
#include <stddef.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/pool.h"
#include "base/text.h"

#include "whatsapp/delivery.h"
#include "whatsapp/event.h"

#include "inbox/intake.h"
#include "inbox/spool.h"

#include "worker/drain.h"

#define BATCH_MAX 1000
#define BYTES_MAX ((size_t)2 << 20) /* of bodies at a time */

/* A delivery on its way. */
struct item {
	struct spool_delivery d;
	int held; /* behind the cursor */
	int gone; /* the spool has it no more */
	struct event *events;
	size_t n;
	const char *unreadable; /* no JSON: why */
	const char *reason;	/* what went wrong */
};

/* A batch; DELIVERY_ID: the last one beyond the cursor that is complete. */
struct batch {
	struct drain *drain;
	struct db *db;
	const char *node;
	int64_t now;
	int64_t began_ms;
	int64_t delivery_id;
	struct item *items;
	int n;
};

int
drain_prepare(struct db *db)
{
	return intake_prepare(db) == -1 ? -1 : apply_prepare(db);
}

static void
parse(struct batch *b, struct item *item)
{
	const char *why = NULL;

	if (!item->gone &&
	    delivery_parse(b->drain->pool, item->d.body, item->d.body_len,
		item->d.received_at, &item->events, &item->n, &why) == -1)
		item->unreadable = why != NULL ? why : "not JSON";
}

/* At most half of a batch, so that old trouble does not hold up the new. */
static int
load_held(struct batch *b, size_t *bytes)
{
	struct drain *d = b->drain;
	int max = (d->batch + 1) / 2;
	int64_t ids[BATCH_MAX];
	int n = intake_due(
	    b->db, b->node, b->now, ids, max < BATCH_MAX ? max : BATCH_MAX);

	for (int i = 0; i < n && *bytes < BYTES_MAX; i++) {
		struct item *item = &b->items[b->n];
		int rc = spool_get(d->spool, d->pool, ids[i], &item->d);

		if (rc == -1)
			return -1;
		item->d.id = ids[i];
		item->held = 1;
		item->gone = rc == 0;
		*bytes += rc == 1 ? item->d.body_len : 0;
		b->n++;
	}
	return n == -1 ? -1 : 0;
}

static int
load(struct batch *b)
{
	struct drain *d = b->drain;
	struct spool_delivery *fresh;
	size_t bytes = 0;
	int n = 0;

	b->items = pool_get(d->pool, sizeof(*b->items) * (size_t)d->batch);
	if (intake_cursor(b->db, b->node, &b->delivery_id, NULL) == -1 ||
	    load_held(b, &bytes) == -1)
		return -1;
	if (b->n < d->batch && bytes < BYTES_MAX &&
	    spool_next(d->spool, d->pool, b->delivery_id, d->batch - b->n,
		BYTES_MAX - bytes, &fresh, &n) == -1)
		return -1;
	for (int i = 0; i < n; i++)
		b->items[b->n++].d = fresh[i];
	for (int i = 0; i < b->n; i++)
		parse(b, &b->items[i]);
	return 0;
}

static int
begin(struct batch *b)
{
	if (db_begin(b->db) == -1)
		return -1;
	b->began_ms = clock_ticks_ms();
	return 0;
}

static int
commit(struct batch *b)
{
	if (intake_move(b->db, b->node, b->delivery_id, b->now) == -1)
		return -1;
	return db_commit(b->db);
}

/* Lets others write when this has taken long enough. */
static int
pause_for_others(struct batch *b)
{
	if (clock_ticks_ms() - b->began_ms < b->drain->hold_ms)
		return 0;
	return commit(b) == -1 ? -1 : begin(b);
}

/* What is said of the delivery: that its number is missing before all else,
 * because adding the number brings it back. */
static void
note(struct batch *b, struct item *item, const struct event *ev,
    const char *reason)
{
	int number = ev->phone_number_id != NULL &&
		     text_is(reason, intake_unregistered(
					 b->drain->pool, ev->phone_number_id));

	if (item->reason == NULL || number)
		item->reason = reason;
}

/* 0 also when the event could not be applied; -1: the database failed. */
static int
apply_one(struct batch *b, struct item *item, const struct event *ev)
{
	const char *reason = NULL;
	int rc;

	if (db_savepoint(b->db) == -1)
		return -1;
	rc = apply_event(&b->drain->apply, b->drain->pool, ev, b->now, &reason);
	if (rc == 1)
		return db_release(b->db);
	if (rc == -1 && db_error(b->db) != DB_CONSTRAINT)
		return -1;
	if (rc == -1)
		reason = "the event breaks a rule of the database";
	db_rollback_savepoint(b->db);
	note(b, item, ev, reason);
	return 0;
}

/* What became of the delivery. */
static int
finish(struct batch *b, struct item *item)
{
	int64_t id = item->d.id;
	int rc = 0;

	if (item->gone) {
		log_warn("held, but the spool has it no more");
		rc = intake_done(b->db, b->node, id);
	} else if (item->unreadable != NULL) {
		log_warn("dead: %s", item->unreadable);
		rc = intake_dead(b->db, b->node, id, item->unreadable, b->now);
	} else if (item->reason != NULL) {
		log_warn("deferred: %s", item->reason);
		rc = intake_defer(b->db, b->node, id, item->reason, b->now);
	} else if (item->held)
		rc = intake_done(b->db, b->node, id);
	if (rc == 0 && !item->held)
		b->delivery_id = id;
	return rc;
}

static int
apply_item(struct batch *b, struct item *item)
{
	for (size_t i = 0; i < item->n; i++)
		if (apply_one(b, item, &item->events[i]) == -1 ||
		    pause_for_others(b) == -1)
			return -1;
	return finish(b, item);
}

static int
apply_all(struct batch *b)
{
	int rc;

	if (begin(b) == -1)
		return -1;
	for (int i = 0; i < b->n; i++) {
		log_about("delivery", "%lld", (long long)b->items[i].d.id);
		rc = apply_item(b, &b->items[i]);
		log_about(NULL, NULL);
		if (rc == -1 || pause_for_others(b) == -1)
			return -1;
	}
	return commit(b);
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
	if (load(&b) == -1) {
		*why = DB_BROKEN;
		return -1;
	}
	if (b.n == 0)
		return 0;
	rc = apply_all(&b);
	if (rc == -1) {
		*why = db_error(b.db);
		db_rollback(b.db);
		if (*why != DB_BUSY && *why != DB_FULL)
			*why = DB_BROKEN;
	}
	return rc == -1 ? -1 : b.n;
}
