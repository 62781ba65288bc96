/*
 * An activity as JSON: a note, or what a member did with a conversation.
 */
#include <stddef.h>

#include "base/text.h"

#include "lib/json/json.h"

#include "inbox/conversation/activity.h"

#include "api/action.h"
#include "api/object/activity_object.h"
#include "api/object/conversation_object.h"

/* With the name that it had then. */
static void
put_mark(
    struct json_out *out, const char *key, int is_it, const struct activity *a)
{
	conversation_object_put_person(
	    out, key, is_it ? a->subject : 0, a->text);
}

void
activity_object_put(struct json_out *out, const struct activity *a)
{
	int note = text_is(a->kind, "note"), state = text_is(a->kind, "state");

	json_open_object(out, NULL);
	json_put_int(out, "id", a->id);
	json_put_int(out, "conversation_id", a->conversation_id);
	json_put_text(out, "kind", a->kind);
	conversation_object_put_person(out, "by", a->user_id, a->user_name);
	json_put_text(out, "text", note ? a->text : NULL);
	json_put_text(out, "state", state ? a->text : NULL);
	json_put_time(out, "until", state ? a->subject : 0);
	conversation_object_put_person(out, "assigned_to",
	    text_is(a->kind, "assigned") ? a->subject : 0, a->subject_name);
	put_mark(out, "team", text_is(a->kind, "team"), a);
	put_mark(out, "label", text_begins(a->kind, "label_"), a);
	json_put_id(
	    out, "contact_id", text_is(a->kind, "contact") ? a->subject : 0);
	json_put_time(out, "at", a->at);
	json_put_time(out, "edited_at", a->edited_at);
	json_close(out);
}

int
activity_object_json(struct action *a, int64_t id, const char **json)
{
	struct json_out *out = json_new(a->pool);
	struct activity row;
	int rc = activity_get(a->session, a->pool, id, &row);

	*json = NULL;
	if (rc == 1) {
		activity_object_put(out, &row);
		*json = json_end(out, NULL);
	}
	return rc;
}
