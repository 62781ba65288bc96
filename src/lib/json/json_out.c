/*
 * Writing JSON into a buffer.  Commas and keys are put by how deep one is, so
 * callers only open, put and close; text that is no UTF-8 is written as U+FFFD.
 */
#include <stdint.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/pool.h"

#include "lib/json/json.h"
#include "lib/json/json_string.h"
#include "lib/json/json_tree.h"

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
	int strange; /* keys are not our own: they may need escapes */
};

struct json_out *
json_new(struct pool *p)
{
	struct json_out *o = pool_alloc(p, sizeof(*o));

	o->text.pool = p;
	buf_expect(&o->text, BEGINS_WITH);
	return o;
}

void
json_expect(struct json_out *o, size_t len)
{
	buf_expect(&o->text, len);
}

static void
put_key(struct json_out *o, const char *key)
{
	size_t len = strlen(key), comma = o->follows != 0;
	char *at;

	if (o->strange) {
		if (comma)
			buf_char(&o->text, ',');
		json_string_put(&o->text, key);
		buf_char(&o->text, ':');
		return;
	}
	at = buf_room(&o->text, comma + len + 3);
	at[0] = ',';
	at += comma;
	*at++ = '"';
	memcpy(at, key, len);
	memcpy(at + len, "\":", 2);
}

/* A value in a place where none can be is a mistake in this program. */
static inline void
begin_json(struct json_out *o, const char *key)
{
	int member = o->depth > 0 && o->open[o->depth - 1] == JSON_OBJECT;

	if (member != (key != NULL) || (o->depth == 0 && o->follows))
		die(EX_SOFTWARE, "json: written out of order");
	if (key != NULL)
		put_key(o, key);
	else if (o->follows)
		buf_char(&o->text, ',');
	o->follows = 1;
}

static inline void
put_json_out(struct json_out *o, const char *key, const char *value, size_t len)
{
	begin_json(o, key);
	buf_put(&o->text, value, len);
}

static void
open_in(struct json_out *o, const char *key, enum json_type type)
{
	put_json_out(o, key, type == JSON_OBJECT ? "{" : "[", 1);
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
	put_json_out(o, key, "null", 4);
}

void
json_put_id(struct json_out *o, const char *key, int64_t id)
{
	if (id != 0)
		json_put_int(o, key, id);
	else
		json_put_null(o, key);
}

void
json_put_text(struct json_out *o, const char *key, const char *s)
{
	if (s == NULL) {
		json_put_null(o, key);
		return;
	}
	begin_json(o, key);
	json_string_put(&o->text, s);
}

void
json_put_int(struct json_out *o, const char *key, int64_t n)
{
	char text[24], *end = text + sizeof(text), *s = end;
	uint64_t rest = n < 0 ? -(uint64_t)n : (uint64_t)n;

	do
		*--s = (char)('0' + rest % 10);
	while ((rest /= 10) > 0);
	if (n < 0)
		*--s = '-';
	put_json_out(o, key, s, (size_t)(end - s));
}

void
json_put_bool(struct json_out *o, const char *key, int yes)
{
	put_json_out(o, key, yes ? "true" : "false", yes ? 4 : 5);
}

void
json_put_time(struct json_out *o, const char *key, int64_t at)
{
	char text[CLOCK_TEXT + 2];

	if (!clock_write(text + 1, at)) {
		json_put_null(o, key);
		return;
	}
	text[0] = text[CLOCK_TEXT + 1] = '"';
	put_json_out(o, key, text, sizeof(text));
}

void
json_put_raw(struct json_out *o, const char *key, const char *raw)
{
	if (raw == NULL)
		raw = "null";
	put_json_out(o, key, raw, strlen(raw));
}

/* Goes as deep as the tree, JSON_DEPTH_MAX. */
static void
put_tree(struct json_out *o, const char *key, const struct json *v)
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
			put_tree(o, m->key, m);
		json_close(o);
	} else {
		json_put_null(o, key);
	}
}

void
json_put(struct json_out *o, const char *key, const struct json *v)
{
	int strange = o->strange;

	o->strange = 1;
	put_tree(o, key, v);
	o->strange = strange;
}

void
json_escape_keys(struct json_out *o)
{
	o->strange = 1;
}

size_t
json_written(const struct json_out *o)
{
	return o->text.len;
}

const char *
json_value_at(const struct json_out *o, size_t begin, size_t *len)
{
	begin += begin < o->text.len && o->text.s[begin] == ',';
	*len = o->text.len - begin;
	return o->text.s + begin;
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
