/*
 * Reads messages with a file, which is given by a link, by the provider's media
 * id or by an upload (docs/protocol.md §6.5).
 */
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/compose/compose_part.h"

#define CAPTION_MAX	1024
#define LINK_MAX	2048
#define NAME_MAX_POINTS 240
#define ID_MAX		64

#define KB 1024
#define MB (1024 * KB)

/* Which MIME types may be sent as which type; a document may be any of them. */
static const struct {
	const char *type;
	const char *mime_type;
} files[] = {
	{ "image", "image/jpeg" },
	{ "image", "image/png" },
	{ "video", "video/mp4" },
	{ "video", "video/3gpp" },
	{ "audio", "audio/aac" },
	{ "audio", "audio/amr" },
	{ "audio", "audio/mpeg" },
	{ "audio", "audio/mp4" },
	{ "audio", "audio/ogg" },
	{ "sticker", "image/webp" },
	{ "document", "text/plain" },
	{ "document", "application/pdf" },
	{ "document", "application/msword" },
	{ "document", "application/vnd.ms-excel" },
	{ "document", "application/vnd.ms-powerpoint" },
	{ "document", "application/vnd.openxmlformats-officedocument"
		      ".wordprocessingml.document" },
	{ "document", "application/vnd.openxmlformats-officedocument"
		      ".spreadsheetml.sheet" },
	{ "document", "application/vnd.openxmlformats-officedocument"
		      ".presentationml.presentation" },
};

#define N_FILES (sizeof(files) / sizeof(*files))

/* What browsers, libmagic and phones call the same files. */
static const struct {
	const char *alias;
	const char *mime_type;
} aliases[] = {
	{ "audio/x-m4a", "audio/mp4" },
	{ "audio/m4a", "audio/mp4" },
	{ "audio/mp4a-latm", "audio/mp4" },
	{ "audio/x-aac", "audio/aac" },
	{ "audio/aacp", "audio/aac" },
	{ "audio/x-hx-aac-adts", "audio/aac" },
	{ "audio/mp3", "audio/mpeg" },
	{ "audio/x-mp3", "audio/mpeg" },
	{ "audio/x-mpeg", "audio/mpeg" },
	{ "audio/opus", "audio/ogg; codecs=opus" },
	{ "audio/x-opus+ogg", "audio/ogg; codecs=opus" },
	{ "image/jpg", "image/jpeg" },
	{ "image/pjpeg", "image/jpeg" },
	{ "image/x-png", "image/png" },
	{ "video/3gp", "video/3gpp" },
	{ "application/x-pdf", "application/pdf" },
};

/* Case does not matter, nor do parameters, which follow LEN. */
static int
is_mime_type(const char *known, const char *mime_type, size_t len)
{
	return strlen(known) == len && strncasecmp(known, mime_type, len) == 0;
}

const char *
compose_mime_type(const char *mime_type)
{
	size_t len = strcspn(mime_type, "; \t");

	for (size_t i = 0; i < sizeof(aliases) / sizeof(*aliases); i++)
		if (is_mime_type(aliases[i].alias, mime_type, len))
			return aliases[i].mime_type;
	return mime_type;
}

static const struct {
	const char *type;
	int64_t max;
	const char *words;
} sizes[] = {
	{ "image", 5 * MB, "5 MB" },
	{ "video", 16 * MB, "16 MB" },
	{ "audio", 16 * MB, "16 MB" },
	{ "sticker", 500 * KB, "500 KB, 100 KB when it does not move" },
	{ "document", 100 * MB, "100 MB" },
};

/* The position in files of MIME_TYPE, its parameters left out, or N_FILES. */
static size_t
file_of(const char *mime_type)
{
	size_t len = mime_type == NULL ? 0 : strcspn(mime_type, "; \t"), i;

	for (i = 0; i < N_FILES; i++)
		if (is_mime_type(files[i].mime_type, mime_type, len))
			break;
	return i;
}

const char *
compose_type_of(const char *mime_type)
{
	size_t i = file_of(mime_type);

	return i < N_FILES ? files[i].type : "document";
}

static const char *
wrong_type(struct pool *p, const char *type, const char *mime_type)
{
	struct buf b = { .pool = p };

	buf_printf(&b, "a file of type %s cannot be sent as %s, which takes",
	    mime_type != NULL ? mime_type : "unknown", type);
	for (size_t i = 0; i < N_FILES; i++)
		if (text_is(type, "document") || text_is(type, files[i].type))
			buf_printf(&b, " %s", files[i].mime_type);
	return buf_end(&b);
}

const char *
compose_check_file(
    struct pool *p, const char *type, const char *mime_type, int64_t size)
{
	size_t i = file_of(mime_type);

	if (i == N_FILES ||
	    (!text_is(type, "document") && !text_is(type, files[i].type)))
		return wrong_type(p, type, mime_type);
	if (text_is(files[i].mime_type, "audio/ogg") &&
	    strcasestr(mime_type, "codecs") != NULL &&
	    strcasestr(mime_type, "opus") == NULL)
		return "audio/ogg is only sent with the codec opus";
	if (size <= 0)
		return "the file is empty";
	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		if (text_is(type, sizes[i].type) && size > sizes[i].max)
			return pool_printf(p,
			    "a file sent as %s may have at most %s", type,
			    sizes[i].words);
	return NULL;
}

static void
take_link(struct compose_part *c, const struct json *media)
{
	const char *s =
	    compose_get_text(c, media, "media", "link", LINK_MAX, 1);
	const char *at;

	if (s == NULL)
		return;
	for (at = s; (unsigned char)*at > ' ' && *at != 0x7f; at++)
		;
	if (*at != '\0' ||
	    (!text_begins(s, "https://") && !text_begins(s, "http://")))
		compose_note(c, "media.link", "must be an https URL");
	json_put_text(c->out, "link", s);
}

static void
take_id(struct compose_part *c, const struct json *media)
{
	const char *s = json_text(media, "id");

	if (s == NULL || strspn(s, "0123456789") != strlen(s) ||
	    strlen(s) > ID_MAX)
		compose_note(c, "media.id",
		    "must be the provider's media id, digits only; "
		    "the id of POST /media goes into media.upload");
	json_put_text(c->out, "id", s);
}

/* The upload's id is stored, so that members find the file; it is not sent. */
static void
take_upload(struct compose_part *c, const struct json *media)
{
	c->to->upload = compose_get_id(c, media, "media", "upload", 1);
	json_put_int(c->out, "upload", c->to->upload);
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

	if (media != NULL) {
		compose_only(c, media, "media", "link id upload");
		if (json_count(media) != 1)
			compose_note(c, "media",
			    "must have exactly one of link, id and upload");
		else if (json_get(media, "link") != NULL)
			take_link(c, media);
		else if (json_get(media, "id") != NULL)
			take_id(c, media);
		else if (json_get(media, "upload") != NULL)
			take_upload(c, media);
	}
	if (caption != NULL)
		json_put_text(c->out, "caption", caption);
	if (filename != NULL)
		json_put_text(c->out, "filename", filename);
	if (voice != -1)
		json_put_bool(c->out, "voice", voice);
}
