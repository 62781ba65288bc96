/*
 * What a person typed, as an engine reads it (search_terms.h): quoted words, so
 * that nothing in them is syntax.
 */
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/pool.h"

#include "lib/unicode/unicode.h"

#include "inbox/search/engine/search_define.h"
#include "inbox/search/search_terms.h"
#include "inbox/words/words_query.h"

#define DIGITS_MAX 15 /* E.164 */

/* Six digits are one word, less the beginning of one, more the words at each
 * sixth of them and the last. */
static const char *
read_digits(struct pool *pool, enum words_syntax syntax, const char *prefix,
    const char *digits)
{
	int fts5 = syntax == WORDS_FTS5;
	const char *quote = fts5 ? "\"" : "'", *and = fts5 ? " " : "&";
	struct buf b = { .pool = pool };
	size_t len = strlen(digits), at = 0;

	if (len < SEARCH_DIGITS)
		return pool_printf(pool, "%s%s%s%s%s", quote, prefix, digits,
		    quote, fts5 ? "*" : ":*");
	for (; at + SEARCH_DIGITS < len; at += SEARCH_DIGITS)
		buf_printf(&b, "%s%s%.*s%s%s", quote, prefix, SEARCH_DIGITS,
		    digits + at, quote, and);
	buf_printf(
	    &b, "%s%s%s%s", quote, prefix, digits + len - SEARCH_DIGITS, quote);
	return buf_end(&b);
}

/* What people write into numbers; dashes come from address books, with marks
 * of direction around, which are not seen. */
static int
is_of_phone(int32_t point)
{
	return (point > 0 && point < 0x80 &&
		   strchr("+()./- \t", (int)point) != NULL) ||
	       (point >= 0x2010 && point <= 0x2015) || point == 0x2212;
}

/* The digits of a phone, of any script, in POOL; NULL: it is none. */
static const char *
read_phone(struct pool *pool, const char *q)
{
	struct buf b = { .pool = pool };
	struct unicode_piece p;

	while (*q != '\0') {
		q = unicode_next(q, &p);
		if (p.n == 1 && unicode_class(p.points[0]) == UNICODE_DIGIT)
			buf_char(&b, (char)('0' + unicode_digit(p.points[0])));
		else if (p.n > 1 || (p.n == 1 && !is_of_phone(p.points[0])))
			return NULL;
	}
	return b.len >= SEARCH_DIGITS_MIN && b.len <= DIGITS_MAX ? buf_end(&b)
								 : NULL;
}

void
search_terms_read(struct pool *pool, enum words_syntax syntax,
    int64_t workspace_id, const char *q, struct search_terms *t)
{
	char prefix[SEARCH_PREFIX_MAX];

	search_prefix(prefix, workspace_id, SEARCH_NO_PARTITION);
	t->syntax = syntax;
	t->query = words_query_read(pool, q);
	t->names = t->query != NULL
		       ? words_query_match_names(pool, t->query, syntax, prefix)
		       : NULL;
	t->digits = read_phone(pool, q);
	t->in_phones = t->digits != NULL
			   ? read_digits(pool, syntax, prefix, t->digits)
			   : NULL;
}

const char *
search_terms_messages(struct pool *pool, int64_t workspace_id,
    const int64_t *partitions, int n, const struct search_terms *t)
{
	struct buf b = { .pool = pool };
	char prefix[SEARCH_PREFIX_MAX];

	if (t->query == NULL)
		return NULL;
	for (int i = 0; i < n; i++) {
		search_prefix(prefix, workspace_id, partitions[i]);
		if (i > 0)
			buf_text(&b, t->syntax == WORDS_FTS5 ? " OR " : "|");
		buf_char(&b, '(');
		buf_text(
		    &b, words_query_match(pool, t->query, t->syntax, prefix));
		buf_char(&b, ')');
	}
	return buf_end(&b);
}

/* A word is quoted and has no sign in it: a * asks for its beginning, after a
 * colon in a tsquery. */
const char *
search_terms_whole(struct pool *pool, const char *match)
{
	struct buf b = { .pool = pool };

	if (strchr(match, '*') == NULL)
		return NULL;
	for (; *match != '\0'; match++)
		if (*match != '*' && *match != ':')
			buf_char(&b, *match);
	return buf_end(&b);
}
