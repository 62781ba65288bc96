/*
 * How the numbers are, asked of the provider.  Where the many fields are
 * refused, the few are asked for.
 */
#include <stddef.h>

#include "base/log.h"
#include "base/pool.h"

#include "lib/http/client.h"
#include "lib/json/json.h"
#include "lib/sql/statements.h"

#include "whatsapp/provider/graph_health.h"
#include "whatsapp/provider/provider.h"

#include "inbox/workspace/number_health.h"

#include "process/ask.h"
#include "process/number_sync.h"

#define LOOK_MS	 1000
#define AGAIN_S	 3600 /* after a failure */
#define NO_KEY_S 900
#define BODY_MAX (64 * 1024)

struct number_call { /* a row of the number; texts kept of the call */
	struct number_health number;
	int few; /* 1: only the fields that all know */
};

const struct statements number_sync_statements = {
	.also = STATEMENTS(&number_health_statements),
};

static int
due_number(struct db *db, struct ask_call *c, int64_t now)
{
	struct number_call *row = pool_alloc(c->kept, sizeof(*row));
	int rc;

	*row = (struct number_call){ 0 };
	rc = number_health_due(db, c->kept, now, &row->number);
	if (rc == 1) {
		c->row = row;
		c->phone_number_id = row->number.phone_number_id;
		c->provider_name = row->number.provider;
	}
	return rc;
}

static int
request_number(struct ask_call *c, int64_t now, struct client_request *request)
{
	const struct number_call *row = c->row;

	(void)now;
	c->account.provider->health(c->pool, &c->account, row->few, request);
	return 1;
}

/* Why it is not known, as a client can tell it apart. */
static const char *
reason_word(const struct ask_call *c)
{
	const struct provider_outcome *o = &c->outcome;

	if (c->why_not != NULL)
		return o->decision == PROVIDER_STOP ? "no_key" : "no_answer";
	if (o->decision == PROVIDER_STOP &&
	    c->account.provider->fault(o->code) == PROVIDER_FAULT_KEY)
		return "wrong_key";
	return o->decision == PROVIDER_REFUSED || o->decision == PROVIDER_STOP
		   ? "refused"
		   : "no_answer";
}

static enum ask_next
store_failure(struct db *db, const struct ask_call *c, int64_t now)
{
	const struct number_call *row = c->row;
	struct json_out *out = json_new(c->pool);
	const char *reason = reason_word(c);
	int rest = c->why_not != NULL ? NO_KEY_S : AGAIN_S;

	if (c->outcome.retry_after > rest)
		rest = c->outcome.retry_after;
	log_info("how number %s is cannot be read: %s",
	    row->number.phone_number_id, ask_words(c));
	json_open_object(out, NULL);
	json_put_text(out, "reason", reason);
	json_put_text(out, "detail", ask_words(c));
	json_close(out);
	return number_health_failed(
	    db, &row->number, json_end(out, NULL), now + rest);
}

static enum ask_next
settle_number(struct db *db, struct ask_call *c, int64_t now)
{
	const struct number_call *row = c->row;
	const char *health = NULL;

	if (c->outcome.decision == PROVIDER_DONE)
		health = graph_health_write(c->pool, c->body);
	if (health != NULL)
		return number_health_put(db, &row->number, health, now);
	if (c->outcome.decision == PROVIDER_REFUSED && !row->few)
		return ASK_ON;
	return store_failure(db, c, now);
}

static void
ask_for_few(struct ask_call *c)
{
	struct number_call *row = c->row;

	row->few = 1;
}

const struct ask_kind number_sync = {
	.look_ms = LOOK_MS,
	.max_len = BODY_MAX,
	.due = due_number,
	.request = request_number,
	.settle = settle_number,
	.turn = ask_for_few,
};
