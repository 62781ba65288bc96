/*
 * The text of a template's component, and the values in its placeholders, which
 * are {{1}} or {{name}}.
 */
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/template/template_text.h"

/* What the provider puts in the place of a group's id begins so; which link it
 * is then is not known here. */
#define GROUP_LINK "https://chat.whatsapp.com/\xe2\x80\xa6"

int
template_text_is(const struct json *o, const char *key, const char *word)
{
	const char *s = json_text(o, key);

	return s != NULL && strcasecmp(s, word) == 0;
}

const struct json *
template_text_part(const struct json *components, const char *kind)
{
	const struct json *e = json_first(components);

	while (e != NULL && !template_text_is(e, "type", kind))
		e = json_next(e);
	return e;
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

int
template_text_places(struct pool *p, const char *text, char **names)
{
	const char *before;
	char *name;
	int n = 0, i;

	while (text != NULL && n < TEMPLATE_TEXT_PLACES_MAX &&
	       next_place(p, &text, &before, &name)) {
		for (i = 0; i < n && strcmp(names[i], name) != 0; i++)
			;
		if (i == n)
			names[n++] = name;
	}
	return n;
}

int
template_text_is_number(const char *name)
{
	return strspn(name, "0123456789") == strlen(name);
}

const struct json *
template_text_parameter(const struct json *part, const char *name, int i)
{
	const struct json *e = json_first(json_get(part, "parameters"));

	if (!template_text_is_number(name)) {
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
value_of_place(const struct json *parameter)
{
	const char *type = json_text(parameter, "type");

	if (text_is(type, "currency") || text_is(type, "date_time"))
		return json_text(json_get(parameter, type), "fallback_value");
	if (text_is(type, "group_id"))
		return GROUP_LINK;
	return json_text(parameter, "text");
}

void
template_text_fill(
    struct pool *p, struct buf *b, const char *text, const struct json *part)
{
	char *names[TEMPLATE_TEXT_PLACES_MAX], *name;
	int n = template_text_places(p, text, names), i;
	const char *at = text, *from = text, *before, *value;

	if (text == NULL)
		return;
	if (b->len > 0)
		buf_char(b, '\n');
	while (next_place(p, &at, &before, &name)) {
		for (i = 0; i < n && strcmp(names[i], name) != 0; i++)
			;
		value = value_of_place(template_text_parameter(part, name, i));
		buf_printf(b, "%.*s%s", (int)(before - from), from,
		    value != NULL ? value : "");
		from = at;
	}
	buf_text(b, from);
}
