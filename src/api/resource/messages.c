/*
 * /conversations/{id}/messages, /messages/{id}.
 */
#include <stddef.h>
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "inbox/conversation/conversation.h"
#include "inbox/message/message_files.h"
#include "inbox/message/message_list.h"
#include "inbox/message/message_past.h"

#include "api/action.h"
#include "api/input.h"
#include "api/object/message_past_object.h"
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

/* What it quotes is named by our ids, too, once it is here. */
static void
put_context(
    struct action *a, struct json_out *out, const struct message_list_row *m)
{
	const struct json *context, *field;

	context = m->context == NULL ? NULL
				     : json_parse(a->pool, m->context,
					   strlen(m->context), NULL);
	if (json_text(context, "wamid") == NULL) {
		json_put_raw(out, "context", m->context);
		return;
	}
	json_open_object(out, "context");
	for (field = json_first(context); field != NULL;
	     field = json_next(field))
		json_put(out, json_key(field), field);
	json_put_id(out, "message_id", m->quoted_id);
	json_put_id(out, "conversation_id", m->quoted_conversation_id);
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
	if (m->media_width == 0)
		return;
	json_open_object(out, "media_size");
	json_put_int(out, "width", m->media_width);
	json_put_int(out, "height", m->media_height);
	json_close(out);
}

