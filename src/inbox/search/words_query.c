/*
 * What a person typed, as words to look for (words_query.h).
 */
#include <stddef.h>
#include <string.h>

#include "base/buf.h"
#include "base/pool.h"
#include "base/text.h"

#include "inbox/search/words.h"
#include "inbox/search/words_query.h"

#define PREFIX_MIN 3

struct words_query {
	int n;
	const char *words[WORDS_QUERY_MAX];
};

struct words_query *
words_query_read(struct pool *pool, const char *typed)
{
	struct words_query *q = pool_alloc(pool, sizeof(*q));
	struct buf b = { .pool = pool };
	char *word, *rest;

	words_put(&b, "", typed);
	for (word = strtok_r(buf_end(&b), " ", &rest);
	     word != NULL && q->n < WORDS_QUERY_MAX;
	     word = strtok_r(NULL, " ", &rest))
		q->words[q->n++] = word;
	return q->n > 0 ? q : NULL;
}

static const char *
match(struct pool *pool, const struct words_query *q, const char *prefix,
    size_t prefix_min)
{
	struct buf b = { .pool = pool };

	for (int i = 0; i < q->n; i++)
		buf_printf(&b, "%s\"%s%s\"%s", i > 0 ? " AND " : "", prefix,
		    q->words[i],
		    text_points(q->words[i]) >= prefix_min ? " *" : "");
	return buf_end(&b);
}

const char *
words_query_match(
    struct pool *pool, const struct words_query *q, const char *prefix)
{
	return match(pool, q, prefix, PREFIX_MIN);
}

const char *
words_query_match_names(
    struct pool *pool, const struct words_query *q, const char *prefix)
{
	return match(pool, q, prefix, 1);
}

int
words_places(struct pool *pool, const struct words_query *q, const char *text,
    struct words_place *places, int max)
{
	(void)pool;
	(void)q;
	(void)text;
	(void)places;
	(void)max;
	return 0;
}
