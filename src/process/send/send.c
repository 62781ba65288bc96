/*
 * Sends rows of the outbox to the provider.  A row is stored as sending before
 * its request leaves: after a kill it was perhaps sent, and the next run does
 * not send it again.
 */
#include <stddef.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/pool.h"

#include "lib/sql/statements.h"

#include "inbox/outbox/outbox.h"
#include "inbox/outbox/outbox_stop.h"
#include "inbox/outbox/pause.h"

#include "process/send/send.h"
#include "process/send/send_plan.h"
#include "process/send/send_request.h"

#define LOST_EVERY    10 /* seconds */
#define AGED_EVERY_MS 10000
#define AGED_MAX      200 /* in a transaction */

const struct statements send_statements = {
	.also = STATEMENTS(&outbox_expire_statements, &pause_statements,
	    &outbox_stop_statements),
};

/* ---------------------------------------------------------------- settle */

/* Frees the settled requests: how many. */
static int
drop_answered(struct send *s)
{
	struct send_request **at = &s->calls;
	int n = 0;

	while (*at != NULL) {
		struct send_request *c = *at;

		if (!c->answered) {
			at = &c->next;
			continue;
		}
		*at = c->next;
		send_request_free(c);
		n++;
	}
	return n;
}

static int
save_paces(struct send *s)
{
	for (struct rate_limit *p = s->paces; p != NULL; p = p->next)
		if (rate_limit_save(p, s->db) == -1)
			return -1;
	return 0;
}

static void
paces_saved(struct send *s)
{
	for (struct rate_limit *p = s->paces; p != NULL; p = p->next)
		p->unsaved = 0;
}

static int
failed(struct send *s, enum db_error *why)
{
	*why = db_error(s->db);
	db_rollback(s->db);
	if (*why != DB_BUSY && *why != DB_FULL)
		*why = DB_BROKEN;
	return -1;
}

static int
settle_all(struct send *s, int64_t now)
{
	if (db_begin(s->db) == -1)
		return -1;
	for (struct send_request *c = s->calls; c != NULL; c = c->next)
		if (c->answered && send_result_apply(s->db, c, now) == -1)
			return -1;
	if (save_paces(s) == -1 || db_commit(s->db) == -1)
		return -1;
	paces_saved(s);
	return 0;
}

int
send_settle(struct send *s, int64_t now, enum db_error *why)
{
	const struct send_request *c = s->calls;

	*why = DB_OK;
	while (c != NULL && !c->answered)
		c = c->next;
	if (c == NULL)
		return 0;
	if (settle_all(s, now) == -1)
		return failed(s, why);
	return drop_answered(s);
}

/* ----------------------------------------------------------------- begin */

/* 1 when the request must not be made twice, so the row is marked first. */
static int
needs_mark(const struct send_request *c)
{
	return c->kind == SEND_REQUEST_SEND && !c->answered;
}

static int
mark_all(struct send *s, struct send_request *plan, int64_t now)
{
	int changes = 0, rc;

	for (struct send_request *c = plan; c != NULL; c = c->next)
		changes |= needs_mark(c);
	for (struct rate_limit *p = s->paces; p != NULL; p = p->next)
		changes |= p->unsaved;
	if (!changes)
		return 0;
	if (db_begin(s->db) == -1)
		return -1;
	for (struct send_request *c = plan; c != NULL; c = c->next) {
		if (!needs_mark(c))
			continue;
		if ((rc = outbox_sending(s->db, &c->row, now)) == -1)
			return -1;
		c->gone = rc == 0;
	}
	if (save_paces(s) == -1 || db_commit(s->db) == -1)
		return -1;
	paces_saved(s);
	return 0;
}

static void
free_plan(struct send_request *c)
{
	while (c != NULL) {
		struct send_request *next = c->next;

		send_request_free(c);
		c = next;
	}
}

static int
begin_send(struct send *s, int64_t now, enum db_error *why)
{
	struct send_request *plan = NULL, *next;
	int n = 0;

	if (send_plan_requests(s, now, &plan) == -1 ||
	    mark_all(s, plan, now) == -1) {
		free_plan(plan);
		return failed(s, why);
	}
	for (struct send_request *c = plan; c != NULL; c = next, n++) {
		next = c->next;
		if (c->gone) {
			send_request_free(c);
			continue;
		}
		c->next = s->calls;
		s->calls = c;
		if (!c->answered)
			send_request_start(c, s);
	}
	return n;
}

/* 1 when an open request seems to take longer than any can: the clock has
 * jumped, and its answer is still to come. */
static int
jumped(const struct send *s, int64_t now)
{
	const struct send_request *c = s->calls;

	while (c != NULL && (c->answered || c->row.sending_at == 0 ||
				c->row.sending_at > now - OUTBOX_LOST_S))
		c = c->next;
	return c != NULL;
}

/* Gives up lost rows: no answer and no status came. */
static int
expire(struct send *s, int64_t now, enum db_error *why)
{
	int n;

	if ((now - s->looked_at < LOST_EVERY && now >= s->looked_at) ||
	    jumped(s, now))
		return 0;
	if ((n = outbox_has_expired(s->db, now)) == 1 &&
	    (db_begin(s->db) == -1 || (n = outbox_expire(s->db, now)) == -1 ||
		db_commit(s->db) == -1))
		n = -1;
	if (n == -1)
		return failed(s, why);
	if (n > 0)
		log_warn("%d messages failed: outcome unknown", n);
	s->looked_at = now;
	return 0;
}

/* Gives up rows that were not sent for a day: how many, -1.  A few at a
 * time, so that a long queue delays nobody. */
static int
give_up_old(struct send *s, int64_t now, enum db_error *why)
{
	int64_t ms = clock_ticks_ms();
	int n;

	if ((s->aged_ms != 0 && ms - s->aged_ms < AGED_EVERY_MS) ||
	    now - s->steady_at < OUTBOX_AGE_MAX)
		return 0;
	s->aged_ms = ms;
	if ((n = outbox_has_old(s->db, now)) == 1 &&
	    (db_begin(s->db) == -1 ||
		(n = outbox_give_up_old(s->db, s->pool, now, AGED_MAX)) == -1 ||
		db_commit(s->db) == -1))
		n = -1;
	if (n == -1)
		return failed(s, why);
	if (n >= AGED_MAX)
		s->aged_ms = 0;
	return n;
}

int
send_step(struct send *s, int64_t now, enum db_error *why)
{
	int settled = send_settle(s, now, why), begun, old;

	if (s->pool == NULL)
		s->pool = pool_new();
	pool_reset(s->pool);
	s->wait_ms = -1;
	if (settled == -1 || expire(s, now, why) == -1 ||
	    (old = give_up_old(s, now, why)) == -1)
		return -1;
	begun = begin_send(s, now, why);
	return begun == -1 ? -1 : settled + old + begun;
}

void
send_close(struct send *s)
{
	free_plan(s->calls);
	rate_limit_free(s->paces);
	pool_free(s->pool);
	s->calls = NULL;
	s->paces = NULL;
	s->pool = NULL;
}
