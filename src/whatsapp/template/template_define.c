/*
 * Reads the definition of a template that an admin wants to have: whether the
 * provider can take it (docs/protocol.md §6.7), each wrong field by its name.
 * What the provider looks at beside, as the wording, it says later.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/compose/field/compose_part.h"
#include "whatsapp/template/template_buttons.h"
#include "whatsapp/template/template_define.h"
#include "whatsapp/template/template_text.h"

#define NAME_MAX       512
#define CODE_MAX       15
#define TYPE_MAX       64
#define COMPONENTS_MAX 10
#define BYTES_MAX      65536 /* ours: a list shows many of them */
#define CARDS_MAX      10
#define BODY_MAX       1024
#define HEADER_MAX     60
#define FOOTER_MAX     60
#define EXPIRY_MAX     90 /* minutes of a code to log in */
#define TTL_MAX	       2592000

const char template_define_fields[] =
    "name language category components parameter_format "
    "allow_category_change message_send_ttl_seconds";

/* 1: S has only letters of TAKEN. */
static int
has_only(const char *s, const char *taken)
{
	return strspn(s, taken) == strlen(s);
}

/* One of WORDS (separated by ", "), in capitals, in POOL; NULL, noted, none. */
static const char *
get_word(struct compose_part *c, const struct json *o, const char *path,
    const char *key, const char *const *words)
{
	const char *s = compose_get_text(c, o, path, key, TYPE_MAX, 1);
	struct buf known = { .pool = c->pool };

	if (s == NULL)
		return NULL;
	for (int i = 0; words[i] != NULL; i++)
		if (strcasecmp(s, words[i]) == 0)
			return words[i];
	for (int i = 0; words[i] != NULL; i++)
		buf_printf(&known, "%s %s", i > 0 ? "," : "", words[i]);
	compose_note(
	    c, compose_path(c, path, key), "must be one of%s", buf_end(&known));
	return NULL;
}

/* {{1}}, {{2}}, … without a gap, or all with names: how many, -1 noted. */
static int
count_places(struct compose_part *c, const char *text, const char *field)
{
	char *names[TEMPLATE_TEXT_PLACES_MAX];
	int n = template_text_places(c->pool, text, names), numbers = 0;

	for (int i = 0; i < n; i++)
		numbers += template_text_is_number(names[i]);
	if (numbers != 0 && numbers != n) {
		compose_note(
		    c, field, "has placeholders with numbers and with names");
		return -1;
	}
	for (int i = 0; i < n && numbers > 0; i++) {
		char want[16];
		int found = 0;

		snprintf(want, sizeof(want), "%d", i + 1);
		for (int j = 0; j < n && !found; j++)
			found = text_is(names[j], want);
		if (!found) {
			compose_note(c, field,
			    "has %d placeholders, and {{%s}} is none of them",
			    n, want);
			return -1;
		}
	}
	return n;
}

/* How many texts, none of them empty, stand in LIST. */
static int
count_texts(const struct json *list)
{
	const struct json *e;
	int n = 0;

	for (e = json_first(list); e != NULL; e = json_next(e))
		n += json_type(e) == JSON_STRING && json_string(e) != NULL;
	return n;
}

/* The provider looks at a text with a value in each of its N placeholders:
 * example.KIND_text, or KIND_text_named_params. */
static void
check_example(struct compose_part *c, const struct json *o, const char *path,
    const char *kind, int n)
{
	const struct json *example = json_get(o, "example"), *list, *e;
	const char *key = pool_printf(c->pool, "%s_text", kind);
	const char *named = pool_printf(c->pool, "%s_named_params", key);
	int given = 0;

	if (n <= 0)
		return;
	for (e = json_first(json_get(example, named)); e != NULL;
	     e = json_next(e))
		given += json_text(e, "param_name") != NULL &&
			 json_text(e, "example") != NULL;
	if (given == 0) {
		list = json_get(example, key);
		if (json_type(json_first(list)) == JSON_ARRAY)
			list = json_first(list);
		given = count_texts(list);
	}
	if (given != n)
		compose_note(c, compose_path(c, path, "example"),
		    "must have an example of each of the %d placeholder%s, in "
		    "%s or %s",
		    n, n == 1 ? "" : "s", key, named);
}

