/*
 * /teams and /labels.
 */
#include <inttypes.h>
#include <stddef.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "inbox/mark/mark.h"

#include "api/action.h"
#include "api/cursor.h"
#include "api/idempotency.h"
#include "api/input.h"
#include "api/object/mark_object.h"
#include "api/reply.h"
#include "api/resource/triage/marks.h"

static int
put_one(struct action *a, struct json_out *out, const struct mark *m)
{
	if (text_is(m->kind, MARK_TEAM))
		return mark_object_put_team(a, out, m);
	mark_object_put_label(out, m);
	return 0;
}

static int
list_marks(struct action *a, const char *kind)
{
	struct mark page[INPUT_LIMIT_MAX + 1];
	struct json_out *out = json_new(a->pool);
	const char *after, *cursor = NULL;
	int limit, n;

	if (!input_limit(a, &limit) || !cursor_read(a, &after))
		return 0;
	n = mark_list(a->session, a->pool, kind, after != NULL ? after : "",
	    page, limit + 1);
	if (n == -1)
		return -1;
	if (n > limit) {
		n = limit;
		cursor = cursor_write(a, page[n - 1].name);
	}
	reply_open_list(out);
	for (int i = 0; i < n; i++)
		if (put_one(a, out, &page[i]) == -1)
			return -1;
	json_close(out);
	return reply_list(a, out, cursor);
}

static int
show_mark(struct action *a, const char *kind, int status, int64_t id)
{
	struct json_out *out = json_new(a->pool);
	struct mark m;
	int rc = mark_get(a->session, a->pool, kind, id, &m);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	if (put_one(a, out, &m) == -1)
		return -1;
	return reply_json(a, status, out);
}

/* "name", where it is given or needed. */
static void
read_mark_name(struct action *a, const char **name, int needed)
{
	const char *given = *name;

	if (!needed && json_type(json_get(a->body, "name")) == JSON_NONE)
		return;
	input_name(a, "name", MARK_NAME_MAX + 1, &given);
	if (given != NULL && text_points(given) > MARK_NAME_MAX)
		input_wrong(a, "name", "is longer than 60 characters");
	else
		*name = given;
}

/* "color", of labels, which null takes away. */
static void
read_color(struct action *a, const char **color)
{
	const char *typed = NULL;

	switch (input_text(a, "color", &typed)) {
	case INPUT_THERE:
		*color = mark_color(a->pool, typed);
		if (*color == NULL)
			input_wrong(a, "color", "is no color like #2e7d32");
		break;
	case INPUT_NULL:
		*color = NULL;
		break;
	default:
		break;
	}
}

/* 1 nobody else has NAME; 0 409 was replied; -1. */
static int
name_is_free(
    struct action *a, const char *kind, const char *name, int64_t own_id)
{
	int team = text_is(kind, MARK_TEAM);
	int64_t id = 0;
	int rc = mark_find(a->session, kind, name, &id);

	if (rc == -1)
		return -1;
	if (rc == 0 || id == own_id)
		return 1;
	return reply_conflict(a,
	    team ? "There is a team of that name."
		 : "There is a label of that name.",
	    team ? "team_id" : "label_id", id);
}

static int
too_many(struct action *a, const char *kind)
{
	return reply_problem(a, REPLY_CONFLICT,
	    text_is(kind, MARK_TEAM)
		? "The workspace has 100 teams already: delete some."
		: "The workspace has 200 labels already: delete some.");
}

static int
create_mark(struct action *a, const char *kind, const char *path)
{
	const char *name = NULL, *color = NULL, *location;
	int64_t id = 0;
	int rc;

	read_mark_name(a, &name, 1);
	read_color(a, &color);
	if (a->wrong != NULL)
		return reply_wrong(a);
	rc = name_is_free(a, kind, name, 0);
	if (rc != 1)
		return rc;
	rc = mark_create(a->session, kind, name, color, a->now, &id);
	if (rc != 1)
		return rc == 0 ? too_many(a, kind) : -1;
	location = pool_printf(a->pool, "/api/v1/%s/%" PRId64, path, id);
	reply_header(a, "Location", location);
	if (show_mark(a, kind, 201, id) == -1)
		return -1;
	return idempotency_after(a, location);
}

static int
change_mark(struct action *a, const char *kind)
{
	struct mark m;
	int rc = mark_get(a->session, a->pool, kind, a->id, &m);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	read_mark_name(a, &m.name, 0);
	read_color(a, &m.color);
	if (a->wrong != NULL)
		return reply_wrong(a);
	rc = name_is_free(a, kind, m.name, m.id);
	if (rc != 1)
		return rc;
	return mark_change(a->session, &m) == -1
		   ? -1
		   : show_mark(a, kind, 200, m.id);
}

static int
delete_mark(struct action *a, const char *kind)
{
	struct mark m;
	int rc = mark_get(a->session, a->pool, kind, a->id, &m);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	if (mark_delete(a->session, m.id) == -1)
		return -1;
	a->wake = 1; /* for the job, where many have it */
	return reply_empty(a);
}

int
marks_list_teams(struct action *a)
{
	return list_marks(a, MARK_TEAM);
}

int
marks_get_team(struct action *a)
{
	return show_mark(a, MARK_TEAM, 200, a->id);
}

int
marks_create_team(struct action *a)
{
	return create_mark(a, MARK_TEAM, "teams");
}

int
marks_change_team(struct action *a)
{
	return change_mark(a, MARK_TEAM);
}

int
marks_delete_team(struct action *a)
{
	return delete_mark(a, MARK_TEAM);
}

int
marks_list_labels(struct action *a)
{
	return list_marks(a, MARK_LABEL);
}

int
marks_get_label(struct action *a)
{
	return show_mark(a, MARK_LABEL, 200, a->id);
}

int
marks_create_label(struct action *a)
{
	return create_mark(a, MARK_LABEL, "labels");
}

int
marks_change_label(struct action *a)
{
	return change_mark(a, MARK_LABEL);
}

int
marks_delete_label(struct action *a)
{
	return delete_mark(a, MARK_LABEL);
}
