/*
 * Has templates created and deleted at the provider, and stores what it says.
 */
#include <stddef.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/http/client.h"
#include "lib/json/json.h"
#include "lib/sql/statements.h"

#include "whatsapp/provider/provider.h"

#include "inbox/template/template_asked.h"

#include "process/send/keys.h"
#include "process/template_change.h"

#define LOOK_MS	 200
#define AGAIN_S	 60  /* after a failure that passes */
#define NO_KEY_S 300 /* until a person has done something */
#define PENDING	 "PENDING"

struct template_call {
	struct pool *pool;
	struct template_asked asked;
	struct provider_account account;
	int answered;
	struct provider_outcome outcome;
	const struct json *body;
};

const struct statements template_change_statements = {
	.also = STATEMENTS(&template_asked_statements),
};

static void
drop_call(struct template_change *t)
{
	pool_free(t->call->pool);
	free(t->call);
	t->call = NULL;
}

static void
on_call(void *arg, const struct client_answer *a)
{
	struct template_call *call = arg;

	call->account.provider->outcome(call->pool, a, 0, &call->outcome);
	call->body = json_parse(call->pool, a->body, a->body_len, NULL);
	call->answered = 1;
}

/* The end of a transaction that gave RC: 1, and the call is over; -1. */
static int
settle_call(struct template_change *t, int rc)
{
	if (rc == 0)
		rc = db_commit(t->db);
	db_rollback(t->db);
	/* Without an answer there is none to wait for: it begins anew. */
	if (rc != -1 || !t->call->answered)
		drop_call(t);
	return rc == -1 ? -1 : 1;
}

/* Not now, and WHY: again at DUE_AT. */
static int
put_off(struct template_change *t, const char *why, int64_t due_at)
{
	int rc = db_begin(t->db);

	log_info("template %lld is not %s yet: %s",
	    (long long)t->call->asked.id,
	    t->call->asked.is_creation ? "created" : "deleted", why);
	if (rc == 0)
		rc = template_asked_later(t->db, &t->call->asked, why, due_at);
	return settle_call(t, rc);
}

/* "100 Invalid parameter: There is already English content for …" */
static const char *
words_of(struct pool *p, const struct provider_outcome *o)
{
	const char *title = o->title != NULL ? o->title : "no answer";

	if (o->detail == NULL || text_is(o->detail, title))
		return pool_printf(p, "%d %s", o->code, title);
	return pool_printf(p, "%d %s: %s", o->code, title, o->detail);
}

static int
store_done(struct template_change *t, int64_t now)
{
	struct template_call *call = t->call;
	const char *status = json_text(call->body, "status");
	int rc = db_begin(t->db);

	if (rc == 0 && call->asked.is_creation)
		rc = template_asked_made(t->db, &call->asked,
		    status != NULL ? status : PENDING,
		    json_text(call->body, "category"),
		    json_text(call->body, "id"), now);
	else if (rc == 0)
		rc = template_asked_gone(t->db, &call->asked, now);
	return settle_call(t, rc);
}

static int
store_refused(struct template_change *t, int64_t now)
{
	struct template_call *call = t->call;
	int rc = db_begin(t->db);

	log_info("template %lld is not %s: %s", (long long)call->asked.id,
	    call->asked.is_creation ? "created" : "deleted",
	    words_of(call->pool, &call->outcome));
	if (rc == 0)
		rc = template_asked_refused(t->db, &call->asked,
		    words_of(call->pool, &call->outcome), now);
	return settle_call(t, rc);
}

static int
take_answer(struct template_change *t, int64_t now)
{
	const struct provider_outcome *o = &t->call->outcome;
	int rest = o->decision == PROVIDER_STOP ? NO_KEY_S : AGAIN_S;

	if (o->decision == PROVIDER_DONE)
		return store_done(t, now);
	if (o->decision == PROVIDER_REFUSED)
		return store_refused(t, now);
	return put_off(t, words_of(t->call->pool, o),
	    now + (o->retry_after > rest ? o->retry_after : rest));
}

/* What the provider never had needs no request. */
static int
forget_call(struct template_change *t, int64_t now)
{
	int rc = db_begin(t->db);

	if (rc == 0)
		rc = template_asked_gone(t->db, &t->call->asked, now);
	return settle_call(t, rc);
}

static int
start_call(struct template_change *t, int64_t now)
{
	struct template_call *call = t->call;
	const struct provider *provider = call->account.provider;
	struct client_request request;
	int rc = call->asked.is_creation
		     ? provider->template_create(call->pool, &call->account,
			   call->asked.request, &request)
		     : provider->template_delete(call->pool, &call->account,
			   call->asked.name, &request);

	if (rc == -1)
		return put_off(t, KEYS_NO_ACCOUNT, now + NO_KEY_S);
	if (client_start(t->fetch, &request, on_call, call) == -1)
		return put_off(t, "the request cannot be made", now + AGAIN_S);
	return 1;
}

/* Begins with what is due longest: 1, 0 nothing, -1. */
static int
begin_call(struct template_change *t, int64_t now)
{
	int64_t ms = clock_ticks_ms();
	struct template_call *call;
	const char *why = NULL;
	int rc;

	if (ms - t->looked_ms < LOOK_MS && t->looked_ms != 0)
		return 0;
	call = t->call = xcalloc(sizeof(*call));
	call->pool = pool_new();
	rc = template_asked_due(t->db, call->pool, now, &call->asked);
	if (rc != 1) {
		t->looked_ms = ms;
		drop_call(t);
		return rc;
	}
	if (!call->asked.is_creation && !call->asked.is_there)
		return forget_call(t, now);
	rc = keys_account(t->keys, call->pool,
	    call->asked.number.phone_number_id, call->asked.number.provider,
	    &call->account, &why);
	if (rc == -1)
		return put_off(t, KEYS_NONE, now + NO_KEY_S);
	call->account.waba_id = call->asked.number.waba_id;
	return start_call(t, now);
}

int
template_change_step(struct template_change *t, int64_t now, enum db_error *why)
{
	int rc = 0;

	if (t->call == NULL)
		rc = begin_call(t, now);
	else if (t->call->answered)
		rc = take_answer(t, now);
	if (rc == -1)
		*why = db_error(t->db);
	return rc;
}

int
template_change_busy(const struct template_change *t)
{
	return t->call != NULL;
}

void
template_change_close(struct template_change *t)
{
	if (t->call != NULL)
		drop_call(t);
}
