/*
 * /teams/{id}/members/{user_id} and /conversations/{id}/labels/{label_id}: both
 * ids are of the workspace, or it is 404.
 */
#include <stddef.h>

#include "lib/json/json.h"

#include "inbox/conversation/conversation.h"
#include "inbox/mark/mark_on.h"
#include "inbox/mark/team_member.h"
#include "inbox/workspace/member_list.h"

#include "api/action.h"
#include "api/input.h"
#include "api/object/conversation_object.h"
#include "api/object/mark_object.h"
#include "api/reply.h"
#include "api/resource/triage/mark_put.h"

static int
show_team(struct action *a, const struct mark *team)
{
	struct json_out *out = json_new(a->pool);

	if (mark_object_put_team(a, out, team) == -1)
		return -1;
	return reply_json(a, 200, out);
}

/* The team of the path: 1; 0 404 was replied; -1. */
static int
find_team(struct action *a, struct mark *team)
{
	int rc = mark_get(a->session, a->pool, MARK_TEAM, a->id, team);

	return rc == 0 ? reply_not_found(a) : rc;
}

int
mark_put_member(struct action *a)
{
	int64_t user_id = input_second_id(a);
	struct mark team;
	int rc = find_team(a, &team);

	if (rc != 1)
		return rc;
	rc = member_list_has(a->session, user_id);
	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	rc = team_member_add(a->session, team.id, user_id);
	if (rc == 0)
		return reply_problem(
		    a, REPLY_CONFLICT, "The team has 200 members already.");
	return rc == -1 ? -1 : show_team(a, &team);
}

int
mark_put_out_member(struct action *a)
{
	struct mark team;
	int rc = find_team(a, &team);

	if (rc != 1)
		return rc;
	return team_member_remove(a->session, team.id, input_second_id(a)) == -1
		   ? -1
		   : show_team(a, &team);
}

/* The label of the path, and its conversation: 1; 0 404 was replied; -1. */
static int
find_label(struct action *a, struct mark *label)
{
	int rc = conversation_has(a->session, a->id);

	if (rc == 1)
		rc = mark_get(
		    a->session, a->pool, MARK_LABEL, input_second_id(a), label);
	return rc == 0 ? reply_not_found(a) : rc;
}

static int
show_labelled(struct action *a)
{
	struct conversation c;
	struct json_out *out = json_new(a->pool);

	if (conversation_get(a->session, a->pool, a->id, &c) != 1)
		return -1;
	conversation_object_put(a, out, &c);
	return reply_json(a, 200, out);
}

int
mark_put_label(struct action *a)
{
	struct mark label;
	int rc = find_label(a, &label);

	if (rc != 1)
		return rc;
	rc = mark_on_add(a->session, a->id, &label, a->now);
	if (rc == 0)
		return reply_problem(a, REPLY_CONFLICT,
		    "The conversation has 50 labels already.");
	return rc == -1 ? -1 : show_labelled(a);
}

int
mark_put_off_label(struct action *a)
{
	struct mark label;
	int rc = find_label(a, &label);

	if (rc != 1)
		return rc;
	return mark_on_remove(a->session, a->id, &label, a->now) == -1
		   ? -1
		   : show_labelled(a);
}
