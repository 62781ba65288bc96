/*
 * A group of ours as JSON.
 */
#include <stddef.h>

#include "base/pool.h"

#include "lib/json/json.h"

#include "inbox/own_group/own_group.h"

#include "api/action.h"
#include "api/object/conversation_object.h"
#include "api/object/group_object.h"

void
group_object_put(struct json_out *out, const struct own_group *g)
{
	json_open_object(out, NULL);
	json_put_int(out, "id", g->id);
	json_put_text(out, "phone_number_id", g->phone_number_id);
	json_put_text(out, "state", g->state);
	json_put_text(out, "subject", g->subject);
	json_put_text(out, "description", g->description);
	json_put_text(out, "join_approval_mode", g->approval);
	json_put_text(out, "group_id", g->group_id);
	json_put_id(out, "conversation_id", g->conversation_id);
	json_put_text(out, "invite_link", g->invite_link);
	json_put_text(out, "asked", g->asked);
	conversation_object_put_person(out, "asked_by", g->asked_by, g->asker);
	json_put_time(out, "asked_at", g->asked_at);
	json_put_raw(out, "error", g->error);
	json_close(out);
}

int
group_object_json(struct action *a, int64_t id, const char **json)
{
	struct json_out *out = json_new(a->pool);
	struct own_group g;
	int rc = own_group_get(a->session, a->pool, id, &g);

	*json = NULL;
	if (rc == 1) {
		group_object_put(out, &g);
		*json = json_end(out, NULL);
	}
	return rc;
}
