/*
 * Where the words of a query stand in a text (words_query.h).  The text's words
 * pass once to learn which terms are there, and once more to mark those of
 * alternatives that are there whole: so that of 1.299,50 no 1 is marked
 * elsewhere.  Phrases are found as by Knuth, Morris and Pratt.
 */
#include <string.h>

#include "base/pool.h"

#include "inbox/words/words_each.h"
#include "inbox/words/words_query.h"
#include "inbox/words/words_term.h"

struct sought {
	const struct words_term *term;
	int fail[WORDS_PHRASE_MAX]; /* … of the phrase */
	int state;		    /* words found so far */
	int there;
	int wanted;
};

struct seeking {
	struct sought *sought;
	int n;
	int marking;
	unsigned char *marks;		  /* a byte for each code point */
	int32_t starts[WORDS_PHRASE_MAX]; /* of the words that passed last */
	unsigned passed;
};

static int
same_word(const struct words_word *a, const struct words_word *b)
{
	return a->n == b->n && memcmp(a->points, b->points,
				   sizeof(*a->points) * (size_t)a->n) == 0;
}

static void
prepare(struct sought *s, const struct words_term *t)
{
	int k = 0;

	s->term = t;
	for (int i = 1; i < t->n_words; i++) {
		while (k > 0 && !same_word(&t->words[i], &t->words[k]))
			k = s->fail[k - 1];
		if (same_word(&t->words[i], &t->words[k]))
			k++;
		s->fail[i] = k;
	}
}

/* Is this the word of T that comes at PLACE? */
static int
is_word(const struct words_term *t, int place,
    const struct words_letter *letters, int n)
{
	const struct words_word *w = &t->words[place];
	int prefix = place == t->n_words - 1 && w->n >= t->prefix_min;

	if (n < w->n || (n > w->n && !prefix))
		return 0;
	for (int i = 0; i < w->n; i++)
		if (letters[i].point != w->points[i])
			return 0;
	return 1;
}

static void
found(struct seeking *k, struct sought *s, int32_t end)
{
	unsigned first = k->passed - (unsigned)s->term->n_words + 1;
	int32_t start = k->starts[first % WORDS_PHRASE_MAX];

	s->there = 1;
	if (k->marking && s->wanted && end > start)
		memset(k->marks + start, 1, (size_t)(end - start));
}

static void
seek_word(void *arg, const struct words_letter *letters, int n)
{
	struct seeking *k = arg;

	k->starts[k->passed % WORDS_PHRASE_MAX] = letters[0].start;
	for (int i = 0; i < k->n; i++) {
		struct sought *s = &k->sought[i];
		const struct words_term *t = s->term;

		while (s->state > 0 && !is_word(t, s->state, letters, n))
			s->state = s->fail[s->state - 1];
		if (!is_word(t, s->state, letters, n))
			continue;
		if (++s->state < t->n_words)
			continue;
		found(k, s, letters[t->words[t->n_words - 1].n - 1].end);
		s->state = s->fail[s->state - 1];
	}
	k->passed++;
}

/* One pass over TEXT. */
static void
seek(struct seeking *k, const char *text)
{
	k->passed = 0;
	for (int i = 0; i < k->n; i++)
		k->sought[i].state = 0;
	words_each(text, seek_word, k);
}

/* Calls for each alternative, which begins at the term I. */
static int
want(struct seeking *k, const struct words_query *q)
{
	int i = 0, any = 0;

	for (int g = 0; g < q->n_groups; g++) {
		for (int a = 0; a < q->groups[g].n_alternatives; a++) {
			int n = q->groups[g].alternatives[a].n_terms, there = 0;

			for (int t = 0; t < n; t++)
				there += k->sought[i + t].there;
			for (int t = 0; t < n; t++)
				k->sought[i + t].wanted = there == n;
			any |= there == n;
			i += n;
		}
	}
	return any;
}

static void
read_terms(struct pool *pool, const struct words_query *q, struct seeking *k)
{
	for (int pass = 0; pass < 2; pass++) {
		int n = 0;

		for (int g = 0; g < q->n_groups; g++)
			for (int a = 0; a < q->groups[g].n_alternatives; a++) {
				const struct words_alternative *of =
				    &q->groups[g].alternatives[a];

				for (int t = 0; t < of->n_terms; t++, n++)
					if (pass == 1)
						prepare(&k->sought[n],
						    &of->terms[t]);
			}
		k->n = n;
		if (pass == 0)
			k->sought =
			    pool_alloc(pool, sizeof(*k->sought) * (size_t)n);
	}
}

int
words_places(struct pool *pool, const struct words_query *q, const char *text,
    struct words_place *places, int max)
{
	struct seeking k = { 0 };
	size_t points = strlen(text); /* at most */
	int n = 0;

	if (q == NULL)
		return 0;
	read_terms(pool, q, &k);
	seek(&k, text);
	if (!want(&k, q))
		return 0;
	k.marking = 1;
	k.marks = pool_alloc(pool, points + 1);
	seek(&k, text);
	for (size_t i = 0; i < points && n < max; i++) {
		size_t start = i;

		while (k.marks[i] != 0)
			i++;
		if (i > start)
			places[n++] = (struct words_place){ (int32_t)start,
				(int32_t)(i - start) };
	}
	return n;
}
