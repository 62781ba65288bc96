/*
 * What is asked of texts: UTF-8, folding to one line, comparing
 * without telling by the time taken.  Bytes come from strangers, so nothing is
 * read beyond their end, and what is no UTF-8 is no error but is replaced.
 */
#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/pool.h"
#include "base/text.h"

/*
 * The code point at S, which has LEN > 0 bytes: answers how many bytes it
 * takes, or 0 when they are not UTF-8 (the table of RFC 3629, section 4).
 */
static size_t
decode(const unsigned char *s, size_t len, uint32_t *point)
{
	unsigned char low = 0x80, high = 0xbf;
	size_t n, i;

	if (s[0] < 0x80) {
		*point = s[0];
		return 1;
	}
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	n = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (len < n)
		return 0;
	if (s[0] == 0xe0)
		low = 0xa0; /* else overlong */
	else if (s[0] == 0xed)
		high = 0x9f; /* else a surrogate */
	else if (s[0] == 0xf0)
		low = 0x90; /* else overlong */
	else if (s[0] == 0xf4)
		high = 0x8f; /* else beyond U+10FFFF */
	*point = s[0] & (0x7fu >> n);
	for (i = 1; i < n; i++, low = 0x80, high = 0xbf) {
		if (s[i] < low || s[i] > high)
			return 0;
		*point = *point << 6 | (s[i] & 0x3f);
	}
	return n;
}

/* How many bytes of ASCII U begins with, by 32 and by 8 at a time. */
static size_t
ascii_run(const unsigned char *u, size_t len)
{
	uint64_t x[4];
	size_t n = 0;

	for (; len - n >= sizeof(x); n += sizeof(x)) {
		memcpy(x, u + n, sizeof(x));
		if ((x[0] | x[1] | x[2] | x[3]) & UINT64_C(0x8080808080808080))
			break;
	}
	for (; len - n >= sizeof(x[0]); n += sizeof(x[0])) {
		memcpy(x, u + n, sizeof(x[0]));
		if (x[0] & UINT64_C(0x8080808080808080))
			break;
	}
	while (n < len && u[n] < 0x80)
		n++;
	return n;
}

int
text_is_utf8(const char *s, size_t len)
{
	const unsigned char *u = (const unsigned char *)s;
	uint32_t point;
	size_t n;

	for (; len > 0; u += n, len -= n) {
		if (u[0] < 0x80) { /* most text, for most of its length */
			n = ascii_run(u, len);
			continue;
		}
		n = 2; /* Latin, Greek, Cyrillic, Arabic, … */
		if (len >= 2 && u[0] >= 0xc2 && u[0] < 0xe0 &&
		    (u[1] & 0xc0) == 0x80)
			continue;
		if ((n = decode(u, len, &point)) == 0)
			return 0;
	}
	return 1;
}

