/*
 * The files of a template's headers: which are uploads of ours, and the
 * provider's handles in their place.
 */
#include <stddef.h>

#include "base/pool.h"

#include "lib/json/json.h"

#include "whatsapp/template/template_file.h"
#include "whatsapp/template/template_text.h"

static const char *
send_as(const struct json *header)
{
	if (template_text_is(header, "format", "IMAGE"))
		return "image";
	return template_text_is(header, "format", "DOCUMENT") ? "document"
							      : "video";
}

/* 1: it is a header whose example is *UPLOAD. */
static int
has_upload(const struct json *component, int64_t *upload)
{
	return template_text_is(component, "type", "HEADER") &&
	       json_int(json_get(component, "example"), "upload", upload) &&
	       *upload > 0;
}

/* Adds those of a list of components, and of its cards, to the N of TO. */
static int
list_files(struct pool *p, const struct json *components, const char *path,
    struct template_file *to, int n)
{
	const struct json *e, *card;
	int i = 0, j;

	for (e = json_first(components); e != NULL; e = json_next(e)) {
		const char *at = pool_printf(p, "%s[%d]", path, i++);
		int64_t upload;

		if (n < TEMPLATE_FILE_MAX && has_upload(e, &upload))
			to[n++] = (struct template_file){ upload, send_as(e),
				pool_printf(p, "%s.example.upload", at) };
		card = json_first(json_get(e, "cards"));
		for (j = 0; card != NULL; card = json_next(card))
			n = list_files(p, json_get(card, "components"),
			    pool_printf(p, "%s.cards[%d].components", at, j++),
			    to, n);
	}
	return n;
}

int
template_file_list(
    struct pool *p, const struct json *definition, struct template_file *to)
{
	return list_files(
	    p, json_get(definition, "components"), "components", to, 0);
}

static void
put_handle(struct json_out *o, const char *handle)
{
	json_open_object(o, "example");
	json_open_array(o, "header_handle");
	json_put_text(o, NULL, handle);
	json_close(o);
	json_close(o);
}

static void put_components(struct json_out *, const struct json *components,
    int64_t upload, const char *handle);

/* A component, or a card: an object that may hold others. */
static void
put_part(struct json_out *o, const struct json *part, int64_t upload,
    const char *handle)
{
	const struct json *m, *card;
	int64_t there;
	int is_it = has_upload(part, &there) && there == upload;

	json_open_object(o, NULL);
	for (m = json_first(part); m != NULL; m = json_next(m)) {
		const char *key = json_key(m);

		if (is_it && m == json_get(part, "example")) {
			put_handle(o, handle);
		} else if (m == json_get(part, "cards")) {
			json_open_array(o, key);
			for (card = json_first(m); card != NULL;
			     card = json_next(card))
				put_part(o, card, upload, handle);
			json_close(o);
		} else if (m == json_get(part, "components")) {
			put_components(o, m, upload, handle);
		} else {
			json_put(o, key, m);
		}
	}
	json_close(o);
}

static void
put_components(struct json_out *o, const struct json *components,
    int64_t upload, const char *handle)
{
	const struct json *e;

	json_open_array(o, "components");
	for (e = json_first(components); e != NULL; e = json_next(e))
		put_part(o, e, upload, handle);
	json_close(o);
}

const char *
template_file_put(struct pool *p, const struct json *definition, int64_t upload,
    const char *handle)
{
	struct json_out *o = json_new(p);

	put_part(o, definition, upload, handle);
	return json_end(o, NULL);
}
