/*
 * Reads a message by its type: a table of types, each with the object of that
 * name in the message.  When the type is unknown, or its object is missing, the
 * message is kept whole, so that nothing a customer wrote is lost, and its type
 * is "unknown": whoever reads a type finds what docs/openapi.yaml says of it.
 */
#include <ctype.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/content.h"
#include "whatsapp/event.h"
#include "whatsapp/preview/preview.h"
#include "whatsapp/preview/preview_bare.h"
#include "whatsapp/preview/preview_form.h"

/* The types whose content is the object of the same name. */
static const struct {
	const char *type;
	int is_file;
} types[] = {
	{ "text", 0 },
	{ "image", 1 },
	{ "video", 1 },
	{ "audio", 1 },
	{ "voice", 1 },
	{ "document", 1 },
	{ "sticker", 1 },
	{ "location", 0 },
	{ "contacts", 0 },
	{ "template", 0 },
	{ "interactive", 0 },
	{ "reaction", 0 },
	{ "button", 0 },
	{ "order", 0 },
	{ "system", 0 },
	{ "unsupported", 0 },
};

#define N_TYPES (sizeof(types) / sizeof(*types))

/* The types that come without an object, or with one that says nothing. */
static const char *const bare[] = { "unsupported", "media_placeholder",
	"request_welcome", "ephemeral", "hsm", "edit", "revoke", NULL };

static size_t
number_of(const char *type)
{
	size_t i;

	for (i = 0; i < N_TYPES && !text_is(type, types[i].type); i++)
		;
	return i;
}

int
content_is_file(const char *type)
{
	size_t i = number_of(type);

	return i < N_TYPES && types[i].is_file;
}

/* "type" of the message; without one, the type whose object it has. */
static const char *
type_of(const struct json *m)
{
	const char *type = json_text(m, "type");
	size_t i;

	for (i = 0; type == NULL && i < N_TYPES; i++)
		if (json_first(json_get(m, types[i].type)) != NULL)
			type = types[i].type;
	if (type == NULL)
		type =
		    json_get(m, "errors") != NULL ? "unsupported" : "unknown";
	return type;
}

static char *
in_case(struct pool *p, const char *s, int (*turn)(int))
{
	char *copy = pool_copy(p, s), *c;

	for (c = copy; c != NULL && *c != '\0'; c++)
		*c = (char)turn((unsigned char)*c);
	return copy;
}

char *
content_lower(struct pool *p, const char *s)
{
	return in_case(p, s, tolower);
}

char *
content_upper(struct pool *p, const char *s)
{
	return in_case(p, s, toupper);
}

char *
content_error(struct pool *p, const struct json *errors, int64_t *code)
{
	const struct json *e =
	    json_type(errors) == JSON_ARRAY ? json_first(errors) : errors;
	const struct json *data = json_get(e, "error_data");
	const char *title = json_text(e, "title");
	const char *message = json_text(e, "message");
	const char *detail = json_text(data, "details");
	struct json_out *o;

	*code = 0;
	if (json_type(e) != JSON_OBJECT)
		return NULL;
	if (detail == NULL)
		detail = json_string(data);
	if (detail == NULL)
		detail = json_text(e, "details");
	if (detail == NULL)
		detail = message;
	o = json_new(p);
	json_open_object(o, NULL);
	if (json_int(e, "code", code))
		json_put_int(o, "code", *code);
	else
		json_put(o, "code", json_get(e, "code"));
	json_put_text(o, "title", title != NULL ? title : message);
	json_put_text(o, "detail", detail);
	json_close(o);
	return json_end(o, NULL);
}

/* The members of OBJECT, and member KEY of MESSAGE when it is there. */
static char *
object_with(struct pool *p, const struct json *object,
    const struct json *message, const char *key)
{
	const struct json *m, *extra = json_get(message, key);
	struct json_out *o = json_new(p);

	json_open_object(o, NULL);
	for (m = json_first(object); m != NULL; m = json_next(m))
		if (extra == NULL || !text_is(json_key(m), key))
			json_put(o, json_key(m), m);
	if (extra != NULL)
		json_put(o, key, extra);
	json_close(o);
	return json_end(o, NULL);
}

static char *
contacts(struct pool *p, const struct json *m)
{
	struct json_out *o = json_new(p);

	json_open_object(o, NULL);
	json_put(o, "contacts", json_get(m, "contacts"));
	if (json_get(m, "origin") != NULL)
		json_put(o, "origin", json_get(m, "origin"));
	json_close(o);
	return json_end(o, NULL);
}

/* The body is there, and a text, whatever came for it. */
static char *
text(struct pool *p, const struct json *object)
{
	const struct json *m, *body = json_get(object, "body");
	const char *said = json_string(body);
	struct json_out *o;

	if (json_type(body) == JSON_STRING)
		return json_write(p, object);
	o = json_new(p);
	json_open_object(o, NULL);
	json_put_text(o, "body", said != NULL ? said : "");
	for (m = json_first(object); m != NULL; m = json_next(m))
		if (!text_is(json_key(m), "body"))
			json_put(o, json_key(m), m);
	json_close(o);
	return json_end(o, NULL);
}

