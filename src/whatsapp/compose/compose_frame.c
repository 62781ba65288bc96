/*
 * Reads what all interactive messages have around their action: header, body
 * and footer.
 */
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/compose/compose_kind.h"

#define BODY_MAX   1024
#define HEADER_MAX 60
#define FOOTER_MAX 60
#define NAME_MAX   240

/* {"type":"image","media":{…}}: what stands above is a file. */
static void
put_file_header(
    struct compose_part *c, const struct json *header, const char *type)
{
	const struct json *media =
	    compose_get_object(c, header, "header", "media");
	const char *name =
	    compose_get_text(c, header, "header", "filename", NAME_MAX, 0);
	const char *of_link;

	compose_only(c, header, "header",
	    text_is(type, "document") ? "type media filename" : "type media");
	json_put_text(c->out, "type", type);
	json_open_object(c->out, type);
	of_link = compose_put_file(c, media, "header.media", type);
	if (name == NULL)
		name = of_link;
	compose_also(c, name);
	if (name != NULL)
		json_put_text(c->out, "filename", name);
	json_close(c->out);
}

static void
put_text_header(struct compose_part *c, const struct json *o, const char *path,
    const char *key, int needed)
{
	const char *s = compose_get_text(c, o, path, key, HEADER_MAX, needed);

	if (s == NULL)
		return;
	compose_also(c, s);
	json_open_object(c->out, "header");
	json_put_text(c->out, "type", "text");
	json_put_text(c->out, "text", s);
	json_close(c->out);
}

/* A text, or an object with its type. */
static void
put_header(struct compose_part *c, unsigned frame)
{
	static const char *const files[] = { "image", "video", "document",
		NULL };
	const struct json *header = json_get(c->body, "header");
	const char *type = json_text(header, "type");

	if (json_type(header) != JSON_OBJECT) {
		put_text_header(
		    c, c->body, "", "header", !!(frame & COMPOSE_HEADER));
	} else if (text_is(type, "text")) {
		compose_only(c, header, "header", "type text");
		put_text_header(c, header, "header", "text", 1);
	} else if (text_among(type, files) && !(frame & COMPOSE_HEADER)) {
		json_open_object(c->out, "header");
		put_file_header(c, header, type);
		json_close(c->out);
	} else {
		compose_note(c, "header.type",
		    frame & COMPOSE_HEADER
			? "must be text: no other header is shown here"
			: "must be one of text, image, video, document");
	}
}

/* {"text": …} under KEY. */
static void
put_words(struct compose_part *c, const char *key, size_t max, int needed)
{
	const char *s = compose_get_text(c, c->body, "", key, max, needed);

	if (s == NULL)
		return;
	json_open_object(c->out, key);
	json_put_text(c->out, "text", s);
	json_close(c->out);
}

void
compose_open_interactive(
    struct compose_part *c, const char *type, unsigned frame)
{
	json_put_text(c->out, "type", type);
	put_header(c, frame);
	put_words(c, "body", BODY_MAX, !(frame & COMPOSE_NO_BODY));
	put_words(c, "footer", FOOTER_MAX, 0);
	json_open_object(c->out, "action");
}
