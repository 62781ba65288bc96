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

#include "inbox/customer/group_asking.h"
#include "inbox/outbox/outbox.h"
#include "inbox/own_group/own_group_asked.h"

#include "process/ask.h"
#include "process/ask_page.h"
#include "process/group_change.h"

#define PAGES	 100
#define PAGE_MAX (1024 * 1024)

#define LOST                                                                   \
	"the answer was lost, or names nothing: perhaps the group was made, "  \
	"then a delivery will say so"

const struct statements group_change_statements = {
	.also =
	    STATEMENTS(&own_group_asked_statements, &group_asking_statements),
};

struct group_work { /* kept of the call */
	struct own_group_asked asked;
	const char *picture; /* its file, NULL none */
	/* An answer to who asks to join failed, and why: their list is read. */
	const char *why;
	struct ask_page page;
	struct group_asking *list;
};

static int
due_group(struct db *db, struct ask_call *c, int64_t now)
{
	struct group_work *work = pool_alloc(c->kept, sizeof(*work));
	struct own_group_asked *g = &work->asked;
	int rc;

	*work = (struct group_work){ .page.begun = now };
	rc = own_group_asked_due(db, c->kept, c->number_id, now, g);
	if (rc != 1)
		return rc;
	c->row = work;
	c->phone_number_id = g->phone_number_id;
	c->provider_name = g->provider;
	c->waba_id = g->waba_id;
	if (text_is(g->asked, "picture") &&
	    own_group_asked_picture(db, c->kept, g, &work->picture) == -1)
		return -1;
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

static enum provider_group
what_asked(const struct own_group_asked *g)
{
	static const struct {
		const char *asked;
		enum provider_group what;
	} words[] = {
		{ "create", PROVIDER_GROUP_CREATE },
		{ "change", PROVIDER_GROUP_CHANGE },
		{ "link", PROVIDER_GROUP_LINK },
		{ "approve", PROVIDER_GROUP_APPROVE },
		{ "reject", PROVIDER_GROUP_REJECT },
		{ "remove", PROVIDER_GROUP_REMOVE },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (text_is(g->asked, words[i].asked))
			return words[i].what;
	return PROVIDER_GROUP_END;
}

static const char *
why_not_asked(const struct ask_call *c, int64_t now)
{
	const struct group_work *work = c->row;
	const struct own_group_asked *g = &work->asked;
	const char *why = text_is(g->asked, "create") ? why_not_made(g) : NULL;

	if (why == NULL && ask_is_old(c, g->asked_at, now))
		why = ASK_OLD;
	if (why == NULL && text_is(g->asked, "picture") &&
	    work->picture == NULL)
		why = "the file was deleted: upload it again";
	return why;
}

static int
request_group(struct ask_call *c, int64_t now, struct client_request *request)
{
	const struct group_work *work = c->row;
	const struct own_group_asked *g = &work->asked;
	const struct provider *provider = c->account.provider;
	const char *why = why_not_asked(c, now);

	if (why != NULL) {
		ask_not(c, PROVIDER_REFUSED, why);
		return 0;
	}
	if (text_is(g->asked, "requests") || work->why != NULL)
		provider->group_asking(c->pool, &c->account, g->group_id,
		    work->page.after, request);
	else if (text_is(g->asked, "picture"))
		provider->group_picture(c->pool, &c->account, g->group_id,
		    pool_printf(c->pool, "%s/%s", c->dir, work->picture),
		    request);
	else
		provider->group(c->pool, &c->account, what_asked(g),
		    g->group_id,
		    text_is(g->asked, "create") ? creation(c->pool, g)
						: g->request,
		    request);
	return 1;
}

/* A creation that may have been done, though nothing readable came back. */
static int
may_be_made(const struct ask_call *c)
{
	const struct group_work *work = c->row;
	const struct own_group_asked *g = &work->asked;

	return text_is(g->asked, "create") && c->reached &&
	       c->outcome.decision == PROVIDER_RETRY &&
	       json_get(c->body, "error") == NULL &&
	       json_get(c->body, "meta") == NULL;
}

/* A page of who asks to join. */
static enum ask_next
store_page(struct db *db, struct ask_call *c)
{
	struct group_work *work = c->row;
	const struct own_group_asked *g = &work->asked;
	int64_t begun = work->page.begun;

	if (group_asking_page(db, c->kept, g, c->body, begun, &work->list) ==
	    -1)
		return ASK_FAILED;
	ask_page_read(c, &work->page);
	if (ask_page_is_endless(&work->page, PAGES)) {
		ask_not(c, PROVIDER_REFUSED, "the list has no end");
		return own_group_asked_refused(
		    db, g, work->why != NULL ? work->why : c->outcome.error);
	}
	if (work->page.next != NULL)
		return ASK_ON;
	if (group_asking_end(db, c->kept, g, begun, work->list) == -1)
		return ASK_FAILED;
	return work->why != NULL ? own_group_asked_refused(db, g, work->why)
				 : own_group_asked_done(db, g);
}

/*
 * Somebody could not be let in, or refused: perhaps they no longer ask.  The
 * list says so, before the group says why.
 */
static enum ask_next
read_again(struct ask_call *c, const char *why)
{
	struct group_work *work = c->row;

	work->why = pool_copy(c->kept, why);
	return ASK_ON;
}

/* Meta names the request.  360dialog has an "id": the request's, the group's,
 * or one of its own (docs/protocol.md §6.9). */
static const char *
creation_id(const struct json *body)
{
	const char *request_id = json_text(body, "request_id");

	return request_id != NULL ? request_id : json_text(body, "id");
}

static enum ask_next
store_done(struct db *db, struct ask_call *c, int64_t now)
{
	const struct group_work *work = c->row;
	const struct own_group_asked *g = &work->asked;

	if (text_is(g->asked, "create"))
		return own_group_asked_taken(
		    db, g, creation_id(c->body), now + OUTBOX_AGE_MAX);
	if (text_is(g->asked, "link"))
		return own_group_asked_link(
		    db, g, json_text(c->body, "invite_link"));
	if (text_is(g->asked, "requests"))
		return store_page(db, c);
	return own_group_asked_done(db, g);
}

/* What the answer says of each request to join counts, whatever it says of
 * all: 1 it was stored, 0, -1; *ERROR when it says that some failed. */
static int
store_answered(struct db *db, struct ask_call *c, const char **error)
{
	const struct group_work *work = c->row;
	const struct own_group_asked *g = &work->asked;
	int rc = group_asking_answered(db, c->pool, g, c->body,
	    c->outcome.decision == PROVIDER_DONE, error);

	if (rc == 1)
		rc = own_group_asked_done(db, g) == -1 ? -1 : 1;
	return rc;
}

static int
is_answer(const struct own_group_asked *g)
{
	return text_is(g->asked, "approve") || text_is(g->asked, "reject");
}

static enum ask_next
settle_group(struct db *db, struct ask_call *c, int64_t now)
{
	const struct provider_outcome *o = &c->outcome;
	const struct group_work *work = c->row;
	const struct own_group_asked *g = &work->asked;
	int64_t due_at = now + ask_wait(c, g->attempts);
	const char *error = NULL;
	int rc = 0;

	if (work->why != NULL) /* of the list */
		return o->decision == PROVIDER_DONE
			   ? store_page(db, c)
			   : own_group_asked_refused(db, g, work->why);
	if (c->why_not == NULL && is_answer(g))
		rc = store_answered(db, c, &error);
	if (rc != 0)
		return rc == -1 ? ASK_FAILED : ASK_OVER;
	if (error != NULL)
		return read_again(c, error);
	if (o->decision == PROVIDER_DONE)
		return store_done(db, c, now);
	log_info("group %lld: %s is not done: code %d", (long long)g->id,
	    g->asked, o->code);
	if (may_be_made(c))
		ask_not(c, PROVIDER_REFUSED, LOST);
	if (o->decision == PROVIDER_REFUSED && c->why_not == NULL &&
	    is_answer(g))
		return read_again(c, o->error);
	if (o->decision == PROVIDER_REFUSED ||
	    ask_is_old(c, g->asked_at, due_at))
		return own_group_asked_refused(db, g, o->error);
	return own_group_asked_later(db, g, due_at, o->error);
}

/* The first page, after an answer that failed, or the next. */
static void
turn_group(struct ask_call *c)
{
	struct group_work *work = c->row;

	if (work->page.next != NULL)
		ask_page_turn(c, &work->page);
}

const struct ask_kind group_change = {
	.max_len = PAGE_MAX,
	.number = own_group_asked_number,
	.due = due_group,
	.request = request_group,
	.settle = settle_group,
	.turn = turn_group,
};