/* The On-Premises API had a type "voice": now an audio with voice set. */
static char *
voice(struct pool *p, const struct json *object)
{
	const struct json *m;
	struct json_out *o = json_new(p);

	json_open_object(o, NULL);
	for (m = json_first(object); m != NULL; m = json_next(m))
		if (!text_is(json_key(m), "voice"))
			json_put(o, json_key(m), m);
	json_put_bool(o, "voice", 1);
	json_close(o);
	return json_end(o, NULL);
}

/* The answers of a form are JSON in a text: also "response", which is JSON. */
static char *
interactive(struct pool *p, const struct json *object)
{
	const struct json *form = json_get(object, "nfm_reply"), *m, *f;
	const struct json *answers = preview_form_answers(p, form);
	struct json_out *o;
	char *text;
	size_t len;

	if (answers == NULL || json_get(form, "response") != NULL)
		return json_write(p, object);
	o = json_new(p);
	json_open_object(o, NULL);
	for (m = json_first(object); m != NULL; m = json_next(m)) {
		if (m != form) {
			json_put(o, json_key(m), m);
			continue;
		}
		json_open_object(o, json_key(m));
		for (f = json_first(form); f != NULL; f = json_next(f))
			json_put(o, json_key(f), f);
		json_put(o, "response", answers);
		json_close(o);
	}
	json_close(o);
	text = json_end(o, &len);
	/* Two levels more may be too deep to be read again. */
	return json_parse(p, text, len, NULL) != NULL ? text
						      : json_write(p, object);
}

/* 0 when the message lacks the object of its type. */
static int
read_object(struct pool *p, const struct json *m, struct event *e)
{
	const struct json *object = json_get(m, e->type);
	size_t n = number_of(e->type);

	if (n == N_TYPES)
		return 0;
	if (text_is(e->type, "contacts")) {
		e->content = contacts(p, m);
		return json_type(object) == JSON_ARRAY;
	}
	if (json_type(object) != JSON_OBJECT)
		return 0;
	if (text_is(e->type, "text")) {
		e->content = text(p, object);
	} else if (text_is(e->type, "voice")) {
		e->content = voice(p, object);
		e->type = "audio";
	} else if (text_is(e->type, "system")) {
		e->content = object_with(p, object, m, "identity");
	} else if (text_is(e->type, "unsupported")) {
		e->content = object_with(p, object, m, "errors");
	} else if (text_is(e->type, "interactive")) {
		e->content = interactive(p, object);
	} else {
		e->content = json_write(p, object);
	}
	if (types[n].is_file) {
		e->media.id = json_text(object, "id");
		e->media.mime_type = json_text(object, "mime_type");
		e->media.sha256 = json_text(object, "sha256");
		e->media.filename = json_text(object, "filename");
	}
	return 1;
}

/* An echo says how it was made: user_initiated, created_by_1p_bot, … */
static int
is_automatic(const char *made)
{
	return made != NULL &&
	       (strstr(made, "bot") != NULL || strstr(made, "auto") != NULL);
}

/* In a group, context also says who wrote. */
static const char *
context(struct pool *p, const struct json *m, const struct event *e)
{
	const struct json *c = json_get(m, "context");
	const struct json *product = json_get(c, "referred_product");
	const char *wamid = json_text(c, "id"), *from = json_text(c, "from");
	const char *user_id = json_text(c, "from_user_id");
	int automatic = is_automatic(json_text(m, "message_creation_type"));
	int often = json_bool(c, "frequently_forwarded", 0);
	int forwarded = often || json_bool(c, "forwarded", 0);
	struct json_out *o;

	if (e->customer.group_id != NULL && e->inbound) {
		from = e->customer.wa_id;
		user_id = e->customer.user_id;
	}
	if (wamid == NULL && from == NULL && user_id == NULL && !forwarded &&
	    product == NULL && !automatic)
		return NULL;
	o = json_new(p);
	json_open_object(o, NULL);
	if (wamid != NULL)
		json_put_text(o, "wamid", wamid);
	if (from != NULL)
		json_put_text(o, "from", from);
	if (user_id != NULL)
		json_put_text(o, "user_id", user_id);
	if (e->customer.group_id != NULL && e->inbound &&
	    e->customer.profile_name != NULL)
		json_put_text(o, "name", e->customer.profile_name);
	if (forwarded)
		json_put_bool(o, "forwarded", 1);
	if (often)
		json_put_bool(o, "frequently_forwarded", 1);
	if (automatic)
		json_put_bool(o, "automatic", 1);
	if (product != NULL)
		json_put(o, "referred_product", product);
	json_close(o);
	return json_end(o, NULL);
}

void
content_read(struct pool *p, const struct json *m, struct event *e)
{
	const struct json *referral = json_get(m, "referral"), *reaction;
	const char *type = type_of(m);
	struct preview words;
	int known;

	e->type = type;
	e->context = context(p, m, e);
	e->error = content_error(p, json_get(m, "errors"), &e->error_code);
	if (json_type(referral) == JSON_OBJECT)
		e->referral = json_write(p, referral);
	known = read_object(p, m, e);
	if (known)
		preview_read(p, type, json_get(m, type), e->error_code, &words);
	else
		preview_unknown(p, type, e->error_code, &words);
	e->preview = words.line;
	e->text = words.text;
	if (!known) {
		e->content = json_write(p, m);
		if (!text_among(type, bare))
			e->type = "unknown";
	} else if (text_is(type, "reaction")) {
		reaction = json_get(m, "reaction");
		e->target_wamid = json_text(reaction, "message_id");
		e->emoji = json_text(reaction, "emoji");
	}
}
