/*
 * The parser: yajl's callbacks build a tree in the pool.  yajl's own tree is
 * not used: it stops at a NUL and recurses without a limit.  What yajl gets
 * wrong before the callbacks see it (lone surrogates) is mended in the text
 * first.
 */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <yajl/yajl_parse.h>

#include "base/log.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"
#include "lib/json/json_tree.h"

struct json_reader {
	struct pool *pool;
	struct json *root;
	struct json *open[JSON_DEPTH_MAX];
	struct json *last[JSON_DEPTH_MAX]; /* child of open[i] */
	int depth;
	const char *key;
	const char *why;
	yajl_handle h;
	size_t end; /* of the document, behind its last bracket or quote */
};

static struct json *
add_tree(struct json_reader *r, enum json_type type)
{
	struct json *v = pool_room(r->pool, sizeof(*v)), *up;

	*v = (struct json){ .type = (unsigned)type & 7 };
	if (r->depth == 0)
		return r->root = v;
	v->key = r->key;
	r->key = NULL;
	up = r->open[r->depth - 1];
	if (up->u.first == NULL)
		up->u.first = v;
	else
		r->last[r->depth - 1]->next = v;
	r->last[r->depth - 1] = v;
	up->n = (up->n + 1) & JSON_COUNT_MAX;
	return v;
}

static int
add_text(struct json_reader *r, enum json_type type, const char *s, size_t len)
{
	struct json *v = add_tree(r, type);

	if (len < sizeof(v->u.near)) {
		memcpy(v->u.near, s, len);
		v->is_near = 1;
	} else {
		v->u.text = pool_text(r->pool, s, len);
	}
	return 1;
}

static int
on_null(void *ctx)
{
	add_tree(ctx, JSON_NULL);
	return 1;
}

static int
on_bool(void *ctx, int yes)
{
	add_tree(ctx, JSON_BOOL)->u.yes = yes != 0;
	return 1;
}

static int
on_number(void *ctx, const char *s, size_t len)
{
	return add_text(ctx, JSON_NUMBER, s, len);
}

/* C strings end at NUL, so each becomes U+FFFD: nothing behind it is lost. */
static int
on_string(void *ctx, const unsigned char *u, size_t len)
{
	struct json_reader *r = ctx;
	const char *s = (const char *)u;
	size_t i, n = 0;
	char *out;

	if (r->depth == 0)
		r->end = yajl_get_bytes_consumed(r->h);
	if (len == 0 || memchr(s, '\0', len) == NULL)
		return add_text(r, JSON_STRING, s, len);
	for (i = 0; i < len; i++)
		n += s[i] == '\0';
	out = pool_alloc(r->pool, len + n * 2 + 1);
	for (i = n = 0; i < len; i++) {
		memcpy(out + n, s[i] == '\0' ? "\xef\xbf\xbd" : s + i,
		    s[i] == '\0' ? 3 : 1);
		n += s[i] == '\0' ? 3 : 1;
	}
	return add_text(r, JSON_STRING, out, n);
}

static int
on_key(void *ctx, const unsigned char *s, size_t len)
{
	struct json_reader *r = ctx;

	if (len > 0 && memchr(s, '\0', len) != NULL) {
		r->why = "NUL in a key";
		return 0;
	}
	r->key = pool_text(r->pool, (const char *)s, len);
	return 1;
}

static int
begin_tree(struct json_reader *r, enum json_type type)
{
	struct json *v;

	if (r->depth == JSON_DEPTH_MAX) {
		r->why = "nested too deep";
		return 0;
	}
	v = add_tree(r, type);
	r->open[r->depth++] = v;
	return 1;
}

static int
on_object(void *ctx)
{
	return begin_tree(ctx, JSON_OBJECT);
}

static int
on_array(void *ctx)
{
	return begin_tree(ctx, JSON_ARRAY);
}

static int
on_end(void *ctx)
{
	struct json_reader *r = ctx;

	if (--r->depth == 0)
		r->end = yajl_get_bytes_consumed(r->h);
	return 1;
}

