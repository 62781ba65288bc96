/*
 * What a person typed, as FTS5 reads it (search_terms.h): quoted words, so that
 * nothing in them is syntax.
 */
#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/pool.h"
#include "base/text.h"

#include "inbox/search/search_terms.h"

#define DIGITS_MIN  3
#define DIGITS_MAX  15 /* E.164 */
#define DIGITS_WORD 6  /* of phones: inbox.sql, phone_parts */
#define PREFIX_MIN  3  /* in messages: inbox.sql, prefix='3' */

/* Letters and digits; all that is not ASCII is left to the tokenizer. */
static int
in_word(char c)
{
	return (unsigned char)c >= 0x80 || isalnum((unsigned char)c);
}

/* From U+2E80 on: Chinese, Japanese, Korean. */
static int
is_dense(const char *word)
{
	return strcmp(word, "\xe2\xba\x80") >= 0;
}

static const char *
read_words(struct pool *pool, const char *q, size_t prefix_min)
{
	struct buf b = { .pool = pool };
	int n = 0;

	while (*q != '\0' && n < SEARCH_WORDS_MAX) {
		size_t len = 0;
		char *word;

		while (in_word(q[len]))
			len++;
		if (len == 0) {
			q++;
			continue;
		}
		word = pool_text(pool, q, len);
		buf_printf(&b, "%s\"%s\"%s", n++ > 0 ? " " : "", word,
		    text_points(word) >= prefix_min || is_dense(word) ? "*"
								      : "");
		q += len;
	}
	return n > 0 ? buf_end(&b) : NULL;
}

/* Six digits are one word, less the beginning of one, more the words at each
 * sixth of them and the last. */
static const char *
read_digits(struct pool *pool, const char *digits)
{
	struct buf b = { .pool = pool };
	size_t len = strlen(digits), at = 0;

	if (len < DIGITS_WORD)
		return pool_printf(pool, "\"%s\"*", digits);
	for (; at + DIGITS_WORD < len; at += DIGITS_WORD)
		buf_printf(&b, "\"%.*s\" ", DIGITS_WORD, digits + at);
	buf_printf(&b, "\"%s\"", digits + len - DIGITS_WORD);
	return buf_end(&b);
}

void
search_terms_read(struct pool *pool, const char *q, struct search_terms *t)
{
	const char *digits = text_digits(pool, q);

	t->whole = read_words(pool, q, SIZE_MAX);
	t->words = read_words(pool, q, 1);
	t->in_messages = read_words(pool, q, PREFIX_MIN);
	t->digits = t->in_phones = NULL;
	if (q[strspn(q, "0123456789+()./- \t")] == '\0' &&
	    strlen(digits) >= DIGITS_MIN && strlen(digits) <= DIGITS_MAX) {
		t->digits = digits;
		t->in_phones = read_digits(pool, digits);
	}
}
