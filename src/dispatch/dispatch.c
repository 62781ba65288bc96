/*
 * Which endpoint is due, and with what.
 *
 * An endpoint that takes everything has no rows: only its place moves on.  What
 * it does not take gets a row and is tried again later, while what comes behind
 * goes on; when the endpoint itself seems to be the cause, one request at a
 * time finds out whether it works again, with a row and a new change in turn,
 * since either may be what it does not like.
 */
#include <stddef.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/webhook/dispatch_queue.h"
#include "inbox/webhook/endpoint_events.h"
#include "inbox/workspace/change.h"

#include "session/session.h"

#include "api/realtime/changes.h"

#include "dispatch/dispatch.h"
#include "dispatch/dispatch_call.h"
#include "dispatch/dispatch_result.h"
#include "dispatch/dispatch_state.h"

#define LOOK_MS	     250   /* between two looks at the database */
#define LOAD_MS	     10000 /* endpoints are read again at the latest */
#define STORE_MS     100   /* answers wait so long for others */
#define STORE_MOST   64	   /* … and so many */
#define PAGE	     100   /* endpoints */
#define BATCH	     100   /* changes */
#define ROWS	     16
#define HELD_LONGEST 172800 /* further away is a clock that was wrong */

const struct statements dispatch_statements = {
	.also = STATEMENTS(&dispatch_queue_statements),
};

const struct statements dispatch_reader_statements = {
	.also = STATEMENTS(&changes_statements, &change_statements),
};

static int
is_held(int64_t due_at, int64_t now)
{
	return due_at > now && due_at <= now + HELD_LONGEST;
}

/* ------------------------------------------------------------- endpoints */

/* From the one behind NEAR on, and round: they stand in the order of their
 * ids, whichever is first (rotate), so it is mostly that one. */
static struct dispatch_hook *
find_hook(struct dispatch *d, int64_t id, struct dispatch_hook *near)
{
	struct dispatch_hook *start = near != NULL ? near->next : d->hooks;
	struct dispatch_hook *h = start;

	while (h != NULL && (h->e.id != id || h->gone == 2))
		h = h->next;
	if (h != NULL)
		return h;
	for (h = d->hooks; h != start; h = h->next)
		if (h->e.id == id && h->gone != 2)
			return h;
	return NULL;
}

/* E as it is now; a new one behind NEAR.  What is under way from before a
 * member moved its place counts for nothing any more (moved). */
static struct dispatch_hook *
put_hook(struct dispatch *d, const struct dispatch_endpoint *e,
    struct dispatch_hook *near)
{
	struct dispatch_hook *h = find_hook(d, e->id, near);

	if (h == NULL) {
		struct dispatch_hook **at =
		    near != NULL ? &near->next : &d->hooks;

		h = xcalloc(sizeof(*h));
		h->next = *at;
		*at = h;
		h->read = e->after_seq;
	} else if (h->e.moved != e->moved)
		h->read = e->after_seq;
	h->e = *e;
	h->gone = 0;
	h->idle_state = 0;
	return h;
}

static void
drop_gone(struct dispatch *d)
{
	struct dispatch_hook **at = &d->hooks, *h;

	while ((h = *at) != NULL) {
		/* Its texts are no more: only its calls' outcome is wanted. */
		if (h->gone)
			h->gone = 2;
		if (h->gone && h->unstored == 0) {
			*at = h->next;
			free(h);
		} else
			at = &h->next;
	}
}

static int
load_hooks(struct dispatch *d)
{
	struct dispatch_endpoint page[PAGE];
	struct dispatch_hook *near = NULL;
	struct pool *pool = pool_new();
	int64_t after = 0;
	int n;

	for (struct dispatch_hook *h = d->hooks; h != NULL; h = h->next)
		h->gone = h->gone == 2 ? 2 : 1;
	do {
		n = dispatch_queue_endpoints(d->db, pool, after, page, PAGE);
		for (int i = 0; i < n; i++) {
			near = put_hook(d, &page[i], near);
			after = page[i].id;
		}
	} while (n == PAGE);
	drop_gone(d);
	pool_free(d->pool);
	d->pool = pool;
	return n == -1 ? -1 : 0;
}

/* Reads the endpoints again when anybody has committed anything since. */
static int
look_again(struct dispatch *d)
{
	int64_t ms = clock_ticks_ms(), state = 0;
	int rc;

	if (!d->stale && d->looked_ms != 0 && ms - d->looked_ms < LOOK_MS)
		return 0;
	db_check(d->db);
	session_check(d->session);
	if (db_begin_read(d->db) == -1)
		return -1;
	rc = db_state(d->db, &state);
	db_end_read(d->db);
	if (rc == -1)
		return -1;
	if (d->stale || state != d->state || state == 0 ||
	    ms - d->looked_ms > LOAD_MS)
		rc = load_hooks(d);
	d->looked_ms = ms;
	d->state = state;
	d->stale = 0;
	return rc == -1 ? -1 : 0;
}

