/*
 * Reads the provider's lists of message templates into the inbox.  A list that
 * cannot be read whole changes nothing but the reason that people see.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/http/client.h"
#include "lib/json/json.h"
#include "lib/sql/statements.h"

#include "whatsapp/provider/provider.h"

#include "inbox/template/template_store.h"

#include "process/send/keys.h"
#include "process/template_sync.h"

#define LOOK_MS		1000
#define FIRST_MS	60000 /* of a run, before a list that was never read */
#define AGAIN_S		900   /* after a failure */
#define NO_KEY_S	300
#define PAGE_MAX	(1024 * 1024)
#define NAME_MAX_POINTS 512

struct template_page {
	struct pool *pool;
	struct template_number number;
	struct provider_account account;
	int64_t begun;
	int n;		   /* of this page, from 0 */
	const char *after; /* cursor of the page before, NULL the first */
	int says_next;	   /* the provider says when there is another */
	int answered;
	struct provider_outcome outcome;
	const struct json *body;
};

const struct statements template_sync_statements = {
	.also = STATEMENTS(&template_store_statements),
};

static void
drop_page(struct template_sync *t)
{
	pool_free(t->page->pool);
	free(t->page);
	t->page = NULL;
}

static void
on_page(void *arg, const struct client_answer *a)
{
	struct template_page *page = arg;

	page->account.provider->outcome(page->pool, a, 0, &page->outcome);
	page->body = json_parse(page->pool, a->body, a->body_len, NULL);
	page->answered = 1;
}

/* It cannot be read, and WHY: again at DUE_AT.  1, -1. */
static int
give_up_page(struct template_sync *t, const char *why, int64_t due_at)
{
	int rc;

	log_info("templates of number %s cannot be read: %s",
	    t->page->number.phone_number_id, why);
	rc = db_begin(t->db);
	if (rc == 0)
		rc = template_store_failed(
		    t->db, t->page->number.id, why, due_at);
	if (rc == 0)
		rc = db_commit(t->db);
	db_rollback(t->db);
	/* Without an answer there is none to wait for: it begins anew. */
	if (rc == 0 || !t->page->answered)
		drop_page(t);
	return rc == -1 ? -1 : 1;
}

/* Asks for the page: 1, -1. */
static int
ask_page(struct template_sync *t, int64_t now)
{
	struct template_page *page = t->page;
	struct client_request request;

	page->answered = 0;
	if (page->account.provider->templates(
		page->pool, &page->account, page->after, &request) == -1)
		return give_up_page(t, KEYS_NO_ACCOUNT, now + AGAIN_S);
	request.max_len = PAGE_MAX;
	if (client_start(t->fetch, &request, on_page, page) == -1)
		return give_up_page(
		    t, "the request cannot be made", now + AGAIN_S);
	return 1;
}

/* The provider's word for none is NONE. */
static const char *
reason_of(const struct json *e)
{
	const char *s = json_text(e, "rejected_reason");

	return s != NULL && strcasecmp(s, "NONE") == 0 ? NULL : s;
}

static int
put_one(struct template_sync *t, const struct json *e)
{
	struct pool *p = t->page->pool;
	const struct json *components = json_get(e, "components");
	const struct template_row row = {
		.name = json_text(e, "name"),
		.language = json_text(e, "language"),
		.status = json_text(e, "status"),
		.components = json_type(components) == JSON_ARRAY
				  ? json_write(p, components)
				  : "[]",
		.category = json_text(e, "category"),
		.reason = reason_of(e),
		.provider_id = json_text(e, "id"),
	};

	if (row.name == NULL || row.language == NULL || row.status == NULL ||
	    text_points(row.name) > NAME_MAX_POINTS)
		return 0;
	return template_store_put(
	    t->db, &t->page->number, &row, t->page->begun);
}

