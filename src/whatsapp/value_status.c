/*
 * Reads statuses of messages: of which message, which status, which error.
 * Statuses of calls and payments come in the same array; they are of no
 * message.
 */
#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/content.h"
#include "whatsapp/customer.h"
#include "whatsapp/event_list.h"
#include "whatsapp/value.h"

/* The customer's parent user id has three spellings (docs/protocol.md §4). */
static const char *
parent(const struct json *status)
{
	const char *id;

	if ((id = json_text(status, "parent_recipient_user_id")) == NULL &&
	    (id = json_text(status, "recipient_parent_user_id")) == NULL)
		id = json_text(status, "parent_user_id");
	return id;
}

static void
find_customer(struct event_list *s, const struct json *status, struct event *e)
{
	const char *id = json_text(status, "recipient_id");

	if (text_is(json_text(status, "recipient_type"), "group")) {
		e->customer.group_id = id;
	} else {
		customer_add_id(s, &e->customer, id,
		    json_text(status, "recipient_user_id"));
		e->customer.parent_user_id = parent(status);
		customer_join(s, &e->customer, 0);
	}
	e->participant = json_text(status, "recipient_participant_id");
	if (e->participant == NULL)
		e->participant =
		    json_text(status, "recipient_participant_user_id");
}

/* The array also has statuses of calls and of payments. */
static int
is_call(const struct event_list *s, const struct json *status)
{
	return text_is(s->field, "calls") ||
	       text_is(json_text(status, "type"), "call") ||
	       text_begins(json_text(status, "id"), "wacid.");
}

void
value_status(struct event_list *s, const struct json *status)
{
	const char *id = json_text(status, "id");
	const char *word = json_text(status, "status");
	const char *type = json_text(status, "type");
	struct event *e;

	if (is_call(s, status)) {
		value_call(s, status);
		return;
	}
	if (id == NULL || word == NULL ||
	    (type != NULL && !text_is(type, "message"))) {
		event_list_add_other(s, s->field, status);
		return;
	}
	e = event_list_add(s, EVENT_STATUS, status);
	e->target_wamid = id;
	e->status = content_lower(s->pool, word);
	e->error =
	    content_error(s->pool, json_get(status, "errors"), &e->error_code);
	e->callback = json_text(status, "biz_opaque_callback_data");
	e->field = s->field;
	e->raw = json_write(s->pool, status);
	find_customer(s, status, e);
}