static const yajl_callbacks callbacks = {
	.yajl_null = on_null,
	.yajl_boolean = on_bool,
	.yajl_number = on_number,
	.yajl_string = on_string,
	.yajl_start_map = on_object,
	.yajl_map_key = on_key,
	.yajl_end_map = on_end,
	.yajl_start_array = on_array,
	.yajl_end_array = on_end,
};

/* The 16 bits of the escape at S, -1 when there is none of the form \uXXXX. */
static long
escape(const char *s, size_t len)
{
	char hex[5] = "";

	if (len < 6 || s[0] != '\\' || s[1] != 'u')
		return -1;
	memcpy(hex, s + 2, 4);
	if (strspn(hex, "0123456789abcdefABCDEF") != 4)
		return -1;
	return strtol(hex, NULL, 16);
}

/*
 * yajl turns an escaped surrogate without its partner into bytes that are not
 * UTF-8, or swallows what follows it.  Such an escape is replaced by that of
 * U+FFFD, of the same length, in a copy that is only made when it is needed.
 */
static const char *
mend(struct pool *p, const char *s, size_t len)
{
	char *copy = NULL;
	size_t i = 0;
	long a, b;

	while (i < len) {
		const char *next = memchr(s + i, '\\', len - i);

		if (next == NULL)
			break;
		i = (size_t)(next - s);
		a = escape(s + i, len - i);
		if (a < 0xd800 || a > 0xdfff) {
			i += a < 0 ? 2 : 6;
			continue;
		}
		b = escape(s + i + 6, len - i - 6);
		if (a < 0xdc00 && b >= 0xdc00 && b <= 0xdfff) {
			i += 12;
			continue;
		}
		if (copy == NULL)
			s = copy = pool_text(p, s, len);
		memcpy(copy + i, "\\ufffd", 6);
		i += 6;
	}
	return s;
}

static void *
retake(void *ctx, void *old, size_t len)
{
	void *p = realloc(old, len);

	(void)ctx;
	if (p == NULL)
		die(EX_OSERR, "out of memory");
	return p;
}

/* As malloc: yajl reads nothing that it has not written. */
static void *
take_tree(void *ctx, size_t len)
{
	return retake(ctx, NULL, len);
}

static void
give(void *ctx, void *p)
{
	(void)ctx;
	free(p);
}

/* yajl's own words: "parse error: trailing garbage\n". */
static const char *
complaint(struct pool *p, yajl_handle h)
{
	size_t at = yajl_get_bytes_consumed(h);
	unsigned char *s = yajl_get_error(h, 0, NULL, 0);
	char *line = pool_copy(p, (const char *)s);

	yajl_free_error(h, s);
	line[strcspn(line, "\n")] = '\0';
	return pool_printf(p, "%s at byte %zu", line, at);
}

/* yajl takes a quote behind the document for one that goes on. */
static int
goes_on(const struct json_reader *r, const char *s, size_t len)
{
	for (size_t i = r->end; r->end > 0 && i < len; i++)
		if (strchr(" \t\r\n\v\f", s[i]) == NULL || s[i] == '\0')
			return 1;
	return 0;
}

const struct json *
json_parse(struct pool *p, const char *s, size_t len, const char **why)
{
	yajl_alloc_funcs memory = { take_tree, retake, give, NULL };
	struct json_reader r = { .pool = p };
	yajl_status status;

	if (!text_is_utf8(s, len)) {
		r.why = "not UTF-8";
	} else {
		s = mend(p, s, len);
		r.h = yajl_alloc(&callbacks, &memory, &r);
		yajl_config(r.h, yajl_dont_validate_strings, 1);
		status = yajl_parse(r.h, (const unsigned char *)s, len);
		if (status == yajl_status_ok)
			status = yajl_complete_parse(r.h);
		if (status != yajl_status_ok && r.why == NULL)
			r.why = complaint(p, r.h);
		else if (r.why == NULL && goes_on(&r, s, len))
			r.why = pool_printf(p,
			    "parse error: trailing garbage at byte %zu", r.end);
		yajl_free(r.h);
	}
	if (why != NULL)
		*why = r.why;
	return r.why == NULL ? r.root : NULL;
}