/* The cursor of the next page; NULL: this was the last. */
static const char *
next_of(struct template_page *page)
{
	const struct json *paging = json_get(page->body, "paging");
	const char *after = json_text(json_get(paging, "cursors"), "after");
	int more = json_get(paging, "next") != NULL;

	/* Meta says after on the last page, too, and next only before it; who
	 * never says next is asked until a page is empty. */
	page->says_next |= more || page->account.provider->is_meta;
	if (json_count(json_get(page->body, "data")) == 0 ||
	    (!more && page->says_next))
		return NULL;
	return text_is(after, page->after) ? NULL : after;
}

/* Stores the page: 1, -1. */
static int
settle_page(struct template_sync *t, const char *next)
{
	const struct json *e = json_first(json_get(t->page->body, "data"));
	int rc = db_begin(t->db);

	if (rc == 0 && t->page->n == 0)
		rc = template_store_begin(
		    t->db, &t->page->number, t->page->begun);
	for (; e != NULL && rc == 0; e = json_next(e))
		rc = put_one(t, e);
	if (rc == 0 && next == NULL)
		rc =
		    template_store_end(t->db, &t->page->number, t->page->begun);
	if (rc == 0)
		rc = db_commit(t->db);
	db_rollback(t->db);
	return rc;
}

/* The next page is asked with a pool of its own: a list may be long. */
static void
turn_page(struct template_page *page, const char *after)
{
	struct pool *pool = pool_new();

	page->after = pool_copy(pool, after);
	page->number.phone_number_id =
	    pool_copy(pool, page->number.phone_number_id);
	page->number.waba_id = pool_copy(pool, page->number.waba_id);
	page->account.phone_number_id = page->number.phone_number_id;
	page->account.waba_id = page->number.waba_id;
	page->account.key = pool_copy(pool, page->account.key);
	pool_free(page->pool);
	page->pool = pool;
	page->n++;
}

static int
take_page(struct template_sync *t, int64_t now)
{
	struct template_page *page = t->page;
	const struct provider_outcome *o = &page->outcome;
	const char *next;

	if (o->decision != PROVIDER_DONE ||
	    json_type(json_get(page->body, "data")) != JSON_ARRAY)
		return give_up_page(t,
		    o->decision == PROVIDER_DONE
			? "the provider's answer is no list"
			: pool_printf(page->pool, "%d %s", o->code,
			      o->title != NULL ? o->title : "no answer"),
		    now +
			(o->retry_after > AGAIN_S ? o->retry_after : AGAIN_S));
	next = page->n + 1 < TEMPLATE_SYNC_PAGES ? next_of(page) : NULL;
	if (settle_page(t, next) == -1)
		return -1;
	if (next == NULL) {
		drop_page(t);
		return 1;
	}
	turn_page(page, next);
	return ask_page(t, now);
}

/* Begins with the next number: 1, 0 none is due, -1. */
static int
begin_page(struct template_sync *t, int64_t now)
{
	int64_t ms = clock_ticks_ms();
	struct template_page *page;
	const char *why = NULL;
	int rc;

	if (ms - t->looked_ms < LOOK_MS && t->looked_ms != 0)
		return 0;
	t->looked_ms = ms;
	page = t->page = xcalloc(sizeof(*page));
	page->pool = pool_new();
	page->begun = now;
	rc = template_store_due(t->db, page->pool, now, &page->number);
	if (rc != 1) {
		drop_page(t);
		return rc;
	}
	rc = keys_account(t->keys, page->pool, page->number.phone_number_id,
	    page->number.provider, &page->account, &why);
	page->account.waba_id = page->number.waba_id;
	if (rc == -1)
		return give_up_page(t, KEYS_NONE, now + NO_KEY_S);
	return ask_page(t, now);
}

int
template_sync_step(struct template_sync *t, int64_t now, enum db_error *why)
{
	int rc = 0;

	if (t->page == NULL)
		rc = begin_page(t, now);
	else if (t->page->answered)
		rc = take_page(t, now);
	if (rc == -1)
		*why = db_error(t->db);
	return rc;
}

int
template_sync_busy(const struct template_sync *t)
{
	return t->page != NULL;
}

void
template_sync_close(struct template_sync *t)
{
	if (t->page != NULL)
		drop_page(t);
}
