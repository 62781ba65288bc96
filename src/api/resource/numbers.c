/*
 * /numbers, and why one does not send ("waiting"); /workspace-events, what the
 * provider says of numbers, their templates and account.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/pool.h"

#include "lib/json/json.h"

#include "inbox/message/wait_reason.h"
#include "inbox/workspace/workspace_event_page.h"

#include "api/action.h"
#include "api/cursor.h"
#include "api/input.h"
#include "api/object/workspace_event_object.h"
#include "api/reply.h"
#include "api/resource/numbers.h"

void
numbers_put_waiting(struct json_out *out, const struct wait_reason *w)
{
	if (w->reason == NULL) {
		json_put_null(out, "waiting");
		return;
	}
	json_open_object(out, "waiting");
	json_put_text(out, "reason", w->reason);
	json_put_time(out, "until", w->until);
	json_put_text(out, "detail", w->detail);
	json_close(out);
}

/* What the provider says of it, and why it cannot be asked since. */
static void
put_health(
    struct action *a, struct json_out *out, const struct wait_reason_number *n)
{
	static const char *const words[] = { "quality_rating",
		"messaging_limit", "verified_name", "name_status", "status",
		"throughput", "can_send" };
	const struct json *said =
	    n->health == NULL
		? NULL
		: json_parse(a->pool, n->health, strlen(n->health), NULL);
	const struct json *problems = json_get(said, "problems");

	if (said == NULL && n->health_error == NULL) {
		json_put_null(out, "health");
		return;
	}
	json_open_object(out, "health");
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		json_put_text(out, words[i], json_text(said, words[i]));
	if (problems != NULL)
		json_put(out, "problems", problems);
	else
		json_put_raw(out, "problems", "[]");
	json_put_time(out, "read_at", n->health_at);
	json_put_raw(out, "error", n->health_error);
	json_close(out);
}

/* Its webhooks that came and are not in the inbox. */
static void
put_held(struct json_out *out, const struct wait_reason_number *n)
{
	json_open_object(out, "held");
	json_put_int(out, "deferred", n->deferred);
	json_put_int(out, "dead", n->dead);
	json_put_bool(out, "more", n->held_more);
	json_put_text(out, "reason", n->held_reason);
	json_put_time(out, "last_at", n->held_at);
	json_close(out);
}

static void
put_number(
    struct action *a, struct json_out *out, const struct wait_reason_number *n)
{
	json_open_object(out, NULL);
	json_put_int(out, "id", n->id);
	json_put_text(out, "phone_number_id", n->phone_number_id);
	json_put_text(out, "display_phone", n->display_phone);
	json_put_text(out, "provider", n->provider);
	numbers_put_waiting(out, &n->waiting);
	put_health(a, out, n);
	put_held(out, n);
	json_put_time(out, "last_message_at", n->last_message_at);
	json_close(out);
}

int
numbers_object(struct action *a, int64_t id, const char **json)
{
	struct json_out *out = json_new(a->pool);
	struct wait_reason_number n;
	int rc = wait_reason_get_number(a->session, a->pool, id, a->now, &n);

	*json = NULL;
	if (rc == 1) {
		put_number(a, out, &n);
		*json = json_end(out, NULL);
	}
	return rc;
}

int
numbers_get(struct action *a)
{
	struct json_out *out = json_new(a->pool);
	struct wait_reason_number n;
	int rc = wait_reason_get_number(a->session, a->pool, a->id, a->now, &n);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	put_number(a, out, &n);
	return reply_json(a, 200, out);
}

int
numbers_list(struct action *a)
{
	struct wait_reason_number page[INPUT_LIMIT_MAX + 1];
	struct json_out *out = json_new(a->pool);
	struct cursor_page p;
	int n;

	if (!cursor_page_read(a, &p, 0))
		return 0;
	n = wait_reason_list_numbers(
	    a->session, a->pool, p.after, a->now, page, p.limit + 1);
	if (n == -1)
		return -1;
	n = cursor_page_cut(a, &p, n, n > p.limit ? page[p.limit - 1].id : 0);
	reply_open_list(out);
	for (int i = 0; i < n; i++)
		put_number(a, out, &page[i]);
	json_close(out);
	return reply_list(a, out, p.next);
}

int
numbers_events(struct action *a)
{
	struct json_out *out = json_new(a->pool);
	struct workspace_event_shown *page;
	int64_t at = INT64_MAX, id = INT64_MAX;
	const char *cursor = NULL;
	int limit, n, more;

	if (!input_limit(a, &limit) || !cursor_read_pair(a, &at, &id))
		return 0;
	page = pool_room(a->pool, sizeof(*page) * (size_t)limit);
	n = workspace_event_page_read(
	    a->session, a->pool, at, id, page, limit, &more);
	if (n == -1)
		return -1;
	if (more)
		cursor = cursor_write_pair(a, page[n - 1].at, page[n - 1].id);
	reply_open_list(out);
	for (int i = 0; i < n; i++)
		workspace_event_object_put(out, &page[i]);
	json_close(out);
	return reply_list(a, out, cursor);
}

int
numbers_event(struct action *a)
{
	struct json_out *out = json_new(a->pool);
	struct workspace_event_shown e;
	int rc = workspace_event_page_get(a->session, a->pool, a->id, &e);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	workspace_event_object_put(out, &e);
	return reply_json(a, 200, out);
}
