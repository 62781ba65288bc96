/*
 * Validates what a person typed as a canned reply.
 */
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/unicode/unicode.h"
#include "lib/unicode/unicode_nfc.h"

#include "inbox/canned_reply/canned_reply.h"
#include "inbox/canned_reply/canned_reply_validate.h"

#define SIGNS "-_." /* beside letters and digits */

/* What clients fill, as docs/openapi.yaml says. */
static const char *const canned_reply_places[] = { "contact.name",
	"contact.phone", "member.name", NULL };

/* A letter or a digit with its marks, or one of SIGNS. */
static int
is_of_shortcut(const struct unicode_piece *p)
{
	if (p->first < 0x80 && p->first > 0 &&
	    strchr(SIGNS, (int)p->first) != NULL)
		return 1;
	return p->n > 0 && unicode_class(p->first) != UNICODE_CUT;
}

const char *
canned_reply_validate_shortcut(
    struct pool *pool, const char *typed, const char **why)
{
	const char *s = unicode_nfc(pool, typed), *next = s;
	struct unicode_piece p;

	if (s == NULL || *s == '\0') {
		*why = "is empty";
		return NULL;
	}
	if (text_points(s) > CANNED_REPLY_SHORTCUT_MAX) {
		*why = "is longer than 32 characters";
		return NULL;
	}
	while (*next != '\0') {
		next = unicode_next(next, &p);
		if (!is_of_shortcut(&p)) {
			*why = "may have letters, digits, '-', '_' and '.', and"
			       " nothing else";
			return NULL;
		}
	}
	return s;
}

const char *
canned_reply_key(struct pool *pool, const char *shortcut)
{
	char *key =
	    pool_room(pool, strlen(shortcut) * UNICODE_PIECE_MAX * 4 + 1);
	struct unicode_piece p;
	size_t len = 0;

	while (*shortcut != '\0') {
		shortcut = unicode_next(shortcut, &p);
		for (int i = 0; i < p.n; i++)
			len += (size_t)unicode_write(p.points[i], key + len);
	}
	key[len] = '\0';
	return key;
}

/* The end of the placeholder that begins at S ("{{"), NULL there is none on
 * its line; *NAME is what stands in it, without blanks around. */
static const char *
read_place(struct pool *pool, const char *s, const char **name)
{
	const char *from = s + 2 + strspn(s + 2, " "), *end = from;

	end += strcspn(end, "{}\n");
	if (strncmp(end, "}}", 2) != 0)
		return NULL;
	s = end + 2;
	while (end > from && end[-1] == ' ')
		end--;
	*name = pool_text(pool, from, (size_t)(end - from));
	return s;
}

const char *
canned_reply_validate_text(
    struct pool *pool, const char *typed, const char **why)
{
	const char *at = typed, *name;

	*why = NULL;
	if (text_fold(pool, typed, 1) == NULL)
		*why = "is empty";
	else if (text_points(typed) > CANNED_REPLY_TEXT_MAX)
		*why = "is longer than 4,096 characters";
	while (*why == NULL && (at = strstr(at, "{{")) != NULL) {
		const char *end = read_place(pool, at, &name);

		if (end != NULL && !text_among(name, canned_reply_places))
			*why = pool_printf(pool,
			    "has the placeholder {{%s}}, and there are only"
			    " {{contact.name}}, {{contact.phone}} and"
			    " {{member.name}}",
			    name);
		at = end != NULL ? end : at + 2;
	}
	return *why == NULL ? typed : NULL;
}
