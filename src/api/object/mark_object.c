/*
 * Teams and labels as JSON, and what a conversation shows of them.
 */
#include <stddef.h>

#include "lib/json/json.h"

#include "inbox/mark/mark.h"
#include "inbox/mark/mark_on.h"
#include "inbox/mark/team_member.h"

#include "api/action.h"
#include "api/object/mark_object.h"

static void
put_known(struct json_out *out, const struct mark *m)
{
	json_put_int(out, "id", m->id);
	json_put_text(out, "name", m->name);
}

void
mark_object_put_label(struct json_out *out, const struct mark *m)
{
	json_open_object(out, NULL);
	put_known(out, m);
	json_put_text(out, "color", m->color);
	json_put_time(out, "created_at", m->created_at);
	json_close(out);
}

int
mark_object_put_team(
    struct action *a, struct json_out *out, const struct mark *m)
{
	struct team_member *members;
	int n = team_member_list(a->session, a->pool, m->id, &members);

	json_open_object(out, NULL);
	put_known(out, m);
	json_open_array(out, "members");
	for (int i = 0; i < n; i++) {
		json_open_object(out, NULL);
		json_put_int(out, "id", members[i].user_id);
		json_put_text(out, "name", members[i].name);
		json_close(out);
	}
	json_close(out);
	json_put_time(out, "created_at", m->created_at);
	json_close(out);
	return n == -1 ? -1 : 0;
}

void
mark_object_put_marks(
    struct json_out *out, const struct conversation_marks *marks)
{
	if (marks->team == NULL)
		json_put_null(out, "team");
	else {
		json_open_object(out, "team");
		put_known(out, marks->team);
		json_close(out);
	}
	json_open_array(out, "labels");
	for (size_t i = 0; i < marks->n_labels; i++) {
		json_open_object(out, NULL);
		put_known(out, &marks->labels[i]);
		json_put_text(out, "color", marks->labels[i].color);
		json_close(out);
	}
	json_close(out);
}

int
mark_object_label(struct action *a, int64_t id, const char **json)
{
	struct json_out *out = json_new(a->pool);
	struct mark m;
	int rc = mark_get(a->session, a->pool, MARK_LABEL, id, &m);

	*json = NULL;
	if (rc == 1) {
		mark_object_put_label(out, &m);
		*json = json_end(out, NULL);
	}
	return rc;
}

int
mark_object_team(struct action *a, int64_t id, const char **json)
{
	struct json_out *out = json_new(a->pool);
	struct mark m;
	int rc = mark_get(a->session, a->pool, MARK_TEAM, id, &m);

	*json = NULL;
	if (rc == 1 && mark_object_put_team(a, out, &m) == -1)
		return -1;
	if (rc == 1)
		*json = json_end(out, NULL);
	return rc;
}