size_t
text_points(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

static int
is_blank(uint32_t c)
{
	return c <= 0x20 || (c >= 0x7f && c <= 0xa0) || c == 0x1680 ||
	       (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 ||
	       c == 0x202f || c == 0x205f || c == 0x3000;
}

/* Embeddings, overrides, isolates: they would turn the rest of the line. */
static int
turns_line(uint32_t c)
{
	return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static int
is_visible(unsigned char c)
{
	return c > 0x20 && c < 0x7f;
}

/* How many letters and signs of ASCII U begins with, and single blanks between
 * them. */
static size_t
visible(const unsigned char *u)
{
	size_t n = 0;

	while (
	    is_visible(u[n]) || (n > 0 && u[n] == ' ' && is_visible(u[n + 1])))
		n++;
	return n;
}

char *
text_fold(struct pool *p, const char *s, size_t max)
{
	const unsigned char *u = (const unsigned char *)s;
	struct buf b = { .pool = p };
	size_t n, points = 0, len = s == NULL ? 0 : strlen(s);
	uint32_t c = 0;
	int gap = 0;

	for (; len > 0 && points < max; u += n, len -= n) {
		size_t plain = n = visible(u);
		int bad = n == 0 && (n = decode(u, len, &c)) == 0;

		if (bad)
			n = 1;
		else if (plain == 0 && turns_line(c))
			continue;
		else if (plain == 0 && is_blank(c)) {
			gap = points > 0;
			continue;
		}
		if (gap && points + 1 == max)
			break;
		if (gap) {
			buf_char(&b, ' ');
			points++;
		}
		gap = 0;
		if (plain > max - points) {
			plain = max - points;
			plain -= u[plain - 1] == ' ';
			max = points + plain;
		}
		if (bad)
			buf_text(&b, "\xef\xbf\xbd");
		else
			buf_put(&b, u, plain > 0 ? plain : n);
		points += plain > 0 ? plain : 1;
	}
	return points > 0 ? buf_end(&b) : NULL;
}

char *
text_digits(struct pool *p, const char *s)
{
	char *out = pool_alloc(p, (s == NULL ? 0 : strlen(s)) + 1), *o = out;

	for (; s != NULL && *s != '\0'; s++)
		if (*s >= '0' && *s <= '9')
			*o++ = *s;
	return out;
}

int
text_equal_secret(
    const char *given, size_t given_len, const char *secret, size_t secret_len)
{
	volatile unsigned char differs = given_len != secret_len;
	const char *g = differs ? secret : given;
	size_t i;

	for (i = 0; i < secret_len; i++)
		differs |= (unsigned char)(g[i] ^ secret[i]);
	return differs == 0;
}

int
text_begins(const char *s, const char *prefix)
{
	return s != NULL && strncmp(s, prefix, strlen(prefix)) == 0;
}

int
text_is(const char *a, const char *b)
{
	return a != NULL && b != NULL && a[0] == b[0] && strcmp(a, b) == 0;
}

int
text_among(const char *s, const char *const *list)
{
	for (; *list != NULL; list++)
		if (text_is(s, *list))
			return 1;
	return 0;
}

int
text_int(const char *s, long long *v)
{
	const char *near = s;
	long long n = 0;
	char *end;

	if (s == NULL || !isdigit((unsigned char)s[*s == '-']))
		return -1;
	for (; near - s < 18 && *near >= '0' && *near <= '9'; near++)
		n = n * 10 + (*near - '0');
	if (near > s && *near == '\0') { /* as nearly all */
		*v = n;
		return 0;
	}
	errno = 0;
	*v = strtoll(s, &end, 10);
	return errno == 0 && *end == '\0' ? 0 : -1;
}

/* Of the character at S, LEN bytes that are UTF-8. */
static unsigned
point(const char *s, size_t len)
{
	const unsigned char *u = (const unsigned char *)s;
	unsigned v = len == 1 ? u[0] : u[0] & (0x7fU >> len);

	for (size_t i = 1; i < len; i++)
		v = v << 6 | (u[i] & 0x3f);
	return v;
}

static int
is_obeyed(unsigned c)
{
	return (c < 0x20 && c != '\n' && c != '\t') ||
	       (c >= 0x7f && c < 0xa0) || c == 0x61c || c == 0x200e ||
	       c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069);
}

char *
text_visible(struct pool *p, const char *s)
{
	char *out = pool_alloc(p, 6 * strlen(s) + 1), *to = out;

	while (*s != '\0') {
		size_t left = strnlen(s, 4), n = 1;
		unsigned c = 0xfffd;

		while (n <= left && !text_is_utf8(s, n))
			n++;
		if (n <= left)
			c = point(s, n);
		else
			n = 1;
		if (c == 0xfffd || is_obeyed(c)) {
			to += sprintf(to, "\\u%04X", c);
		} else {
			memcpy(to, s, n);
			to += n;
		}
		s += n;
	}
	*to = '\0';
	return out;
}
