/*
 * What is said: a message as the provider would bring it, read by the same
 * code that reads deliveries (world.h).
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/codec.h"
#include "base/pool.h"

#include "lib/json/json.h"

#include "whatsapp/content.h"

#include "talk.h"
#include "world.h"
#include "world_kinds.h"

/* Marked words stand in texts. */
static int
is_marked(const struct say *t)
{
	int64_t tenth = t->w->n_messages / 10;

	return t->n % 100 == 7 || (tenth > 0 && t->n % tenth == tenth / 2);
}

static void
put_message(struct say *t)
{
	buf_printf(&t->out, "{\"id\":\"%s\",", say_wamid(t, t->n, t->inbound));
	if (t->c->spoke_id != 0 && say_toss(t, 100) < 6)
		buf_printf(&t->out,
		    "\"context\":{\"id\":\"%s\",\"from\":\"%s\"},",
		    say_wamid(t, t->c->spoke_id, t->c->spoke_inbound),
		    world_phone(t->w, t->pool, t->c) + 1);
	if (is_marked(t))
		say_text(t);
	else if (t->inbound)
		say_from_customer(t);
	else
		say_from_us(t);
	buf_char(&t->out, '}');
}

/* What became of a message of ours. */
static void
fate(struct say *t, struct message_made *m)
{
	int at = (int)say_toss(t, 100);

	if (say_toss(t, 4) == 0) {
		m->source = "echo";
	} else {
		m->source = "api";
		m->sent_by = t->c->assigned_to != 0
				 ? t->c->assigned_to
				 : 1 + (int64_t)say_toss(t, WORLD_MEMBERS);
	}
	m->status = at < 70 ? "read" : at < 92 ? "delivered" : "sent";
	if (at >= 98) {
		m->status = "failed";
		m->error =
		    "{\"code\":131026,\"title\":\"Message undeliverable\","
		    "\"detail\":\"Message Undeliverable.\"}";
	}
}

void
world_message(
    struct world *w, struct pool *pool, int64_t n, struct message_made *m)
{
	uint64_t slot = w->slots[n - 1];
	struct person *c = &w->customers[slot & UINT32_MAX];
	struct say t = {
		.w = w,
		.pool = pool,
		.c = c,
		.talk = { .seed = w->seed, .state = (uint64_t)n << 20 },
		.n = n,
		.at = w->now - WORLD_DAYS * INT64_C(86400) +
		      (int64_t)(slot >> 32),
		.out.pool = pool,
	};
	const char *json;

	*m = (struct message_made){ .customer = c, .status = "received" };
	m->source = "live";
	t.inbound = say_toss(&t, 100) < (c->spoke_id == 0 ? 90 : 56);
	put_message(&t);
	if (!t.inbound)
		fate(&t, m);
	json = buf_end(&t.out);
	m->event.inbound = t.inbound;
	m->event.at = t.at;
	m->event.wamid = say_wamid(&t, n, t.inbound);
	content_read(
	    pool, json_parse(pool, json, strlen(json), NULL), &m->event);
	if (t.inbound) {
		m->event.opens_window = strcmp(m->event.type, "reaction") != 0;
		m->event.counts_unread = m->event.opens_window;
		if (m->event.error != NULL)
			m->error = m->event.error;
	}
	if (m->event.opens_window)
		c->opened_at = t.at;
	c->spoke_id = n;
	c->spoke_inbound = t.inbound;
}
