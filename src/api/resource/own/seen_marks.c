/*
 * /conversations/{id}/seen, /conversations/seen: what is unread for a member
 * himself; and what is his own in a conversation as lists show it.
 */
#include <stddef.h>
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "inbox/conversation/conversation.h"
#include "inbox/conversation/list/conversation_unseen.h"
#include "inbox/own/draft.h"
#include "inbox/own/seen.h"

#include "api/action.h"
#include "api/input.h"
#include "api/object/conversation_object.h"
#include "api/object/seen_object.h"
#include "api/reply.h"
#include "api/resource/own/seen_marks.h"

#define COUNT_MAX 100

int
seen_show(struct action *a)
{
	struct json_out *out = json_new(a->pool);
	struct seen_mark s;
	int rc = seen_get(a->session, a->id, &s);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	seen_object_put(out, &s);
	return reply_json(a, 200, out);
}

int
seen_mark(struct action *a)
{
	int64_t id = 0;
	int rc = conversation_has(a->session, a->id);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	if (input_id(a, "message_id", &id) == INPUT_THERE && id < 1)
		input_wrong(a, "message_id", "is no id");
	if (a->wrong == NULL)
		rc = seen_put(a->session, a->id, id);
	if (rc == 0)
		input_wrong(
		    a, "message_id", "is no message's of this conversation");
	if (rc == -1)
		return -1;
	return a->wrong != NULL ? reply_wrong(a) : seen_show(a);
}

int
seen_unmark(struct action *a)
{
	return seen_take_back(a->session, a->id) == -1 ? -1 : seen_show(a);
}

/* Of active conversations, the newest first. */
int
seen_count(struct action *a)
{
	const struct conversation_list_filter f = { .status = "active",
		.unread = CONVERSATION_LIST_ANY,
		.assigned_to = CONVERSATION_LIST_ANY,
		.linked = CONVERSATION_LIST_ANY,
		.window = CONVERSATION_LIST_ANY,
		.now = a->now,
		.after = CONVERSATION_LIST_TOP };
	struct conversation_list_place next;
	struct json_out *out = json_new(a->pool);
	struct conversation *rows =
	    pool_room(a->pool, sizeof(*rows) * COUNT_MAX);
	int n = conversation_unseen_read(
	    a->session, a->pool, &f, rows, COUNT_MAX, &next);

	if (n == -1)
		return -1;
	json_open_object(out, NULL);
	json_put_int(out, "unread", n);
	json_put_bool(out, "more", next.id != 0);
	json_close(out);
	return reply_json(a, 200, out);
}

int
seen_mark_all(struct action *a)
{
	return seen_all(a->session) == -1 ? -1 : seen_count(a);
}

int
seen_is_included(struct action *a)
{
	const char *s = input_param(a, "include");

	if (s == NULL)
		return 0;
	if (text_is(s, "mine"))
		return 1;
	input_bad(a, "include", "is not mine");
	return -1;
}

/* What is the member's own, as JSON in *TEXT: 0, -1. */
static int
write_mine(struct action *a, int64_t id, const char **text)
{
	struct json_out *out = json_new(a->pool);
	struct seen_mark s;
	int64_t version;

	if (seen_get(a->session, id, &s) == -1 ||
	    draft_find_version(a->session, id, &version) == -1)
		return -1;
	json_open_object(out, NULL);
	json_put_id(out, "seen_message_id", s.message_id);
	json_put_int(out, "unread_count", s.unread);
	json_put_id(out, "draft_version", version);
	json_close(out);
	*text = json_end(out, NULL);
	return 0;
}

int
seen_put_row(
    struct action *a, struct json_out *out, const struct conversation *c)
{
	struct json_out *alone = json_new(a->pool);
	const char *mine;
	size_t len;
	char *text;

	/* The object is kept for everybody, and this is one member's. */
	if (conversation_object_put_row(a, alone, c) == -1 ||
	    write_mine(a, c->id, &mine) == -1)
		return -1;
	text = json_end(alone, &len);
	*strrchr(text, '}') = '\0';
	json_put_raw(
	    out, NULL, pool_printf(a->pool, "%s,\"mine\":%s}", text, mine));
	return 0;
}
