/*
 * Reads the provider's lists of message templates into the inbox.  A list that
 * cannot be read whole changes nothing but the reason that people see.
 */
#include <stddef.h>
#include <strings.h>

#include "base/log.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/http/client.h"
#include "lib/json/json.h"
#include "lib/sql/statements.h"

#include "whatsapp/content.h"
#include "whatsapp/provider/provider.h"

#include "inbox/template/template_store.h"

#include "process/ask.h"
#include "process/ask_page.h"
#include "process/send/keys.h"
#include "process/template_sync.h"

#define LOOK_MS		1000
#define AGAIN_S		900 /* after a failure */
#define NO_KEY_S	300
#define PAGE_MAX	(1024 * 1024)
#define NAME_MAX_POINTS 512

struct template_reading { /* texts kept of the call */
	struct template_number number;
	struct ask_page page;
};

const struct statements template_sync_statements = {
	.also = STATEMENTS(&template_store_statements),
};

static int
due_page(struct db *db, struct ask_call *c, int64_t now)
{
	struct template_reading *list = pool_alloc(c->kept, sizeof(*list));
	int rc;

	*list = (struct template_reading){ .page.begun = now };
	rc = template_store_due(db, c->kept, now, &list->number);
	if (rc == 1) {
		c->row = list;
		c->phone_number_id = list->number.phone_number_id;
		c->provider_name = list->number.provider;
		c->waba_id = list->number.waba_id;
	}
	return rc;
}

static int
request_page(struct ask_call *c, int64_t now, struct client_request *request)
{
	const struct template_reading *list = c->row;

	(void)now;
	if (c->account.provider->templates(
		c->pool, &c->account, list->page.after, request) == 0)
		return 1;
	ask_not(c, PROVIDER_RETRY, KEYS_NO_ACCOUNT);
	return 0;
}

/* The provider's word for none is NONE. */
static const char *
reason_of(const struct json *e)
{
	const char *s = json_text(e, "rejected_reason");

	return s != NULL && strcasecmp(s, "NONE") == 0 ? NULL : s;
}

static int
put_one(struct db *db, const struct ask_call *c, const struct json *e)
{
	const struct template_reading *list = c->row;
	const struct json *components = json_get(e, "components");
	const struct template_row row = {
		.name = json_text(e, "name"),
		.language = json_text(e, "language"),
		.status = content_upper(c->pool, json_text(e, "status")),
		.components = json_type(components) == JSON_ARRAY
				  ? json_write(c->pool, components)
				  : "[]",
		.category = content_upper(c->pool, json_text(e, "category")),
		.reason = reason_of(e),
		.provider_id = json_text(e, "id"),
	};

	if (row.name == NULL || row.language == NULL || row.status == NULL ||
	    text_points(row.name) > NAME_MAX_POINTS)
		return 0;
	return template_store_put(db, &list->number, &row, list->page.begun);
}

static enum ask_next
store_page(struct db *db, struct ask_call *c)
{
	const struct json *e = json_first(json_get(c->body, "data"));
	struct template_reading *list = c->row;
	int rc = 0;

	ask_page_read(c, &list->page);
	if (ask_page_is_endless(&list->page, TEMPLATE_SYNC_PAGES))
		list->page.next = NULL;
	if (list->page.n == 0)
		rc = template_store_begin(db, &list->number, list->page.begun);
	for (; e != NULL && rc == 0; e = json_next(e))
		rc = put_one(db, c, e);
	if (rc == 0 && list->page.next == NULL)
		rc = template_store_end(db, &list->number, list->page.begun);
	if (rc == -1)
		return ASK_FAILED;
	return list->page.next != NULL ? ASK_ON : ASK_OVER;
}

static enum ask_next
settle_page(struct db *db, struct ask_call *c, int64_t now)
{
	const struct provider_outcome *o = &c->outcome;
	const struct template_reading *list = c->row;
	const char *why = "the provider's answer is no list";
	int rest = o->decision == PROVIDER_STOP && c->why_not != NULL ? NO_KEY_S
								      : AGAIN_S;

	if (o->decision == PROVIDER_DONE &&
	    json_type(json_get(c->body, "data")) == JSON_ARRAY)
		return store_page(db, c);
	if (o->decision != PROVIDER_DONE)
		why = ask_words(c);
	log_info("templates of number %s cannot be read: %s",
	    list->number.phone_number_id, why);
	return template_store_failed(db, &list->number, why,
	    now + (o->retry_after > rest ? o->retry_after : rest));
}

static void
turn_page(struct ask_call *c)
{
	struct template_reading *list = c->row;

	ask_page_turn(c, &list->page);
}

const struct ask_kind template_sync = {
	.look_ms = LOOK_MS,
	.max_len = PAGE_MAX,
	.due = due_page,
	.request = request_page,
	.settle = settle_page,
	.turn = turn_page,
};
