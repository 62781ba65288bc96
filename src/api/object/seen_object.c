/*
 * What a member has seen of a conversation, as JSON.
 */
#include <stddef.h>

#include "lib/json/json.h"

#include "inbox/own/seen.h"

#include "api/action.h"
#include "api/object/seen_object.h"

void
seen_object_put(struct json_out *out, const struct seen_mark *s)
{
	json_open_object(out, NULL);
	json_put_int(out, "conversation_id", s->conversation_id);
	json_put_id(out, "message_id", s->message_id);
	json_put_int(out, "unread_count", s->unread);
	json_close(out);
}

int
seen_object_json(struct action *a, int64_t id, const char **json)
{
	struct json_out *out = json_new(a->pool);
	struct seen_mark s;
	int rc = seen_get(a->session, id, &s);

	*json = NULL;
	if (rc == 1) {
		seen_object_put(out, &s);
		*json = json_end(out, NULL);
	}
	return rc;
}
