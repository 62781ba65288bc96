/*
 * Reads the provider's lists of whom the numbers block.  Each page is stored as
 * it comes; only a list that was read to its end ends blocks.
 */
#include <stddef.h>

#include "base/log.h"
#include "base/pool.h"

#include "lib/http/client.h"
#include "lib/json/json.h"
#include "lib/sql/statements.h"

#include "whatsapp/provider/provider.h"

#include "inbox/conversation/block_listed.h"

#include "process/ask.h"
#include "process/ask_page.h"
#include "process/block_list.h"

#define LOOK_MS	 1000
#define AGAIN_S	 3600
#define PAGE_MAX (1024 * 1024)
#define PAGES	 6400 /* of a list of 64,000 */

struct block_reading { /* texts kept of the call */
	struct block_number number;
	struct ask_page page;
};

const struct statements block_list_statements = {
	.also = STATEMENTS(&block_listed_statements),
};

static int
due_page(struct db *db, struct ask_call *c, int64_t now)
{
	struct block_reading *list = pool_alloc(c->kept, sizeof(*list));
	int rc;

	*list = (struct block_reading){ .page.begun = now };
	rc = block_listed_due(db, c->kept, now, &list->number);
	if (rc == 1) {
		c->row = list;
		c->phone_number_id = list->number.phone_number_id;
		c->provider_name = list->number.provider;
	}
	return rc;
}

static int
request_page(struct ask_call *c, int64_t now, struct client_request *request)
{
	const struct block_reading *list = c->row;

	(void)now;
	c->account.provider->blocked(
	    c->pool, &c->account, list->page.after, request);
	return 1;
}

static int
is_none(const char *s)
{
	return s == NULL || *s == '\0';
}

/* 1: it was understood; 0 not; -1. */
static int
put_one(struct db *db, const struct ask_call *c, const struct json *e)
{
	const struct block_reading *list = c->row;
	const char *wa_id = json_text(e, "wa_id");
	const char *user_id = json_text(e, "user_id");
	int rc = 0;

	if (is_none(wa_id) && is_none(user_id))
		return 0;
	if (!is_none(wa_id)) {
		wa_id += *wa_id == '+';
		rc = block_listed_put(db, &list->number,
		    pool_printf(c->pool, "+%s", wa_id), "wa_id", wa_id,
		    list->page.begun);
	}
	if (rc == 0 && !is_none(user_id))
		rc = block_listed_put(db, &list->number, user_id, "user_id",
		    user_id, list->page.begun);
	return rc == -1 ? -1 : 1;
}

/* People, or groups of them; as put_one. */
static int
put_all(struct db *db, const struct ask_call *c, const struct json *list)
{
	const struct json *e = json_first(list), *one;
	int rc = 1;

	for (; e != NULL && rc == 1; e = json_next(e)) {
		if (json_type(json_get(e, "block_users")) != JSON_ARRAY) {
			rc = put_one(db, c, e);
			continue;
		}
		one = json_first(json_get(e, "block_users"));
		for (; one != NULL && rc == 1; one = json_next(one))
			rc = put_one(db, c, one);
	}
	return rc;
}

static enum ask_next
give_up(struct db *db, const struct ask_call *c, int64_t now, const char *why)
{
	const struct block_reading *list = c->row;
	int rest = c->outcome.retry_after;

	log_info("whom number %s blocks cannot be read: %s",
	    list->number.phone_number_id, why);
	return block_listed_again(db, &list->number,
		   now + (rest > AGAIN_S ? rest : AGAIN_S)) == -1
		   ? ASK_FAILED
		   : ASK_OVER;
}

static enum ask_next
settle_page(struct db *db, struct ask_call *c, int64_t now)
{
	struct block_reading *list = c->row;
	const struct json *data = json_get(c->body, "data");
	int rc;

	if (c->outcome.decision != PROVIDER_DONE)
		return give_up(db, c, now, ask_words(c));
	if (json_type(data) != JSON_ARRAY)
		return give_up(db, c, now, "the answer is no list");
	if (list->page.n == 0 &&
	    block_listed_begin(db, &list->number, list->page.begun) == -1)
		return ASK_FAILED;
	rc = put_all(db, c, data);
	if (rc == 0)
		return give_up(db, c, now, "somebody in it has no name");
	ask_page_read(c, &list->page);
	if (rc == -1)
		return ASK_FAILED;
	if (ask_page_is_endless(&list->page, PAGES))
		return give_up(db, c, now, "it has no end");
	if (list->page.next != NULL)
		return ASK_ON;
	if (block_listed_end(db, &list->number, list->page.begun) == -1 ||
	    block_listed_again(db, &list->number, now + AGAIN_S) == -1)
		return ASK_FAILED;
	return ASK_OVER;
}

static void
turn_page(struct ask_call *c)
{
	struct block_reading *list = c->row;

	ask_page_turn(c, &list->page);
}

const struct ask_kind block_list = {
	.look_ms = LOOK_MS,
	.max_len = PAGE_MAX,
	.due = due_page,
	.request = request_page,
	.settle = settle_page,
	.turn = turn_page,
};
