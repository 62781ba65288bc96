/*
 * Chooses the rows that may be sent now.  One number does not delay another:
 * each has its own rate limit, pause and rows, and for one number no row of
 * another is read.
 */
#include <stddef.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/pool.h"

#include "whatsapp/provider/provider.h"

#include "inbox/outbox/outbox.h"
#include "inbox/outbox/outbox_stop.h"

#include "process/send/keys.h"
#include "process/send/send_plan.h"
#include "process/send/send_request.h"
#include "process/send/send_state.h"

#define TYPING_S 25 /* docs/protocol.md §6.2 */
#define TYPED	 3  /* typing, but not any more */

static int
is_under_way(const struct send *s, int64_t id)
{
	const struct send_request *c = s->calls;

	while (c != NULL && c->row.id != id)
		c = c->next;
	return c != NULL;
}

/* The account of the number whose rows are due, and the MARK of its key.
 * Without a key the number pauses. */
static const struct provider_account *
find_account(struct send *s, struct rate_limit *pace,
    const struct outbox_row *row, int64_t now, char *mark)
{
	struct provider_account *a = pool_alloc(s->pool, sizeof(*a));
	const char *why;
	int rc = keys_account(
	    s->keys, s->pool, row->phone_number_id, row->provider, a, &why);

	rate_limit_name(pace, row->phone_number_id);
	rate_limit_mark(a->key, mark);
	if (rc == -1 && !rate_limit_is_paused(pace, now, mark)) {
		rate_limit_pause(pace, RATE_LIMIT_STOP, clock_ticks_ms(), now,
		    -1, mark, why);
		rate_limit_refused(pace, 0, 0, now, NULL);
		log_warn("number %s sends nothing for %lld s: %s", pace->name,
		    (long long)(pace->until - now), why);
	}
	return rc == -1 ? NULL : a;
}

/* Chooses rows when the provider has refused one: first an untried message of
 * another conversation; else the N due ones, when the pause is over.  How many,
 * or -1. */
static int
choose_plan(struct send *s, struct rate_limit *pace, int64_t now,
    const char *mark, struct outbox_row *rows, int n)
{
	struct outbox_row other = { 0 };
	int rc = 0;

	if (rate_limit_tries_others(pace, now, mark))
		rc = outbox_untried(s->db, s->pool, pace->number_id,
		    pace->conversation_id, now, &other);
	if (rc == 1)
		rows[0] = other;
	if (rc != 0)
		return rc;
	return rate_limit_is_paused(pace, now, mark) ? 0 : n;
}

/* Who typed some time ago does not type now: nothing is to be sent of it, or
 * only that the message was read. */
static void
forget_typing(struct outbox_row *row, int64_t now)
{
	if (row->typing == 0 || now - row->queued_at <= TYPING_S)
		return;
	row->typing = row->typing == 2 ? 0 : TYPED;
}

/* Sets the outcome of what needs no request: who typed does not type any more,
 * or the customer has said since that no marketing is wanted.  0, -1. */
static int
settle_at_once(struct send *s, struct send_request *c)
{
	const struct outbox_row *row = &c->row;
	const char *why;

	if (row->typing == TYPED)
		send_result_put(c, PROVIDER_DONE, NULL);
	if (outbox_stop(s->db, s->pool, row->number_id, row->message.type,
		row->is_read ? NULL : row->message.content, row->stopped_at,
		&why) == -1)
		return -1;
	if (why != NULL)
		send_result_put(c, PROVIDER_REFUSED, why);
	return 0;
}

/* Adds the requests of one number to the end of the list at *PLAN. */
static int
plan_number(
    struct send *s, int64_t number_id, int64_t now, struct send_request ***plan)
{
	struct rate_limit *pace = rate_limit_of(&s->paces, s->db, number_id);
	char mark[RATE_LIMIT_MARK_LEN + 1];
	struct outbox_row *rows;
	const struct provider_account *account;
	int n, room;

	if (pace == NULL)
		return -1;
	room = rate_limit_room(
	    pace, s->rate, s->parallel, clock_ticks_ms(), &s->wait_ms);
	if (room == 0)
		return 0;
	/* More rows, since an upload and a read receipt stay queued while their
	 * request is open. */
	if (outbox_due(s->db, s->pool, number_id, now, room + pace->under_way,
		&rows, &n) == -1)
		return -1;
	if (n == 0)
		return 0;
	account = find_account(s, pace, &rows[0], now, mark);
	n = account == NULL ? 0 : choose_plan(s, pace, now, mark, rows, n);
	for (int i = 0; i < n && room > 0; i++) {
		if (rows[i].queued_at < s->steady_at)
			rows[i].queued_at = s->steady_at;
		/* One that is too old is given up soon (send.c). */
		if (is_under_way(s, rows[i].id) ||
		    now - rows[i].queued_at >= OUTBOX_AGE_MAX)
			continue;
		forget_typing(&rows[i], now);
		**plan = send_request_new(&rows[i], pace, mark);
		(**plan)->account = account;
		if (settle_at_once(s, **plan) == -1)
			return -1;
		*plan = &(**plan)->next;
		room--;
	}
	return n == -1 ? -1 : 0;
}

int
send_plan_requests(struct send *s, int64_t now, struct send_request **plan)
{
	int64_t number_id = 0;
	int rc;

	while ((rc = outbox_next_number(s->db, number_id, &number_id)) == 1)
		if (plan_number(s, number_id, now, &plan) == -1)
			return -1;
	return rc;
}
