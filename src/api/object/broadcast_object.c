/*
 * A broadcast as JSON.
 */
#include <stddef.h>

#include "lib/json/json.h"

#include "inbox/broadcast/broadcast.h"

#include "api/action.h"
#include "api/object/broadcast_object.h"
#include "api/object/conversation_object.h"

void
broadcast_object_put(struct json_out *out, const struct broadcast *b)
{
	json_open_object(out, NULL);
	json_put_int(out, "id", b->id);
	json_put_text(out, "name", b->name);
	json_put_text(out, "state", b->state);
	json_put_text(out, "reason", b->reason);
	json_put_text(out, "phone_number_id", b->phone_number_id);
	json_put_raw(out, "template", b->template);
	json_put_text(out, "tag", b->tag);
	json_put_text(out, "label", b->label);
	json_put_int(out, "per_minute", b->per_minute);
	json_put_time(out, "start_at", b->start_at);
	json_open_object(out, "counts");
	for (int i = 0; i < BROADCAST_STATES; i++)
		json_put_int(out, broadcast_states[i], b->counts[i]);
	json_close(out);
	conversation_object_put_person(
	    out, "created_by", b->created_by, b->created_by_name);
	json_put_time(out, "created_at", b->created_at);
	json_put_time(out, "started_at", b->started_at);
	json_put_time(out, "ended_at", b->ended_at);
	json_close(out);
}

int
broadcast_object_json(struct action *a, int64_t id, const char **json)
{
	struct json_out *out = json_new(a->pool);
	struct broadcast b;
	int rc = broadcast_get(a->session, a->pool, id, &b);

	*json = NULL;
	if (rc == 1) {
		broadcast_object_put(out, &b);
		*json = json_end(out, NULL);
	}
	return rc;
}
