/*
 * The preview of a message (its line in a list) and its text for the search: a
 * table with one reader for each type.  They are made once, when the message is
 * stored, so that no list has to parse content.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/preview/preview.h"
#include "whatsapp/preview/preview_bare.h"
#include "whatsapp/preview/preview_form.h"
#include "whatsapp/preview/preview_order.h"
#include "whatsapp/preview/preview_words.h"

static void
of_text(struct preview_words *w, const struct json *o)
{
	w->said = json_text(o, "body");
	w->label = "Empty message";
}

static void
of_image(struct preview_words *w, const struct json *o)
{
	w->said = json_text(o, "caption");
	w->label = w->kind = "Photo";
}

static void
of_video(struct preview_words *w, const struct json *o)
{
	w->said = json_text(o, "caption");
	w->label = w->kind = "Video";
}

static void
of_document(struct preview_words *w, const struct json *o)
{
	w->said = json_text(o, "caption");
	w->kind = "Document";
	w->label = preview_words_named(w, w->kind, json_text(o, "filename"));
}

static void
of_sticker(struct preview_words *w, const struct json *o)
{
	(void)o;
	w->label = "Sticker";
}

static void
of_audio(struct preview_words *w, const struct json *o)
{
	w->label = json_bool(o, "voice", 0) ? "Voice message" : "Audio";
}

static void
of_voice(struct preview_words *w, const struct json *o)
{
	(void)o;
	w->label = "Voice message";
}

static void
of_location(struct preview_words *w, const struct json *o)
{
	const char *name = json_text(o, "name");
	const char *address = json_text(o, "address");

	w->label =
	    preview_words_named(w, "Location", name != NULL ? name : address);
	if (name != NULL)
		preview_words_also(w, address);
}

/* The value of a line of a vCard that begins with KEY and a colon; NULL
 * none. */
static const char *
vcard_line(struct pool *pool, const char *vcard, const char *key)
{
	const char *at = vcard;

	while (at != NULL) {
		size_t len = strcspn(at, "\r\n");

		if (text_begins(at, key) && len > strlen(key))
			return pool_text(
			    pool, at + strlen(key), len - strlen(key));
		at = strchr(at, '\n');
		at = at == NULL ? NULL : at + 1;
	}
	return NULL;
}

/* By name, else firm, else phone. */
static const char *
card_name(struct preview_words *w, const struct json *card)
{
	const struct json *name = json_get(card, "name");
	const char *first = json_text(name, "first_name");
	const char *last = json_text(name, "last_name");
	const char *vcard = json_text(card, "vcard");
	const char *firm = json_text(json_get(card, "org"), "company");

	if (json_text(name, "formatted_name") != NULL)
		return json_text(name, "formatted_name");
	if (first != NULL && last != NULL)
		return pool_printf(w->pool, "%s %s", first, last);
	if (first != NULL || last != NULL)
		return first != NULL ? first : last;
	if (vcard_line(w->pool, vcard, "FN:") != NULL)
		return vcard_line(w->pool, vcard, "FN:");
	if (firm == NULL)
		firm = vcard_line(w->pool, vcard, "ORG:");
	return firm != NULL
		   ? firm
		   : json_text(json_first(json_get(card, "phones")), "phone");
}

static void
of_contacts(struct preview_words *w, const struct json *list)
{
	const struct json *card = json_first(list);
	size_t n = json_count(list);

	if (n <= 1) {
		w->label =
		    preview_words_named(w, "Contact", card_name(w, card));
		return;
	}
	w->label = pool_printf(w->pool, "Contacts: %zu", n);
	for (; card != NULL; card = json_next(card))
		preview_words_also(w, card_name(w, card));
}

static void
of_template(struct preview_words *w, const struct json *o)
{
	w->label = preview_words_named(w, "Template", json_text(o, "name"));
}

static void
of_reaction(struct preview_words *w, const struct json *o)
{
	const char *emoji = json_text(o, "emoji");

	w->label = emoji == NULL ? PREVIEW_REMOVED
				 : pool_printf(w->pool, "Reacted %s", emoji);
}

/* What the customer chose for paying (interactive, payment_method). */
static void
of_payment(struct preview_words *w, const struct json *payment)
{
	w->label = preview_words_named(
	    w, "Payment", json_text(payment, "payment_method"));
	preview_words_also(w, json_text(payment, "reference_id"));
}

static void
of_interactive(struct preview_words *w, const struct json *o)
{
	const struct json *list = json_get(o, "list_reply");
	const struct json *form = json_get(o, "nfm_reply");
	const struct json *payment = json_get(o, "payment_method");
	const char *call =
	    json_text(json_get(o, "call_permission_reply"), "response");

	w->label = "Interactive message";
	w->said = json_text(json_get(o, "button_reply"), "title");
	if (w->said == NULL)
		w->said = json_text(list, "title");
	if (w->said == NULL) /* one that the business sent */
		w->said = json_text(json_get(o, "body"), "text");
	preview_words_also(w, json_text(list, "description"));
	if (form != NULL)
		preview_form(w, form);
	else if (payment != NULL)
		of_payment(w, payment);
	else if (text_is(call, "accept"))
		w->label = "Allowed calls";
	else if (call != NULL)
		w->label = "Declined calls";
}

static void
of_button(struct preview_words *w, const struct json *o)
{
	w->label = "Button";
	w->said = json_text(o, "text");
	if (w->said == NULL)
		w->said = json_text(o, "payload");
}

static void
of_system(struct preview_words *w, const struct json *o)
{
	w->said = json_text(o, "body");
	w->label = "System message";
}

static const struct {
	const char *type;
	void (*read)(struct preview_words *, const struct json *);
} readers[] = {
	{ "text", of_text },
	{ "image", of_image },
	{ "video", of_video },
	{ "audio", of_audio },
	{ "voice", of_voice },
	{ "document", of_document },
	{ "sticker", of_sticker },
	{ "location", of_location },
	{ "contacts", of_contacts },
	{ "template", of_template },
	{ "interactive", of_interactive },
	{ "reaction", of_reaction },
	{ "button", of_button },
	{ "order", preview_order },
	{ "system", of_system },
	{ "unsupported", preview_unsupported },
};

void
preview_read(struct pool *p, const char *type, const struct json *object,
    int64_t error_code, struct preview *to)
{
	struct preview_words w = { .pool = p,
		.type = type,
		.more = { .pool = p },
		.error_code = error_code };
	size_t i;

	for (i = 0; i < sizeof(readers) / sizeof(*readers); i++)
		if (text_is(type, readers[i].type))
			readers[i].read(&w, object);
	preview_words_finish(&w, to);
}