/* The file that the provider looks at: a handle that it gave it, or an upload
 * of ours (template_file.h). */
static void
check_example_file(
    struct compose_part *c, const struct json *o, const char *path)
{
	const struct json *example = json_get(o, "example");
	const char *at = compose_path(c, path, "example");
	int handles = count_texts(json_get(example, "header_handle"));

	if (json_get(example, "upload") != NULL) {
		compose_only(c, example, at, "upload");
		compose_get_id(c, example, at, "upload", 1);
	} else if (handles == 0) {
		compose_note(c, at,
		    "must have upload, or header_handle, a list of the file "
		    "that the provider looks at");
	}
}

static void
check_header(struct compose_part *c, const struct json *o, const char *path)
{
	static const char *const formats[] = { "TEXT", "IMAGE", "VIDEO", "GIF",
		"DOCUMENT", "LOCATION", "PRODUCT", NULL };
	const char *format = get_word(c, o, path, "format", formats);
	const char *text, *at = compose_path(c, path, "text");
	int n;

	compose_only(c, o, path, "type format text example");
	if (text_is(format, "TEXT")) {
		text = compose_get_text(c, o, path, "text", HEADER_MAX, 1);
		n = text == NULL ? 0 : count_places(c, text, at);
		if (n > 1)
			compose_note(c, at, "may have one placeholder");
		check_example(c, o, path, "header", n);
	} else if (format != NULL && !text_is(format, "LOCATION") &&
		   !text_is(format, "PRODUCT")) {
		check_example_file(c, o, path);
	}
}

static void
check_body(
    struct compose_part *c, const struct json *o, const char *path, int is_code)
{
	const char *text, *at = compose_path(c, path, "text");
	int n;

	compose_only(
	    c, o, path, "type text example add_security_recommendation");
	compose_get_bool(c, o, path, "add_security_recommendation");
	if (is_code) {
		if (json_get(o, "text") != NULL)
			compose_note(c, at,
			    "is the provider's own in category AUTHENTICATION");
		return;
	}
	text = compose_get_text(c, o, path, "text", BODY_MAX, 1);
	n = text == NULL ? 0 : count_places(c, text, at);
	check_example(c, o, path, "body", n);
}

static void
check_footer(
    struct compose_part *c, const struct json *o, const char *path, int is_code)
{
	const char *text;
	int64_t minutes;

	compose_only(c, o, path, "type text code_expiration_minutes");
	if (is_code) {
		if (json_get(o, "code_expiration_minutes") != NULL &&
		    (!json_int(o, "code_expiration_minutes", &minutes) ||
			minutes < 1 || minutes > EXPIRY_MAX))
			compose_note(c,
			    compose_path(c, path, "code_expiration_minutes"),
			    "must be a whole number from 1 to %d", EXPIRY_MAX);
		return;
	}
	text = compose_get_text(c, o, path, "text", FOOTER_MAX, 1);
	if (text != NULL && strstr(text, "{{") != NULL)
		compose_note(c, compose_path(c, path, "text"),
		    "may have no placeholder");
}

static void check_components(struct compose_part *, const struct json *list,
    const char *path, int is_code, int in_card);

static void
check_cards(struct compose_part *c, const struct json *o, const char *path)
{
	const struct json *e =
	    json_first(compose_get_list(c, o, path, "cards", CARDS_MAX, 1));
	int n = 0;

	compose_only(c, o, path, "type cards");
	for (; e != NULL; e = json_next(e)) {
		const char *at =
		    pool_printf(c->pool, "%s.cards[%d]", path, n++);

		compose_only(c, e, at, "components");
		check_components(c,
		    compose_get_list(c, e, at, "components", COMPONENTS_MAX, 1),
		    compose_path(c, at, "components"), 0, 1);
	}
}

