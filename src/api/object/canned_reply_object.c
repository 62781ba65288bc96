/*
 * A canned reply as JSON.
 */
#include <stddef.h>

#include "lib/json/json.h"

#include "inbox/canned_reply/canned_reply.h"

#include "api/action.h"
#include "api/object/canned_reply_object.h"

void
canned_reply_object_put(struct json_out *out, const struct canned_reply *reply)
{
	json_open_object(out, NULL);
	json_put_int(out, "id", reply->id);
	json_put_text(out, "shortcut", reply->shortcut);
	json_put_text(out, "text", reply->text);
	json_put_time(out, "created_at", reply->created_at);
	json_put_time(out, "updated_at", reply->updated_at);
	json_close(out);
}

int
canned_reply_object_json(struct action *a, int64_t id, const char **json)
{
	struct json_out *out = json_new(a->pool);
	struct canned_reply reply;
	int rc = canned_reply_get(a->session, a->pool, id, &reply);

	*json = NULL;
	if (rc == 1) {
		canned_reply_object_put(out, &reply);
		*json = json_end(out, NULL);
	}
	return rc;
}
