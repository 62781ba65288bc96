/*
 * /conversations/{id}/activities, private notes among them.
 */
#include <inttypes.h>
#include <stddef.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "inbox/conversation/activity.h"
#include "inbox/conversation/conversation.h"

#include "api/action.h"
#include "api/cursor.h"
#include "api/idempotency.h"
#include "api/input.h"
#include "api/object/activity_object.h"
#include "api/reply.h"
#include "api/resource/activities.h"

int
activities_list(struct action *a)
{
	struct json_out *out = json_new(a->pool);
	int64_t before = INT64_MAX, same = 0;
	const char *cursor = NULL;
	struct activity *page;
	int limit, n, rc = conversation_has(a->session, a->id);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	if (!input_limit(a, &limit) || !cursor_read_pair(a, &before, &same))
		return 0;
	page = pool_room(a->pool, sizeof(*page) * ((size_t)limit + 1));
	n = activity_list(a->session, a->pool, a->id, before, page, limit + 1);
	if (n == -1)
		return -1;
	if (n > limit) {
		n = limit;
		cursor = cursor_write_pair(a, page[n - 1].id, page[n - 1].id);
	}
	json_open_object(out, NULL);
	json_open_array(out, "data");
	for (int i = 0; i < n; i++)
		activity_object_put(out, &page[i]);
	json_close(out);
	return reply_list(a, out, cursor);
}

static int
show_activity(struct action *a, int status, int64_t id)
{
	struct json_out *out = json_new(a->pool);
	struct activity row;
	int rc = activity_get(a->session, a->pool, id, &row);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	activity_object_put(out, &row);
	return reply_json(a, status, out);
}

int
activities_get(struct action *a)
{
	return show_activity(a, 200, a->id);
}

/* "text" of a note; NULL it is wrong, which is noted. */
static const char *
read_note(struct action *a)
{
	const char *s = NULL;

	if (input_text(a, "text", &s) == INPUT_WRONG)
		return NULL;
	if (s == NULL || text_fold(a->pool, s, 1) == NULL)
		input_wrong(a, "text", "is needed");
	else if (text_points(s) > ACTIVITY_TEXT_MAX)
		input_wrong(a, "text", "is longer than 4,096 characters");
	else
		return s;
	return NULL;
}

int
activities_note(struct action *a)
{
	const char *location, *text;
	int64_t id = 0;
	int rc = conversation_has(a->session, a->id);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	if ((text = read_note(a)) == NULL)
		return reply_wrong(a);
	rc = activity_add_note(a->session, a->id, text, a->now, &id);
	if (rc == 0)
		return reply_problem(a, REPLY_CONFLICT,
		    "The conversation has 500 notes already: delete some.");
	if (rc == -1)
		return -1;
	location = pool_printf(a->pool, "/api/v1/activities/%" PRId64, id);
	reply_header(a, "Location", location);
	if (show_activity(a, 201, id) == -1)
		return -1;
	return idempotency_after(a, location);
}

/* The note of the path: 1; 0 a problem was replied; -1. */
static int
find_note(struct action *a, int others_too)
{
	struct activity row;
	int rc = activity_get(a->session, a->pool, a->id, &row);

	if (rc == -1)
		return -1;
	if (rc == 0 || !text_is(row.kind, "note")) {
		reply_not_found(a);
		return 0;
	}
	if (row.user_id == a->who.user_id ||
	    (others_too && !text_is(a->who.role, "agent")))
		return 1;
	reply_problem(a, REPLY_FORBIDDEN,
	    others_too ? "Somebody else wrote this note: an admin deletes it."
		       : "Somebody else wrote this note.");
	return 0;
}

int
activities_change(struct action *a)
{
	int rc = find_note(a, 0);
	const char *text;

	if (rc != 1)
		return rc;
	if ((text = read_note(a)) == NULL)
		return reply_wrong(a);
	return activity_change_note(a->session, a->id, text, a->now) == -1
		   ? -1
		   : show_activity(a, 200, a->id);
}

int
activities_delete(struct action *a)
{
	int rc = find_note(a, 1);

	if (rc != 1)
		return rc;
	if (activity_delete_note(a->session, a->id) == -1)
		return -1;
	return reply_empty(a);
}
