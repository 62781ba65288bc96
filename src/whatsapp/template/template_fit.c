/*
 * Do the parameters that a member sends fit the template, and what does the
 * customer read?  Placeholders are {{1}} or {{name}}.
 */
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/template/template_fit.h"

#define PLACES_MAX 100

static int
is_kind(const struct json *o, const char *key, const char *word)
{
	const char *s = json_text(o, key);

	return s != NULL && strcasecmp(s, word) == 0;
}

/* The component of KIND: header, body, …; NULL none. */
static const struct json *
part_of(const struct json *components, const char *kind)
{
	const struct json *e = json_first(components);

	while (e != NULL && !is_kind(e, "type", kind))
		e = json_next(e);
	return e;
}

const char *
template_fit_body(const struct json *definition)
{
	return json_text(part_of(definition, "body"), "text");
}

/* The next placeholder of *AT: its name into NAME, and *AT behind it; 0 none.
 * BEFORE is where it begins. */
static int
next_place(struct pool *p, const char **at, const char **before, char **name)
{
	const char *open, *end;

	for (open = *at; (open = strstr(open, "{{")) != NULL; open += 2) {
		end = strstr(open, "}}");
		if (end == NULL)
			return 0;
		*before = open;
		*at = end + 2;
		*name = text_fold(
		    p, pool_text(p, open + 2, (size_t)(end - open - 2)), 64);
		if (*name != NULL)
			return 1;
	}
	return 0;
}

/* The different placeholders of TEXT, in their order: how many. */
static int
places(struct pool *p, const char *text, char **names)
{
	const char *before;
	char *name;
	int n = 0, i;

	while (text != NULL && n < PLACES_MAX &&
	       next_place(p, &text, &before, &name)) {
		for (i = 0; i < n && strcmp(names[i], name) != 0; i++)
			;
		if (i == n)
			names[n++] = name;
	}
	return n;
}

static int
is_number(const char *name)
{
	return strspn(name, "0123456789") == strlen(name);
}

/* The parameter for placeholder number I, called NAME. */
static const struct json *
parameter_of(const struct json *part, const char *name, int i)
{
	const struct json *e = json_first(json_get(part, "parameters"));

	if (!is_number(name)) {
		while (
		    e != NULL && !text_is(json_text(e, "parameter_name"), name))
			e = json_next(e);
		return e;
	}
	for (; e != NULL && i > 0; i--)
		e = json_next(e);
	return e;
}

static const char *
misfit_text(
    struct pool *p, const char *kind, const char *text, const struct json *part)
{
	char *names[PLACES_MAX];
	int n = places(p, text, names);
	int given = (int)json_count(json_get(part, "parameters"));

	if (n != given)
		return pool_printf(p,
		    "the %s of the template has %d placeholder%s, and %d "
		    "parameter%s given",
		    kind, n, n == 1 ? "" : "s", given,
		    given == 1 ? " is" : "s are");
	for (int i = 0; i < n; i++)
		if (!is_number(names[i]) &&
		    parameter_of(part, names[i], i) == NULL)
			return pool_printf(p,
			    "the %s of the template has the placeholder %s, "
			    "and no parameter has this parameter_name",
			    kind, names[i]);
	return NULL;
}

static const char *
misfit_header(
    struct pool *p, const struct json *header, const struct json *part)
{
	static const char *const kinds[] = { "image", "video", "document",
		"location" };
	const struct json *first = json_first(json_get(part, "parameters"));

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (is_kind(header, "format", kinds[i]))
			return is_kind(first, "type", kinds[i])
				   ? NULL
				   : pool_printf(p,
					 "the header of the template is of "
					 "type %s: it needs one such parameter",
					 kinds[i]);
	return misfit_text(p, "header", json_text(header, "text"), part);
}

/* The component that is sent for button I; NULL none. */
static const struct json *
button_of(const struct json *sent, int64_t i)
{
	const struct json *e;
	int64_t index;

	for (e = json_first(sent); e != NULL; e = json_next(e))
		if (is_kind(e, "type", "button") &&
		    json_int(e, "index", &index) && index == i)
			return e;
	return NULL;
}

static const char *
misfit_buttons(
    struct pool *p, const struct json *buttons, const struct json *sent)
{
	const struct json *e = json_first(json_get(buttons, "buttons"));
	const char *url;
	int i;

	for (i = 0; e != NULL; e = json_next(e), i++) {
		url = json_text(e, "url");
		if (!is_kind(e, "type", "copy_code") &&
		    (url == NULL || strstr(url, "{{") == NULL))
			continue;
		if (json_count(json_get(button_of(sent, i), "parameters")) != 1)
			return pool_printf(p,
			    "button %d of the template needs one parameter: a "
			    "component of type button with index %d",
			    i, i);
	}
	return NULL;
}

const char *
template_fit(
    struct pool *p, const struct json *definition, const struct json *sent)
{
	const struct json *header = part_of(definition, "header");
	const char *body = template_fit_body(definition), *why;

	why = misfit_header(p, header, part_of(sent, "header"));
	/* That of a code to log in is Meta's own, and has no text here. */
	if (why == NULL && body != NULL)
		why = misfit_text(p, "body", body, part_of(sent, "body"));
	if (why == NULL)
		why = misfit_buttons(p, part_of(definition, "buttons"), sent);
	return why;
}

static const char *
value_of_place(const struct json *parameter)
{
	const char *type = json_text(parameter, "type");

	if (text_is(type, "currency") || text_is(type, "date_time"))
		return json_text(json_get(parameter, type), "fallback_value");
	return json_text(parameter, "text");
}

/* TEXT with the values of PART in its placeholders. */
static void
add_filled(
    struct pool *p, struct buf *b, const char *text, const struct json *part)
{
	char *names[PLACES_MAX], *name;
	int n = places(p, text, names), i;
	const char *at = text, *from = text, *before, *value;

	if (text == NULL)
		return;
	if (b->len > 0)
		buf_char(b, '\n');
	while (next_place(p, &at, &before, &name)) {
		for (i = 0; i < n && strcmp(names[i], name) != 0; i++)
			;
		value = value_of_place(parameter_of(part, name, i));
		buf_printf(b, "%.*s%s", (int)(before - from), from,
		    value != NULL ? value : "");
		from = at;
	}
	buf_text(b, from);
}

const char *
template_fit_text(
    struct pool *p, const struct json *definition, const struct json *sent)
{
	const char *body = template_fit_body(definition);
	struct buf b = { .pool = p };

	if (body == NULL)
		return NULL;
	add_filled(p, &b, json_text(part_of(definition, "header"), "text"),
	    part_of(sent, "header"));
	add_filled(p, &b, body, part_of(sent, "body"));
	add_filled(
	    p, &b, json_text(part_of(definition, "footer"), "text"), NULL);
	return buf_end(&b);
}
