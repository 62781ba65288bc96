/*
 * What a person typed, as FTS5 reads it (search_terms.h): quoted words, so that
 * nothing in them is syntax.
 */
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/pool.h"
#include "base/text.h"

#include "inbox/search/search_define.h"
#include "inbox/search/search_terms.h"
#include "inbox/search/words_query.h"

#define DIGITS_MIN  3
#define DIGITS_MAX  15 /* E.164 */
#define DIGITS_WORD 6  /* of phones: search_define.h */

/* Six digits are one word, less the beginning of one, more the words at each
 * sixth of them and the last. */
static const char *
read_digits(struct pool *pool, const char *prefix, const char *digits)
{
	struct buf b = { .pool = pool };
	size_t len = strlen(digits), at = 0;

	if (len < DIGITS_WORD)
		return pool_printf(pool, "\"%s%s\"*", prefix, digits);
	for (; at + DIGITS_WORD < len; at += DIGITS_WORD)
		buf_printf(&b, "\"%s%.*s\" ", prefix, DIGITS_WORD, digits + at);
	buf_printf(&b, "\"%s%s\"", prefix, digits + len - DIGITS_WORD);
	return buf_end(&b);
}

void
search_terms_read(struct pool *pool, int64_t workspace_id, const char *q,
    struct search_terms *t)
{
	const char *digits = text_digits(pool, q);
	char prefix[SEARCH_PREFIX_MAX];

	search_prefix(prefix, workspace_id, SEARCH_NO_PARTITION);
	t->query = words_query_read(pool, q);
	t->names = t->query != NULL
		       ? words_query_match_names(pool, t->query, prefix)
		       : NULL;
	t->digits = t->in_phones = NULL;
	if (q[strspn(q, "0123456789+()./- \t")] == '\0' &&
	    strlen(digits) >= DIGITS_MIN && strlen(digits) <= DIGITS_MAX) {
		t->digits = digits;
		t->in_phones = read_digits(pool, prefix, digits);
	}
}

const char *
search_terms_messages(struct pool *pool, int64_t workspace_id,
    int64_t partition, const struct search_terms *t)
{
	char prefix[SEARCH_PREFIX_MAX];

	search_prefix(prefix, workspace_id, partition);
	return t->query != NULL ? words_query_match(pool, t->query, prefix)
				: NULL;
}
