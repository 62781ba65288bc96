/*
 * Reads the file of a message: a link, the provider's media id or an upload of
 * POST /media.
 */
#include <string.h>

#include "base/codec.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/compose/compose_kind.h"

#define CAPTION_MAX	1024
#define NAME_MAX_POINTS 240

/* The last part of a link's path, percent-decoded, as the name of a document;
 * NULL when there is none that a person would read. */
static const char *
name_of_link(struct pool *p, const char *link)
{
	const char *at = strstr(link, "://");
	size_t len = strcspn(at == NULL ? link : at + 3, "?#"), last = 0;
	char *name;

	if (at == NULL)
		return NULL;
	at += 3;
	for (size_t i = 0; i < len; i++)
		if (at[i] == '/')
			last = i + 1;
	if (last == 0 || last == len)
		return NULL;
	name = codec_unpercent(p, at + last, len - last, 0, &len);
	if (name == NULL || strlen(name) != len || !text_is_utf8(name, len) ||
	    strpbrk(name, "/\\") != NULL)
		return NULL;
	return text_fold(p, name, NAME_MAX_POINTS);
}

/* The upload's id is stored, so that members find the file; it is not sent. */
static void
take_upload(struct compose_part *c, const struct json *media, const char *path,
    const char *type)
{
	c->to->upload = compose_get_id(c, media, path, "upload", 1);
	c->to->upload_as = type;
	c->to->upload_field = compose_path(c, path, "upload");
	json_put_int(c->out, "upload", c->to->upload);
}

const char *
compose_put_file(struct compose_part *c, const struct json *media,
    const char *path, const char *type)
{
	const char *link = NULL;

	if (media == NULL)
		return NULL;
	compose_only(c, media, path, "link id upload");
	if (json_count(media) != 1)
		compose_note(
		    c, path, "must have exactly one of link, id and upload");
	else if (json_get(media, "link") != NULL)
		link = compose_get_link(c, media, path, "link");
	else if (json_get(media, "id") != NULL)
		json_put_text(c->out, "id",
		    compose_get_media_id(c, media, path, "id", "upload"));
	else if (json_get(media, "upload") != NULL)
		take_upload(c, media, path, type);
	if (link == NULL)
		return NULL;
	json_put_text(c->out, "link", link);
	return text_is(type, "document") ? name_of_link(c->pool, link) : NULL;
}

void
compose_media(struct compose_part *c)
{
	const struct json *media = compose_get_object(c, c->body, "", "media");
	const char *caption =
	    compose_get_text(c, c->body, "", "caption", CAPTION_MAX, 0);
	const char *filename =
	    compose_get_text(c, c->body, "", "filename", NAME_MAX_POINTS, 0);
	int voice = compose_get_bool(c, c->body, "", "voice");
	const char *name =
	    compose_put_file(c, media, "media", json_text(c->body, "type"));

	if (caption != NULL)
		json_put_text(c->out, "caption", caption);
	if (filename == NULL)
		filename = name;
	if (filename != NULL)
		json_put_text(c->out, "filename", filename);
	c->to->voice = voice == 1;
	if (voice != -1)
		json_put_bool(c->out, "voice", voice);
}
