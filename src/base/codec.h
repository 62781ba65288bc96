#ifndef BASE_CODEC_H
#define BASE_CODEC_H

#include <stddef.h>

struct pool;

/*
 * Encodings of RFC 3986 and RFC 4648.  Results are in POOL, NUL-terminated;
 * decoders answer NULL for input that is not of the encoding, and set *LEN
 * (when not NULL) to the number of bytes, which may include NUL.
 */

/* %XX decoded; '+' is a space when PLUS.  A bad escape gives NULL. */
char *codec_unpercent(
    struct pool *, const char *s, size_t s_len, int plus, size_t *len);
char *codec_percent(struct pool *, const char *s);

char *codec_hex(struct pool *, const void *bytes, size_t n);
char *codec_unhex(struct pool *, const char *s, size_t s_len, size_t *len);

/* Standard and URL-safe alphabets are both read, padding is optional. */
char *codec_base64url(struct pool *, const void *bytes, size_t n);
char *codec_base64(struct pool *, const void *bytes, size_t n); /* padded */
char *codec_unbase64(struct pool *, const char *s, size_t s_len, size_t *len);

#endif
