/*
 * Reads the body of POST …/messages: finds the type, calls its reader, and
 * returns the message as it is stored, which is the provider's object
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

/* A field of another type is an error; one of no type is left to the caller. */
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
			    c, key, "is not allowed with type %s", kind->type);
	}
}

static void
finish_compose(struct compose_part *c)
{
	struct compose *to = c->to;
	struct outgoing *message = &to->message;
	struct event words = { .type = message->type };

	if (c->shown == NULL)
		c->shown = json_parse(
		    c->pool, message->content, strlen(message->content), NULL);
	to->template = text_is(message->type, "template");
	preview_read(c->pool, message->type, c->shown, &words);
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
		to->message.type = kind->stored;
		check_fields(&c, kind);
		to->reply_to = compose_get_id(&c, body, "", "reply_to", 0);
		json_open_object(c.out, NULL);
		kind->read(&c);
		json_close(c.out);
		to->message.content = json_end(c.out, NULL);
	}
	*wrong = c.wrong;
	if (c.wrong != NULL)
		return -1;
	finish_compose(&c);
	return 0;
}