static void
check_component(struct compose_part *c, const struct json *o, const char *path,
    int is_code, int in_card)
{
	static const char *const types[] = { "HEADER", "BODY", "FOOTER",
		"BUTTONS", "CAROUSEL", "LIMITED_TIME_OFFER",
		"CALL_PERMISSION_REQUEST", NULL };
	const char *type = get_word(c, o, path, "type", types);

	if (text_is(type, "HEADER"))
		check_header(c, o, path);
	else if (text_is(type, "BODY"))
		check_body(c, o, path, is_code);
	else if (text_is(type, "FOOTER"))
		check_footer(c, o, path, is_code);
	else if (text_is(type, "BUTTONS"))
		template_buttons_check(c, o, path);
	else if (text_is(type, "CAROUSEL") && in_card)
		compose_note(
		    c, compose_path(c, path, "type"), "cannot stand in a card");
	else if (text_is(type, "CAROUSEL"))
		check_cards(c, o, path);
}

static void
check_components(struct compose_part *c, const struct json *list,
    const char *path, int is_code, int in_card)
{
	const struct json *e, *f;
	int n = 0;

	for (e = json_first(list); e != NULL; e = json_next(e)) {
		const char *at = pool_printf(c->pool, "%s[%d]", path, n++);
		const char *type = json_text(e, "type");

		check_component(c, e, at, is_code, in_card);
		for (f = json_first(list); f != e && type != NULL;
		     f = json_next(f))
			if (template_text_is(f, "type", type)) {
				compose_note(c, at, "is given twice");
				break;
			}
	}
	if (list != NULL && !in_card &&
	    template_text_part(list, "body") == NULL)
		compose_note(c, path, "must have a BODY");
}

/* What goes to the provider: the fields as they came, the words in capitals. */
static void
put_request(struct compose_part *c, struct template_define *to)
{
	const struct json *m;

	json_open_object(c->out, NULL);
	for (m = json_first(c->body); m != NULL; m = json_next(m))
		if (compose_has_word(template_define_fields, json_key(m)) &&
		    !text_is(json_key(m), "category"))
			json_put(c->out, json_key(m), m);
	json_put_text(c->out, "category", to->category);
	json_close(c->out);
	to->request = json_end(c->out, NULL);
}

static void
check_options(struct compose_part *c)
{
	static const char *const formats[] = { "NAMED", "POSITIONAL", NULL };
	int64_t ttl;

	if (json_get(c->body, "parameter_format") != NULL)
		get_word(c, c->body, "", "parameter_format", formats);
	compose_get_bool(c, c->body, "", "allow_category_change");
	if (json_get(c->body, "message_send_ttl_seconds") != NULL &&
	    (!json_int(c->body, "message_send_ttl_seconds", &ttl) || ttl < 30 ||
		ttl > TTL_MAX))
		compose_note(c, "message_send_ttl_seconds",
		    "must be a whole number of seconds from 30 to %d", TTL_MAX);
}

int
template_define_read(struct pool *p, const struct json *body,
    struct template_define *to, struct compose_wrong **wrong)
{
	static const char *const categories[] = { "MARKETING", "UTILITY",
		"AUTHENTICATION", NULL };
	static const char small[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	struct compose_part c = { .pool = p, .body = body };

	*to = (struct template_define){ 0 };
	c.end = &c.wrong;
	c.out = json_new(p);
	to->name = compose_get_text(&c, body, "", "name", NAME_MAX, 1);
	if (to->name != NULL && !has_only(to->name, small))
		compose_note(
		    &c, "name", "may only have small letters, digits and _");
	to->language = compose_get_text(&c, body, "", "language", CODE_MAX, 1);
	if (to->language != NULL && !has_only(to->language, letters))
		compose_note(&c, "language", "must be a code, such as en_US");
	to->category = get_word(&c, body, "", "category", categories);
	check_components(&c,
	    compose_get_list(&c, body, "", "components", COMPONENTS_MAX, 1),
	    "components", text_is(to->category, "AUTHENTICATION"), 0);
	check_options(&c);
	to->components = json_write(p, json_get(body, "components"));
	if (to->components != NULL && strlen(to->components) > BYTES_MAX)
		compose_note(
		    &c, "components", "may have at most %d bytes", BYTES_MAX);
	*wrong = c.wrong;
	if (c.wrong != NULL)
		return -1;
	put_request(&c, to);
	return 0;
}
