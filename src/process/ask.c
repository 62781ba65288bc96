/*
 * Asks the provider for what is wanted there, for all kinds of wishes: rows
 * that are due become requests, and answers are stored in a transaction each.
 */
#include <stddef.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/http/client.h"
#include "lib/json/json.h"

#include "inbox/outbox/outbox.h"

#include "process/ask.h"
#include "process/send/keys.h"
#include "process/send/rate_limit.h"

#define RETRY_FIRST 1 /* seconds */
#define RETRY_MOST  300
#define STOP_FIRST  60 /* a person must act first */
#define STOP_MOST   900

static void
free_call(struct ask_call *c)
{
	pool_free(c->pool);
	pool_free(c->kept);
	free(c);
}

void
ask_not(struct ask_call *c, enum provider_decision decision, const char *why)
{
	struct json_out *out = json_new(c->pool);

	json_open_object(out, NULL);
	json_put_null(out, "code");
	json_put_text(out, "title", "Not asked");
	json_put_text(out, "detail", why);
	json_close(out);
	c->outcome = (struct provider_outcome){ .decision = decision,
		.retry_after = -1,
		.error = json_end(out, NULL) };
	c->why_not = why;
	c->answered = 1;
}

int64_t
ask_wait(const struct ask_call *c, int64_t attempts)
{
	int64_t after = c->outcome.retry_after;

	if (after >= 0)
		return after < OUTBOX_AGE_MAX ? after : OUTBOX_AGE_MAX;
	return c->outcome.decision == PROVIDER_STOP
		   ? rate_limit_back_off(STOP_FIRST, STOP_MOST, attempts)
		   : rate_limit_back_off(RETRY_FIRST, RETRY_MOST, attempts);
}

int
ask_is_old(const struct ask_call *c, int64_t asked_at, int64_t at)
{
	int64_t from = asked_at > c->steady_at ? asked_at : c->steady_at;

	return at - from >= OUTBOX_AGE_MAX;
}

const char *
ask_words(const struct ask_call *c)
{
	const struct provider_outcome *o = &c->outcome;
	const char *title = o->title != NULL ? o->title : "no answer";

	if (c->why_not != NULL)
		return c->why_not;
	if (o->detail == NULL || text_is(o->detail, title))
		return pool_printf(c->pool, "%d %s", o->code, title);
	return pool_printf(c->pool, "%d %s: %s", o->code, title, o->detail);
}

/* --------------------------------------------------------------- request */

static void
on_answer(void *arg, const struct client_answer *a)
{
	struct ask_call *c = arg;

	c->account.provider->outcome(c->pool, a, 0, &c->outcome);
	c->body = json_parse(c->pool, a->body, a->body_len, NULL);
	c->reached = a->reached || a->status != 0;
	c->answered = 1;
}

static void
start_call(struct ask *k, struct ask_call *c, int64_t now)
{
	struct client_request request;

	c->answered = 0;
	c->body = NULL;
	c->why_not = NULL;
	c->reached = 0;
	c->outcome = (struct provider_outcome){ .retry_after = -1 };
	if (!k->kind->request(c, now, &request)) {
		c->answered = 1;
		return;
	}
	if (k->kind->max_len > 0)
		request.max_len = k->kind->max_len;
	if (client_start(k->fetch, &request, on_answer, c) == -1)
		ask_not(c, PROVIDER_RETRY, "the request cannot be made");
}

/* --------------------------------------------------------------- settle */

/* Forgets the answer before the next request: a list may be long. */
static void
turn_call(struct ask *k, struct ask_call *c)
{
	if (k->kind->turn != NULL)
		k->kind->turn(c);
	pool_reset(c->pool);
}

/* In a transaction of its own. */
static enum ask_next
settle_call(struct ask *k, struct ask_call *c, int64_t now)
{
	enum ask_next next;

	if (db_begin(k->db) == -1)
		return ASK_FAILED;
	next = k->kind->settle(k->db, c, now);
	log_about(NULL, NULL);
	return next == ASK_FAILED || db_commit(k->db) == -1 ? ASK_FAILED : next;
}

/* Stores the answers: how many, -1. */
static int
settle_calls(struct ask *k, int64_t now)
{
	struct ask_call **at = &k->calls;
	int n = 0;

	while (*at != NULL) {
		struct ask_call *c = *at;
		enum ask_next next;

		if (!c->answered) {
			at = &c->next;
			continue;
		}
		next = settle_call(k, c, now);
		if (next == ASK_FAILED)
			return -1;
		n++;
		if (next == ASK_ON) {
			turn_call(k, c);
			start_call(k, c, now);
			at = &c->next;
			continue;
		}
		*at = c->next;
		free_call(c);
	}
	return n;
}

/* ---------------------------------------------------------------- begin */

static int
is_open(const struct ask *k, int64_t number_id)
{
	const struct ask_call *c = k->calls;

	while (c != NULL && c->number_id != number_id)
		c = c->next;
	return c != NULL;
}

/* The number's key, and then its request. */
static void
open_call(struct ask *k, struct ask_call *c, int64_t now)
{
	const char *why = NULL;

	c->steady_at = k->steady_at;
	if (keys_account(k->keys, c->kept, c->phone_number_id, c->provider_name,
		&c->account, &why) == -1) {
		log_info("number %s: %s", c->phone_number_id, why);
		ask_not(c, PROVIDER_STOP, KEYS_NONE);
		return;
	}
	c->account.waba_id = c->waba_id;
	start_call(k, c, now);
}

/* Begins one of the number, of any when it is 0: 1, 0 none is due, -1. */
static int
begin_call(struct ask *k, int64_t number_id, int64_t now)
{
	struct ask_call *c = xcalloc(sizeof(*c));
	int rc;

	c->pool = pool_new();
	c->kept = pool_new();
	c->number_id = number_id;
	c->dir = k->dir;
	rc = k->kind->due(k->db, c, now);
	if (rc != 1) {
		free_call(c);
		return rc;
	}
	c->next = k->calls;
	k->calls = c;
	open_call(k, c, now);
	return 1;
}

static int
begin_numbers(struct ask *k, int64_t now)
{
	int64_t number_id = 0;
	int n = 0, rc;

	while ((rc = k->kind->number(k->db, number_id, now, &number_id)) == 1) {
		if (is_open(k, number_id))
			continue;
		rc = begin_call(k, number_id, now);
		if (rc == -1)
			return -1;
		n += rc;
	}
	return rc == -1 ? -1 : n;
}

static int
begin_calls(struct ask *k, int64_t now)
{
	int64_t ms = clock_ticks_ms();
	int n;

	if (k->looked_ms != 0 && ms - k->looked_ms < k->kind->look_ms)
		return 0;
	if (k->kind->number != NULL)
		n = begin_numbers(k, now);
	else
		n = k->calls != NULL ? 0 : begin_call(k, 0, now);
	if (n == 0 && k->calls == NULL)
		k->looked_ms = ms;
	return n;
}

int
ask_step(struct ask *k, int64_t now, enum db_error *why)
{
	int settled = settle_calls(k, now);
	int begun = settled == -1 ? -1 : begin_calls(k, now);

	if (begun == -1) {
		*why = db_error(k->db);
		db_rollback(k->db);
		return -1;
	}
	return settled + begun;
}

int
ask_busy(const struct ask *k)
{
	return k->calls != NULL;
}

void
ask_close(struct ask *k)
{
	while (k->calls != NULL) {
		struct ask_call *next = k->calls->next;

		free_call(k->calls);
		k->calls = next;
	}
}
