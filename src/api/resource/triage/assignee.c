/*
 * To whom a conversation is assigned, for one of them and for many.
 */
#include <stddef.h>

#include "inbox/conversation/conversation.h"
#include "inbox/mark/mark_on.h"
#include "inbox/workspace/member_list.h"

#include "api/action.h"
#include "api/input.h"
#include "api/resource/triage/assignee.h"

static int
read_user(struct action *a, struct assignee *to)
{
	int rc = 1;

	switch (input_id(a, "user_id", &to->user_id)) {
	case INPUT_THERE:
		rc = member_list_has(a->session, to->user_id);
		break;
	case INPUT_NULL:
		break;
	default:
		return 0;
	}
	to->has_user = 1;
	if (rc == 0)
		input_wrong(a, "user_id", "is no member's");
	return rc == -1 ? -1 : 0;
}

static int
read_assigned_team(struct action *a, struct assignee *to)
{
	int64_t id = 0;
	int rc = 1;

	switch (input_id(a, "team_id", &id)) {
	case INPUT_THERE:
		rc = mark_get(a->session, a->pool, MARK_TEAM, id, &to->team);
		break;
	case INPUT_NULL:
		break;
	default:
		return 0;
	}
	to->has_team = 1;
	if (rc == 0)
		input_wrong(a, "team_id", "is no team's");
	return rc == -1 ? -1 : 0;
}

int
assignee_read(struct action *a, struct assignee *to)
{
	*to = (struct assignee){ 0 };
	return read_user(a, to) == -1 || read_assigned_team(a, to) == -1 ? -1
									 : 0;
}

int
assignee_set(
    struct action *a, int64_t conversation_id, const struct assignee *to)
{
	if (to->has_user && conversation_assign(a->session, conversation_id,
				to->user_id, a->now) == -1)
		return -1;
	if (!to->has_team)
		return 0;
	return mark_on_set_team(a->session, conversation_id,
	    to->team.id != 0 ? &to->team : NULL, a->now);
}
