/*
 * Reads strings of JSON (json_string_read.h): most have no escape, and only
 * their end is looked for.
 */
#include <stdint.h>
#include <string.h>

#include "lib/json/json_special.h"
#include "lib/json/json_string_read.h"

#define REPLACEMENT 0xfffd

/* The first byte from S on that is special; a NUL is. */
static char *
skip_plain(char *s)
{
	uint64_t eight;

	for (;; s += sizeof(eight)) {
		memcpy(&eight, s, sizeof(eight));
		if (json_special_in(eight) != 0)
			break;
	}
	while (!json_is_special((unsigned char)*s))
		s++;
	return s;
}

/* The number of the four hex digits at S, -1 when they are none. */
static long
hex_of(const char *s)
{
	long n = 0;

	for (int i = 0; i < 4; i++) {
		char c = s[i];

		if (c >= '0' && c <= '9')
			n = n << 4 | (c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			n = n << 4 | ((c | 0x20) - 'a' + 10);
		else
			return -1;
	}
	return n;
}

/* Writes POINT at TO: what follows. */
static char *
put_point(char *to, unsigned long point)
{
	if (point < 0x80) {
		*to++ = (char)point;
	} else if (point < 0x800) {
		*to++ = (char)(0xc0 | point >> 6);
		*to++ = (char)(0x80 | (point & 0x3f));
	} else if (point < 0x10000) {
		*to++ = (char)(0xe0 | point >> 12);
		*to++ = (char)(0x80 | (point >> 6 & 0x3f));
		*to++ = (char)(0x80 | (point & 0x3f));
	} else {
		*to++ = (char)(0xf0 | point >> 18);
		*to++ = (char)(0x80 | (point >> 12 & 0x3f));
		*to++ = (char)(0x80 | (point >> 6 & 0x3f));
		*to++ = (char)(0x80 | (point & 0x3f));
	}
	return to;
}

/* The escape \uXXXX whose digits *S begins with, or two of a pair, written at
 * TO: what follows there; NULL when it is none. */
static char *
read_point(char **s, char *to, int *nul)
{
	long point = hex_of(*s), low;

	if (point == -1)
		return NULL;
	*s += 4;
	if (point >= 0xd800 && point <= 0xdfff) {
		low = point < 0xdc00 && (*s)[0] == '\\' && (*s)[1] == 'u'
			  ? hex_of(*s + 2)
			  : -1;
		if (low >= 0xdc00 && low <= 0xdfff) {
			*s += 6;
			point =
			    0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
		} else {
			point = REPLACEMENT;
		}
	} else if (point == 0) {
		*nul = 1;
		point = REPLACEMENT;
	}
	return put_point(to, (unsigned long)point);
}

/* The escape behind whose backslash *S is, as read_point. */
static char *
read_escape(char **s, char *to, int *nul)
{
	static const char from[] = "bfnrt\"\\/", means[] = "\b\f\n\r\t\"\\/";
	char c = **s;
	const char *known = c != '\0' ? strchr(from, c) : NULL;

	if (c == 'u') {
		++*s;
		return read_point(s, to, nul);
	}
	if (known == NULL)
		return NULL;
	++*s;
	*to = means[known - from];
	return to + 1;
}

char *
json_string_read(char *s, int *nul, char **wrong)
{
	char *to = skip_plain(s), *end;

	*nul = 0;
	for (s = to; *s == '\\'; s = end) {
		++s;
		if ((to = read_escape(&s, to, nul)) == NULL)
			break;
		end = skip_plain(s);
		memmove(to, s, (size_t)(end - s));
		to += end - s;
	}
	if (to == NULL || *s != '"') {
		*wrong = s;
		return NULL;
	}
	*to = '\0';
	return s + 1;
}
