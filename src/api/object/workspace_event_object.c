/*
 * A workspace event as JSON: what the provider said, as it said it.
 */
#include <stddef.h>

#include "lib/json/json.h"

#include "inbox/workspace/workspace_event_page.h"

#include "api/action.h"
#include "api/object/workspace_event_object.h"

void
workspace_event_object_put(
    struct json_out *out, const struct workspace_event_shown *e)
{
	json_open_object(out, NULL);
	json_put_int(out, "id", e->id);
	json_put_text(out, "field", e->field);
	json_put_text(out, "phone_number_id", e->phone_number_id);
	json_put_raw(out, "value", e->raw);
	json_put_time(out, "at", e->at);
	json_put_time(out, "created_at", e->created_at);
	json_close(out);
}

int
workspace_event_object_json(struct action *a, int64_t id, const char **json)
{
	struct json_out *out = json_new(a->pool);
	struct workspace_event_shown e;
	int rc = workspace_event_page_get(a->session, a->pool, id, &e);

	*json = NULL;
	if (rc == 1) {
		workspace_event_object_put(out, &e);
		*json = json_end(out, NULL);
	}
	return rc;
}
