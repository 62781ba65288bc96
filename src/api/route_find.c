/*
 * Finds the route of a method and a path, for route.c.
 */
#include <string.h>

#include "base/buf.h"
#include "base/codec.h"
#include "base/pool.h"
#include "base/text.h"

#include "api/route.h"

#define BASE "/api/v1"

/* An id in a path: digits without leading zeros, so that it has one
 * spelling. */
static int
read_id(struct pool *pool, const char *s, size_t len, int64_t *id)
{
	long long n;

	if (len < 1 || len > 18 || s[0] < '1' || s[0] > '9' ||
	    text_int(pool_text(pool, s, len), &n) == -1)
		return 0;
	*id = n;
	return 1;
}

static int
read_name(struct pool *pool, const char *s, size_t s_len, const char **name)
{
	size_t len = 0;

	*name = codec_unpercent(pool, s, s_len, 0, &len);
	return *name != NULL && len > 0 && strlen(*name) == len &&
	       text_is_utf8(*name, len);
}

/* A second id, {user_id} and the like, which is handed on as its digits. */
static int
is_second_id(const char *pattern, size_t len)
{
	return len > 4 && pattern[0] == '{' &&
	       memcmp(pattern + len - 4, "_id}", 4) == 0;
}

static int
read_second_id(
    struct pool *pool, const char *s, size_t len, const char **digits)
{
	int64_t id;

	*digits = pool_text(pool, s, len);
	return read_id(pool, s, len, &id);
}

static int
matches(struct pool *pool, const char *pattern, const char *path, int64_t *id,
    const char **name)
{
	while (*pattern != '\0' && *path == '/') {
		size_t p = strcspn(++pattern, "/"), n = strcspn(++path, "/");

		if (strncmp(pattern, "{id}", p) == 0) {
			if (!read_id(pool, path, n, id))
				return 0;
		} else if (strncmp(pattern, "{name}", p) == 0) {
			if (!read_name(pool, path, n, name))
				return 0;
		} else if (is_second_id(pattern, p)) {
			if (!read_second_id(pool, path, n, name))
				return 0;
		} else if (p != n || memcmp(pattern, path, p) != 0)
			return 0;
		pattern += p;
		path += n;
	}
	return *pattern == '\0' && *path == '\0';
}

const struct route *
route_find(const struct route *table, struct pool *pool, const char *method,
    const char *path, int64_t *id, const char **name, const char **allow)
{
	struct buf b = { .pool = pool };

	*allow = NULL;
	if (!text_begins(path, BASE "/"))
		return NULL;
	path += strlen(BASE);
	for (const struct route *r = table; r->method != NULL; r++) {
		if (!matches(pool, r->path, path, id, name))
			continue;
		if (text_is(r->method, method))
			return r;
		if (b.len > 0)
			buf_text(&b, ", ");
		buf_text(&b, r->method);
		if (text_is(r->method, "GET")) /* HEAD is served as GET */
			buf_text(&b, ", HEAD");
	}
	if (b.len > 0)
		*allow = buf_end(&b);
	return NULL;
}
