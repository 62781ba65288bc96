/*
 * Reads calls (docs/protocol.md §3.7).  A call is several events of one id
 * (wacid.…): that it rings, that somebody took or declined it, that it ended.
 * Each becomes a message of type "call", with a word of ours for where it is
 * (state); inbox/message/message_call.c keeps the one that says most.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/content.h"
#include "whatsapp/customer.h"
#include "whatsapp/event_list.h"
#include "whatsapp/value.h"

/* How the media reach each other, and where the phones are. */
static const char *const hidden[] = { "session", "connection", NULL };

/* Who called: 1 the customer, 0 the business. */
static int
is_inbound(struct event_list *s, const struct json *call)
{
	const char *said = json_text(call, "direction");

	if (json_text(call, "recipient_id") != NULL ||
	    json_text(call, "recipient_user_id") != NULL)
		return 0; /* statuses are of calls of the business */
	return said != NULL
		   ? text_is(content_lower(s->pool, said), "user_initiated")
		   : !event_list_is_us(s, json_text(call, "from"));
}

/* The state that the element says; NULL: a word not known. */
static const char *
state_of(struct event_list *s, const struct json *call, int inbound)
{
	const char *event = json_text(call, "event");
	const char *word = content_lower(
	    s->pool, json_text(call, event != NULL ? "event" : "status"));
	int64_t duration = 0;

	if (text_is(word, "connect") || text_is(word, "ringing"))
		return "ringing";
	if (text_is(word, "accepted"))
		return "accepted";
	if (text_is(word, "rejected"))
		return "declined";
	if (!text_is(word, "terminate"))
		return NULL;
	if (json_int(call, "duration", &duration) && duration > 0)
		return "answered";
	return inbound ? "missed" : "unanswered";
}

static void
find_other_side(struct event_list *s, const struct json *call, int inbound,
    struct customer *c)
{
	if (json_text(call, "event") == NULL) {
		customer_add_id(s, c, json_text(call, "recipient_id"),
		    json_text(call, "recipient_user_id"));
	} else if (inbound) {
		customer_add_id(s, c, json_text(call, "from"),
		    json_text(call, "from_user_id"));
		c->parent_user_id = json_text(call, "from_parent_user_id");
	} else {
		customer_add_id(
		    s, c, json_text(call, "to"), json_text(call, "to_user_id"));
		c->parent_user_id = json_text(call, "to_parent_user_id");
	}
	customer_join(s, c, 1);
}

static char *
content_of(struct pool *p, const struct json *call, const char *state)
{
	const struct json *m;
	struct json_out *o = json_new(p);

	json_open_object(o, NULL);
	json_put_text(o, "state", state);
	for (m = json_first(call); m != NULL; m = json_next(m))
		if (!text_among(json_key(m), hidden) &&
		    !text_is(json_key(m), "state"))
			json_put(o, json_key(m), m);
	json_close(o);
	return json_end(o, NULL);
}

static const char *
line_of(struct event_list *s, const struct json *call, const char *state,
    int inbound)
{
	int64_t seconds = 0;

	json_int(call, "duration", &seconds);
	if (text_is(state, "answered"))
		return pool_printf(s->pool, "%s (%lld:%02lld)",
		    inbound ? "Call" : "Outgoing call", (long long)seconds / 60,
		    (long long)seconds % 60);
	if (text_is(state, "missed"))
		return "Missed call";
	if (text_is(state, "unanswered"))
		return "Call not answered";
	if (text_is(state, "declined"))
		return "Call declined";
	return inbound ? "Incoming call" : "Outgoing call";
}

void
value_call(struct event_list *s, const struct json *call)
{
	int inbound = is_inbound(s, call);
	const char *state = state_of(s, call, inbound);
	struct customer c = { .wa_id = NULL };
	struct event *e;

	find_other_side(s, call, inbound, &c);
	if (json_text(call, "id") == NULL || state == NULL ||
	    !customer_is_known(&c)) {
		event_list_add_other(s, "calls", call);
		return;
	}
	e = event_list_add(s, EVENT_CALL, call);
	/* The times of one call differ (inbox/message/message_call.h). */
	e->timed = 0;
	e->inbound = inbound;
	e->customer = c;
	e->wamid = json_text(call, "id");
	e->type = "call";
	e->state = state;
	e->content = content_of(s->pool, call, state);
	e->preview = e->text = line_of(s, call, state, inbound);
	e->counts_unread = text_is(state, "missed");
	e->opens_window =
	    inbound || text_is(state, "accepted") || text_is(state, "answered");
}