/* ------------------------------------------------------------ what is due */

static int
is_under_way(
    const struct dispatch *d, const struct dispatch_hook *h, int64_t id)
{
	const struct dispatch_call *c = d->calls;

	while (c != NULL && (c->hook != h || c->item.id != id))
		c = c->next;
	return c != NULL;
}

/* How many requests may begin. */
static int
room_of(const struct dispatch *d, const struct dispatch_hook *h)
{
	int others = 0, room;

	if (h->e.failures > 0)
		return h->unstored == 0 && d->under_way < DISPATCH_MAX;
	for (const struct dispatch_call *c = d->calls; c != NULL; c = c->next)
		others += !c->answered &&
			  c->hook->e.workspace_id == h->e.workspace_id;
	room = DISPATCH_PARALLEL - h->under_way;
	if (room > DISPATCH_OF_WORKSPACE - others)
		room = DISPATCH_OF_WORKSPACE - others;
	if (room > DISPATCH_MAX - d->under_way)
		room = DISPATCH_MAX - d->under_way;
	return room;
}

/* Rows that wait; when the endpoint itself seems to fail, the first at once:
 * how many began, -1. */
static int
begin_rows(struct dispatch *d, struct dispatch_hook *h, int room, int64_t now)
{
	struct pool *pool = pool_new();
	struct dispatch_item rows[ROWS];
	int n = dispatch_queue_waiting(d->db, pool, h->e.id, rows, ROWS);
	int begun = 0, rc = 0;

	for (int i = 0; i < n && begun < room && rc == 0; i++) {
		if (is_under_way(d, h, rows[i].id))
			continue;
		if (h->e.due_at == 0 && is_held(rows[i].due_at, now)) {
			if (rows[i].due_at < h->idle_until)
				h->idle_until = rows[i].due_at;
			break;
		}
		rc = dispatch_call_begin(d, h, &rows[i], now);
		begun++;
	}
	pool_free(pool);
	return n == -1 || rc == -1 ? -1 : begun;
}

/* Changes that are gone: the endpoint is told, and goes on with what is
 * there. */
static int
skip_lost(struct dispatch *d, struct dispatch_hook *h, int64_t first,
    int64_t last, int64_t now)
{
	int64_t to = h->read < first ? first - 1 : last;
	int64_t from = h->read < first ? h->read + 1 : to;

	if (h->unstored > 0)
		return 0;
	if (db_begin(d->db) == -1)
		return -1;
	if (dispatch_queue_lost(d->db, h->e.id, from, to, now) == -1 ||
	    dispatch_queue_move(d->db, h->e.id, h->e.moved, to) == -1 ||
	    db_commit(d->db) == -1) {
		db_rollback(d->db);
		return -1;
	}
	log_about_id("endpoint", h->e.id);
	log_warn("changes were gone before they were posted");
	log_about(NULL, NULL);
	h->read = h->e.after_seq = to;
	d->stale = 1;
	return 1;
}

static int
begin_change(struct dispatch *d, struct dispatch_hook *h,
    const struct change *c, int64_t now)
{
	struct dispatch_item item = { .seq = c->seq,
		.type = c->type,
		.object_id = c->id,
		.conversation_id = c->conversation_id,
		.created_at = now };

	return dispatch_call_begin(d, h, &item, now);
}

/* What is a member's own, such as a draft, is nobody else's. */
static int
is_wanted(const struct dispatch_hook *h, const struct change *c)
{
	return c->type != NULL && c->user_id == 0 &&
	       endpoint_events_want(h->e.events, c->type);
}

/* New changes, after the last that began: how many began, -1. */
static int
begin_changes(struct dispatch *d, struct dispatch_hook *h, struct pool *pool,
    int room, int64_t now)
{
	struct change changes[BATCH];
	int64_t first, last;
	int begun = 0, n;

	if (change_range(d->session, &first, &last) == -1)
		return -1;
	if (!change_reaches(first, last, h->read))
		return skip_lost(d, h, first, last, now);
	n = change_read(d->session, pool, h->read, changes, BATCH);
	for (int i = 0; i < n; i++) {
		if (is_wanted(h, &changes[i])) {
			if (begun == room)
				return begun;
			if (begin_change(d, h, &changes[i], now) == -1)
				return -1;
			begun++;
		}
		h->read = changes[i].seq;
	}
	if (n == BATCH && begun == 0)
		begun = 1; /* there is more to look through */
	return n == -1 ? -1 : begun;
}

