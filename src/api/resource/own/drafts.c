/*
 * /conversations/{id}/draft, /drafts: what a member has begun to write.  Of two
 * who write the same one, the later is told that it has changed.
 */
#include <inttypes.h>
#include <stddef.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "inbox/conversation/conversation.h"
#include "inbox/own/draft.h"

#include "api/action.h"
#include "api/cursor.h"
#include "api/input.h"
#include "api/object/draft_object.h"
#include "api/reply.h"
#include "api/resource/own/drafts.h"

int
drafts_list(struct action *a)
{
	struct json_out *out = json_new(a->pool);
	struct cursor_page p;
	struct draft *page;
	int n;

	if (!cursor_page_read(a, &p, 0))
		return 0;
	page = pool_room(a->pool, sizeof(*page) * ((size_t)p.limit + 1));
	n = draft_list(a->session, a->pool, p.after, page, p.limit + 1);
	if (n == -1)
		return -1;
	n = cursor_page_cut(
	    a, &p, n, n > p.limit ? page[p.limit - 1].conversation_id : 0);
	reply_open_list(out);
	for (int i = 0; i < n; i++)
		draft_object_put(out, &page[i]);
	json_close(out);
	return reply_list(a, out, p.next);
}

static int
show_draft(struct action *a, const struct draft *d)
{
	struct json_out *out = json_new(a->pool);

	draft_object_put(out, d);
	return reply_json(a, 200, out);
}

int
drafts_get(struct action *a)
{
	struct draft d;
	int rc = draft_get(a->session, a->pool, a->id, &d);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	return show_draft(a, &d);
}

/* What keeps it from being written. */
static int
say_why(struct action *a, enum draft_result why)
{
	struct draft d;
	int rc;

	if (why == DRAFT_FULL)
		return reply_problem(a, REPLY_CONFLICT,
		    "You have 500 drafts already: send or delete some.");
	if (why != DRAFT_CHANGED)
		return -1;
	rc = draft_get(a->session, a->pool, a->id, &d);
	if (rc == -1)
		return -1;
	return reply_problem(a, REPLY_DRAFT_CHANGED,
	    rc == 0 ? "It is gone: it was sent, or deleted."
		    : pool_printf(a->pool, "Its version is %" PRId64 " now.",
			  d.version));
}

static void
read_text(struct action *a, struct draft *d)
{
	if (input_text(a, "text", &d->text) == INPUT_WRONG)
		return;
	if (d->text == NULL || *d->text == '\0')
		input_wrong(a, "text", "is needed; DELETE empties a draft");
	else if (text_points(d->text) > DRAFT_TEXT_MAX)
		input_wrong(a, "text", "is longer than 4,096 characters");
}

static void
read_version(struct action *a, struct draft *d)
{
	enum input_found found = input_id(a, "version", &d->version);

	if (found == INPUT_WRONG)
		return;
	if (found != INPUT_THERE || d->version < 0)
		input_wrong(a, "version",
		    "is needed: that of the draft which this one replaces, 0"
		    " when there was none");
}

int
drafts_put(struct action *a)
{
	struct draft d = { .conversation_id = a->id, .updated_at = a->now };
	enum draft_result result;
	int rc = conversation_has(a->session, a->id);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	read_text(a, &d);
	input_id(a, "reply_to", &d.reply_to);
	read_version(a, &d);
	if (a->wrong != NULL)
		return reply_wrong(a);
	result = draft_put(a->session, &d);
	if (result != DRAFT_DONE)
		return say_why(a, result);
	/* reply_to is left out when no message has it. */
	return drafts_get(a);
}

int
drafts_delete(struct action *a)
{
	const char *s = input_param(a, "version");
	enum draft_result result;
	long long version = 0;
	int rc = conversation_has(a->session, a->id);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	if (s != NULL && (text_int(s, &version) == -1 || version < 1))
		return input_bad(a, "version", "is no version of a draft");
	result = draft_delete(a->session, a->id, version);
	return result == DRAFT_DONE ? reply_empty(a) : say_why(a, result);
}

int64_t
drafts_sent_version(struct action *a)
{
	int64_t version = 0;

	if (input_id(a, "draft_version", &version) == INPUT_THERE &&
	    version < 1)
		input_wrong(a, "draft_version", "is no version of a draft");
	return version;
}
