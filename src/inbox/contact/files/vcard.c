/*
 * Parses vCards, one property at a time, from a text in memory, and writes
 * properties.  What a line means is contact_vcard.c's.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/pool.h"
#include "base/text.h"

#include "inbox/contact/files/vcard.h"

#define FOLD_AT 75 /* bytes of a line, RFC 6350 3.2 */

void
vcard_open(struct vcard *v, const char *s, size_t len)
{
	*v = (struct vcard){ s, s + len, 1 };
	if (len >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0)
		v->s += 3;
}

/* Appends the line at v->s, and goes behind its end; *LONG_LINE is set instead
 * when it is too long. */
static void
take_line(struct vcard *v, struct buf *b, int *long_line)
{
	const char *from = v->s;
	size_t len;

	while (v->s < v->end && *v->s != '\n' && *v->s != '\r')
		v->s++;
	len = (size_t)(v->s - from);
	if (b->len + len <= VCARD_VALUE_MAX)
		buf_put(b, from, len);
	else
		*long_line = 1;
	if (v->s < v->end)
		v->s += *v->s == '\r' && v->s + 1 < v->end && v->s[1] == '\n'
			    ? 2
			    : 1;
	v->line++;
}

/* The colon behind name and parameters, which may be quoted; NULL: none. */
static char *
find_colon(char *s)
{
	int quoted = 0;

	for (; *s != '\0'; s++) {
		if (*s == '"')
			quoted = !quoted;
		if (*s == ':' && !quoted)
			return s;
	}
	return NULL;
}

static int
has_param(const char *params, const char *word)
{
	return strstr(params, word) != NULL;
}

static int
hex(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
				      : -1;
}

static char *
unquote(struct pool *p, const char *s)
{
	struct buf b = { .pool = p };

	for (; *s != '\0'; s++)
		if (*s == '=' && hex(s[1]) >= 0 && hex(s[2]) >= 0) {
			buf_char(&b, (char)(hex(s[1]) * 16 + hex(s[2])));
			s += 2;
		} else
			buf_char(&b, *s);
	return buf_end(&b);
}

static char *
from_latin1(struct pool *p, const char *s)
{
	struct buf b = { .pool = p };

	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		if (c < 0x80)
			buf_char(&b, *s);
		else {
			buf_char(&b, (char)(0xc0 | c >> 6));
			buf_char(&b, (char)(0x80 | (c & 0x3f)));
		}
	}
	return buf_end(&b);
}

static void
decode_value(struct pool *p, char *value, struct vcard_property *out)
{
	if (has_param(out->params, "QUOTED-PRINTABLE"))
		value = unquote(p, value);
	if (has_param(out->params, "CHARSET=ISO-8859-1") ||
	    has_param(out->params, "CHARSET=WINDOWS-1252"))
		value = from_latin1(p, value);
	if (text_is_utf8(value, strlen(value)))
		out->value = value;
	else
		out->why = "it is not UTF-8; save the cards in UTF-8";
}

static void
upper(char *s)
{
	for (; *s != '\0'; s++)
		*s = (char)toupper((unsigned char)*s);
}

/* Splits LINE, which is written to. */
static int
split_line(struct pool *p, char *line, struct vcard_property *out)
{
	char *colon = find_colon(line), *params, *dot;

	if (colon == NULL)
		return 0;
	*colon = '\0';
	upper(line);
	params = line + strcspn(line, ";");
	out->params = pool_copy(p, params);
	*params = '\0';
	dot = strrchr(line, '.');
	out->name = dot != NULL ? dot + 1 : line;
	decode_value(p, colon + 1, out);
	return 1;
}

/* 1 when the line so far goes on in the next: quoted-printable, and "=". */
static int
is_soft(const struct buf *b)
{
	const char *colon;

	if (b->len == 0 || b->s[b->len - 1] != '=')
		return 0;
	colon = memchr(b->s, ':', b->len);
	for (const char *s = b->s; colon != NULL && s + 16 <= colon; s++)
		if (strncasecmp(s, "QUOTED-PRINTABLE", 16) == 0)
			return 1;
	return 0;
}

int
vcard_next(struct vcard *v, struct pool *p, struct vcard_property *out)
{
	while (v->s < v->end) {
		struct buf b = { .pool = p };
		int too_long = 0;

		*out = (struct vcard_property){ .line = v->line };
		take_line(v, &b, &too_long);
		while (v->s < v->end) {
			if (*v->s == ' ' || *v->s == '\t')
				v->s++;
			else if (is_soft(&b))
				b.len--;
			else
				break;
			take_line(v, &b, &too_long);
		}
		if (too_long || (b.len > 0 && memchr(b.s, '\0', b.len) != NULL))
			continue;
		if (split_line(p, buf_end(&b), out))
			return 1;
	}
	return 0;
}

char *
vcard_part(struct pool *p, const char **rest, char separator)
{
	struct buf b = { .pool = p };
	const char *s = *rest;

	if (s == NULL)
		return NULL;
	for (; *s != '\0' && *s != separator; s++) {
		if (*s == '\\' && s[1] != '\0')
			buf_char(&b, *++s == 'n' || *s == 'N' ? ' ' : *s);
		else
			buf_char(&b, *s);
	}
	*rest = *s == separator && separator != '\0' ? s + 1 : NULL;
	return buf_end(&b);
}

char *
vcard_escape(struct pool *p, const char *s)
{
	struct buf b = { .pool = p };

	for (; *s != '\0'; s++) {
		if (strchr("\\,;", *s) != NULL)
			buf_char(&b, '\\');
		buf_char(&b, *s);
	}
	return buf_end(&b);
}

void
vcard_write(struct buf *b, const char *name, const char *value)
{
	size_t column = strlen(name) + 1;

	buf_text(b, name);
	buf_char(b, ':');
	for (; *value != '\0'; value++) {
		/* A line ends before a letter, not within. */
		if (column + 4 > FOLD_AT &&
		    ((unsigned char)*value & 0xc0) != 0x80) {
			buf_text(b, "\r\n ");
			column = 1;
		}
		buf_char(b, *value);
		column++;
	}
	buf_text(b, "\r\n");
}