/* A row and a new change in turn. */
static int
begin_probe(struct dispatch *d, struct dispatch_hook *h, struct pool *pool,
    int may_change, int64_t now)
{
	int rc = 0;

	if (!h->row_was_last)
		rc = begin_rows(d, h, 1, now);
	if (rc == 0 && may_change)
		rc = begin_changes(d, h, pool, 1, now);
	if (rc == 0 && h->row_was_last)
		rc = begin_rows(d, h, 1, now);
	if (rc > 0)
		h->row_was_last = !h->row_was_last;
	return rc;
}

static int
begin_due(struct dispatch *d, struct dispatch_hook *h, struct pool *pool,
    int room, int64_t now)
{
	int waiting = dispatch_queue_count(d->db, h->e.id);
	int may_change = waiting + h->unstored < DISPATCH_WAITING_MAX;
	int begun = 0, rc;

	if (waiting == -1)
		return -1;
	if (h->e.failures > 0)
		return begin_probe(d, h, pool, may_change, now);
	if (waiting > 0)
		begun = begin_rows(d, h, room, now);
	if (begun == -1 || begun == room || !may_change)
		return begun;
	rc = begin_changes(d, h, pool, room - begun, now);
	return rc == -1 ? -1 : begun + rc;
}

/* 1 something began, 0, -1. */
static int
begin_hook(struct dispatch *d, struct dispatch_hook *h, int64_t now)
{
	struct pool *pool;
	int room, rc;

	if (h->gone || is_held(h->e.due_at, now) ||
	    (h->idle_state == d->state && d->state != 0 &&
		is_held(h->idle_until, now)) ||
	    (room = room_of(d, h)) <= 0)
		return 0;
	h->idle_until = now + HELD_LONGEST;
	pool = pool_new();
	session_serve(d->session, h->e.workspace_id, 0);
	rc = session_begin_read(d->session);
	if (rc == 0)
		rc = begin_due(d, h, pool, room, now);
	session_end_read(d->session);
	session_serve(d->session, 0, 0);
	pool_free(pool);
	h->idle_state = rc == 0 ? d->state : 0;
	return rc == -1 ? -1 : rc > 0;
}

/* The one that was first is last the next time. */
static void
rotate(struct dispatch *d)
{
	struct dispatch_hook *first = d->hooks, *h = first;

	if (first == NULL || first->next == NULL)
		return;
	while (h->next != NULL)
		h = h->next;
	d->hooks = first->next;
	h->next = first;
	first->next = NULL;
}

static int
begin_all(struct dispatch *d, int64_t now)
{
	int begun = 0, rc;

	for (struct dispatch_hook *h = d->hooks; h != NULL; h = h->next) {
		rc = begin_hook(d, h, now);
		if (rc == -1)
			return -1;
		begun |= rc;
	}
	rotate(d);
	return begun;
}

/* 1 when a place has moved although nothing was posted. */
static int
has_moved(const struct dispatch *d)
{
	for (const struct dispatch_hook *h = d->hooks; h != NULL; h = h->next)
		if (!h->gone && h->unstored == 0 && h->read != h->e.after_seq)
			return 1;
	return 0;
}

static int
store_due(const struct dispatch *d)
{
	if (d->answered == 0)
		return clock_ticks_ms() - d->stored_ms >= STORE_MS &&
		       has_moved(d);
	return d->failed > 0 || d->under_way == 0 ||
	       d->answered >= STORE_MOST ||
	       clock_ticks_ms() - d->answered_ms >= STORE_MS;
}

int
dispatch_step(struct dispatch *d, int64_t now, int starting, enum db_error *why)
{
	int stored = store_due(d), begun = 0;

	if ((stored && dispatch_result_store(d, now) == -1) ||
	    look_again(d) == -1 ||
	    (starting && (begun = begin_all(d, now)) == -1)) {
		*why = db_error(d->db);
		if (*why == DB_OK)
			*why = session_error(d->session);
		return -1;
	}
	return stored || begun;
}

void
dispatch_close(struct dispatch *d)
{
	struct dispatch_hook *h;

	while (d->calls != NULL)
		dispatch_call_free(d->calls);
	while ((h = d->hooks) != NULL) {
		d->hooks = h->next;
		free(h);
	}
	pool_free(d->pool);
	d->pool = NULL;
}
