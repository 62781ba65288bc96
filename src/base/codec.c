/*
 * Percent, hex and base64, strictly: a byte that is not of the encoding makes
 * the whole text none.  For query strings, tokens, signatures and cursors, all
 * of which come from strangers.
 */
#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "base/codec.h"
#include "base/pool.h"

static int
nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The byte that two hex digits mean, -1 when they are none. */
static int
hex_byte(const char *s)
{
	int high = nibble(s[0]), low = nibble(s[1]);

	return high < 0 || low < 0 ? -1 : high * 16 + low;
}

char *
codec_unpercent(
    struct pool *p, const char *s, size_t s_len, int plus, size_t *len)
{
	char *out = pool_alloc(p, s_len + 1);
	size_t i, n = 0;
	int c;

	for (i = 0; i < s_len; i++) {
		c = (unsigned char)s[i];
		if (c == '+' && plus) {
			c = ' ';
		} else if (c == '%') {
			if (s_len - i < 3 || (c = hex_byte(s + i + 1)) < 0)
				return NULL;
			i += 2;
		}
		out[n++] = (char)c;
	}
	if (len != NULL)
		*len = n;
	return out;
}

char *
codec_percent(struct pool *p, const char *s)
{
	static const char digits[] = "0123456789ABCDEF";
	char *out = pool_alloc(p, strlen(s) * 3 + 1), *o = out;

	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		/* The unreserved characters of RFC 3986. */
		if (c < 0x80 && (isalnum(c) || strchr("-._~", c) != NULL)) {
			*o++ = (char)c;
		} else {
			*o++ = '%';
			*o++ = digits[c >> 4];
			*o++ = digits[c & 15];
		}
	}
	return out;
}

char *
codec_hex(struct pool *p, const void *bytes, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *b = bytes;
	char *out = pool_alloc(p, n * 2 + 1);
	size_t i;

	for (i = 0; i < n; i++) {
		out[i * 2] = digits[b[i] >> 4];
		out[i * 2 + 1] = digits[b[i] & 15];
	}
	return out;
}

char *
codec_unhex(struct pool *p, const char *s, size_t s_len, size_t *len)
{
	char *out = pool_alloc(p, s_len / 2 + 1);
	size_t i;
	int c;

	if (s_len % 2 != 0)
		return NULL;
	for (i = 0; i < s_len / 2; i++) {
		if ((c = hex_byte(s + i * 2)) < 0)
			return NULL;
		out[i] = (char)c;
	}
	if (len != NULL)
		*len = s_len / 2;
	return out;
}

static char *
base64(struct pool *p, const void *bytes, size_t n, const char *alphabet)
{
	const unsigned char *b = bytes;
	char *out = pool_alloc(p, n / 3 * 4 + 5), *o = out;
	uint32_t acc = 0;
	int bits = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		acc = acc << 8 | b[i];
		for (bits += 8; bits >= 6; bits -= 6)
			*o++ = alphabet[acc >> (bits - 6) & 63];
	}
	if (bits > 0)
		*o++ = alphabet[acc << (6 - bits) & 63];
	return out;
}

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

char *
codec_base64url(struct pool *p, const void *bytes, size_t n)
{
	return base64(p, bytes, n, LETTERS "-_");
}

char *
codec_base64(struct pool *p, const void *bytes, size_t n)
{
	char *out = base64(p, bytes, n, LETTERS "+/");

	for (size_t len = strlen(out); len % 4 != 0;)
		out[len++] = '=';
	return out;
}

static int
sextet(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '-' || c == '+')
		return 62;
	if (c == '_' || c == '/')
		return 63;
	return -1;
}

char *
codec_unbase64(struct pool *p, const char *s, size_t s_len, size_t *len)
{
	char *out = pool_alloc(p, s_len / 4 * 3 + 4);
	size_t i, n = 0, pad = 0;
	uint32_t acc = 0;
	int bits = 0, c;

	while (pad < 2 && s_len > 0 && s[s_len - 1] == '=') {
		s_len--;
		pad++;
	}
	if (s_len % 4 == 1 || (pad > 0 && (s_len + pad) % 4 != 0))
		return NULL;
	for (i = 0; i < s_len; i++) {
		if ((c = sextet(s[i])) < 0)
			return NULL;
		acc = acc << 6 | (uint32_t)c;
		if ((bits += 6) >= 8) {
			bits -= 8;
			out[n++] = (char)(acc >> bits & 255);
		}
	}
	if ((acc & ((1u << bits) - 1)) != 0)
		return NULL; /* bits that no encoder writes */
	if (len != NULL)
		*len = n;
	return out;
}
