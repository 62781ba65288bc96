/*
 * What the answers of endpoints do with the rows: all that came together, in
 * one transaction.
 */
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "base/clock.h"
#include "base/counters.h"
#include "base/log.h"
#include "base/text.h"

#include "lib/digest/digest.h"
#include "lib/sql/db.h"

#include "inbox/webhook/dispatch_queue.h"
#include "inbox/webhook/webhook_delivery.h"

#include "dispatch/dispatch_call.h"
#include "dispatch/dispatch_result.h"
#include "dispatch/dispatch_state.h"

#define RETRY_FIRST 5	 /* seconds, doubled each time … */
#define RETRY_MOST  3600 /* … up to this, and half of it by chance */
#define AFTER_MOST  86400

#define GONE	     410
#define TIMEOUT	     408
#define TOO_MANY     429
#define SERVER_ERROR 500

static int64_t
retry_after(int64_t now, int64_t attempts)
{
	unsigned chance;

	digest_random(&chance, sizeof(chance));
	return now + clock_back_off(RETRY_FIRST, RETRY_MOST, attempts, chance);
}

/* 1 when the endpoint is the cause, and not what was posted. */
static int
is_the_endpoint(const struct dispatch_call *c)
{
	return c->status < 300 || c->status >= SERVER_ERROR ||
	       c->status == TOO_MANY || c->status == TIMEOUT ||
	       c->hook->e.failures + 1 >= DISPATCH_FAILURES;
}

/* Why no more is tried; NULL: it is. */
static const char *
why_pause(const struct dispatch_call *c, int64_t now)
{
	const struct dispatch_endpoint *e = &c->hook->e;

	if (c->status == GONE)
		return "gone";
	return e->failures + 1 >= DISPATCH_FAILURES && e->failing_since != 0 &&
		       now - e->failing_since >= DISPATCH_AGE_MAX
		   ? "failing"
		   : NULL;
}

static int
store_failure(struct db *db, struct dispatch_call *c, int64_t now)
{
	struct dispatch_endpoint *e = &c->hook->e;
	struct dispatch_attempt a = { .at = now,
		.status = c->status,
		.error = c->error,
		.due_at = retry_after(now, c->item.attempts) };
	const char *why = why_pause(c, now);
	int64_t after =
	    c->retry_after < AFTER_MOST ? c->retry_after : AFTER_MOST;
	int give_up = text_is(c->item.type, WEBHOOK_DELIVERY_TEST) ||
		      now - c->item.created_at >= DISPATCH_AGE_MAX;

	if (is_the_endpoint(c))
		a.hold_until = retry_after(now, e->failures);
	if (after >= 0 && a.hold_until < now + after)
		a.hold_until = now + after;
	if (a.due_at < a.hold_until)
		a.due_at = a.hold_until;
	log_about_id("endpoint", e->id);
	if (e->failures == 0)
		log_info("a webhook was not taken: %s", c->error);
	if (why != NULL)
		log_warn("the endpoint is paused, %s: type 'waspool endpoint "
			 "resume %" PRId64 " --workspace %" PRId64
			 "' when it works again",
		    why, e->id, e->workspace_id);
	log_about(NULL, NULL);
	e->failures++;
	if (dispatch_queue_failed(db, e->id, c->moved, &c->item, &a, give_up) ==
	    -1)
		return -1;
	return why == NULL ? 0 : dispatch_queue_pause(db, e, why, now);
}

static int
store_call(struct db *db, struct dispatch_call *c, int64_t now)
{
	struct dispatch_attempt a = { .at = now, .status = c->status };

	if (c->error != NULL)
		return store_failure(db, c, now);
	c->hook->e.failures = 0;
	return dispatch_queue_done(db, c->hook->e.id, &c->item, &a);
}

/* All changes up to this have been taken, or have a row. */
static int64_t
stored_up_to(const struct dispatch *d, const struct dispatch_hook *h)
{
	int64_t place = h->read;

	if (h->unstored == 0)
		return place;
	for (const struct dispatch_call *c = d->calls; c != NULL; c = c->next)
		if (c->hook == h && !c->answered && c->item.id == 0 &&
		    c->moved == h->e.moved && c->item.seq <= place)
			place = c->item.seq - 1;
	return place;
}

static int
store_all(struct dispatch *d, int64_t now)
{
	for (struct dispatch_call *c = d->calls; c != NULL; c = c->next)
		if (c->answered && store_call(d->db, c, now) == -1)
			return -1;
	for (struct dispatch_hook *h = d->hooks; h != NULL; h = h->next) {
		int64_t place = stored_up_to(d, h);

		if (!h->gone && place != h->e.after_seq &&
		    dispatch_queue_move(d->db, h->e.id, h->e.moved, place) ==
			-1)
			return -1;
	}
	return 0;
}

/* They are on disk. */
static void
forget_stored(struct dispatch *d)
{
	struct dispatch_call *c = d->calls, *next;

	for (; c != NULL; c = next) {
		next = c->next;
		if (!c->answered)
			continue;
		counters_add(
		    c->error == NULL ? COUNTER_POSTED : COUNTER_NOT_POSTED, 1);
		dispatch_call_free(c);
	}
	d->answered = d->failed = 0;
}

int
dispatch_result_store(struct dispatch *d, int64_t now)
{
	if (db_begin(d->db) == -1)
		return -1;
	if (store_all(d, now) == -1 || db_commit(d->db) == -1) {
		db_rollback(d->db);
		return -1;
	}
	forget_stored(d);
	d->stored_ms = clock_ticks_ms();
	d->stale = 1;
	return 0;
}
