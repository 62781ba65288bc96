#include <string.h>
#include <sysexits.h>
#include <yajl/yajl_gen.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/pool.h"
#include "base/text.h"
#include "door/json.h"
#include "door/json_tree.h"

/* yajl's generator stops at 128 of its own; a tree inside ours needs 32. */
#define NESTED_MAX 64

struct json_out {
	yajl_gen gen;
	struct buf text;
	enum json_type open[NESTED_MAX];
	int depth;
};

/* The generator has no end of its own: its few pieces go with the pool. */
static void *
take(void *ctx, size_t len)
{
	return pool_get(ctx, len);
}

/* Never called: only yajl's own text buffer grows, and it is not used. */
static void *
retake(void *ctx, void *old, size_t len)
{
	(void)ctx;
	(void)old;
	die(EX_SOFTWARE, "json: generator asks for %zu bytes", len);
}

static void
give(void *ctx, void *p)
{
	(void)ctx;
	(void)p;
}

static void
print(void *ctx, const char *s, size_t len)
{
	buf_put(ctx, s, len);
}

struct json_out *
json_new(struct pool *p)
{
	yajl_alloc_funcs memory = { take, retake, give, p };
	struct json_out *o = pool_get(p, sizeof(*o));

	o->text.pool = p;
	o->gen = yajl_gen_alloc(&memory);
	yajl_gen_config(o->gen, yajl_gen_print_callback, print, &o->text);
	return o;
}

/* A value in a place where none can be is a mistake in this program. */
static void
check(yajl_gen_status status)
{
	if (status != yajl_gen_status_ok)
		die(EX_SOFTWARE, "json: written out of order (%d)",
		    (int)status);
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

static void
put_string(struct json_out *o, const char *s)
{
	struct buf b = { .pool = o->text.pool };
	size_t n, len = strlen(s);

	if (!text_is_utf8(s, len)) {
		for (; *s != '\0'; s += n > 0 ? n : 1) {
			n = character(s);
			buf_put(&b, n > 0 ? s : "\xef\xbf\xbd", n > 0 ? n : 3);
		}
		s = buf_end(&b);
		len = b.len;
	}
	check(yajl_gen_string(o->gen, (const unsigned char *)s, len));
}

static void
put_key(struct json_out *o, const char *key)
{
	if (key != NULL)
		put_string(o, key);
}

static void
opened(struct json_out *o, enum json_type type)
{
	if (o->depth == NESTED_MAX)
		die(EX_SOFTWARE, "json: written too deep");
	o->open[o->depth++] = type;
}

void
json_open_object(struct json_out *o, const char *key)
{
	put_key(o, key);
	check(yajl_gen_map_open(o->gen));
	opened(o, JSON_OBJECT);
}

void
json_open_array(struct json_out *o, const char *key)
{
	put_key(o, key);
	check(yajl_gen_array_open(o->gen));
	opened(o, JSON_ARRAY);
}

void
json_close(struct json_out *o)
{
	if (o->depth == 0)
		die(EX_SOFTWARE, "json: nothing is open");
	if (o->open[--o->depth] == JSON_OBJECT)
		check(yajl_gen_map_close(o->gen));
	else
		check(yajl_gen_array_close(o->gen));
}

void
json_put_null(struct json_out *o, const char *key)
{
	put_key(o, key);
	check(yajl_gen_null(o->gen));
}

void
json_put_text(struct json_out *o, const char *key, const char *s)
{
	put_key(o, key);
	if (s == NULL)
		check(yajl_gen_null(o->gen));
	else
		put_string(o, s);
}

void
json_put_int(struct json_out *o, const char *key, int64_t n)
{
	put_key(o, key);
	check(yajl_gen_integer(o->gen, n));
}

void
json_put_bool(struct json_out *o, const char *key, int yes)
{
	put_key(o, key);
	check(yajl_gen_bool(o->gen, yes != 0));
}

/* yajl_gen_number writes the bytes that it is given, so it serves for both. */
void
json_put_raw(struct json_out *o, const char *key, const char *raw)
{
	put_key(o, key);
	if (raw == NULL)
		check(yajl_gen_null(o->gen));
	else
		check(yajl_gen_number(o->gen, raw, strlen(raw)));
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
