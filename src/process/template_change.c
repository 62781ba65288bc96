/*
 * Has templates created and deleted at the provider, and stores what it says.
 */
#include <stddef.h>

#include "base/log.h"
#include "base/pool.h"

#include "lib/http/client.h"
#include "lib/json/json.h"
#include "lib/sql/statements.h"

#include "whatsapp/provider/provider.h"

#include "inbox/template/template_asked.h"

#include "process/ask.h"
#include "process/send/keys.h"
#include "process/template_change.h"

#define LOOK_MS	 200
#define AGAIN_S	 60  /* after a failure that passes */
#define NO_KEY_S 300 /* until a person has done something */
#define PENDING	 "PENDING"

const struct statements template_change_statements = {
	.also = STATEMENTS(&template_asked_statements),
};

static int
due_change(struct db *db, struct ask_call *c, int64_t now)
{
	struct template_asked *t = pool_alloc(c->pool, sizeof(*t));
	int rc = template_asked_due(db, c->pool, now, t);

	if (rc == 1) {
		c->row = t;
		c->phone_number_id = t->number.phone_number_id;
		c->provider_name = t->number.provider;
		c->waba_id = t->number.waba_id;
	}
	return rc;
}

static int
request_change(struct ask_call *c, int64_t now, struct client_request *request)
{
	const struct provider *provider = c->account.provider;
	const struct template_asked *t = c->row;
	int rc;

	(void)now;
	/* What the provider never had needs no request. */
	if (!t->is_creation && !t->is_there)
		return 0;
	rc = t->is_creation ? provider->template_create(
				  c->pool, &c->account, t->request, request)
			    : provider->template_delete(
				  c->pool, &c->account, t->name, request);
	if (rc == -1)
		ask_not(c, PROVIDER_STOP, KEYS_NO_ACCOUNT);
	return rc == 0;
}

static int
store_made(struct db *db, const struct ask_call *c, int64_t now)
{
	const char *status = json_text(c->body, "status");

	return template_asked_made(db, c->row,
	    status != NULL ? status : PENDING, json_text(c->body, "category"),
	    json_text(c->body, "id"), now);
}

static enum ask_next
settle_change(struct db *db, struct ask_call *c, int64_t now)
{
	const struct provider_outcome *o = &c->outcome;
	const struct template_asked *t = c->row;
	int rest = o->decision == PROVIDER_STOP ? NO_KEY_S : AGAIN_S;

	if (!t->is_creation && (!t->is_there || o->decision == PROVIDER_DONE))
		return template_asked_gone(db, t, now);
	if (o->decision == PROVIDER_DONE)
		return store_made(db, c, now);
	log_info("template %lld is not %s%s: %s", (long long)t->id,
	    t->is_creation ? "created" : "deleted",
	    o->decision == PROVIDER_REFUSED ? "" : " yet", ask_words(c));
	if (o->decision == PROVIDER_REFUSED)
		return template_asked_refused(db, t, ask_words(c), now);
	return template_asked_later(db, t, ask_words(c),
	    now + (o->retry_after > rest ? o->retry_after : rest));
}

const struct ask_kind template_change = {
	.look_ms = LOOK_MS,
	.due = due_change,
	.request = request_change,
	.settle = settle_change,
};
