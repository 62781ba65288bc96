/*
 * The words of a text and of what is typed.  A line of input is what is typed,
 * the rest is a text.
 */
#include "fuzz.h"

#include "base/buf.h"
#include "base/pool.h"
#include "base/text.h"

#include "inbox/words/words.h"
#include "inbox/words/words_query.h"

#define PREFIX	   "z9.1."
#define PLACES_MAX 64
#define MATCH_MAX  (256 * 1024)

static const char *
words_of(struct pool *pool, const char *prefix, const char *text)
{
	struct buf b = { .pool = pool };

	words_put(&b, prefix, text);
	return buf_end(&b);
}

/* Each with its prefix, of nothing that FTS5 would look at. */
static void
are_words(const char *s)
{
	must(text_is_utf8(s, strlen(s)));
	while (*s != '\0') {
		must(text_begins(s, PREFIX));
		s += strlen(PREFIX);
		must(*s != ' ' && *s != '\0');
		for (; *s != ' ' && *s != '\0'; s++)
			must((unsigned char)*s >= 0x80 ||
			     (*s >= 'a' && *s <= 'z') ||
			     (*s >= '0' && *s <= '9'));
		if (*s == ' ')
			must(*++s != '\0');
	}
}

/* Ascending, apart, within TEXT: how many. */
static int
check_places(struct pool *pool, const struct words_query *q, const char *text)
{
	struct words_place places[PLACES_MAX];
	int n = words_places(pool, q, text, places, PLACES_MAX);
	int32_t end = 0, all = (int32_t)strlen(text);

	must(n >= 0 && n <= PLACES_MAX);
	for (int i = 0; i < n; i++) {
		must(places[i].start >= end && places[i].length > 0);
		end = places[i].start + places[i].length;
		must(end <= all);
	}
	if (text_is_utf8(text, strlen(text)))
		must(end <= (int32_t)text_points(text));
	return n;
}

static void
check(struct pool *pool, const char *typed, const char *text)
{
	const char *words = words_of(pool, PREFIX, typed), *match;
	struct words_query *q = words_query_read(pool, typed);

	are_words(words);
	must((q == NULL) == (*words == '\0'));
	if (q == NULL)
		return;
	match = words_query_match(pool, q, WORDS_FTS5, PREFIX);
	must(strlen(match) < MATCH_MAX);
	must(strlen(words_query_match_names(pool, q, WORDS_FTS5, PREFIX)) >=
	     strlen(match));
	/* Whoever types a text finds it. */
	must(check_places(pool, q, typed) > 0);
	check_places(pool, q, text);
	/* What is stored is made of words, too. */
	must(words_query_read(pool, words_of(pool, "", typed)) != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pool *pool = pool_new();
	char *typed = fuzz_line(&data, &size), *text = fuzz_text(data, size);

	are_words(words_of(pool, PREFIX, text));
	check(pool, typed, text);
	free(typed);
	free(text);
	pool_free(pool);
	return 0;
}
