/*
 * A contact as JSON.  Apart from contacts.c: realtime has it in events, and
 * lists nothing.
 */
#include <stddef.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "inbox/contact/contact.h"

#include "api/action.h"
#include "api/object/contact_object.h"
#include "api/reply.h"

static void
put_contact_value(struct json_out *out, const struct contact_value *v)
{
	if (text_is(v->type, "number") || text_is(v->type, "boolean"))
		json_put_raw(out, v->key, v->value);
	else
		json_put_text(out, v->key, v->value);
}

void
contact_object_put(struct json_out *out, const struct contact *c)
{
	json_open_object(out, NULL);
	json_put_int(out, "id", c->id);
	json_put_text(out, "phone", c->phone);
	json_put_text(out, "user_id", c->user_id);
	json_put_text(out, "username", c->username);
	json_put_text(out, "name", c->name);
	json_put_text(out, "email", c->email);
	json_open_array(out, "tags");
	for (size_t i = 0; i < c->n_tags; i++)
		json_put_text(out, NULL, c->tags[i]);
	json_close(out);
	json_open_object(out, "fields");
	for (size_t i = 0; i < c->n_values; i++)
		put_contact_value(out, &c->values[i]);
	json_close(out);
	json_put_time(out, "created_at", c->created_at);
	json_put_time(out, "updated_at", c->updated_at);
	json_close(out);
}

int
contact_object_json(struct action *a, int64_t id, const char **json)
{
	struct json_out *out = json_new(a->pool);
	struct contact c;
	int rc = contact_get(a->session, a->pool, id, &c);

	*json = NULL;
	if (rc == 1) {
		contact_object_put(out, &c);
		*json = json_end(out, NULL);
	}
	return rc;
}

void
contact_object_put_tag(struct json_out *out, const struct contact_tag *tag)
{
	json_open_object(out, NULL);
	json_put_int(out, "id", tag->id);
	json_put_text(out, "name", tag->name);
	json_put_int(out, "contacts", tag->contacts);
	json_close(out);
}

int
contact_object_tag(struct action *a, int64_t id, const char **json)
{
	struct json_out *out = json_new(a->pool);
	struct contact_tag tag;
	int rc = contact_tag_get(a->session, a->pool, id, &tag);

	*json = NULL;
	if (rc == 1) {
		contact_object_put_tag(out, &tag);
		*json = json_end(out, NULL);
	}
	return rc;
}
