/*
 * Parses CSV, one row at a time, from a text in memory.  A quotation mark that
 * is never closed would swallow the rest of the file: so after a bad row
 * reading continues with the line after the one where it began.
 */
#include <ctype.h>
#include <string.h>

#include "base/buf.h"
#include "base/pool.h"
#include "base/text.h"
#include "inbox/contact/files/csv.h"

static int
at_line_end(const struct csv *c)
{
	return c->s == c->end || *c->s == '\n' || *c->s == '\r';
}

static void
skip_line_end(struct csv *c)
{
	if (c->s == c->end)
		return;
	c->s += *c->s == '\r' && c->s + 1 < c->end && c->s[1] == '\n' ? 2 : 1;
	c->line++;
}

/* A semicolon when the first line has more of them, outside of quotes. */
static char
find_separator(struct csv c)
{
	int commas = 0, semicolons = 0, quoted = 0;

	for (; c.s < c.end && (quoted || !at_line_end(&c)); c.s++)
		if (*c.s == '"')
			quoted = !quoted;
		else if (!quoted) {
			commas += *c.s == ',';
			semicolons += *c.s == ';';
		}
	return semicolons > commas ? ';' : ',';
}

void
csv_open(struct csv *c, const char *s, size_t len)
{
	c->s = s;
	c->end = s + len;
	c->line = 1;
	if (len >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0)
		c->s += 3;
	c->separator = find_separator(*c);
}

/* Parses a field; NULL, or what is wrong with it. */
static const char *
quoted(struct csv *c, struct buf *b)
{
	for (c->s++;; c->s++) {
		if (c->s == c->end)
			return "a quotation mark is not closed";
		if (*c->s == '"' && (++c->s == c->end || *c->s != '"'))
			break;
		if (b->len == CSV_FIELD_MAX)
			return "a quoted field is too long; is its quotation "
			       "mark closed?";
		buf_char(b, *c->s);
	}
	if (!at_line_end(c) && *c->s != c->separator)
		return "something stands after a closing quotation mark";
	return NULL;
}

static const char *
plain(struct csv *c, struct buf *b)
{
	for (; !at_line_end(c) && *c->s != c->separator; c->s++) {
		if (*c->s == '"')
			return "a quotation mark inside a field that does not "
			       "begin with one";
		if (b->len == CSV_FIELD_MAX)
			return "a field is too long";
		buf_char(b, *c->s);
	}
	return NULL;
}

static const char *
field(struct csv *c, struct pool *p, char **out)
{
	struct buf b = { .pool = p };
	const char *why =
	    c->s < c->end && *c->s == '"' ? quoted(c, &b) : plain(c, &b);

	if (why != NULL)
		return why;
	if (b.len > 0 && memchr(b.s, '\0', b.len) != NULL)
		return "it holds a NUL byte; save the file as CSV in UTF-8";
	if (b.len > 0 && !text_is_utf8(b.s, b.len))
		return "it is not UTF-8; save the file as CSV in UTF-8";
	*out = buf_end(&b);
	return NULL;
}

static void
next_line(struct csv *c)
{
	while (!at_line_end(c))
		c->s++;
	skip_line_end(c);
}

/* How many line ends are inside the row's quoted fields. */
static void
count_lines(struct csv *c, const char *from)
{
	struct csv in = { .s = from, .end = c->s, .line = c->line };

	while (in.s < in.end)
		next_line(&in);
	c->line = in.line;
}

int
csv_next(struct csv *c, struct pool *p, struct csv_row *row)
{
	const char *from;

	while (c->s < c->end && at_line_end(c))
		skip_line_end(c);
	if (c->s == c->end)
		return 0;
	from = c->s;
	row->line = c->line;
	row->n = 0;
	for (;; c->s++) {
		if (row->n == CSV_FIELDS_MAX)
			row->why = "it has too many fields";
		else
			row->why = field(c, p, &row->field[row->n]);
		if (row->why != NULL) {
			c->s = from;
			next_line(c);
			return -1;
		}
		row->n++;
		if (at_line_end(c))
			break;
	}
	count_lines(c, from);
	skip_line_end(c);
	return 1;
}

/* A sign and a number, as phones begin: spreadsheets take it for nothing
 * else. */
static int
is_number(const char *s)
{
	s += *s == '+' || *s == '-';
	if (!isdigit((unsigned char)*s))
		return 0;
	s += strspn(s, "0123456789");
	s += *s == '.';
	s += strspn(s, "0123456789");
	return *s == '\0';
}

/* 1 when spreadsheets would calculate what stands here. */
static int
is_formula(const char *s)
{
	return *s != '\0' && strchr("=+-@\t\r\n", *s) != NULL && !is_number(s);
}

/* The same behind any apostrophes, so that those of the text itself are kept
 * apart from ours. */
static int
needs_guard(const char *s)
{
	return is_formula(s + strspn(s, "'"));
}

const char *
csv_unguard(const char *s)
{
	return s != NULL && *s == '\'' && needs_guard(s) ? s + 1 : s;
}

void
csv_put_cell(struct buf *b, const char *s)
{
	if (s != NULL && needs_guard(s))
		s = pool_printf(b->pool, "'%s", s);
	if (s != NULL && strpbrk(s, "\",;\r\n") != NULL) {
		buf_char(b, '"');
		for (; *s != '\0'; s++) {
			if (*s == '"')
				buf_char(b, '"');
			buf_char(b, *s);
		}
		buf_char(b, '"');
	} else if (s != NULL)
		buf_text(b, s);
}
