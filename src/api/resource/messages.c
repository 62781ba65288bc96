/*
 * /conversations/{id}/messages, /messages/{id}.
 */
#include <stddef.h>
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "inbox/conversation/conversation.h"
#include "inbox/message/message_list.h"

#include "api/action.h"
#include "api/input.h"
#include "api/reply.h"
#include "api/resource/messages.h"
#include "api/resource/numbers.h"

#define ABOUT 1024 /* bytes of a message, beside its content */

/* The provider's object; a file that is not there (yet) says so in it. */
static void
put_content(
    struct action *a, struct json_out *out, const struct message_list_row *m)
{
	const struct json *content, *field;

	if (m->media_state == NULL || text_is(m->media_state, "stored")) {
		json_put_raw(out, "content", m->content);
		return;
	}
	content = json_parse(a->pool, m->content, strlen(m->content), NULL);
	json_open_object(out, "content");
	for (field = json_first(content); field != NULL;
	     field = json_next(field))
		if (!text_is(json_key(field), "media_state"))
			json_put(out, json_key(field), field);
	json_put_text(out, "media_state", m->media_state);
	json_close(out);
}

static void
put_media_url(
    struct action *a, struct json_out *out, const struct message_list_row *m)
{
	if (text_is(m->media_state, "stored"))
		json_put_text(out, "media_url",
		    pool_printf(a->pool, "/api/v1/messages/%lld/media",
			(long long)m->id));
	else
		json_put_null(out, "media_url");
}

static void
put_reactions(
    struct action *a, struct json_out *out, const struct message_list_row *m)
{
	json_open_array(out, "reactions");
	for (size_t i = 0; i < m->n_reactions; i++) {
		json_open_object(out, NULL);
		json_put_text(out, "emoji", m->reactions[i].emoji);
		json_put_text(out, "from", m->reactions[i].from);
		reply_time(a, out, "at", m->reactions[i].at);
		json_close(out);
	}
	json_close(out);
}

static void
put_sender(struct json_out *out, const struct message_list_row *m)
{
	if (m->sent_by == 0) {
		json_put_null(out, "sent_by");
		return;
	}
	json_open_object(out, "sent_by");
	json_put_int(out, "id", m->sent_by);
	json_put_text(out, "name", m->sent_by_name);
	json_close(out);
}

/* Of those that are queued, and these are few: 0, -1. */
static int
find_waiting(struct action *a, struct message_list_row *m, int n)
{
	for (int i = 0; i < n; i++)
		if (text_is(m[i].status, "queued") &&
		    wait_reason_of_message(a->session, a->pool, m[i].id, a->now,
			&m[i].waiting) == -1)
			return -1;
	return 0;
}

static void
put_message(
    struct action *a, struct json_out *out, const struct message_list_row *m)
{
	json_open_object(out, NULL);
	json_put_int(out, "id", m->id);
	json_put_int(out, "conversation_id", m->conversation_id);
	json_put_text(out, "wamid", m->wamid);
	json_put_text(out, "direction", m->direction);
	json_put_text(out, "type", m->type);
	put_content(a, out, m);
	json_put_text(out, "status", m->status);
	numbers_put_waiting(a, out, &m->waiting);
	json_put_raw(out, "context", m->context);
	json_put_raw(out, "referral", m->referral);
	put_media_url(a, out, m);
	json_put_raw(out, "error", m->error);
	put_reactions(a, out, m);
	/* The sender within a group; elsewhere the conversation says who. */
	if (m->sender != NULL)
		json_put_text(out, "sender", m->sender);
	put_sender(out, m);
	reply_time(a, out, "sent_at", m->sent_at);
	reply_time(a, out, "edited_at", m->edited_at);
	reply_time(a, out, "revoked_at", m->revoked_at);
	reply_time(a, out, "created_at", m->created_at);
	json_close(out);
}

/* Room for N messages at once: a text that grows is copied, and takes twice
 * what it is long. */
static void
expect(struct json_out *out, const struct message_list_row *m, int n)
{
	size_t len = 0;

	for (int i = 0; i < n; i++)
		len += ABOUT + strlen(m[i].content);
	json_expect(out, len);
}

int
messages_object(struct action *a, int64_t id, const char **json)
{
	struct json_out *out = json_new(a->pool);
	struct message_list_row m;
	int rc = message_list_get(a->session, a->pool, id, &m);

	*json = NULL;
	if (rc == 1 && find_waiting(a, &m, 1) == -1)
		return -1;
	if (rc == 1) {
		expect(out, &m, 1);
		put_message(a, out, &m);
		*json = json_end(out, NULL);
	}
	return rc;
}

int
messages_reply(struct action *a, int status, int64_t id)
{
	struct json_out *out = json_new(a->pool);
	struct message_list_row m;
	int rc = message_list_get(a->session, a->pool, id, &m);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	if (find_waiting(a, &m, 1) == -1)
		return -1;
	expect(out, &m, 1);
	put_message(a, out, &m);
	return reply_json(a, status, out);
}

int
messages_get(struct action *a)
{
	return messages_reply(a, 200, a->id);
}

/* "before": 1, 0 when a problem was replied, -1. */
static int
read_place(struct action *a, struct message_list_place *place)
{
	const char *s = input_param(a, "before");
	long long id = 0;
	int rc = 0;

	*place = MESSAGE_LIST_END;
	if (s == NULL)
		return 1;
	if (text_int(s, &id) == 0)
		rc = message_list_find(a->session, a->id, id, place);
	if (rc == 0)
		input_bad(
		    a, "before", "is no message's id in this conversation");
	return rc;
}

int
messages_list(struct action *a)
{
	struct message_list_row *page;
	struct json_out *out = json_new(a->pool);
	struct conversation c;
	struct message_list_place place;
	int limit, more, n,
	    rc = conversation_get(a->session, a->pool, a->id, &c);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	if (!input_limit(a, &limit))
		return 0;
	rc = read_place(a, &place);
	if (rc != 1)
		return rc;
	page = pool_alloc(a->pool, sizeof(*page) * (size_t)limit);
	n = message_list_read(
	    a->session, a->pool, a->id, place, page, limit, &more);
	if (n == -1 || find_waiting(a, page, n) == -1)
		return -1;
	expect(out, page, n);
	json_open_object(out, NULL);
	json_open_array(out, "data");
	for (int i = 0; i < n; i++)
		put_message(a, out, &page[i]);
	json_close(out);
	if (more)
		json_put_int(out, "next_before", page[n - 1].id);
	else
		json_put_null(out, "next_before");
	json_close(out);
	return reply_json(a, 200, out);
}
