/*
 * gzip, made plain (gzip.h).
 */
#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <sysexits.h>

#include <zlib.h>

#include "base/log.h"
#include "base/pool.h"

#include "lib/gzip/gzip.h"

#define GZIP_ONLY (MAX_WBITS + 16) /* zlib.h, inflateInit2 */
#define ROOM	  16384		   /* at first */

int
gzip_is(const char *s, size_t len)
{
	return len > 2 && s[0] == '\x1f' && s[1] == '\x8b' &&
	       s[2] == Z_DEFLATED;
}

/* Twice the room, at most MAX and a byte to see that it is more. */
static char *
grow_gzip(struct pool *pool, char *old, size_t used, size_t *room, size_t max)
{
	char *out;

	*room = *room > max / 2 ? max + 1 : 2 * *room;
	out = pool_alloc(pool, *room + 1);
	memcpy(out, old, used);
	return out;
}

/* As far as it goes: Z_STREAM_END, Z_BUF_ERROR (no room), or what is wrong. */
static int
inflate_members(z_stream *z)
{
	int rc;

	for (;;) {
		rc = inflate(z, Z_NO_FLUSH);
		if (rc == Z_STREAM_END && z->avail_in > 0)
			rc = inflateReset(z); /* the next member */
		if (rc != Z_OK || z->avail_out == 0 || z->avail_in == 0)
			return rc;
	}
}

int
gzip_inflate(struct pool *pool, const char *s, size_t len, size_t max,
    char **out, size_t *out_len, const char **why)
{
	z_stream z = { .next_in = (z_const Bytef *)s, .avail_in = (uInt)len };
	size_t room = max < ROOM ? max + 1 : ROOM;
	int rc;

	*out = pool_alloc(pool, room + 1);
	*out_len = 0;
	if (len > UINT_MAX || inflateInit2(&z, GZIP_ONLY) != Z_OK)
		die(EX_SOFTWARE, "zlib does not begin");
	do {
		if (*out_len == room)
			*out = grow_gzip(pool, *out, room, &room, max);
		z.next_out = (Bytef *)*out + *out_len;
		z.avail_out = (uInt)(room - *out_len);
		rc = inflate_members(&z);
		*out_len = room - z.avail_out;
	} while ((rc == Z_OK || rc == Z_BUF_ERROR) && z.avail_out == 0 &&
		 *out_len <= max);
	inflateEnd(&z);
	(*out)[*out_len] = '\0';
	*why = *out_len > max			 ? "gzip of too many bytes"
	       : rc == Z_OK || rc == Z_BUF_ERROR ? "gzip that is cut off"
						 : "damaged gzip";
	return rc == Z_STREAM_END && *out_len <= max ? 0 : -1;
}
