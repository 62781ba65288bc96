/*
 * /broadcasts/{id}/recipients.
 */
#include <stddef.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "inbox/broadcast/broadcast.h"
#include "inbox/broadcast/broadcast_recipient.h"
#include "inbox/contact/contact.h"

#include "api/action.h"
#include "api/cursor.h"
#include "api/input.h"
#include "api/object/broadcast_object.h"
#include "api/reply.h"
#include "api/resource/broadcast/broadcast_recipients.h"

/* List KEY of the body, NULL none; what is wrong is noted. */
static const struct json *
read_recipients_of(struct action *a, const char *key)
{
	const struct json *list = json_get(a->body, key);

	if (json_type(list) == JSON_NONE || json_type(list) == JSON_NULL)
		return NULL;
	if (json_type(list) != JSON_ARRAY ||
	    json_count(list) > BROADCAST_ADD_MAX) {
		input_wrong(a, key, "is no list of at most 1,000");
		return NULL;
	}
	return list;
}

static void
read_phones(struct action *a, const char **who, int *n)
{
	const struct json *list = read_recipients_of(a, "to"), *e;

	for (e = json_first(list); e != NULL; e = json_next(e)) {
		const char *why = "is no text", *phone = NULL;

		if (json_type(e) == JSON_STRING)
			phone = contact_validate_phone(
			    a->pool, json_string(e), &why);
		if (phone == NULL) {
			input_wrong(a, "to", why);
			return;
		}
		who[(*n)++] = phone;
	}
}

/* 0, -1. */
static int
read_contacts(struct action *a, const char **who, int *n)
{
	const struct json *list = read_recipients_of(a, "contact_ids"), *e;

	for (e = json_first(list); e != NULL; e = json_next(e)) {
		struct contact c;
		int64_t id = 0;
		int rc = 0;

		if (json_type(e) == JSON_NUMBER && json_integer(e, &id))
			rc = contact_get(a->session, a->pool, id, &c);
		if (rc == -1)
			return -1;
		if (rc == 0) {
			input_wrong(a, "contact_ids",
			    "has what is the id of no contact");
			return 0;
		}
		who[(*n)++] = c.phone != NULL ? c.phone : c.user_id;
	}
	return 0;
}

int
broadcast_recipients_read(struct action *a, const char ***who)
{
	int n = 0;

	*who =
	    pool_room(a->pool, sizeof(**who) * (size_t)(2 * BROADCAST_ADD_MAX));
	read_phones(a, *who, &n);
	if (read_contacts(a, *who, &n) == -1)
		return -1;
	if (n > BROADCAST_ADD_MAX)
		input_wrong(
		    a, "contact_ids", "are more than 1,000 together with to");
	return n;
}

int
broadcast_recipients_put(
    struct action *a, int64_t id, const char *const *who, int n)
{
	for (int i = 0; i < n; i++)
		if (broadcast_recipient_put(a->session, id, who[i]) == -1)
			return -1;
	return 0;
}

int
broadcast_recipients_add(struct action *a)
{
	struct json_out *out = json_new(a->pool);
	struct broadcast b;
	const char **who;
	int rc = broadcast_get(a->session, a->pool, a->id, &b), n;

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	n = broadcast_recipients_read(a, &who);
	if (n == -1)
		return -1;
	if (n == 0)
		input_wrong(a, "to", "is needed, unless contact_ids is given");
	if (a->wrong != NULL)
		return reply_wrong(a);
	if (!text_is(b.state, "draft"))
		return reply_problem(a, REPLY_CONFLICT,
		    "The broadcast was started: nobody is added any more.");
	if (broadcast_recipients_put(a, a->id, who, n) == -1 ||
	    broadcast_get(a->session, a->pool, a->id, &b) != 1)
		return -1;
	broadcast_object_put(out, &b);
	return reply_json(a, 200, out);
}

static void
put_recipient(struct json_out *out, const struct broadcast_recipient *to)
{
	int phone = to->who[0] == '+';

	json_open_object(out, NULL);
	json_put_text(out, "phone", phone ? to->who : NULL);
	json_put_text(out, "user_id", phone ? NULL : to->who);
	json_put_text(out, "state", to->state);
	json_put_text(out, "reason", to->reason);
	json_put_id(out, "error_code", to->error_code);
	json_put_id(out, "conversation_id", to->conversation_id);
	json_put_id(out, "message_id", to->message_id);
	json_close(out);
}

int
broadcast_recipients_list(struct action *a)
{
	const char *state = input_param(a, "state"), *after, *cursor = NULL;
	struct json_out *out = json_new(a->pool);
	struct broadcast_recipient *page;
	struct broadcast b;
	int rc = broadcast_get(a->session, a->pool, a->id, &b), limit, n;

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	if (state != NULL && !text_among(state, broadcast_states))
		return input_bad(a, "state", "is none of its words");
	if (!input_limit(a, &limit) || !cursor_read(a, &after))
		return 0;
	page = pool_room(a->pool, sizeof(*page) * ((size_t)limit + 1));
	n = broadcast_recipient_list(a->session, a->pool, a->id, state,
	    after != NULL ? after : "", page, limit + 1);
	if (n == -1)
		return -1;
	if (n > limit) {
		n = limit;
		cursor = cursor_write(a, page[n - 1].who);
	}
	reply_open_list(out);
	for (int i = 0; i < n; i++)
		put_recipient(out, &page[i]);
	json_close(out);
	return reply_list(a, out, cursor);
}
