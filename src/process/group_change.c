/*
 * Has groups made, changed and ended at the provider.  All but the making may
 * be asked twice without harm.
 */
#include <stddef.h>

#include "base/log.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/http/client.h"
#include "lib/json/json.h"
#include "lib/sql/statements.h"

#include "whatsapp/provider/provider.h"

#include "inbox/outbox/outbox.h"
#include "inbox/own_group/own_group_asked.h"

#include "process/ask.h"
#include "process/group_change.h"

#define LOST                                                                   \
	"the answer was lost: perhaps the group was made, then a delivery "    \
	"will say so"

const struct statements group_change_statements = {
	.also = STATEMENTS(&own_group_asked_statements),
};

static int
due_group(struct db *db, struct ask_call *c, int64_t now)
{
	struct own_group_asked *g = pool_alloc(c->kept, sizeof(*g));
	int rc = own_group_asked_due(db, c->kept, c->number_id, now, g);

	if (rc != 1)
		return rc;
	c->row = g;
	c->phone_number_id = g->phone_number_id;
	c->provider_name = g->provider;
	c->waba_id = g->waba_id;
	if (!text_is(g->asked, "create") || g->sent_at != 0)
		return 1;
	return own_group_asked_sent(db, g, now) == -1 ? -1 : 1;
}

static const char *
creation(struct pool *p, const struct own_group_asked *g)
{
	struct json_out *o = json_new(p);

	json_open_object(o, NULL);
	json_put_text(o, "messaging_product", "whatsapp");
	json_put_text(o, "subject", g->subject);
	if (g->description != NULL)
		json_put_text(o, "description", g->description);
	if (g->approval != NULL)
		json_put_text(o, "join_approval_mode", g->approval);
	json_close(o);
	return json_end(o, NULL);
}

/* Why a creation is not asked for (again); NULL: it is. */
static const char *
why_not_made(const struct own_group_asked *g)
{
	if (g->request_id != NULL)
		return "the provider has not said within a day whether it made "
		       "the group";
	if (g->sent_at != 0)
		return LOST;
	return NULL;
}

static int
request_group(struct ask_call *c, int64_t now, struct client_request *request)
{
	const struct own_group_asked *g = c->row;
	const struct provider *provider = c->account.provider;
	enum provider_group what =
	    text_is(g->asked, "change")	  ? PROVIDER_GROUP_CHANGE
	    : text_is(g->asked, "remove") ? PROVIDER_GROUP_REMOVE
					  : PROVIDER_GROUP_END;
	const char *why = NULL;

	if (text_is(g->asked, "create")) {
		what = PROVIDER_GROUP_CREATE;
		why = why_not_made(g);
	}
	if (why == NULL && ask_is_old(c, g->asked_at, now))
		why = ASK_OLD;
	if (why != NULL) {
		ask_not(c, PROVIDER_REFUSED, why);
		return 0;
	}
	provider->group(c->pool, &c->account, what, g->group_id,
	    what == PROVIDER_GROUP_CREATE ? creation(c->pool, g) : g->request,
	    request);
	return 1;
}

/* A creation that may have been done, though nothing readable came back. */
static int
may_be_made(const struct ask_call *c)
{
	const struct own_group_asked *g = c->row;

	return text_is(g->asked, "create") && c->reached &&
	       c->outcome.decision == PROVIDER_RETRY &&
	       json_get(c->body, "error") == NULL &&
	       json_get(c->body, "meta") == NULL;
}

static enum ask_next
settle_group(struct db *db, struct ask_call *c, int64_t now)
{
	const struct provider_outcome *o = &c->outcome;
	const struct own_group_asked *g = c->row;
	int64_t due_at = now + ask_wait(c, g->attempts);

	if (o->decision == PROVIDER_DONE && text_is(g->asked, "create"))
		return own_group_asked_taken(db, g,
		    json_text(c->body, "request_id"), now + OUTBOX_AGE_MAX);
	if (o->decision == PROVIDER_DONE)
		return own_group_asked_done(db, g);
	log_info("group %lld: %s is not done: code %d", (long long)g->id,
	    g->asked, o->code);
	if (may_be_made(c))
		ask_not(c, PROVIDER_REFUSED, LOST);
	if (o->decision == PROVIDER_REFUSED ||
	    ask_is_old(c, g->asked_at, due_at))
		return own_group_asked_refused(db, g, o->error);
	return own_group_asked_later(db, g, due_at, o->error);
}

const struct ask_kind group_change = {
	.number = own_group_asked_number,
	.due = due_group,
	.request = request_group,
	.settle = settle_group,
};
