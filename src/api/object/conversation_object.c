/*
 * A conversation as JSON.  Apart from conversations.c: realtime has it in
 * events, and lists nothing.
 */
#include <stddef.h>
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "session/session_cache.h"

#include "inbox/conversation/block.h"
#include "inbox/conversation/conversation.h"

#include "api/action.h"
#include "api/object/conversation_object.h"
#include "api/object/mark_object.h"
#include "api/reply.h"

static void
put_window(struct action *a, struct json_out *out, const struct conversation *c)
{
	json_open_object(out, "window");
	json_put_bool(out, "open", c->window_ends > a->now);
	json_put_time(out, "expires_at", c->window_ends);
	json_close(out);
}

static void
put_contact(struct json_out *out, const struct conversation *c)
{
	if (c->contact_id == 0) {
		json_put_null(out, "contact");
		return;
	}
	json_open_object(out, "contact");
	json_put_int(out, "id", c->contact_id);
	json_put_text(out, "name", c->contact_name);
	json_put_text(out, "phone", c->contact_phone);
	json_open_array(out, "tags");
	for (size_t i = 0; i < c->n_tags; i++)
		json_put_text(out, NULL, c->tags[i]);
	json_close(out);
	json_close(out);
}

/* Who wrote it in a group. */
static void
put_sender(
    struct action *a, struct json_out *out, const struct conversation_last *l)
{
	const struct json *context =
	    l->context == NULL
		? NULL
		: json_parse(a->pool, l->context, strlen(l->context), NULL);

	json_put_text(out, "sender", l->sender);
	json_put_text(out, "sender_name", json_text(context, "name"));
}

void
conversation_object_put_person(
    struct json_out *out, const char *key, int64_t id, const char *name)
{
	if (id == 0) {
		json_put_null(out, key);
		return;
	}
	json_open_object(out, key);
	json_put_int(out, "id", id);
	json_put_text(out, "name", name);
	json_close(out);
}

static void
put_last(
    struct action *a, struct json_out *out, const struct conversation_last *l)
{
	if (l->id == 0) {
		json_put_null(out, "last_message");
		return;
	}
	json_open_object(out, "last_message");
	json_put_int(out, "id", l->id);
	json_put_text(out, "type", l->type);
	json_put_text(out, "direction", l->direction);
	json_put_text(out, "source", l->source);
	json_put_text(out, "status", l->status);
	if (l->sender != NULL)
		put_sender(a, out, l);
	if (l->call != NULL)
		json_put_text(out, "call_state",
		    json_text(
			json_parse(a->pool, l->call, strlen(l->call), NULL),
			"state"));
	conversation_object_put_person(
	    out, "sent_by", l->sent_by, l->sent_by_name);
	json_close(out);
}

static void
put_marketing(struct json_out *out, const struct conversation *c)
{
	if (c->marketing == NULL) {
		json_put_null(out, "marketing");
		return;
	}
	json_open_object(out, "marketing");
	json_put_text(out, "state", c->marketing);
	json_put_time(out, "since", c->marketing_at);
	json_put_text(out, "source", c->marketing_source);
	json_close(out);
}

static void
put_assignee(struct json_out *out, const struct conversation *c)
{
	/* Somebody who is no member any more has no name here. */
	conversation_object_put_person(out, "assigned_to",
	    c->assigned_name != NULL ? c->assigned_to : 0, c->assigned_name);
}

static void
put_block(struct json_out *out, const struct block_state *b)
{
	if (b == NULL) {
		json_put_null(out, "block");
		return;
	}
	json_open_object(out, "block");
	json_put_text(out, "state", b->state);
	conversation_object_put_person(
	    out, "asked_by", b->asked_by, b->asked_by_name);
	json_put_time(out, "asked_at", b->asked_at);
	json_put_raw(out, "error", b->error);
	json_close(out);
}

void
conversation_object_put(
    struct action *a, struct json_out *out, const struct conversation *c)
{
	json_open_object(out, NULL);
	json_put_int(out, "id", c->id);
	json_put_text(out, "phone", c->phone);
	json_put_text(out, "user_id", c->user_id);
	json_put_text(out, "group_id", c->group_id);
	json_put_text(out, "phone_number_id", c->phone_number_id);
	json_put_text(out, "profile_name", c->profile_name);
	json_put_text(out, "phone_book_name", c->phone_book_name);
	json_put_text(out, "username", c->username);
	json_put_text(out, "status", c->status);
	json_put_text(out, "state", c->state);
	json_put_time(out, "snoozed_until",
	    text_is(c->state, "snoozed") ? c->aside_at : 0);
	json_put_time(out, "unanswered_since", c->unanswered_since);
	json_put_bool(out, "is_read", c->is_read);
	json_put_int(out, "unread_count", c->unread_count);
	json_put_time(
	    out, "last_customer_message_at", c->last_customer_message_at);
	json_put_time(out, "last_message_at", c->last_message_at);
	json_put_text(out, "last_message_preview", c->preview);
	put_last(a, out, &c->last);
	put_window(a, out, c);
	put_marketing(out, c);
	put_contact(out, c);
	put_assignee(out, c);
	mark_object_put_marks(out, &c->marks);
	put_block(out, c->block);
	json_put_time(out, "created_at", c->created_at);
	json_put_time(out, "updated_at", c->updated_at);
	json_close(out);
}

/* The only thing that time alone changes in what is shown is whether the window
 * is open. */
static void
put_and_keep(
    struct action *a, struct json_out *out, const struct conversation *c)
{
	size_t begin = json_written(out), len;
	const char *text;

	conversation_object_put(a, out, c);
	text = json_value_at(out, begin, &len);
	session_cache_put(a->session, c->id, text, len, c->window_ends);
}

int
conversation_object_put_row(
    struct action *a, struct json_out *out, const struct conversation *c)
{
	const char *text = NULL;
	struct conversation whole;

	if (c->is_cached)
		text = session_cache_get(a->session, c->id);
	if (text != NULL) {
		json_put_raw(out, NULL, text);
		return 0;
	}
	/* It was there a moment ago, and the cache was full since. */
	if (c->is_cached) {
		if (conversation_get(a->session, a->pool, c->id, &whole) != 1)
			return -1;
		c = &whole;
	}
	put_and_keep(a, out, c);
	return 0;
}

int
conversation_object_json(struct action *a, int64_t id, const char **json)
{
	struct conversation c;
	struct json_out *out = json_new(a->pool);
	int rc = conversation_get(a->session, a->pool, id, &c);

	*json = NULL;
	if (rc == 1) {
		conversation_object_put(a, out, &c);
		*json = json_end(out, NULL);
	}
	return rc;
}
