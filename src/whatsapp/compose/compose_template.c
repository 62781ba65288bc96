/*
 * Reads template messages: name, language, components.
 */
#include <string.h>
#include <strings.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/compose/compose_kind.h"

#define NAME_MAX_POINTS 512
#define CODE_MAX	16

/* "en_US", or {"code":"en_US"}.  The provider requires a policy, although it
 * knows only one. */
static void
take_language(struct compose_part *c, const struct json *template)
{
	const struct json *o = json_get(template, "language");
	const char *code, *policy = NULL;

	if (json_type(o) == JSON_OBJECT) {
		compose_only(c, o, "template.language", "code policy");
		code = compose_get_text(
		    c, o, "template.language", "code", CODE_MAX, 1);
		policy = compose_get_text(
		    c, o, "template.language", "policy", CODE_MAX, 0);
	} else {
		code = compose_get_text(
		    c, template, "template", "language", CODE_MAX, 1);
	}
	json_open_object(c->out, "language");
	json_put_text(c->out, "code", code);
	json_put_text(
	    c->out, "policy", policy != NULL ? policy : "deterministic");
	json_close(c->out);
}

/* What the customer reads of a parameter; NULL: nothing. */
static const char *
value_of(const struct json *parameter)
{
	const char *type = json_text(parameter, "type");

	if (text_is(type, "text"))
		return json_text(parameter, "text");
	if (text_is(type, "currency") || text_is(type, "date_time"))
		return json_text(json_get(parameter, type), "fallback_value");
	if (text_is(type, "document"))
		return json_text(json_get(parameter, type), "filename");
	return NULL;
}

/* "Template: NAME: VALUE, VALUE": as much as can be said without the
 * template's text. */
static const char *
label_of(struct compose_part *c, const char *name, const struct json *list)
{
	struct buf b = { .pool = c->pool };
	const struct json *o, *e;
	int n = 0;

	buf_printf(&b, "Template: %s", name);
	for (o = json_first(list); o != NULL; o = json_next(o)) {
		const char *type = json_text(o, "type");

		if (type == NULL || strcasecmp(type, "button") == 0)
			continue;
		e = json_first(json_get(o, "parameters"));
		for (; e != NULL; e = json_next(e))
			if (value_of(e) != NULL)
				buf_printf(&b, "%s%s", n++ > 0 ? ", " : ": ",
				    value_of(e));
	}
	return buf_end(&b);
}

void
compose_template(struct compose_part *c)
{
	const struct json *o = compose_get_object(c, c->body, "", "template");
	const struct json *list;
	const char *name;

	if (o == NULL)
		return;
	c->shown = o;
	compose_only(c, o, "template", "name language components");
	name = compose_get_text(c, o, "template", "name", NAME_MAX_POINTS, 1);
	json_put_text(c->out, "name", name);
	take_language(c, o);
	list = compose_get_list(
	    c, o, "template", "components", COMPOSE_COMPONENTS_MAX, 0);
	compose_check_components(c, list, "template.components");
	if (json_count(list) > 0)
		json_put(c->out, "components", list);
	if (name != NULL)
		c->label = label_of(c, name, list);
}
