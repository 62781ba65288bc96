/*
 * JSON on many lines, for people who look at a delivery or an event.  Its texts
 * come from strangers: what a terminal would obey is written as \uXXXX.
 */
#include "base/buf.h"
#include "base/pool.h"

#include "lib/json/json.h"

#include "cli/json_pretty.h"

static void
indent(struct buf *b, int depth)
{
	buf_char(b, '\n');
	while (depth-- > 0)
		buf_text(b, "  ");
}

/* The code point at S, if it is one that a terminal obeys, of two or three
 * bytes: C1 controls, and marks that change the direction of a line. */
static unsigned int
acted_on(const unsigned char *u)
{
	if (u[0] == 0x7f)
		return 0x7f;
	if (u[0] == 0xc2 && u[1] < 0xa0)
		return u[1];
	if (u[0] == 0xe2 && ((u[1] == 0x80 && u[2] >= 0xaa && u[2] <= 0xae) ||
				(u[1] == 0x81 && u[2] >= 0xa6 && u[2] <= 0xa9)))
		return 0x2000u | (u[1] & 0x3fu) << 6 | (u[2] & 0x3fu);
	return 0;
}

/* Escapes such code points; the meaning of the JSON stays the same. */
static void
put_pretty(struct buf *b, const char *json)
{
	for (; *json != '\0'; json++) {
		unsigned int c = acted_on((const unsigned char *)json);

		if (c == 0) {
			buf_char(b, *json);
			continue;
		}
		buf_printf(b, "\\u%04x", c);
		json += c >= 0x2000 ? 2 : c >= 0x80;
	}
}

/* Recursive: a document is at most JSON_DEPTH_MAX deep. */
static void
value(struct buf *b, const struct json *v, int depth)
{
	int is_object = json_type(v) == JSON_OBJECT;
	const struct json *e = json_first(v);

	if (e == NULL) {
		put_pretty(b, json_write(b->pool, v));
		return;
	}
	buf_char(b, is_object ? '{' : '[');
	while (e != NULL) {
		indent(b, depth + 1);
		if (is_object) {
			struct json_out *key = json_new(b->pool);

			json_put_text(key, NULL, json_key(e));
			put_pretty(b, json_end(key, NULL));
			buf_text(b, ": ");
		}
		value(b, e, depth + 1);
		if ((e = json_next(e)) != NULL)
			buf_char(b, ',');
	}
	indent(b, depth);
	buf_char(b, is_object ? '}' : ']');
}

char *
json_pretty(struct pool *p, const struct json *v)
{
	struct buf b = { .pool = p };

	value(&b, v, 0);
	return buf_end(&b);
}
