/*
 * Reads messages: inbound ones, echoes of what was sent from a phone, history.
 * Some types become another event than a message: an edit, a deletion, a
 * customer's new number.
 */
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/content.h"
#include "whatsapp/customer.h"
#include "whatsapp/event_list.h"
#include "whatsapp/phone.h"
#include "whatsapp/value.h"

/* How a message came, and whom it is with. */
struct way {
	enum event_source source;
	int inbound;
	const char *thread; /* the customer, for history */
};

static void
find_customer(struct event_list *s, const struct json *m, const struct way *way,
    struct customer *c)
{
	const char *who[] = { "from", "from_user_id", "from_parent_user_id" };

	if (!way->inbound) {
		who[0] = "to";
		who[1] = "to_user_id";
		who[2] = "to_parent_user_id";
	}
	customer_add_id(s, c, json_text(m, who[0]), json_text(m, who[1]));
	c->parent_user_id = json_text(m, who[2]);
	c->group_id = json_text(m, "group_id");
	if (!customer_is_known(c))
		customer_add_id(s, c, way->thread, NULL);
	/* A change of number names the customer in its body; see below. */
	if (!customer_is_known(c))
		customer_add_id(
		    s, c, json_text(json_get(m, "system"), "customer"), NULL);
	/* In a group the conversation is the group's, not the sender's. */
	customer_join(s, c, c->group_id == NULL || way->inbound);
}

static const char *const changes[] = { "edit", "revoke", NULL };

/* edit and revoke point at the message that they change. */
static void
read_change_message(struct event_list *s, const struct json *m, struct event *e)
{
	const struct json *edit = json_get(m, "edit"), *inner;
	const struct json *revoke = json_get(m, "revoke");
	const char *target;

	inner = json_get(edit, "message");
	if (text_is(e->type, "edit") && json_type(inner) == JSON_OBJECT &&
	    (target = json_text(edit, "original_message_id")) != NULL) {
		e->kind = EVENT_EDIT;
		content_read(s->pool, inner, e);
		e->target_wamid = target;
	} else if (text_is(e->type, "revoke") &&
		   (target = json_text(revoke, "original_message_id")) !=
		       NULL) {
		e->kind = EVENT_REVOKE;
		e->target_wamid = target;
	}
}

/*
 * The customer has another number or user id.  The new number was "new_wa_id"
 * and is "wa_id"; where "new_user_id" stands, "user_id" is the old one.
 */
static void
read_system(struct event_list *s, const struct json *m, struct event *e)
{
	const struct json *system = json_get(m, "system");
	const char *type = json_text(system, "type");
	const char *user_id = json_text(system, "user_id");
	struct customer now = { .wa_id = NULL };

	if (!text_begins(type, "user_changed_") &&
	    !text_begins(type, "customer_changed_"))
		return;
	customer_add_id(s, &now, json_text(system, "wa_id"),
	    json_text(system, "new_user_id"));
	if (now.wa_id == NULL)
		customer_add_id(s, &now, json_text(system, "new_wa_id"), NULL);
	e->customer.new_wa_id = now.wa_id;
	e->customer.new_user_id = now.user_id;
	if (e->customer.new_user_id == NULL)
		e->customer.new_user_id = user_id;
	else if (e->customer.user_id == NULL)
		e->customer.user_id = user_id;
	e->customer.new_parent_user_id = json_text(system, "parent_user_id");
}

/* The status of one of our messages, as history has it. */
static const char *
past_status(struct event_list *s, const struct json *m)
{
	const char *said = json_text(json_get(m, "history_context"), "status");
	const char *status = content_lower(s->pool, said);

	if (status == NULL || text_is(status, "pending"))
		return "sent";
	return text_is(status, "error") ? "failed" : status;
}

/* Not handed on, and nothing that one would answer to: whatever it was when it
 * is handed on (edit, reaction) is no message either. */
