/*
 * The preview of a message (its line in a list) and its text for the search: a
 * table with one reader for each type.  They are made once, when the message is
 * stored, so that no list has to parse content.
 */
#include <stddef.h>
#include <string.h>

#include "base/buf.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/event.h"
#include "whatsapp/preview.h"

/*
 * A message in words: what the person said, else a label; and more words for
 * the search.
 */
struct preview_words {
	struct pool *pool;
	const char *said;
	const char *label;
	struct buf more;
};

static void
also(struct preview_words *w, const char *s)
{
	if (s == NULL)
		return;
	if (w->more.len > 0)
		buf_char(&w->more, ' ');
	buf_text(&w->more, s);
}

/* "KIND: NAME", or KIND alone. */
static const char *
named(struct preview_words *w, const char *kind, const char *name)
{
	also(w, name);
	name =
	    name == NULL ? NULL : text_fold(w->pool, name, EVENT_PREVIEW_MAX);
	return name == NULL ? kind : pool_printf(w->pool, "%s: %s", kind, name);
}

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
	w->label = "Photo";
}

static void
of_video(struct preview_words *w, const struct json *o)
{
	w->said = json_text(o, "caption");
	w->label = "Video";
}

static void
of_document(struct preview_words *w, const struct json *o)
{
	w->said = json_text(o, "caption");
	w->label = named(w, "Document", json_text(o, "filename"));
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
	w->label = named(w, "Location", json_text(o, "name"));
	also(w, json_text(o, "address"));
}

static const char *
card_name(struct preview_words *w, const struct json *card)
{
	const struct json *name = json_get(card, "name");
	const char *first = json_text(name, "first_name");
	const char *last = json_text(name, "last_name");
	const char *phone =
	    json_text(json_first(json_get(card, "phones")), "phone");

	if (json_text(name, "formatted_name") != NULL)
		return json_text(name, "formatted_name");
	if (first != NULL && last != NULL)
		return pool_printf(w->pool, "%s %s", first, last);
	if (first != NULL || last != NULL)
		return first != NULL ? first : last;
	return phone;
}

static void
of_contacts(struct preview_words *w, const struct json *list)
{
	const struct json *card = json_first(list);
	size_t n = json_count(list);

	if (n <= 1) {
		w->label = named(w, "Contact", card_name(w, card));
		return;
	}
	w->label = pool_printf(w->pool, "Contacts: %zu", n);
	for (; card != NULL; card = json_next(card))
		also(w, card_name(w, card));
}

static void
of_template(struct preview_words *w, const struct json *o)
{
	w->label = named(w, "Template", json_text(o, "name"));
}

static void
of_reaction(struct preview_words *w, const struct json *o)
{
	const char *emoji = json_text(o, "emoji");

	w->label = emoji == NULL ? "Removed a reaction"
				 : pool_printf(w->pool, "Reacted %s", emoji);
}

static void
of_interactive(struct preview_words *w, const struct json *o)
{
	const struct json *list = json_get(o, "list_reply");
	const struct json *form = json_get(o, "nfm_reply");
	const char *call =
	    json_text(json_get(o, "call_permission_reply"), "response");

	w->said = json_text(json_get(o, "button_reply"), "title");
	if (w->said == NULL)
		w->said = json_text(list, "title");
	if (w->said == NULL)
		w->said = json_text(form, "body");
	if (w->said == NULL) /* one that the business sent */
		w->said = json_text(json_get(o, "body"), "text");
	also(w, json_text(list, "description"));
	if (form != NULL)
		w->label = "Form response";
	else if (call != NULL)
		w->label = pool_printf(w->pool, "Call permission: %s", call);
}

static void
of_button(struct preview_words *w, const struct json *o)
{
	w->said = json_text(o, "text");
	if (w->said == NULL)
		w->said = json_text(o, "payload");
}

static void
of_order(struct preview_words *w, const struct json *o)
{
	size_t n = json_count(json_get(o, "product_items"));

	also(w, json_text(o, "text"));
	w->label =
	    pool_printf(w->pool, "Order (%zu item%s)", n, n == 1 ? "" : "s");
}

static void
of_system(struct preview_words *w, const struct json *o)
{
	w->said = json_text(o, "body");
	w->label = "System message";
}

static void
of_unsupported(struct preview_words *w, const struct json *o)
{
	(void)o;
	w->label = "Unsupported message";
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
	{ "order", of_order },
	{ "system", of_system },
	{ "unsupported", of_unsupported },
};

static void
finish_preview(struct preview_words *w, struct event *e)
{
	e->preview = NULL;
	if (w->said != NULL)
		e->preview = text_fold(w->pool, w->said, EVENT_PREVIEW_MAX);
	if (e->preview == NULL && w->label != NULL)
		e->preview = text_fold(w->pool, w->label, EVENT_PREVIEW_MAX);
	if (e->preview == NULL)
		e->preview = text_fold(w->pool,
		    pool_printf(w->pool, "Message of type %s", e->type),
		    EVENT_PREVIEW_MAX);
	if (w->said != NULL && w->more.len > 0)
		e->text =
		    pool_printf(w->pool, "%s %s", w->said, buf_end(&w->more));
	else if (w->said != NULL)
		e->text = w->said;
	else
		e->text = w->more.len > 0 ? buf_end(&w->more) : e->preview;
}

void
preview_read(struct pool *p, const char *type, const struct json *object,
    struct event *e)
{
	struct preview_words w = { .pool = p, .more = { .pool = p } };
	size_t i;

	for (i = 0; i < sizeof(readers) / sizeof(*readers); i++)
		if (text_is(type, readers[i].type))
			readers[i].read(&w, object);
	finish_preview(&w, e);
}

void
preview_unknown(struct pool *p, struct event *e)
{
	struct preview_words w = { .pool = p };

	if (text_is(e->type, "interactive") || text_is(e->type, "unknown") ||
	    text_is(e->type, "unsupported") || text_is(e->type, "errors"))
		w.label = "Unsupported message";
	else if (text_is(e->type, "media_placeholder"))
		w.label = "Media";
	finish_preview(&w, e);
}
