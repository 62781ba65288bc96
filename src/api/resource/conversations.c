/*
 * /conversations: lists, one conversation, and what a member does with it.
 */
#include <stddef.h>

#include "base/pool.h"

#include "lib/json/json.h"
#include "lib/sql/db.h"

#include "session/session_cache.h"

#include "inbox/contact/contact.h"
#include "inbox/conversation/block.h"
#include "inbox/conversation/conversation.h"
#include "inbox/conversation/group_participant_list.h"
#include "inbox/outbox/submit.h"

#include "api/action.h"
#include "api/cursor.h"
#include "api/input.h"
#include "api/list/conversation_page.h"
#include "api/object/conversation_object.h"
#include "api/reply.h"
#include "api/resource/conversations.h"
#include "api/resource/own/seen_marks.h"
#include "api/resource/triage/assignee.h"
#include "api/resource/triage/read_mark.h"
#include "api/resource/triage/wanted_state.h"

#define ABOUT 768 /* bytes of a conversation */

/* Answers the conversation as it is now. */
static int
show_as(struct action *a, int status)
{
	struct conversation c;
	struct json_out *out = json_new(a->pool);
	int rc = conversation_get(a->session, a->pool, a->id, &c);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	conversation_object_put(a, out, &c);
	return reply_json(a, status, out);
}

static int
show_conversations(struct action *a)
{
	return show_as(a, 200);
}

static int
put_listed(struct action *a, struct json_out *out, const struct conversation *c,
    int with_mine)
{
	return with_mine ? seen_put_row(a, out, c)
			 : conversation_object_put_row(a, out, c);
}

static int
put_page(struct action *a, struct json_out *out, const struct conversation *c,
    int n, int with_mine)
{
	int rc = 0;

	json_expect(out, ABOUT * (size_t)n);
	reply_open_list(out);
	for (int i = 0; i < n && rc == 0; i++)
		rc = put_listed(a, out, &c[i], with_mine);
	json_close(out);
	return rc;
}

int
conversations_list(struct action *a)
{
	struct json_out *out = json_new(a->pool);
	struct conversation_page page;
	int limit, rc, mine = seen_is_included(a);

	if (mine == -1 || !input_limit(a, &limit))
		return 0;
	rc = conversation_page_read(a, limit, &page);
	if (rc != 1)
		return rc;
	if (put_page(a, out, page.rows, page.n, mine) == -1)
		return -1;
	json_put_bool(out, "complete", page.complete);
	return reply_list(a, out, page.next);
}

int
conversations_stats(struct action *a)
{
	struct json_out *out = json_new(a->pool);
	struct conversation_stats s;

	if (conversation_stats(a->session, a->now, &s) == -1)
		return -1;
	json_open_object(out, NULL);
	json_put_int(out, "total", s.total);
	json_put_int(out, "unread", s.unread);
	json_put_int(out, "archived", s.archived);
	json_put_int(out, "window_closed", s.window_closed);
	json_put_int(out, "unanswered", s.unanswered);
	json_put_int(out, "pending", s.pending);
	json_put_int(out, "snoozed", s.snoozed);
	json_close(out);
	return reply_json(a, 200, out);
}

int
conversations_participants(struct action *a)
{
	struct group_participant_row page[INPUT_LIMIT_MAX + 1];
	struct json_out *out = json_new(a->pool);
	struct cursor_page p;
	int n, rc;

	if (!cursor_page_read(a, &p, 0))
		return 0;
	rc = conversation_has(a->session, a->id);
	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	n = group_participant_list_read(
	    a->session, a->pool, a->id, p.after, page, p.limit + 1);
	if (n == -1)
		return -1;
	n = cursor_page_cut(a, &p, n, n > p.limit ? page[p.limit - 1].id : 0);
	reply_open_list(out);
	for (int i = 0; i < n; i++) {
		json_open_object(out, NULL);
		json_put_text(out, "phone", page[i].phone);
		json_put_text(out, "user_id", page[i].user_id);
		json_put_text(out, "name", page[i].name);
		json_put_bool(out, "is_in", page[i].is_in);
		json_put_time(out, "seen_at", page[i].seen_at);
		json_put_time(out, "left_at", page[i].left_at);
		json_close(out);
	}
	json_close(out);
	return reply_list(a, out, p.next);
}