static int
is_silent(const struct json *m, const char *type)
{
	static const char *const silent[] = { "edit", "keep_in_chat", "pin",
		"reaction", "revoke", NULL };
	const char *what = json_text(json_get(m, "unsupported"), "type");

	return text_is(type, "reaction") || text_is(type, "system") ||
	       (text_is(type, "unsupported") && text_among(what, silent));
}

/* The customer's own number, of a card that answers our request for it
 * (docs/protocol.md §3.2): digits, NULL when the card does not say just one. */
static const char *
read_shared(struct pool *p, const struct json *m)
{
	const struct json *cards = json_get(m, "contacts"), *phones;
	const char *phone;

	if (!text_is(json_text(m, "origin"), "contact_request") ||
	    json_count(cards) != 1)
		return NULL;
	phones = json_get(json_first(cards), "phones");
	if (json_count(phones) != 1)
		return NULL;
	phone = json_text(json_first(phones), "wa_id");
	if (phone == NULL || phone_e164(p, phone, 0) == NULL)
		phone =
		    phone_e164(p, json_text(json_first(phones), "phone"), 1);
	return phone == NULL ? NULL : text_digits(p, phone);
}

static void
read_message(struct event_list *s, const struct json *m, const struct way *way)
{
	struct customer c = { .wa_id = NULL };
	struct event *e;

	find_customer(s, m, way, &c);
	if (json_text(m, "id") == NULL || !customer_is_known(&c)) {
		event_list_add_other(s, s->field, m);
		return;
	}
	e = event_list_add(s, EVENT_MESSAGE, m);
	e->source = way->source;
	e->inbound = way->inbound;
	e->customer = c;
	e->wamid = json_text(m, "id");
	content_read(s->pool, m, e);
	if (text_is(e->type, "system"))
		read_system(s, m, e);
	else
		read_change_message(s, m, e);
	/* an edit or a deletion that does not say of which message */
	if (e->kind == EVENT_MESSAGE && text_among(e->type, changes))
		e->type = "unknown";
	if (way->source == EVENT_ECHO)
		e->status = "sent";
	else if (!way->inbound)
		e->status = past_status(s, m);
	if (way->source == EVENT_LIVE && e->kind == EVENT_MESSAGE) {
		e->opens_window = !is_silent(m, e->type);
		e->counts_unread = e->opens_window;
		e->shared = read_shared(s->pool, m);
	}
}

void
value_message(struct event_list *s, const struct json *m)
{
	struct way live = { EVENT_LIVE, 1, NULL };

	if (text_is(s->field, "smb_message_echoes") ||
	    text_is(s->field, "message_echoes"))
		value_echo(s, m);
	else if (text_is(s->field, "history") ||
		 json_get(m, "history_context") != NULL ||
		 event_list_is_us(s, json_text(m, "from")))
		/* The file of a message in history follows in an ordinary
		 * message. */
		value_past(s, m, NULL);
	else
		read_message(s, m, &live);
}

void
value_echo(struct event_list *s, const struct json *m)
{
	struct way echo = { EVENT_ECHO, 0, NULL };

	read_message(s, m, &echo);
}

/*
 * Direction: a message is outbound when our number sent it, or when its sender
 * is not the customer of the thread.  A user id in place of either cannot be
 * compared with a number; only customers have user ids, so it is inbound.
 */
void
value_past(struct event_list *s, const struct json *m, const char *thread)
{
	struct way past = { EVENT_HISTORY, 1, thread };
	const char *from = json_text(m, "from");
	struct customer a = { .wa_id = NULL }, b = { .wa_id = NULL };

	customer_add_id(s, &a, from, json_text(m, "from_user_id"));
	customer_add_id(s, &b, thread, NULL);
	if (event_list_is_us(s, from))
		past.inbound = 0;
	else if (json_text(m, "group_id") == NULL && a.user_id == NULL &&
		 a.wa_id != NULL && b.wa_id != NULL)
		past.inbound = text_is(a.wa_id, b.wa_id);
	read_message(s, m, &past);
}
