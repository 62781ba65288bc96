/*
 * The Content-Type and Content-Disposition of a file.
 */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/codec.h"
#include "base/pool.h"
#include "base/text.h"

#include "api/file/disposition.h"

#define NAME_MAX_LEN  200 /* bytes; 255 are too many with a suffix */
#define EXTENSION_MAX 16

#define OOXML "application/vnd.openxmlformats-officedocument."

/* Harmless types, with their extensions.  A file is shown in the browser only
 * with one of these extensions. */
static const struct {
	const char *type;
	const char *extension, *other;
	int is_inline;
} types[] = {
	{ "image/jpeg", "jpg", "jpeg", 1 },
	{ "image/png", "png", NULL, 1 },
	{ "image/webp", "webp", NULL, 1 },
	{ "image/gif", "gif", NULL, 1 },
	{ "image/svg+xml", "svg", NULL, 0 },
	{ "audio/aac", "aac", NULL, 1 },
	{ "audio/amr", "amr", NULL, 1 },
	{ "audio/mpeg", "mp3", NULL, 1 },
	{ "audio/mp4", "m4a", "mp4", 1 },
	{ "audio/ogg", "ogg", "opus", 1 },
	{ "audio/wav", "wav", NULL, 1 },
	{ "video/mp4", "mp4", "m4v", 1 },
	{ "video/3gpp", "3gp", NULL, 1 },
	{ "video/quicktime", "mov", NULL, 1 },
	{ "video/webm", "webm", NULL, 1 },
	{ "application/pdf", "pdf", NULL, 1 },
	{ "text/plain", "txt", NULL, 0 },
	{ "text/csv", "csv", NULL, 0 },
	{ "application/zip", "zip", NULL, 0 },
	{ "application/msword", "doc", NULL, 0 },
	{ "application/vnd.ms-excel", "xls", NULL, 0 },
	{ "application/vnd.ms-powerpoint", "ppt", NULL, 0 },
	{ OOXML "wordprocessingml.document", "docx", NULL, 0 },
	{ OOXML "spreadsheetml.sheet", "xlsx", NULL, 0 },
	{ OOXML "presentationml.presentation", "pptx", NULL, 0 },
};

#define N_TYPES (sizeof(types) / sizeof(types[0]))

/* The position of a type, its parameters left out; N_TYPES when it is not in
 * the table. */
static size_t
find_disposition(const char *type)
{
	size_t len = type != NULL ? strcspn(type, "; \t") : 0, i;

	for (i = 0; i < N_TYPES; i++)
		if (strlen(types[i].type) == len &&
		    strncasecmp(types[i].type, type, len) == 0)
			break;
	return i;
}

const char *
disposition_type(const char *mime_type)
{
	size_t i = find_disposition(mime_type);

	return i < N_TYPES ? types[i].type : "application/octet-stream";
}

/* The code point at S, which is UTF-8, and its length. */
static unsigned int
point(const char *s, size_t *len)
{
	const unsigned char *b = (const unsigned char *)s;
	unsigned int c = b[0];

	*len = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	if (*len > 1)
		c &= 0x7fU >> *len;
	for (size_t i = 1; i < *len; i++)
		c = c << 6 | (b[i] & 0x3f);
	return c;
}

/* Control characters, line separators, and characters that change the direction
 * or are invisible: with one of these gpj.exe would read exe.jpg. */
static int
is_hidden(unsigned int c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x61c ||
	       (c >= 0x200b && c <= 0x200c) || c == 0x200e || c == 0x200f ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) ||
	       c == 0xfeff || (c >= 0xe0000 && c <= 0xe007f);
}

static char *
extension_of(char *name)
{
	char *dot = strrchr(name, '.');

	if (dot == NULL || dot == name || strlen(dot) > EXTENSION_MAX)
		return NULL;
	for (const char *s = dot + 1; *s != '\0'; s++)
		if (!isalnum((unsigned char)*s) || (unsigned char)*s >= 0x80)
			return NULL;
	return dot;
}

/* Cuts a name to MAX bytes; its extension stays. */
static char *
cut(struct pool *pool, char *name, size_t max)
{
	const char *extension = extension_of(name);
	size_t end;

	if (strlen(name) <= max)
		return name;
	if (extension == NULL)
		extension = "";
	end = max - strlen(extension);
	while (end > 0 && ((unsigned char)name[end] & 0xc0) == 0x80)
		end--;
	return pool_printf(pool, "%.*s%s", (int)end, name, extension);
}

char *
disposition_name(struct pool *pool, const char *filename)
{
	size_t len = filename != NULL ? strlen(filename) : 0, n, out = 0;
	char *name = pool_alloc(pool, len + 1);

	if (len == 0 || !text_is_utf8(filename, len))
		return NULL;
	for (const char *s = filename; *s != '\0'; s += n) {
		unsigned int c = point(s, &n);

		if (is_hidden(c))
			continue;
		if (c < 0x80 && strchr("/\\:*?\"<>|", (int)c) != NULL)
			name[out++] = '_';
		else if (out > 0 || (c != '.' && c != ' ')) {
			memcpy(name + out, s, n);
			out += n;
		}
	}
	/* Removes dots and spaces at the end, as Windows would. */
	while (out > 0 && strchr(". ", name[out - 1]) != NULL)
		out--;
	name[out] = '\0';
	return out > 0 ? cut(pool, name, NAME_MAX_LEN) : NULL;
}

/* Makes the extension match the type: a PDF may not be called x.html. */
static char *
name_it(struct pool *pool, size_t type, const char *filename, int64_t id)
{
	char *name = disposition_name(pool, filename), *dot;

	if (name == NULL)
		name = pool_printf(pool, "file-%" PRId64, id);
	if (type == N_TYPES)
		return name;
	dot = extension_of(name);
	if (dot != NULL && !types[type].is_inline)
		return name;
	if (dot != NULL &&
	    (strcasecmp(dot + 1, types[type].extension) == 0 ||
		(types[type].other != NULL &&
		    strcasecmp(dot + 1, types[type].other) == 0)))
		return name;
	return pool_printf(pool, "%s.%s", name, types[type].extension);
}

/* An ASCII name, for clients that do not read filename*. */
static char *
plain(struct pool *pool, const char *name)
{
	char *out = pool_alloc(pool, strlen(name) + 1), *o = out;
	size_t n;

	for (; *name != '\0'; name += n) {
		unsigned int c = point(name, &n);

		*o++ = c < 0x80 && c != '%' && c != ';' ? (char)c : '_';
	}
	return out;
}

const char *
disposition_write(
    struct pool *pool, const char *type, const char *filename, int64_t id)
{
	size_t i = find_disposition(type);
	const char *name = name_it(pool, i, filename, id);

	return pool_printf(pool, "%s; filename=\"%s\"; filename*=UTF-8''%s",
	    i < N_TYPES && types[i].is_inline ? "inline" : "attachment",
	    plain(pool, name), codec_percent(pool, name));
}
