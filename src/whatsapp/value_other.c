/*
 * Reads what is neither message nor status: new user ids, chunks of history,
 * errors.  Arrays without a reader are kept whole, as notices.
 */
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/customer.h"
#include "whatsapp/event_list.h"
#include "whatsapp/value.h"

/* {"previous","current"}, or a text, which is the current id. */
static const char *
before(const struct json *pair)
{
	return json_text(pair, "previous");
}

static const char *
after(const struct json *pair)
{
	const char *plain = json_string(pair);

	return plain != NULL ? plain : json_text(pair, "current");
}

void
value_identity(struct event_list *s, const struct json *u)
{
	const struct json *wa_id = json_get(u, "wa_id");
	const struct json *user_id = json_get(u, "user_id");
	const struct json *parent = json_get(u, "parent_user_id");
	struct customer old = { .wa_id = NULL };
	const char *new_wa_id = NULL;
	struct event *e;

	if (json_type(wa_id) == JSON_OBJECT)
		customer_add_id(s, &old, before(wa_id), before(user_id));
	else
		customer_add_id(s, &old, json_string(wa_id), before(user_id));
	old.parent_user_id = before(parent);
	if (json_type(wa_id) == JSON_OBJECT)
		new_wa_id = after(wa_id);
	if (!customer_is_known(&old) ||
	    (after(user_id) == NULL && new_wa_id == NULL)) {
		event_list_add_other(s, s->field, u);
		return;
	}
	customer_join(s, &old, 0);
	e = event_list_add(s, EVENT_IDENTITY, u);
	e->customer = old;
	e->customer.new_wa_id = new_wa_id;
	e->customer.new_user_id = after(user_id);
	e->customer.new_parent_user_id = after(parent);
	e->field = s->field;
	e->raw = json_write(s->pool, u);
}

static void
read_thread(struct event_list *s, const struct json *thread)
{
	const struct json *list = json_get(thread, "messages"), *m;
	const char *id = json_text(thread, "id");

	if (json_type(list) != JSON_ARRAY) {
		event_list_add_other(s, s->field, thread);
		return;
	}
	for (m = json_first(list); m != NULL && !s->too_many; m = json_next(m))
		value_past(s, m, id);
}

void
value_history(struct event_list *s, const struct json *chunk)
{
	const struct json *threads = json_get(chunk, "threads");
	const struct json *errors = json_get(chunk, "errors"), *e;

	if (json_type(threads) != JSON_ARRAY &&
	    json_type(errors) != JSON_ARRAY) {
		event_list_add_other(s, s->field, chunk);
		return;
	}
	for (e = json_first(errors); e != NULL && !s->too_many;
	     e = json_next(e))
		event_list_add_other(s, "history", e);
	for (e = json_first(threads); e != NULL && !s->too_many;
	     e = json_next(e))
		read_thread(s, e);
}

void
value_error(struct event_list *s, const struct json *error)
{
	event_list_add_other(s, "errors", error);
}

void
value_notice(struct event_list *s, const struct json *element)
{
	const struct json *own = json_get(element, "metadata");
	struct event *e;

	/* In the field "messages" the name of the array says more than the
	 * field. */
	e = event_list_add_other(
	    s, text_is(s->field, "messages") ? s->key : s->field, element);
	e->at = event_list_time(own, "timestamp", e->at);
	customer_add_id(s, &e->customer, json_text(element, "wa_id"),
	    json_text(element, "user_id"));
	e->customer.group_id = json_text(element, "group_id");
}
