/*
 * A draft as JSON.
 */
#include <stddef.h>

#include "lib/json/json.h"

#include "inbox/own/draft.h"

#include "api/action.h"
#include "api/object/draft_object.h"

void
draft_object_put(struct json_out *out, const struct draft *d)
{
	json_open_object(out, NULL);
	json_put_int(out, "conversation_id", d->conversation_id);
	json_put_text(out, "text", d->text);
	json_put_id(out, "reply_to", d->reply_to);
	json_put_int(out, "version", d->version);
	json_put_time(out, "updated_at", d->updated_at);
	json_close(out);
}

int
draft_object_json(struct action *a, int64_t id, const char **json)
{
	struct json_out *out = json_new(a->pool);
	struct draft d;
	int rc = draft_get(a->session, a->pool, id, &d);

	*json = NULL;
	if (rc == 1) {
		draft_object_put(out, &d);
		*json = json_end(out, NULL);
	}
	return rc;
}
