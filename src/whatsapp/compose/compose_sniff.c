/*
 * What a file is by its first bytes: browsers and phones name a recording in
 * many ways, and a wrong name is refused by the provider (131053) long after
 * the member has gone on.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/pool.h"

#include "whatsapp/compose/compose.h"

#define SIDE	   512
#define KB	   1024
#define STILL_MAX  (100 * KB)
#define MOVING_MAX (500 * KB)
#define WEBP_HEAD  30
#define VP8X_MOVES 0x02

/* Bytes at a place say the type. */
static const struct {
	size_t at;
	const char *bytes;
	size_t len;
	const char *mime_type;
} signs[] = {
	{ 0, "\xff\xd8\xff", 3, "image/jpeg" },
	{ 0, "\x89PNG\r\n\x1a\n", 8, "image/png" },
	{ 0, "GIF8", 4, "image/gif" },
	{ 8, "WEBP", 4, "image/webp" },
	{ 0, "%PDF-", 5, "application/pdf" },
	{ 0, "#!AMR", 5, "audio/amr" },
	{ 0, "ID3", 3, "audio/mpeg" },
	{ 0, "\x1a\x45\xdf\xa3", 4, "video/webm" },
	{ 4, "ftypM4A", 7, "audio/mp4" },
	{ 4, "ftypM4B", 7, "audio/mp4" },
	{ 4, "ftyp3gp", 7, "video/3gpp" },
	{ 4, "ftypqt", 6, "video/quicktime" },
	/* Pictures, in the container of films. */
	{ 4, "ftypavi", 7, "image/avif" },
	{ 4, "ftyphei", 7, "image/heic" },
	{ 4, "ftyphevc", 8, "image/heic" },
	{ 4, "ftyphevx", 8, "image/heic" },
	{ 4, "ftypmif1", 8, "image/heic" },
	{ 4, "ftypmsf1", 8, "image/heic" },
	{ 4, "ftyp", 4, "video/mp4" },
};

static int
begins_with(const char *s, const char *prefix)
{
	return strncasecmp(s, prefix, strlen(prefix)) == 0;
}

static int
contains(const unsigned char *s, size_t len, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= len; i++)
		if (memcmp(s + i, word, n) == 0)
			return 1;
	return 0;
}

/* The same container for sound and pictures: then the label decides. */
static const char *
as_said(const char *mime_type, const char *said)
{
	if (!begins_with(said, "audio/"))
		return mime_type;
	if (strcmp(mime_type, "video/webm") == 0)
		return "audio/webm";
	return strcmp(mime_type, "video/mp4") == 0 ||
		       strcmp(mime_type, "video/3gpp") == 0
		   ? "audio/mp4"
		   : mime_type;
}

const char *
compose_sniff(const unsigned char *head, size_t len, const char *said)
{
	if (len >= 4 && memcmp(head, "OggS", 4) == 0)
		return contains(head, len, "OpusHead")
			   ? "audio/ogg; codecs=opus"
		       : contains(head, len, "\x01vorbis")
			   ? "audio/ogg; codecs=vorbis"
			   : "audio/ogg; codecs=unknown";
	for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++)
		if (len >= signs[i].at + signs[i].len &&
		    memcmp(head + signs[i].at, signs[i].bytes, signs[i].len) ==
			0)
			return as_said(signs[i].mime_type, said);
	/* Two bytes are little: only of what is called a sound. */
	if (len >= 2 && head[0] == 0xff && begins_with(said, "audio/")) {
		if ((head[1] & 0xf6) == 0xf0)
			return "audio/aac";
		if ((head[1] & 0xe0) == 0xe0)
			return "audio/mpeg";
	}
	return said;
}

static int
is_webp(const unsigned char *head, size_t len)
{
	return len >= 12 && memcmp(head, "RIFF", 4) == 0 &&
	       memcmp(head + 8, "WEBP", 4) == 0;
}

int
compose_webp_size(
    const unsigned char *h, size_t len, unsigned *w, unsigned *high, int *moves)
{
	*moves = 0;
	if (len < WEBP_HEAD || !is_webp(h, len))
		return 0;
	if (memcmp(h + 12, "VP8X", 4) == 0) {
		*moves = (h[20] & VP8X_MOVES) != 0;
		*w = 1U + h[24] + (h[25] << 8U) + (h[26] << 16U);
		*high = 1U + h[27] + (h[28] << 8U) + (h[29] << 16U);
	} else if (memcmp(h + 12, "VP8L", 4) == 0) {
		unsigned bits =
		    h[21] | h[22] << 8U | h[23] << 16U | (unsigned)h[24] << 24U;

		*w = 1U + (bits & 0x3fff);
		*high = 1U + (bits >> 14U & 0x3fff);
	} else if (memcmp(h + 12, "VP8 ", 4) == 0) {
		*w = (h[26] | h[27] << 8U) & 0x3fff;
		*high = (h[28] | h[29] << 8U) & 0x3fff;
	} else {
		return 0;
	}
	return 1;
}

const char *
compose_sticker_flaw(
    struct pool *p, const unsigned char *head, size_t len, int64_t size)
{
	unsigned w = 0, high = 0;
	int moves = 0;

	if (!is_webp(head, len))
		return "a sticker is a WebP, which this is not";
	if (!compose_webp_size(head, len, &w, &high, &moves))
		return "it is no complete WebP";
	if (w != SIDE || high != SIDE)
		return pool_printf(p,
		    "a sticker has %d × %d pixels, this has %u × %u", SIDE,
		    SIDE, w, high);
	if (size > (moves ? MOVING_MAX : STILL_MAX))
		return moves ? "a sticker that moves may have at most 500 KB"
			     : "a sticker that does not move may have at most "
			       "100 KB";
	return NULL;
}
