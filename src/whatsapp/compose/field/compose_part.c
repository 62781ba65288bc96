/*
 * Reads one field of a message to be sent, and notes what is wrong with it.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/compose/field/compose_part.h"

#define LINK_MAX 2048
#define ID_MAX	 64

void
compose_note(struct compose_part *c, const char *field, const char *fmt, ...)
{
	struct compose_wrong *w = pool_alloc(c->pool, sizeof(*w));
	char message[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	w->field = pool_copy(c->pool, field);
	w->message = pool_copy(c->pool, message);
	*c->end = w;
	c->end = &w->next;
}

void
compose_also(struct compose_part *c, const char *s)
{
	if (s == NULL)
		return;
	if (c->also.len > 0)
		buf_char(&c->also, ' ');
	buf_text(&c->also, s);
}

const char *
compose_path(struct compose_part *c, const char *path, const char *key)
{
	return *path == '\0' ? key : pool_printf(c->pool, "%s.%s", path, key);
}

/* Member KEY of O; NULL when it is absent or null. */
static const struct json *
member(struct compose_part *c, const struct json *o, const char *path,
    const char *key, int needed)
{
	const struct json *m = json_get(o, key);

	if (json_type(m) != JSON_NONE && json_type(m) != JSON_NULL)
		return m;
	if (needed)
		compose_note(c, compose_path(c, path, key), "is missing");
	return NULL;
}

const char *
compose_get_text(struct compose_part *c, const struct json *o, const char *path,
    const char *key, size_t max, int needed)
{
	const struct json *m = member(c, o, path, key, needed);
	const char *s = json_string(m);

	if (m == NULL)
		return NULL;
	if (json_type(m) != JSON_STRING)
		compose_note(c, compose_path(c, path, key), "must be a string");
	else if (s == NULL || text_fold(c->pool, s, 1) == NULL) {
		if (needed)
			compose_note(c, compose_path(c, path, key), "is empty");
	} else if (text_points(s) > max)
		compose_note(c, compose_path(c, path, key),
		    "may have at most %zu characters", max);
	else
		return s;
	return NULL;
}

const char *
compose_get_link(struct compose_part *c, const struct json *o, const char *path,
    const char *key)
{
	const char *s = compose_get_text(c, o, path, key, LINK_MAX, 1), *at;

	if (s == NULL)
		return NULL;
	for (at = s; (unsigned char)*at > ' ' && *at != 0x7f; at++)
		;
	if (*at == '\0' && ((text_begins(s, "https://") && s[8] != '\0') ||
			       (text_begins(s, "http://") && s[7] != '\0')))
		return s;
	compose_note(c, compose_path(c, path, key), "must be an https URL");
	return NULL;
}

const char *
compose_get_media_id(struct compose_part *c, const struct json *o,
    const char *path, const char *key, const char *ours)
{
	const char *s = json_text(o, key);

	if (s != NULL && strspn(s, "0123456789") == strlen(s) &&
	    strlen(s) <= ID_MAX)
		return s;
	compose_note(c, compose_path(c, path, key),
	    "must be the provider's media id, digits only; the id of "
	    "POST /media goes into %s",
	    compose_path(c, path, ours));
	return NULL;
}

int64_t
compose_get_id(struct compose_part *c, const struct json *o, const char *path,
    const char *key, int needed)
{
	const struct json *m = member(c, o, path, key, needed);
	int64_t id = 0;

	if (m == NULL)
		return 0;
	if (json_type(m) == JSON_NUMBER && json_integer(m, &id) && id > 0)
		return id;
	compose_note(c, compose_path(c, path, key), "must be an id, a number");
	return 0;
}

int
compose_get_bool(struct compose_part *c, const struct json *o, const char *path,
    const char *key)
{
	const struct json *m = member(c, o, path, key, 0);

	if (m == NULL)
		return -1;
	if (json_type(m) == JSON_BOOL)
		return json_bool(o, key, 0);
	compose_note(c, compose_path(c, path, key), "must be true or false");
	return -1;
}

const struct json *
compose_get_object(struct compose_part *c, const struct json *o,
    const char *path, const char *key)
{
	const struct json *m = member(c, o, path, key, 1);

	if (m == NULL || json_type(m) == JSON_OBJECT)
		return m;
	compose_note(c, compose_path(c, path, key), "must be an object");
	return NULL;
}

const struct json *
compose_get_list(struct compose_part *c, const struct json *o, const char *path,
    const char *key, size_t max, int needed)
{
	const struct json *m = member(c, o, path, key, needed), *e;
	const char *where = compose_path(c, path, key);
	int n = 0;

	if (m == NULL)
		return NULL;
	if (json_type(m) != JSON_ARRAY) {
		compose_note(c, where, "must be an array");
		return NULL;
	}
	if ((needed && json_count(m) == 0) || json_count(m) > max) {
		compose_note(c, where, "must have %d to %zu elements",
		    needed ? 1 : 0, max);
		return NULL;
	}
	for (e = json_first(m); e != NULL; e = json_next(e), n++) {
		if (json_type(e) == JSON_OBJECT)
			continue;
		compose_note(c, pool_printf(c->pool, "%s[%d]", where, n),
		    "must be an object");
		return NULL;
	}
	return m;
}

int
compose_has_word(const char *words, const char *word)
{
	size_t n = strlen(word);
	const char *at;

	if (n == 0 || strchr(word, ' ') != NULL)
		return 0;
	for (at = words; (at = strstr(at, word)) != NULL; at++)
		if ((at == words || at[-1] == ' ') &&
		    (at[n] == ' ' || at[n] == '\0'))
			return 1;
	return 0;
}

void
compose_only(struct compose_part *c, const struct json *o, const char *path,
    const char *fields)
{
	const struct json *m;

	for (m = json_first(o); m != NULL; m = json_next(m))
		if (!compose_has_word(fields, json_key(m)))
			compose_note(c, compose_path(c, path, json_key(m)),
			    "is unknown; known are: %s", fields);
}
