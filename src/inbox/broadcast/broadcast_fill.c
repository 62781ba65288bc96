/*
 * The template of a broadcast for one recipient.  It is filled as text: "{" is
 * itself in JSON, and a value goes in as JSON writes it.
 */
#include <string.h>

#include "base/buf.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "inbox/broadcast/broadcast_fill.h"

#define VALUE_MAX 200 /* code points */

/* VALUE as it stands between the quotes of JSON. */
static const char *
as_json(struct pool *pool, const char *value)
{
	struct json_out *out = json_new(pool);
	size_t len;
	char *text;

	json_put_text(out, NULL, value);
	text = json_end(out, &len);
	return pool_text(pool, text + 1, len - 2);
}

/* What stands for placeholder NAME, which may end in "|OTHERWISE": as JSON, or
 * NULL and *WHY. */
static const char *
value_of_place(struct pool *pool, const char *name,
    const struct broadcast_person *person, const char **why)
{
	const char *name_of = name, *value;
	size_t len = strcspn(name, "|");

	while (len > 0 && name[len - 1] == ' ')
		len--;
	if (len == strlen("contact.name") && text_begins(name, "contact.name"))
		value = person->name;
	else if (len == strlen("contact.phone") &&
		 text_begins(name, "contact.phone"))
		value = person->phone;
	else {
		*why = pool_printf(pool,
		    "has the placeholder {{%s}}, and there are only"
		    " {{contact.name}} and {{contact.phone}}",
		    name);
		return NULL;
	}
	if (value != NULL)
		value = text_fold(pool, value, VALUE_MAX);
	if (value != NULL)
		return as_json(pool, value);
	name = strchr(name, '|');
	if (name != NULL && name[1 + strspn(name + 1, " ")] != '\0')
		return name + 1;
	*why = pool_printf(pool, "has nothing for {{%s}}", name_of);
	return NULL;
}

/* The end of the placeholder that begins at S ("{{"), behind its name; NULL: it
 * is none, for its string of JSON ends first. */
static const char *
place_end(const char *s)
{
	s += 2 + strcspn(s + 2, "\"{}");
	return strncmp(s, "}}", 2) == 0 ? s : NULL;
}

const char *
broadcast_fill(struct pool *pool, const char *template,
    const struct broadcast_person *person, const char **why)
{
	const char *at = template, *begin, *end, *from, *value;
	struct buf b = { .pool = pool };

	while ((begin = strstr(at, "{{")) != NULL) {
		buf_put(&b, at, (size_t)(begin - at));
		at = begin + 2;
		end = place_end(begin);
		if (end == NULL) {
			buf_text(&b, "{{");
			continue;
		}
		from = at + strspn(at, " ");
		value = value_of_place(pool,
		    pool_text(pool, from, (size_t)(end - from)), person, why);
		if (value == NULL)
			return NULL;
		buf_text(&b, value);
		at = end + 2;
	}
	buf_text(&b, at);
	return buf_end(&b);
}
