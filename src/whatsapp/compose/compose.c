/*
 * Reads the body of POST …/messages: finds the type, calls its reader, and
 * returns the message as it is stored, which is the provider's object
 * (docs/protocol.md §6.2).
 */
#include <string.h>

#include "base/buf.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/compose/compose.h"
#include "whatsapp/compose/compose_kind.h"
#include "whatsapp/preview/preview.h"

const char compose_fields[] =
    "type reply_to text media caption filename voice template body buttons "
    "button sections header footer reaction location contacts url flow product "
    "product_list catalog_message cards order_details order_status";

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
	{ "cta_url", "interactive", "body button url header footer reply_to",
	    compose_cta_url },
	{ "flow", "interactive", "body flow header footer reply_to",
	    compose_flow },
	{ "location_request", "interactive", "body reply_to",
	    compose_location_request },
	{ "request_contact_info", "interactive", "body reply_to",
	    compose_request_contact_info },
	{ "call_permission_request", "interactive", "body reply_to",
	    compose_call_permission },
	{ "product", "interactive", "body footer product reply_to",
	    compose_product },
	{ "product_list", "interactive",
	    "body header footer product_list reply_to", compose_product_list },
	{ "catalog_message", "interactive",
	    "body footer catalog_message reply_to", compose_catalog_message },
	{ "carousel", "interactive", "body cards reply_to", compose_carousel },
	{ "order_details", "interactive",
	    "body header footer order_details reply_to",
	    compose_order_details },
	{ "order_status", "interactive", "body footer order_status reply_to",
	    compose_order_status },
	{ "reaction", "reaction", "reaction", compose_reaction },
	{ "location", "location", "location reply_to", compose_location },
	{ "contacts", "contacts", "contacts reply_to", compose_contacts },
};

#define N_KINDS (sizeof(kinds) / sizeof(*kinds))

static const struct compose_kind *
kind_of(struct compose_part *c)
{
	const struct json *type = json_get(c->body, "type");
	struct buf known;

	if (json_type(type) == JSON_STRING)
		for (size_t i = 0; i < N_KINDS; i++)
			if (text_is(json_string(type), kinds[i].type))
				return &kinds[i];
	known = (struct buf){ .pool = c->pool };
	for (size_t i = 0; i < N_KINDS; i++)
		buf_printf(&known, "%s %s", i > 0 ? "," : "", kinds[i].type);
	compose_note(c, "type", "must be one of%s", buf_end(&known));
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
	struct preview words;

	if (c->shown == NULL)
		c->shown = json_parse(
		    c->pool, message->content, strlen(message->content), NULL);
	to->template = text_is(message->type, "template");
	preview_read(c->pool, message->type, c->shown, 0, &words);
	to->preview = words.line;
	to->text = words.text;
	if (c->label != NULL && json_get(c->body, "body") == NULL) {
		to->text = c->label;
		to->preview = text_fold(c->pool, c->label, PREVIEW_MAX);
	}
	if (c->also.len > 0)
		to->text =
		    pool_printf(c->pool, "%s %s", to->text, buf_end(&c->also));
}

int
compose_read(struct pool *p, const struct json *body, struct compose *to,
    struct compose_wrong **wrong)
{
	struct compose_part c = {
		.pool = p, .body = body, .to = to, .also = { .pool = p }
	};
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
