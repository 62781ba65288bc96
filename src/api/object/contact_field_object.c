/*
 * A field of contacts as JSON.
 */
#include <stddef.h>

#include "lib/json/json.h"

#include "inbox/contact/contact_field.h"

#include "api/action.h"
#include "api/object/contact_field_object.h"

void
contact_field_object_put(
    struct json_out *out, const struct contact_field *field)
{
	json_open_object(out, NULL);
	json_put_int(out, "id", field->id);
	json_put_text(out, "key", field->key);
	json_put_text(out, "label", field->label);
	json_put_text(out, "type", field->type);
	json_put_raw(out, "choices", field->choices);
	json_put_time(out, "created_at", field->created_at);
	json_put_time(out, "updated_at", field->updated_at);
	json_close(out);
}

int
contact_field_object_json(struct action *a, int64_t id, const char **json)
{
	struct json_out *out = json_new(a->pool);
	struct contact_field field;
	int rc = contact_field_get(a->session, a->pool, id, &field);

	*json = NULL;
	if (rc == 1) {
		contact_field_object_put(out, &field);
		*json = json_end(out, NULL);
	}
	return rc;
}
