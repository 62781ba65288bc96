/*
 * Do the parameters that a member sends fit the template, and what does the
 * customer read?
 */
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/template/template_fit.h"
#include "whatsapp/template/template_text.h"

#define TEMPLATE_TEXT_PLACES_MAX 100
#define HEADER_MAX		 60
#define BODY_MAX		 1024
#define BODY_ALONE		 32768 /* of a template that is its body only */

const char *
template_fit_body(const struct json *definition)
{
	return json_text(template_text_part(definition, "body"), "text");
}

static const char *
misfit_text(
    struct pool *p, const char *kind, const char *text, const struct json *part)
{
	char *names[TEMPLATE_TEXT_PLACES_MAX];
	int n = template_text_places(p, text, names);
	int given = (int)json_count(json_get(part, "parameters"));

	if (n != given)
		return pool_printf(p,
		    "the %s of the template has %d placeholder%s, and %d "
		    "parameter%s given",
		    kind, n, n == 1 ? "" : "s", given,
		    given == 1 ? " is" : "s are");
	for (int i = 0; i < n; i++) {
		const struct json *e =
		    template_text_parameter(part, names[i], i);

		if (!template_text_is_number(names[i]) && e == NULL)
			return pool_printf(p,
			    "the %s of the template has the placeholder %s, "
			    "and no parameter has this parameter_name",
			    kind, names[i]);
		if (template_text_is_number(names[i]) &&
		    json_get(e, "parameter_name") != NULL)
			return pool_printf(p,
			    "the placeholders of the %s of the template are "
			    "numbered: its parameters have no parameter_name",
			    kind);
	}
	return NULL;
}

static const char *
misfit_header(
    struct pool *p, const struct json *header, const struct json *part)
{
	static const char *const kinds[] = { "image", "video", "gif",
		"document", "location", "product" };
	const struct json *first = json_first(json_get(part, "parameters"));

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (template_text_is(header, "format", kinds[i]))
			return template_text_is(first, "type", kinds[i])
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
		if (template_text_is(e, "type", "button") &&
		    json_int(e, "index", &index) && index == i)
			return e;
	return NULL;
}

/* What a component for a button of that type is called: a code to log in is
 * sent as a link. */
static int
is_sub_type(const struct json *button, const char *sub_type)
{
	int is_link = template_text_is(button, "type", "url") ||
		      template_text_is(button, "type", "otp");

	if (is_link && sub_type != NULL)
		return strcasecmp(sub_type, "url") == 0 ||
		       strcasecmp(sub_type, "otp") == 0;
	return sub_type != NULL && template_text_is(button, "type", sub_type);
}

/* Can it not be sent without a parameter? */
static int
needs_one(const struct json *button)
{
	static const char *const kinds[] = { "copy_code", "otp", "mpm",
		"order_details" };
	const char *url = json_text(button, "url");

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (template_text_is(button, "type", kinds[i]))
			return 1;
	return url != NULL && strstr(url, "{{") != NULL;
}

static const char *
misfit_button(struct pool *p, const struct json *button,
    const struct json *sent, int64_t i)
{
	const char *type = json_text(button, "type");
	int given = (int)json_count(json_get(sent, "parameters"));

	if (needs_one(button) && given != 1)
		return pool_printf(p,
		    "button %d of the template needs one parameter: a "
		    "component of type button with index %d",
		    (int)i, (int)i);
	if (sent == NULL)
		return NULL;
	if (!is_sub_type(button, json_text(sent, "sub_type")))
		return pool_printf(p, "button %d of the template is of type %s",
		    (int)i, type != NULL ? type : "none");
	if (template_text_is(button, "type", "url") && !needs_one(button))
		return pool_printf(p,
		    "button %d of the template takes no parameter: its url has "
		    "no placeholder",
		    (int)i);
	return NULL;
}

static const char *
misfit_buttons(
    struct pool *p, const struct json *buttons, const struct json *sent)
{
	const struct json *list = json_get(buttons, "buttons"), *e;
	const char *why = NULL;
	int64_t i = 0, index;

