/*
 * A message template as JSON.
 */
#include <stddef.h>
#include <string.h>

#include "base/pool.h"

#include "lib/json/json.h"

#include "whatsapp/template/template_fit.h"

#include "inbox/template/template_list.h"

#include "api/action.h"
#include "api/object/template_object.h"

void
template_object_put(
    struct action *a, struct json_out *out, const struct template *t)
{
	const struct json *components =
	    json_parse(a->pool, t->components, strlen(t->components), NULL);

	json_open_object(out, NULL);
	json_put_int(out, "id", t->id);
	json_put_text(out, "phone_number_id", t->phone_number_id);
	json_put_text(out, "name", t->name);
	json_put_text(out, "language", t->language);
	json_put_text(out, "status", t->status);
	json_put_text(out, "category", t->category);
	json_put_text(out, "reason", t->reason);
	json_put_text(out, "asked", t->asked);
	json_put_text(out, "error", t->error);
	json_put_text(out, "text", template_fit_body(components));
	json_put(out, "components", components);
	json_close(out);
}

int
template_object_json(struct action *a, int64_t id, const char **json)
{
	struct json_out *out = json_new(a->pool);
	struct template t;
	int rc = template_get(a->session, a->pool, id, &t);

	*json = NULL;
	if (rc == 1) {
		template_object_put(a, out, &t);
		*json = json_end(out, NULL);
	}
	return rc;
}
