/*
 * Asks the provider to block customers, and to unblock them.  A row stays as it
 * is until its answer is stored, so after a kill it is asked again: it may be
 * blocked twice without harm.
 */
#include <stddef.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/pool.h"

#include "lib/http/client.h"
#include "lib/json/json.h"
#include "lib/sql/statements.h"

#include "whatsapp/provider/provider.h"

#include "inbox/conversation/block_store.h"
#include "inbox/outbox/outbox.h"

#include "process/block_sync.h"
#include "process/send/keys.h"
#include "process/send/rate_limit.h"

#define RETRY_FIRST 1 /* seconds */
#define RETRY_MOST  300
#define STOP_FIRST  60 /* a person must act first */
#define STOP_MOST   900

struct block_call {
	struct block_call *next;
	struct pool *pool;
	int64_t number_id;
	struct block_row row;
	struct provider_account account;
	int answered;
	struct provider_outcome outcome;
};

const struct statements block_sync_statements = {
	.also = STATEMENTS(&block_store_statements),
};

static void
free_call(struct block_call *c)
{
	pool_free(c->pool);
	free(c);
}

/* An outcome of our own, without an answer. */
static void
not_asked(
    struct block_call *c, enum provider_decision decision, const char *detail)
{
	struct json_out *out = json_new(c->pool);

	json_open_object(out, NULL);
	json_put_null(out, "code");
	json_put_text(out, "title", "Not asked");
	json_put_text(out, "detail", detail);
	json_close(out);
	c->outcome = (struct provider_outcome){ .decision = decision,
		.retry_after = -1,
		.error = json_end(out, NULL) };
	c->answered = 1;
}

static void
on_answer(void *arg, const struct client_answer *a)
{
	struct block_call *c = arg;

	c->account.provider->outcome(c->pool, a, 0, &c->outcome);
	if (c->outcome.decision == PROVIDER_DONE && !c->outcome.blocked)
		not_asked(c, PROVIDER_RETRY,
		    "the provider's answer does not name the customer");
	c->answered = 1;
}

/* --------------------------------------------------------------- settle */

static int64_t
wait_of(const struct block_call *c)
{
	int64_t after = c->outcome.retry_after;

	if (after >= 0)
		return after < OUTBOX_AGE_MAX ? after : OUTBOX_AGE_MAX;
	return c->outcome.decision == PROVIDER_STOP
		   ? rate_limit_back_off(STOP_FIRST, STOP_MOST, c->row.attempts)
		   : rate_limit_back_off(
			 RETRY_FIRST, RETRY_MOST, c->row.attempts);
}

static int
is_old(const struct block_call *c, int64_t at)
{
	return at - c->row.asked_at >= OUTBOX_AGE_MAX;
}

static int
settle_call(struct block_sync *b, const struct block_call *c, int64_t now)
{
	const struct provider_outcome *o = &c->outcome;
	const char *what = c->row.on ? "blocked" : "unblocked";
	int64_t due_at;

	log_about_id("conversation", c->row.conversation_id);
	if (o->decision == PROVIDER_DONE) {
		log_info("its customer is %s", what);
		return block_store_done(b->db, &c->row, now);
	}
	due_at = now + wait_of(c);
	if (o->decision == PROVIDER_REFUSED || is_old(c, due_at)) {
		log_info("its customer is not %s: code %d", what, o->code);
		return block_store_refused(b->db, &c->row, o->error);
	}
	log_info("its customer is not %s yet: code %d", what, o->code);
	return block_store_later(b->db, &c->row, due_at, o->error);
}

/* Stores the answers: how many, -1. */
static int
settle_calls(struct block_sync *b, int64_t now)
{
	struct block_call **at = &b->calls;
	int n = 0, rc = 0;

	while (*at != NULL) {
		struct block_call *c = *at;

		if (!c->answered) {
			at = &c->next;
			continue;
		}
		rc = db_begin(b->db);
		if (rc == 0)
			rc = settle_call(b, c, now);
		log_about(NULL, NULL);
		if (rc == 0)
			rc = db_commit(b->db);
		if (rc == -1)
			return -1;
		*at = c->next;
		free_call(c);
		n++;
	}
	return n;
}

/* ---------------------------------------------------------------- begin */

static int
is_open(const struct block_sync *b, int64_t number_id)
{
	const struct block_call *c = b->calls;

	while (c != NULL && c->number_id != number_id)
		c = c->next;
	return c != NULL;
}

static void
start_call(struct block_sync *b, struct block_call *c, int64_t now)
{
	const struct provider_recipient who = {
		.phone = *c->row.who == '+' ? c->row.who : NULL,
		.user_id = c->row.who,
	};
	struct client_request request;
	const char *why = NULL;

	/* The processor, or this copy of the inbox, was away. */
	if (is_old(c, now)) {
		not_asked(c, PROVIDER_REFUSED, "it was not done within a day");
		return;
	}
	if (keys_account(b->keys, c->pool, c->row.phone_number_id,
		c->row.provider, &c->account, &why) == -1) {
		not_asked(c, PROVIDER_STOP, why);
		return;
	}
	c->account.provider->block(
	    c->pool, &c->account, &who, c->row.on, &request);
	if (client_start(b->fetch, &request, on_answer, c) == -1)
		not_asked(c, PROVIDER_RETRY, "the request cannot be made");
}

/* Begins one of the number: 1, 0 none is due, -1. */
static int
begin_call(struct block_sync *b, int64_t number_id, int64_t now)
{
	struct block_call *c = xcalloc(sizeof(*c));
	int rc;

	c->pool = pool_new();
	c->number_id = number_id;
	rc = block_store_due(b->db, c->pool, number_id, now, &c->row);
	if (rc != 1) {
		free_call(c);
		return rc;
	}
	c->next = b->calls;
	b->calls = c;
	if (c->row.asked_at < b->steady_at)
		c->row.asked_at = b->steady_at;
	start_call(b, c, now);
	return 1;
}

static int
begin_calls(struct block_sync *b, int64_t now)
{
	int64_t number_id = 0;
	int n = 0, rc;

	while (
	    (rc = block_store_number(b->db, number_id, now, &number_id)) == 1) {
		if (is_open(b, number_id))
			continue;
		rc = begin_call(b, number_id, now);
		if (rc == -1)
			return -1;
		n += rc;
	}
	return rc == -1 ? -1 : n;
}

int
block_sync_step(struct block_sync *b, int64_t now, enum db_error *why)
{
	int settled = settle_calls(b, now);
	int begun = settled == -1 ? -1 : begin_calls(b, now);

	if (begun == -1) {
		*why = db_error(b->db);
		db_rollback(b->db);
		return -1;
	}
	return settled + begun;
}

void
block_sync_close(struct block_sync *b)
{
	while (b->calls != NULL) {
		struct block_call *next = b->calls->next;

		free_call(b->calls);
		b->calls = next;
	}
}