int
conversations_get(struct action *a)
{
	struct conversation c = { .is_cached = 1, .id = a->id };
	struct json_out *out = json_new(a->pool);
	int rc = 1, mine = seen_is_included(a);

	if (mine == -1)
		return 0;
	if (session_cache_get(a->session, a->id) == NULL)
		rc = conversation_get(a->session, a->pool, a->id, &c);
	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	if (put_listed(a, out, &c, mine) == -1)
		return -1;
	return reply_json(a, 200, out);
}

int
conversations_read(struct action *a)
{
	return read_mark_set(a, a->id, 1) == -1 ? -1 : show_conversations(a);
}

int
conversations_typing(struct action *a)
{
	const char *why = NULL;

	switch (submit_typing(a->session, a->id, a->now, &why)) {
	case SUBMIT_QUEUED:
		a->wake = 1;
		return show_conversations(a);
	case SUBMIT_NOT_FOUND:
		return reply_not_found(a);
	case SUBMIT_BLOCKED:
		return reply_problem(a, REPLY_BLOCKED, why);
	case SUBMIT_CONFLICT:
		return reply_problem(a, REPLY_CONFLICT, why);
	default:
		return -1;
	}
}

/* The provider does it: until it has, the answer is 202. */
static int
answer_block(struct action *a, enum block_result result, const char *why)
{
	switch (result) {
	case BLOCK_DONE:
		return show_conversations(a);
	case BLOCK_ASKED:
		a->wake = 1;
		return show_as(a, 202);
	case BLOCK_NOT_FOUND:
		return reply_not_found(a);
	case BLOCK_CLOSED:
		return reply_problem(a, REPLY_WINDOW_CLOSED, why);
	case BLOCK_CONFLICT:
		return reply_problem(a, REPLY_CONFLICT, why);
	case BLOCK_FAILED:
		break;
	}
	return -1;
}

int
conversations_block(struct action *a)
{
	const char *why = NULL;
	enum block_result result =
	    block_begin(a->session, a->pool, a->id, a->now, &why);

	return answer_block(a, result, why);
}

int
conversations_unblock(struct action *a)
{
	return answer_block(
	    a, block_end(a->session, a->pool, a->id, a->now), NULL);
}

int
conversations_unread(struct action *a)
{
	return read_mark_set(a, a->id, 0) == -1 ? -1 : show_conversations(a);
}

static int
set_state(struct action *a, const char *state, int64_t until)
{
	return conversation_set_state(
		   a->session, a->id, state, until, a->now) == -1
		   ? -1
		   : show_conversations(a);
}

int
conversations_archive(struct action *a)
{
	return set_state(a, "closed", 0);
}

int
conversations_unarchive(struct action *a)
{
	return set_state(a, "open", 0);
}

int
conversations_state(struct action *a)
{
	struct wanted_state wanted;
	int rc = conversation_has(a->session, a->id);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	wanted_state_read(a, &wanted);
	if (wanted.state == NULL && a->wrong == NULL)
		input_wrong(a, "state", "is needed");
	return a->wrong != NULL ? reply_wrong(a)
				: set_state(a, wanted.state, wanted.until);
}

int
conversations_link(struct action *a)
{
	struct contact contact;
	int64_t id = 0;
	int rc = conversation_has(a->session, a->id);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	rc = 0;
	switch (input_id(a, "contact_id", &id)) {
	case INPUT_THERE:
		rc = contact_get(a->session, a->pool, id, &contact);
		if (rc == 0)
			input_wrong(a, "contact_id", "is no contact's");
		break;
	case INPUT_WRONG:
		break;
	default:
		input_wrong(a, "contact_id", "is needed");
	}
	if (rc == 1)
		rc = conversation_link(a->session, a->id, id, a->now);
	if (rc == -1)
		return -1;
	return a->wrong != NULL ? reply_wrong(a) : show_conversations(a);
}

int
conversations_unlink(struct action *a)
{
	return conversation_link(a->session, a->id, 0, a->now) == -1
		   ? -1
		   : show_conversations(a);
}

/* What is given is set, and the other stays. */
int
conversations_assign(struct action *a)
{
	struct assignee to;
	int rc = conversation_has(a->session, a->id);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	if (assignee_read(a, &to) == -1)
		return -1;
	if (!to.has_user && !to.has_team)
		input_wrong(
		    a, "user_id", "is needed, or team_id; null is nobody");
	if (a->wrong != NULL)
		return reply_wrong(a);
	return assignee_set(a, a->id, &to) == -1 ? -1 : show_conversations(a);
}
