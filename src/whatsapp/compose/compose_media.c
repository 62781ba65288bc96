/*
 * Which files may be sent as what: their types and sizes (docs/protocol.md
 * §6.5).
 */
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/pool.h"
#include "base/text.h"

#include "whatsapp/compose/compose.h"

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
	const char *said = mime_type != NULL ? mime_type : "";

	/* What Chromium and Firefox record unless they are told otherwise. */
	if (strncasecmp(said, "audio/webm", 10) == 0)
		return "WebM is not taken by WhatsApp: a recording is sent as "
		       "audio/ogg with Opus (a voice message) or audio/mp4";
	if (strncasecmp(said, "video/webm", 10) == 0)
		return "WebM is not taken by WhatsApp: a video is sent as "
		       "video/mp4 with H.264 and AAC, a recording as audio/ogg "
		       "with Opus or audio/mp4";
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
