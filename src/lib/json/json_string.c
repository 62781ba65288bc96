/*
 * Strings of JSON (json_string.h).
 */
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

#include "lib/json/json_string.h"

/* The bytes at S that are one UTF-8 character, 0 when they are none. */
static size_t
character(const char *s)
{
	size_t n, len = strnlen(s, 4);

	for (n = 1; n <= len; n++)
		if (text_is_utf8(s, n))
			return n;
	return 0;
}

static const char *
repair(struct pool *p, const char *s)
{
	struct buf b = { .pool = p };

	for (size_t n; *s != '\0'; s += n > 0 ? n : 1) {
		n = character(s);
		buf_put(&b, n > 0 ? s : "\xef\xbf\xbd", n > 0 ? n : 3);
	}
	return buf_end(&b);
}

/* What may not stand in a string as it is. */
static int
is_special(unsigned char c)
{
	return c < 0x20 || c == '"' || c == '\\';
}

static void
escape(struct buf *b, unsigned char c)
{
	static const char hex[] = "0123456789ABCDEF";
	static const char from[] = "\b\f\n\r\t\"\\", to[] = "bfnrt\"\\";
	const char *known = strchr(from, c);

	buf_char(b, '\\');
	if (known != NULL) {
		buf_char(b, to[known - from]);
		return;
	}
	buf_text(b, "u00");
	buf_char(b, hex[c >> 4]);
	buf_char(b, hex[c & 15]);
}

#define EACH UINT64_C(0x0101010101010101)
#define HIGH (EACH << 7)

/* Non-zero when one of eight bytes is special, by the usual trick of a borrow
 * into the highest bit of a byte, which those that are not ASCII have. */
static uint64_t
special_in(uint64_t x)
{
	uint64_t quote = x ^ EACH * '"', backslash = x ^ EACH * '\\';

	return (((x - EACH * 0x20) & ~x) | ((quote - EACH) & ~quote) |
		   ((backslash - EACH) & ~backslash)) &
	       HIGH;
}

/* 1 when S stands in a string as it is; *ASCII: and is that. */
static int
is_plain(const char *s, size_t len, int *ascii)
{
	uint64_t x = EACH * ' ', all = 0, special = 0;

	if (len < 8) {
		memcpy(&x, s, len);
		all = x;
		special = special_in(x);
	}
	/* The last eight are looked at once more, in part. */
	for (size_t i = 0; len >= 8 && i < len; i += 8) {
		memcpy(&x, s + (i + 8 <= len ? i : len - 8), sizeof(x));
		all |= x;
		special |= special_in(x);
	}
	*ascii = (all & HIGH) == 0;
	return special == 0;
}

/* Most of what is written: all keys and most values. */
static void
put_quoted(struct buf *b, const char *s, size_t len)
{
	char *at = buf_room(b, len + 2);

	at[0] = '"';
	memcpy(at + 1, s, len);
	at[len + 1] = '"';
}

void
json_string_put(struct buf *b, const char *s)
{
	size_t len = strlen(s);
	const unsigned char *c;
	int ascii;

	if (is_plain(s, len, &ascii) && (ascii || text_is_utf8(s, len))) {
		put_quoted(b, s, len);
		return;
	}
	if (!text_is_utf8(s, len))
		s = repair(b->pool, s);
	buf_char(b, '"');
	for (c = (const unsigned char *)s; *c != '\0'; s = (const char *)c) {
		while (*c != '\0' && !is_special(*c))
			c++;
		buf_put(b, s, (size_t)((const char *)c - s));
		if (*c != '\0')
			escape(b, *c++);
	}
	buf_char(b, '"');
}
