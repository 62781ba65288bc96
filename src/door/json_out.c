#include <stdint.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/pool.h"
#include "base/text.h"
#include "door/json.h"
#include "door/json_tree.h"

/*
 * Written by hand: yajl's generator asks for its state and prints numbers at
 * each step, and a list has a thousand of them.
 */
#define NESTED_MAX  64	/* a tree inside ours needs 32 */
#define BEGINS_WITH 512 /* bytes */

struct json_out {
	struct buf text;
	enum json_type open[NESTED_MAX];
	int depth;
	int follows; /* a value stands before the next one */
};

struct json_out *
json_new(struct pool *p)
{
	struct json_out *o = pool_get(p, sizeof(*o));

	o->text.pool = p;
	buf_expect(&o->text, BEGINS_WITH);
	return o;
}

void
json_expect(struct json_out *o, size_t len)
{
	buf_expect(&o->text, len);
}

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

/* Non-zero when one of eight bytes is not ASCII or special, by the usual trick
 * of a borrow into the highest bit of a byte. */
static uint64_t
not_plain(const char *s)
{
	const uint64_t each = UINT64_C(0x0101010101010101), high = each << 7;
	uint64_t x, quote, backslash;

	memcpy(&x, s, sizeof(x));
	quote = x ^ each * '"';
	backslash = x ^ each * '\\';
	return (x | (x - each * 0x20) | (quote - each) | (backslash - each)) &
	       high;
}

/* The length of S when it is ASCII that stands in a string as it is; else,
 * or when it is empty, 0. */
static size_t
plain(const char *s)
{
	size_t len = strlen(s), i = 0;

	for (; i + 8 <= len; i += 8)
		if (not_plain(s + i))
			return 0;
	for (; i < len; i++)
		if ((unsigned char)s[i] >= 0x80 ||
		    is_special((unsigned char)s[i]))
			return 0;
	return len;
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

static void
put_string(struct json_out *o, const char *s)
{
	const unsigned char *c;
	size_t len;

	if ((len = plain(s)) > 0) {
		put_quoted(&o->text, s, len);
		return;
	}
	if (!text_is_utf8(s, strlen(s)))
		s = repair(o->text.pool, s);
	buf_char(&o->text, '"');
	for (c = (const unsigned char *)s; *c != '\0'; s = (const char *)c) {
		while (*c != '\0' && !is_special(*c))
			c++;
		buf_put(&o->text, s, (size_t)((const char *)c - s));
		if (*c != '\0')
			escape(&o->text, *c++);
	}
	buf_char(&o->text, '"');
}

/* A value in a place where none can be is a mistake in this program. */
static void
begin(struct json_out *o, const char *key)
{
	int member = o->depth > 0 && o->open[o->depth - 1] == JSON_OBJECT;

	if (member != (key != NULL) || (o->depth == 0 && o->follows))
		die(EX_SOFTWARE, "json: written out of order");
	if (o->follows)
		buf_char(&o->text, ',');
	if (key != NULL) {
		put_string(o, key);
		buf_char(&o->text, ':');
	}
	o->follows = 1;
}

static void
put(struct json_out *o, const char *key, const char *value)
{
	begin(o, key);
	buf_text(&o->text, value);
}

static void
open_in(struct json_out *o, const char *key, enum json_type type)
{
	put(o, key, type == JSON_OBJECT ? "{" : "[");
	if (o->depth == NESTED_MAX)
		die(EX_SOFTWARE, "json: written too deep");
	o->open[o->depth++] = type;
	o->follows = 0;
}

void
json_open_object(struct json_out *o, const char *key)
{
	open_in(o, key, JSON_OBJECT);
}

void
json_open_array(struct json_out *o, const char *key)
{
	open_in(o, key, JSON_ARRAY);
}

void
json_close(struct json_out *o)
{
	if (o->depth == 0)
		die(EX_SOFTWARE, "json: nothing is open");
	buf_char(&o->text, o->open[--o->depth] == JSON_OBJECT ? '}' : ']');
	o->follows = 1;
}

void
json_put_null(struct json_out *o, const char *key)
{
	put(o, key, "null");
}

void
json_put_text(struct json_out *o, const char *key, const char *s)
{
	if (s == NULL) {
		json_put_null(o, key);
		return;
	}
	begin(o, key);
	put_string(o, s);
}

void
json_put_int(struct json_out *o, const char *key, int64_t n)
{
	char text[24], *s = text + sizeof(text);
	uint64_t rest = n < 0 ? -(uint64_t)n : (uint64_t)n;

	*--s = '\0';
	do
		*--s = (char)('0' + rest % 10);
	while ((rest /= 10) > 0);
	if (n < 0)
		*--s = '-';
	put(o, key, s);
}

void
json_put_bool(struct json_out *o, const char *key, int yes)
{
	put(o, key, yes ? "true" : "false");
}

void
json_put_raw(struct json_out *o, const char *key, const char *raw)
{
	put(o, key, raw != NULL ? raw : "null");
}

/* Goes as deep as the tree, JSON_DEPTH_MAX. */
void
json_put(struct json_out *o, const char *key, const struct json *v)
{
	const struct json *m;
	enum json_type type = json_type(v);

	if (type == JSON_NUMBER) {
		json_put_raw(o, key, json_string(v));
	} else if (type == JSON_STRING) {
		json_put_text(o, key, v->is_near ? v->u.near : v->u.text);
	} else if (type == JSON_BOOL) {
		json_put_bool(o, key, v->u.yes);
	} else if (type == JSON_ARRAY || type == JSON_OBJECT) {
		if (type == JSON_ARRAY)
			json_open_array(o, key);
		else
			json_open_object(o, key);
		for (m = v->u.first; m != NULL; m = m->next)
			json_put(o, m->key, m);
		json_close(o);
	} else {
		json_put_null(o, key);
	}
}

char *
json_end(struct json_out *o, size_t *len)
{
	char *s = buf_end(&o->text);

	if (o->depth > 0)
		die(EX_SOFTWARE, "json: ended with %d open", o->depth);
	if (len != NULL)
		*len = o->text.len;
	return s;
}

char *
json_write(struct pool *p, const struct json *v)
{
	struct json_out *o;

	if (v == NULL)
		return NULL;
	o = json_new(p);
	json_put(o, NULL, v);
	return json_end(o, NULL);
}