static void
put_reactions(struct json_out *out, const struct message_list_row *m)
{
	json_open_array(out, "reactions");
	for (size_t i = 0; i < m->n_reactions; i++) {
		json_open_object(out, NULL);
		json_put_text(out, "emoji", m->reactions[i].emoji);
		json_put_text(out, "from", m->reactions[i].from);
		json_put_time(out, "at", m->reactions[i].at);
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

/* Of those that are queued, and these are few: 0, -1.  WHOLE: as put_whole
 * shows it. */
static int
find_waiting(struct action *a, struct message_list_row *m, int n, int whole)
{
	for (int i = 0; i < n; i++) {
		message_past_prefetch(a->session, &m[i], whole);
		if (text_is(m[i].status, "queued"))
			wait_reason_prefetch(a->session, m[i].id, a->now);
	}
	for (int i = 0; i < n; i++)
		if (text_is(m[i].status, "queued") &&
		    wait_reason_of_message(a->session, a->pool, m[i].id, a->now,
			&m[i].waiting) == -1)
			return -1;
	return 0;
}

static void
put_group_sender(
    struct action *a, struct json_out *out, const struct message_list_row *m)
{
	const struct json *context =
	    m->context == NULL
		? NULL
		: json_parse(a->pool, m->context, strlen(m->context), NULL);

	json_put_text(out, "sender", m->sender);
	json_put_text(out, "sender_name", json_text(context, "name"));
}

static int
put_members(
    struct action *a, struct json_out *out, const struct message_list_row *m)
{
	json_put_int(out, "id", m->id);
	json_put_int(out, "conversation_id", m->conversation_id);
	json_put_text(out, "wamid", m->wamid);
	json_put_text(out, "direction", m->direction);
	json_put_text(out, "source", m->source);
	json_put_text(out, "type", m->type);
	put_content(a, out, m);
	json_put_text(out, "status", m->status);
	numbers_put_waiting(out, &m->waiting);
	put_context(a, out, m);
	json_put_raw(out, "referral", m->referral);
	put_media_url(a, out, m);
	json_put_raw(out, "error", m->error);
	put_reactions(out, m);
	/* The sender within a group; elsewhere the conversation says who. */
	if (m->sender != NULL)
		put_group_sender(a, out, m);
	put_sender(out, m);
	json_put_time(out, "sent_at", m->sent_at);
	json_put_time(out, "edited_at", m->edited_at);
	json_put_time(out, "revoked_at", m->revoked_at);
	json_put_time(out, "created_at", m->created_at);
	return message_past_object_edits(a, out, m);
}

static int
put_message(
    struct action *a, struct json_out *out, const struct message_list_row *m)
{
	int rc;

	json_open_object(out, NULL);
	rc = put_members(a, out, m);
	json_close(out);
	return rc;
}

/* One alone also says what became of it when. */
static int
put_whole(
    struct action *a, struct json_out *out, const struct message_list_row *m)
{
	int rc;

	json_open_object(out, NULL);
	rc = put_members(a, out, m);
	if (rc == 0)
		rc = message_past_object_statuses(a, out, m);
	json_close(out);
	return rc;
}

int
messages_put(struct action *a, struct json_out *out, struct message_list_row *m)
{
	return find_waiting(a, m, 1, 0) == -1 ? -1 : put_members(a, out, m);
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
	if (rc == 1 && find_waiting(a, &m, 1, 1) == -1)
		return -1;
	if (rc == 1) {
		expect(out, &m, 1);
		if (put_whole(a, out, &m) == -1)
			return -1;
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
	if (find_waiting(a, &m, 1, 1) == -1)
		return -1;
	expect(out, &m, 1);
	if (put_whole(a, out, &m) == -1)
		return -1;
	return reply_json(a, status, out);
}

int
messages_get(struct action *a)
{
	return messages_reply(a, 200, a->id);
}

/* Where a page begins: at a message, on the side that SIDE names. */
struct messages_from {
	const char *side; /* before, after, around; NULL: the newest */
	struct message_list_place place;
	int files; /* only those that are one */
};

static int
read_side(struct action *a, struct messages_from *from)
{
	static const char *const sides[] = { "before", "after", "around" };

	from->side = NULL;
	for (size_t i = 0; i < sizeof(sides) / sizeof(sides[0]); i++) {
		if (input_param(a, sides[i]) == NULL)
			continue;
		if (from->side != NULL)
			return input_bad(a, sides[i],
			    pool_printf(
				a->pool, "does not go with %s", from->side));
		from->side = sides[i];
	}
	return 1;
}

/* 1, 0 when a problem was replied. */
static int
read_files(struct action *a, struct messages_from *from)
{
	const char *files = input_param(a, "files");

	from->files = files != NULL;
	if (files != NULL && !text_is(files, "true"))
		return input_bad(a, "files", "is true, or not there");
	if (files != NULL && from->side != NULL &&
	    !text_is(from->side, "before"))
		return input_bad(a, from->side, "does not go with files");
	return 1;
}

/* 1, 0 when a problem was replied, -1. */
static int
read_from(struct action *a, struct messages_from *from)
{
	long long id = 0;
	int rc = 0;

	from->place = MESSAGE_LIST_END;
	if (!read_side(a, from) || !read_files(a, from))
		return 0;
	if (from->side == NULL)
		return 1;
	if (text_int(input_param(a, from->side), &id) == 0)
		rc = message_list_find(a->session, a->id, id, &from->place);
	if (rc == 0)
		input_bad(
		    a, from->side, "is no message's id in this conversation");
	return rc;
}

struct messages_page {
	struct message_list_row *rows;
	int n, older, newer; /* whether there are */
	int64_t next_before; /* 0: the last of them */
};

/* The message from which it began is on one side of the page: 0, -1. */
static int
read_page(struct action *a, const struct messages_from *from, int limit,
    struct messages_page *page)
{
	page->next_before = 0;
	if (from->files) {
		page->newer = from->side != NULL;
		page->n = message_files_read(a->session, a->pool, a->id,
		    from->place, page->rows, limit, &page->next_before);
		page->older = 0;
	} else if (text_is(from->side, "around"))
		page->n = message_list_read_around(a->session, a->pool, a->id,
		    from->place, page->rows, limit, &page->older, &page->newer);
	else if (text_is(from->side, "after")) {
		page->older = 1;
		page->n = message_list_read_after(a->session, a->pool, a->id,
		    from->place, page->rows, limit, &page->newer);
	} else {
		page->newer = from->side != NULL;
		page->n = message_list_read(a->session, a->pool, a->id,
		    from->place, page->rows, limit, &page->older);
	}
	return page->n == -1 ? -1 : find_waiting(a, page->rows, page->n, 0);
}

static int
reply_page(struct action *a, const struct messages_page *page)
{
	struct json_out *out = json_new(a->pool);
	int n = page->n;

	expect(out, page->rows, n);
	json_open_object(out, NULL);
	json_open_array(out, "data");
	for (int i = 0; i < n; i++)
		if (put_message(a, out, &page->rows[i]) == -1)
			return -1;
	json_close(out);
	json_put_id(out, "next_before",
	    n > 0 && page->older ? page->rows[n - 1].id : page->next_before);
	json_put_id(
	    out, "next_after", n > 0 && page->newer ? page->rows[0].id : 0);
	json_close(out);
	return reply_json(a, 200, out);
}

/* What is asked in any case, while nobody has looked yet whether it may be. */
static void
prefetch_page(struct action *a)
{
	static const char *const sides[] = { "before", "after", "around",
		"files" };
	const char *limit = input_param(a, "limit");
	long long n = INPUT_LIMIT, id;

	conversation_prefetch_has(a->session, a->id);
	for (size_t i = 0; i < sizeof(sides) / sizeof(sides[0]); i++) {
		const char *side = input_param(a, sides[i]);

		if (side == NULL)
			continue;
		if (text_int(side, &id) == 0)
			message_list_prefetch_place(a->session, a->id, id);
		return;
	}
	if (limit == NULL ||
	    (text_int(limit, &n) == 0 && n > 0 && n <= INPUT_LIMIT_MAX))
		message_list_prefetch(
		    a->session, a->id, MESSAGE_LIST_END, (int)n);
}

int
messages_list(struct action *a)
{
	struct messages_page page;
	struct messages_from from;
	int limit, rc;

	prefetch_page(a);
	rc = conversation_has(a->session, a->id);
	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	if (!input_limit(a, &limit))
		return 0;
	rc = read_from(a, &from);
	if (rc != 1)
		return rc;
	page.rows = pool_room(a->pool, sizeof(*page.rows) * (size_t)limit);
	return read_page(a, &from, limit, &page) == -1 ? -1
						       : reply_page(a, &page);
}
