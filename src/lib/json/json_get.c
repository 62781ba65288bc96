/*
 * Looking into a tree.  Each function takes NULL and answers none, so that a
 * path needs no checks.  A number in quotes is a number here, and a number
 * asked for as a text is a text: providers change their minds
 * (docs/protocol.md).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#include "lib/json/json.h"
#include "lib/json/json_tree.h"

enum json_type
json_type(const struct json *v)
{
	return v == NULL ? JSON_NONE : (enum json_type)v->type;
}

const struct json *
json_first(const struct json *v)
{
	enum json_type type = json_type(v);

	return type == JSON_ARRAY || type == JSON_OBJECT ? v->u.first : NULL;
}

const struct json *
json_next(const struct json *v)
{
	return v == NULL ? NULL : v->next;
}

const char *
json_key(const struct json *v)
{
	return v == NULL ? NULL : v->key;
}

size_t
json_count(const struct json *v)
{
	enum json_type type = json_type(v);

	return type == JSON_ARRAY || type == JSON_OBJECT ? v->n : 0;
}

const struct json *
json_get(const struct json *v, const char *key)
{
	const struct json *m, *found = NULL;

	if (json_type(v) != JSON_OBJECT)
		return NULL;
	for (m = v->u.first; m != NULL; m = m->next)
		if (m->key[0] == key[0] && strcmp(m->key, key) == 0)
			found = m;
	return found;
}

const char *
json_string(const struct json *v)
{
	enum json_type type = json_type(v);
	const char *s;

	if (type != JSON_STRING && type != JSON_NUMBER)
		return NULL;
	s = v->is_near ? v->u.near : v->u.text;
	return *s == '\0' ? NULL : s;
}

const char *
json_text(const struct json *v, const char *key)
{
	return json_string(json_get(v, key));
}

int
json_integer(const struct json *v, int64_t *n)
{
	const double exact = 9007199254740992.0; /* 2^53 */
	const char *s = json_string(v);
	long long whole;
	double d;
	char *end;

	if (s == NULL)
		return 0;
	if (text_int(s, &whole) == 0) {
		*n = whole;
		return 1;
	}
	/* 12.0 and 1.2e1; nothing that only strtod would take. */
	if (s[strspn(s, "+-.0123456789eE")] != '\0' ||
	    strchr("+.eE", *s) != NULL)
		return 0;
	d = strtod(s, &end);
	if (*end != '\0' || !(d >= -exact && d <= exact))
		return 0;
	*n = (int64_t)d;
	return (double)*n == d;
}

int
json_int(const struct json *v, const char *key, int64_t *n)
{
	return json_integer(json_get(v, key), n);
}

int
json_bool(const struct json *v, const char *key, int otherwise)
{
	const struct json *m = json_get(v, key);
	const char *s = json_string(m);

	if (json_type(m) == JSON_BOOL)
		return m->u.yes;
	if (text_is(s, "true") || text_is(s, "1"))
		return 1;
	if (text_is(s, "false") || text_is(s, "0"))
		return 0;
	return otherwise;
}