	for (e = json_first(list); e != NULL && why == NULL;
	     e = json_next(e), i++)
		why = misfit_button(p, e, button_of(sent, i), i);
	for (e = json_first(sent); e != NULL && why == NULL; e = json_next(e))
		if (template_text_is(e, "type", "button") &&
		    json_int(e, "index", &index) && index >= i)
			why = pool_printf(p,
			    "the template has %d button%s, and none with index "
			    "%d",
			    (int)i, i == 1 ? "" : "s", (int)index);
	return why;
}

/* Each card is a small template. */
static const char *
misfit_cards(
    struct pool *p, const struct json *carousel, const struct json *sent)
{
	const struct json *cards = json_get(carousel, "cards"), *e, *own;
	const char *why = NULL;
	int64_t i = 0, index;

	if (json_count(cards) != json_count(json_get(sent, "cards")))
		return pool_printf(p,
		    "the carousel of the template has %d card%s, and %d are "
		    "given",
		    (int)json_count(cards), json_count(cards) == 1 ? "" : "s",
		    (int)json_count(json_get(sent, "cards")));
	for (e = json_first(cards); e != NULL && why == NULL;
	     e = json_next(e), i++) {
		own = json_first(json_get(sent, "cards"));
		while (own != NULL &&
		       !(json_int(own, "card_index", &index) && index == i))
			own = json_next(own);
		why = own == NULL ? "there is no such card_index"
				  : template_fit(p, json_get(e, "components"),
					json_get(own, "components"));
		if (why != NULL)
			why = pool_printf(p, "card %d: %s", (int)i, why);
	}
	return why;
}

/* With its values a text may be too long. */
static const char *
too_long(struct pool *p, const char *kind, const char *text,
    const struct json *part, size_t max)
{
	struct buf b = { .pool = p };
	size_t n;

	template_text_fill(p, &b, text, part);
	n = text_points(buf_end(&b));
	return n <= max ? NULL
			: pool_printf(p,
			      "the %s has %zu characters with its values, and "
			      "may have at most %zu",
			      kind, n, max);
}

static const char *
misfit_length(
    struct pool *p, const struct json *definition, const struct json *sent)
{
	const char *body = template_fit_body(definition);
	const char *header =
	    json_text(template_text_part(definition, "header"), "text");
	const char *why = NULL;

	if (header != NULL)
		why = too_long(p, "header", header,
		    template_text_part(sent, "header"), HEADER_MAX);
	if (why == NULL && body != NULL)
		why =
		    too_long(p, "body", body, template_text_part(sent, "body"),
			json_count(definition) > 1 ? BODY_MAX : BODY_ALONE);
	return why;
}

const char *
template_fit(
    struct pool *p, const struct json *definition, const struct json *sent)
{
	const struct json *header = template_text_part(definition, "header");
	const char *body = template_fit_body(definition), *why;

	why = misfit_header(p, header, template_text_part(sent, "header"));
	/* That of a code to log in is Meta's own, and has no text here. */
	if (why == NULL && body != NULL)
		why = misfit_text(
		    p, "body", body, template_text_part(sent, "body"));
	if (why == NULL)
		why = misfit_buttons(
		    p, template_text_part(definition, "buttons"), sent);
	if (why == NULL)
		why =
		    misfit_cards(p, template_text_part(definition, "carousel"),
			template_text_part(sent, "carousel"));
	return why != NULL ? why : misfit_length(p, definition, sent);
}

const char *
template_fit_text(
    struct pool *p, const struct json *definition, const struct json *sent)
{
	const char *body = template_fit_body(definition);
	struct buf b = { .pool = p };

	if (body == NULL)
		return NULL;
	template_text_fill(p, &b,
	    json_text(template_text_part(definition, "header"), "text"),
	    template_text_part(sent, "header"));
	template_text_fill(p, &b, body, template_text_part(sent, "body"));
	template_text_fill(p, &b,
	    json_text(template_text_part(definition, "footer"), "text"), NULL);
	return buf_end(&b);
}
