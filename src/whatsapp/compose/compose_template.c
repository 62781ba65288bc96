/*
 * Reads template messages.  Only the shape of the components is checked: the
 * provider has the template, and checks what is in them.
 */
#include <string.h>
#include <strings.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/compose/compose_kind.h"

#define NAME_MAX_POINTS 512
#define CODE_MAX	16
#define COMPONENTS_MAX	32
#define PARAMETERS_MAX	256
#define TYPE_MAX	64

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

/* A file of POST /media is for the header, which has one; a link or the
 * provider's id are checked by the provider. */
static void
check_file(struct compose_part *c, const struct json *parameter,
    const char *type, const char *where, int header)
{
	const struct json *file = json_get(parameter, type);
	const char *at = compose_path(c, where, type);

	if (json_get(file, "upload") == NULL)
		return;
	if (!header || c->to->upload != 0)
		compose_note(c, compose_path(c, at, "upload"),
		    "is for the one file of the header");
	compose_only(c, file, at, "upload filename");
	c->to->upload = compose_get_id(c, file, at, "upload", 1);
	c->to->upload_as = type;
	c->to->upload_field = compose_path(c, at, "upload");
}

static void
check_parameters(struct compose_part *c, const struct json *component,
    const char *path, int header)
{
	static const char *const files[] = { "image", "video", "document",
		NULL };
	const struct json *e = json_first(compose_get_list(
	    c, component, path, "parameters", PARAMETERS_MAX, 0));
	int n = 0;

	for (; e != NULL; e = json_next(e), n++) {
		const char *where =
		    pool_printf(c->pool, "%s.parameters[%d]", path, n);
		const char *type =
		    compose_get_text(c, e, where, "type", TYPE_MAX, 1);

		if (type != NULL && json_get(e, type) == NULL &&
		    (text_is(type, "text") || text_among(type, files)))
			compose_note(
			    c, compose_path(c, where, type), "is missing");
		else if (text_among(type, files))
			check_file(c, e, type, where, header);
	}
}

static void
check_component(struct compose_part *c, const struct json *o, const char *path)
{
	const char *type = compose_get_text(c, o, path, "type", TYPE_MAX, 1);
	const struct json *index = json_get(o, "index");
	int64_t n;

	check_parameters(
	    c, o, path, type != NULL && strcasecmp(type, "header") == 0);
	if (type == NULL || strcasecmp(type, "button") != 0)
		return;
	compose_get_text(c, o, path, "sub_type", TYPE_MAX, 1);
	if (!json_integer(index, &n) || n < 0 || n > 9)
		compose_note(c, compose_path(c, path, "index"),
		    "must be the button's position, from 0 to 9");
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
	const struct json *list, *e;
	const char *name;
	int n = 0;

	if (o == NULL)
		return;
	c->shown = o;
	compose_only(c, o, "template", "name language components");
	name = compose_get_text(c, o, "template", "name", NAME_MAX_POINTS, 1);
	json_put_text(c->out, "name", name);
	take_language(c, o);
	list =
	    compose_get_list(c, o, "template", "components", COMPONENTS_MAX, 0);
	for (e = json_first(list); e != NULL; e = json_next(e))
		check_component(
		    c, e, pool_printf(c->pool, "template.components[%d]", n++));
	if (json_count(list) > 0)
		json_put(c->out, "components", list);
	if (name != NULL)
		c->label = label_of(c, name, list);
}
