/*
 * From the words of our API to the provider's, and from there to a request
 * (docs/protocol.md §6.2).
 */
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/compose/compose.h"
#include "whatsapp/compose/compose_part.h"
#include "whatsapp/event.h"
#include "whatsapp/preview.h"

const char compose_fields[] =
    "type reply_to text media caption filename voice template body buttons "
    "button sections header footer reaction location contacts";

static const struct compose_kind {
	const char *type;   /* ours */
	const char *stored; /* the provider's */
	const char *fields; /* beside type */
	void (*read)(struct compose_part *);
} kinds[] = {
	{ "text", "text", "text reply_to", compose_text },
	{ "image", "image", "media caption reply_to", compose_media },
	{ "video", "video", "media caption reply_to", compose_media },
	{ "audio", "audio", "media voice reply_to", compose_media },
	{ "document", "document", "media caption filename reply_to",
	    compose_media },
	{ "sticker", "sticker", "media reply_to", compose_media },
	{ "template", "template", "template reply_to", compose_template },
	{ "buttons", "interactive", "body buttons header footer reply_to",
	    compose_buttons },
	{ "list", "interactive", "body button sections header footer reply_to",
	    compose_list },
	{ "reaction", "reaction", "reaction", compose_reaction },
	{ "location", "location", "location reply_to", compose_location },
	{ "contacts", "contacts", "contacts reply_to", compose_contacts },
};

#define N_KINDS (sizeof(kinds) / sizeof(*kinds))

static const struct compose_kind *
kind_of(struct compose_part *c)
{
	const struct json *type = json_get(c->body, "type");

	if (json_type(type) == JSON_STRING)
		for (size_t i = 0; i < N_KINDS; i++)
			if (text_is(json_string(type), kinds[i].type))
				return &kinds[i];
	compose_note(c, "type",
	    "must be one of text, image, video, audio, document, sticker, "
	    "template, buttons, list, reaction, location, contacts");
	return NULL;
}

/* Fields of other kinds are wrong here; those of no kind are the caller's. */
static void
check_fields(struct compose_part *c, const struct compose_kind *kind)
{
	const struct json *m;

	for (m = json_first(c->body); m != NULL; m = json_next(m)) {
		const char *key = json_key(m);

		if (!text_is(key, "type") &&
		    compose_has_word(compose_fields, key) &&
		    !compose_has_word(kind->fields, key))
			compose_note(
			    c, key, "does not go with type %s", kind->type);
	}
}

/* The stored contacts are {"contacts":[…]}, the provider's are the list. */
static const struct json *
object_of(const char *type, const struct json *content)
{
	return text_is(type, "contacts") ? json_get(content, "contacts")
					 : content;
}

static void
finish_compose(struct compose_part *c)
{
	struct compose *to = c->to;
	struct event words = { .type = to->type };

	to->template = text_is(to->type, "template");
	preview_read(c->pool, to->type,
	    object_of(to->type,
		json_parse(c->pool, to->content, strlen(to->content), NULL)),
	    &words);
	to->preview = words.preview;
	to->text = words.text;
}

int
compose_read(struct pool *p, const struct json *body, struct compose *to,
    struct compose_wrong **wrong)
{
	struct compose_part c = { .pool = p, .body = body, .to = to };
	const struct compose_kind *kind;

	*to = (struct compose){ 0 };
	c.end = &c.wrong;
	kind = kind_of(&c);
	if (kind != NULL) {
		c.out = json_new(p);
		to->type = kind->stored;
		check_fields(&c, kind);
		to->reply_to = compose_get_id(&c, body, "", "reply_to", 0);
		json_open_object(c.out, NULL);
		kind->read(&c);
		json_close(c.out);
		to->content = json_end(c.out, NULL);
	}
	*wrong = c.wrong;
	if (c.wrong != NULL)
		return -1;
	finish_compose(&c);
	return 0;
}

/*
 * A file as the provider wants it.  What is stored may say more of it than
 * may be sent.
 */
static void
write_media(
    struct json_out *o, const struct json *content, const char *media_id)
{
	static const char *const keys[] = { "id", "link", "caption", "filename",
		"voice" };

	if (media_id != NULL)
		json_put_text(o, "id", media_id);
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		const struct json *m = json_get(content, keys[i]);

		if (m != NULL && (media_id == NULL || i > 1))
			json_put(o, keys[i], m);
	}
}

/*
 * Degrees are texts by the types of Meta's OpenAPI document, and numbers in its
 * examples and in what it delivers; ours are numbers until they leave.
 */
static void
write_location(struct json_out *o, const struct json *content)
{
	static const char *const keys[] = { "latitude", "longitude", "name",
		"address" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (json_text(content, keys[i]) != NULL)
			json_put_text(o, keys[i], json_text(content, keys[i]));
}

static void
write_reaction(
    struct json_out *o, const struct json *content, const char *wamid)
{
	const char *emoji = json_text(content, "emoji");

	json_put_text(o, "message_id",
	    wamid != NULL ? wamid : json_text(content, "message_id"));
	json_put_text(o, "emoji", emoji != NULL ? emoji : "");
}

static int
is_file(const char *type)
{
	return text_is(type, "image") || text_is(type, "video") ||
	       text_is(type, "audio") || text_is(type, "document") ||
	       text_is(type, "sticker");
}

static void
write_object(struct json_out *o, const char *type, const struct json *content,
    const char *reaction_wamid, const char *media_id)
{
	int file = is_file(type), reaction = text_is(type, "reaction");

	if (!file && !reaction && !text_is(type, "location")) {
		json_put(o, type, object_of(type, content));
		return;
	}
	json_open_object(o, type);
	if (file)
		write_media(o, content, media_id);
	else if (reaction)
		write_reaction(o, content, reaction_wamid);
	else
		write_location(o, content);
	json_close(o);
}

char *
compose_write(struct pool *p, const char *type, const char *content,
    const char *reply_wamid, const char *reaction_wamid, const char *media_id)
{
	const struct json *c = json_parse(p, content, strlen(content), NULL);
	struct json_out *o = json_new(p);

	json_open_object(o, NULL);
	json_put_text(o, "type", type);
	write_object(o, type, c, reaction_wamid, media_id);
	if (reply_wamid != NULL) {
		json_open_object(o, "context");
		json_put_text(o, "message_id", reply_wamid);
		json_close(o);
	}
	json_close(o);
	return json_end(o, NULL);
}
