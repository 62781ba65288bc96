/*
 * Reads the buttons of a template that is to be created.
 */
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/compose/field/compose_part.h"
#include "whatsapp/template/template_buttons.h"
#include "whatsapp/template/template_text.h"

#define BUTTONS_MAX 10
#define TYPE_MAX    64
#define TEXT_MAX    25
#define URL_MAX	    2000
#define PHONE_MAX   20
#define CODE_MAX    20

static void
check_url(struct compose_part *c, const struct json *o, const char *path)
{
	const char *url = compose_get_link(c, o, path, "url");
	char *names[TEMPLATE_TEXT_PLACES_MAX];
	const struct json *example = json_get(o, "example");
	const char *at = compose_path(c, path, "url");
	int n;

	if (url == NULL)
		return;
	n = template_text_places(c->pool, url, names);
	if (text_points(url) > URL_MAX)
		compose_note(c, at, "may have at most %d characters", URL_MAX);
	if (n > 1 || (n == 1 && url[strlen(url) - 1] != '}'))
		compose_note(c, at, "may have one placeholder, at its end");
	else if (n == 1 && (json_count(example) != 1 ||
			       json_string(json_first(example)) == NULL))
		compose_note(c, compose_path(c, path, "example"),
		    "must have an example of the placeholder, in a list");
}

static void
check_phone(struct compose_part *c, const struct json *o, const char *path)
{
	compose_get_text(c, o, path, "phone_number", PHONE_MAX, 1);
}

/* A text, or a list of one. */
static void
check_code(struct compose_part *c, const struct json *o, const char *path)
{
	const struct json *example = json_get(o, "example");
	const char *s;

	if (json_type(example) == JSON_ARRAY)
		example = json_first(example);
	s = json_type(example) == JSON_STRING ? json_string(example) : NULL;
	if (s == NULL || text_points(s) > CODE_MAX)
		compose_note(c, compose_path(c, path, "example"),
		    "must be a code of at most %d characters", CODE_MAX);
}

static void
check_login(struct compose_part *c, const struct json *o, const char *path)
{
	static const char *const words[] = { "COPY_CODE", "ONE_TAP",
		"ZERO_TAP" };
	const char *s = compose_get_text(c, o, path, "otp_type", TYPE_MAX, 1);

	for (int i = 0; i < 3 && s != NULL; i++)
		if (strcasecmp(s, words[i]) == 0)
			return;
	if (s != NULL)
		compose_note(c, compose_path(c, path, "otp_type"),
		    "must be one of COPY_CODE, ONE_TAP, ZERO_TAP");
}

static void
check_flow(struct compose_part *c, const struct json *o, const char *path)
{
	static const char *const keys[] = { "flow_id", "flow_name",
		"flow_json" };
	int n = 0;

	for (int i = 0; i < 3; i++)
		n += json_text(o, keys[i]) != NULL;
	if (n != 1)
		compose_note(c, path,
		    "must have exactly one of flow_id, flow_name and "
		    "flow_json");
}

static const struct kind_of_button {
	const char *type;
	int needs_text;
	int max; /* how many of it a template may have */
	void (*check)(
	    struct compose_part *, const struct json *, const char *path);
} kinds[] = {
	{ "QUICK_REPLY", 1, BUTTONS_MAX, NULL },
	{ "URL", 1, 2, check_url },
	{ "PHONE_NUMBER", 1, 1, check_phone },
	{ "COPY_CODE", 0, 1, check_code },
	{ "OTP", 0, 1, check_login },
	{ "FLOW", 1, 1, check_flow },
	{ "CATALOG", 1, 1, NULL },
	{ "MPM", 1, 1, NULL },
	{ "SPM", 0, 1, NULL },
	{ "ORDER_DETAILS", 0, 1, NULL },
	{ "VOICE_CALL", 1, 1, NULL },
	{ "REQUEST_CONTACT_INFO", 0, 1, NULL },
};

#define N_KINDS (sizeof(kinds) / sizeof(*kinds))

/* The kind of button O; NULL, noted, none. */
static const struct kind_of_button *
kind_of(struct compose_part *c, const struct json *o, const char *path)
{
	const char *type = compose_get_text(c, o, path, "type", TYPE_MAX, 1);
	struct buf known = { .pool = c->pool };

	if (type == NULL)
		return NULL;
	for (size_t i = 0; i < N_KINDS; i++)
		if (strcasecmp(type, kinds[i].type) == 0)
			return &kinds[i];
	for (size_t i = 0; i < N_KINDS; i++)
		buf_printf(&known, "%s %s", i > 0 ? "," : "", kinds[i].type);
	compose_note(c, compose_path(c, path, "type"), "must be one of%s",
	    buf_end(&known));
	return NULL;
}

void
template_buttons_check(
    struct compose_part *c, const struct json *o, const char *path)
{
	const struct json *e =
	    json_first(compose_get_list(c, o, path, "buttons", BUTTONS_MAX, 1));
	const struct kind_of_button *kind;
	int n = 0, of_kind[N_KINDS] = { 0 };

	compose_only(c, o, path, "type buttons");
	for (; e != NULL; e = json_next(e)) {
		const char *at =
		    pool_printf(c->pool, "%s.buttons[%d]", path, n++);

		kind = kind_of(c, e, at);
		if (kind == NULL)
			continue;
		if (++of_kind[kind - kinds] > kind->max)
			compose_note(c, at, "is one %s more than %d",
			    kind->type, kind->max);
		compose_get_text(c, e, at, "text", TEXT_MAX, kind->needs_text);
		if (kind->check != NULL)
			kind->check(c, e, at);
	}
}
