/*
 * Asks the provider to block customers, and to unblock them: it may be asked
 * twice without harm.
 */
#include <stddef.h>

#include "base/log.h"
#include "base/pool.h"

#include "lib/http/client.h"
#include "lib/sql/statements.h"

#include "whatsapp/provider/provider.h"

#include "inbox/conversation/block_store.h"

#include "process/ask.h"
#include "process/block_sync.h"

const struct statements block_sync_statements = {
	.also = STATEMENTS(&block_store_statements),
};

static int
due_block(struct db *db, struct ask_call *c, int64_t now)
{
	struct block_row *b = pool_alloc(c->kept, sizeof(*b));
	int rc = block_store_due(db, c->kept, c->number_id, now, b);

	if (rc == 1) {
		c->row = b;
		c->phone_number_id = b->phone_number_id;
		c->provider_name = b->provider;
	}
	return rc;
}

static int
request_block(struct ask_call *c, int64_t now, struct client_request *request)
{
	const struct block_row *b = c->row;
	const struct provider_recipient who = {
		.phone = *b->who == '+' ? b->who : NULL,
		.user_id = b->who,
	};

	if (ask_is_old(c, b->asked_at, now)) {
		ask_not(c, PROVIDER_REFUSED, ASK_OLD);
		return 0;
	}
	c->account.provider->block(c->pool, &c->account, &who, b->on, request);
	return 1;
}

static enum ask_next
settle_block(struct db *db, struct ask_call *c, int64_t now)
{
	const struct provider_outcome *o = &c->outcome;
	const struct block_row *b = c->row;
	const char *what = b->on ? "blocked" : "unblocked";
	int64_t due_at;

	if (o->decision == PROVIDER_DONE && !o->blocked)
		ask_not(c, PROVIDER_RETRY,
		    "the provider's answer does not name the customer");
	log_about_id("conversation", b->conversation_id);
	if (o->decision == PROVIDER_DONE) {
		log_info("its customer is %s", what);
		return block_store_done(db, b, now);
	}
	due_at = now + ask_wait(c, b->attempts);
	if (o->decision == PROVIDER_REFUSED ||
	    ask_is_old(c, b->asked_at, due_at)) {
		log_info("its customer is not %s: code %d", what, o->code);
		return block_store_refused(db, b, o->error);
	}
	log_info("its customer is not %s yet: code %d", what, o->code);
	return block_store_later(db, b, due_at, o->error);
}

const struct ask_kind block_sync = {
	.number = block_store_number,
	.due = due_block,
	.request = request_block,
	.settle = settle_block,
};
