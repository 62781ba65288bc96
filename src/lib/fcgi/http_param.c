/*
 * Query strings (http.h).
 */
#include <string.h>

#include "base/codec.h"
#include "base/pool.h"

#include "lib/fcgi/http.h"

/* The next NAME=VALUE of *REST, which moves on: 1, 0 at the end, -1 bad. */
static int
next_param(struct pool *pool, const char **rest, char **name, char **value,
    size_t *value_len)
{
	const char *s = *rest, *equals;
	size_t len, name_len;

	while (*s == '&')
		s++;
	if (*s == '\0')
		return 0;
	len = strcspn(s, "&");
	equals = memchr(s, '=', len);
	name_len = equals != NULL ? (size_t)(equals - s) : len;
	*rest = s + len;
	*name = codec_unpercent(pool, s, name_len, 1, NULL);
	*value = equals == NULL ? pool_text(pool, "", 0)
				: codec_unpercent(pool, equals + 1,
				      len - name_len - 1, 1, value_len);
	if (equals == NULL)
		*value_len = 0;
	return *name == NULL || *value == NULL ? -1 : 1;
}

int
http_param(struct pool *pool, const char *query, const char *name,
    const char **value, size_t *len)
{
	char *key, *text;
	size_t text_len;
	int rc;

	while ((rc = next_param(pool, &query, &key, &text, &text_len)) == 1)
		if (strcmp(key, name) == 0) {
			*value = text;
			if (len != NULL)
				*len = text_len;
			return 1;
		}
	return rc;
}

int
http_params(
    struct pool *pool, const char *query, http_each_param *each, void *arg)
{
	char *key, *text;
	size_t len;
	int rc, answer;

	while ((rc = next_param(pool, &query, &key, &text, &len)) == 1) {
		/* A NUL in a value would hide what stands behind it. */
		if (strlen(text) != len)
			return -1;
		answer = each(arg, key, text);
		if (answer != 0)
			return answer;
	}
	return rc;
}
