/*
 * What a person typed (words_query.h), read by the function that also reads
 * what is stored.  Of what belongs together, as an order number, it asks for
 * one word or for its parts, as the text may have it either way.
 */
#include <limits.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/pool.h"

#include "inbox/words/words_each.h"
#include "inbox/words/words_query.h"
#include "inbox/words/words_term.h"

#define PREFIX_MIN   3 /* letters; in messages */
#define PREFIX_NEVER INT_MAX

static struct words_word
read_word(struct pool *pool, const struct words_letter *letters, int n)
{
	int32_t *points = pool_alloc(pool, sizeof(*points) * (size_t)n);

	for (int i = 0; i < n; i++)
		points[i] = letters[i].point;
	return (struct words_word){ points, n };
}

static struct words_alternative *
add_alternative(struct pool *pool, struct words_group *g, int terms_max)
{
	struct words_alternative *a = &g->alternatives[g->n_alternatives++];

	a->terms = pool_alloc(pool, sizeof(*a->terms) * (size_t)terms_max);
	return a;
}

static struct words_term *
add_term(struct words_alternative *a, int prefix_min)
{
	struct words_term *t = &a->terms[a->n_terms++];

	t->prefix_min = prefix_min;
	return t;
}

static void
add_word(struct pool *pool, struct words_group *g,
    const struct words_letter *letters, int n, int prefix_min)
{
	struct words_alternative *a = add_alternative(pool, g, 1);
	struct words_term *t = add_term(a, prefix_min);

	t->words[t->n_words++] = read_word(pool, letters, n);
}

/* What a group is looked for by. */
struct part {
	const struct words_letter *letters;
	int n;
};

/* How many PARTS; *PHRASE when one is a single letter, which alone says
 * nothing. */
static int
read_parts(const struct words_split *s, struct part *parts, int *phrase)
{
	int n = 0, end;

	for (int i = 0; i < s->n_runs; i++) {
		const struct words_run *r = &s->runs[i];
		const struct words_letter *l = s->letters + r->at;
		int whole = words_parts(l, r->n) > WORDS_PARTS_MAX;

		for (int at = 0; at < r->n && n < WORDS_TERMS_MAX; at = end) {
			end = whole ? r->n : words_part_end(l, r->n, at);
			parts[n++] = (struct part){ l + at, end - at };
			if (end - at == 1 &&
			    (l[at].point < '0' || l[at].point > '9'))
				*phrase = 1;
		}
	}
	return n;
}

/* With the article typed, what has none is meant, too. */
static void
add_bare(struct pool *pool, struct words_group *g,
    const struct words_letter *letters, int n)
{
	int article = words_arabic_article(letters, n);

	if (article > 0)
		add_word(pool, g, letters + article, n - article, PREFIX_MIN);
}

static void
read_group(
    struct pool *pool, const struct words_split *s, struct words_group *g)
{
	const struct words_run *last = &s->runs[s->n_runs - 1];
	struct part parts[WORDS_TERMS_MAX];
	struct words_alternative *a;
	struct words_term *t = NULL;
	int phrase = 0, n = read_parts(s, parts, &phrase);
	int all = last->at + last->n;

	add_word(pool, g, s->letters,
	    all < WORDS_LENGTH_MAX ? all : WORDS_LENGTH_MAX, PREFIX_MIN);
	if (n == 1) {
		add_bare(pool, g, parts[0].letters, parts[0].n);
		return;
	}
	a = add_alternative(pool, g, phrase ? 1 : n);
	for (int i = 0; i < n; i++) {
		if (t == NULL || !phrase)
			t = add_term(a, PREFIX_MIN);
		t->words[t->n_words++] =
		    read_word(pool, parts[i].letters, parts[i].n);
	}
}

/* The pairs of a dense run as a phrase; of one letter, what begins with it. */
static void
read_dense(struct pool *pool, struct words_split *s, struct words_group *g)
{
	struct words_term *t;

	if (s->kind == WORDS_LAST) {
		add_word(pool, g, s->letters, s->runs[0].n, 1);
		return;
	}
	t = add_term(add_alternative(pool, g, 1), PREFIX_NEVER);
	do {
		if (t->n_words < WORDS_PHRASE_MAX)
			t->words[t->n_words++] =
			    read_word(pool, s->letters, s->runs[0].n);
	} while (words_split_next(s) == WORDS_PAIR);
}

struct words_query *
words_query_read(struct pool *pool, const char *typed)
{
	struct words_query *q = pool_alloc(pool, sizeof(*q));
	struct words_split s;

	q->groups = pool_alloc(pool, sizeof(*q->groups) * WORDS_QUERY_MAX);
	words_split_begin(&s, typed);
	while (q->n_groups < WORDS_QUERY_MAX &&
	       words_split_next(&s) != WORDS_END) {
		struct words_group *g = &q->groups[q->n_groups++];

		if (s.kind == WORDS_GROUP)
			read_group(pool, &s, g);
		else if (s.kind == WORDS_HANGUL)
			add_word(pool, g, s.letters, s.runs[0].n, 1);
		else
			read_dense(pool, &s, g);
	}
	return q->n_groups > 0 ? q : NULL;
}

/* How an engine writes it: what stands around and between the words of a
 * phrase, which are quoted, and between what is asked for. */
static const struct syntax {
	const char *begin, *between, *end, *beginning, *and, * or ;
} syntaxes[] = {
	[WORDS_FTS5] = { "\"", " ", "\"", " *", " AND ", " OR " },
	[WORDS_TSQUERY] = { "'", "'<->'", "'", ":*", "&", "|" },
};

/* What is written, and how. */
struct writing {
	struct buf b;
	const struct syntax *as;
	const char *prefix;
	int prefix_min;
};

static void
put_points(struct buf *b, const struct words_word *w)
{
	for (int i = 0; i < w->n; i++) {
		char *to = buf_room(b, 4);

		b->len -= 4;
		b->len += (size_t)unicode_write(w->points[i], to);
	}
}

static void
put_term(struct writing *w, const struct words_term *t)
{
	const struct words_word *last = &t->words[t->n_words - 1];
	int prefix_min = w->prefix_min;

	if (t->prefix_min < prefix_min || t->prefix_min == PREFIX_NEVER)
		prefix_min = t->prefix_min;
	for (int i = 0; i < t->n_words; i++) {
		buf_text(&w->b, i == 0 ? w->as->begin : w->as->between);
		buf_text(&w->b, w->prefix);
		put_points(&w->b, &t->words[i]);
	}
	buf_text(&w->b, w->as->end);
	if (last->n >= prefix_min)
		buf_text(&w->b, w->as->beginning);
}

static void
put_group(struct writing *w, const struct words_group *g)
{
	for (int i = 0; i < g->n_alternatives; i++) {
		const struct words_alternative *a = &g->alternatives[i];

		if (i > 0)
			buf_text(&w->b, w->as->or);
		buf_char(&w->b, '(');
		for (int j = 0; j < a->n_terms; j++) {
			if (j > 0)
				buf_text(&w->b, w->as->and);
			put_term(w, &a->terms[j]);
		}
		buf_char(&w->b, ')');
	}
}

static const char *
put_query(struct writing *w, const struct words_query *q)
{
	for (int i = 0; i < q->n_groups; i++) {
		if (i > 0)
			buf_text(&w->b, w->as->and);
		buf_char(&w->b, '(');
		put_group(w, &q->groups[i]);
		buf_char(&w->b, ')');
	}
	return buf_end(&w->b);
}

const char *
words_query_match(struct pool *pool, const struct words_query *q,
    enum words_syntax syntax, const char *prefix)
{
	struct writing w = { { .pool = pool }, &syntaxes[syntax], prefix,
		PREFIX_MIN };

	return put_query(&w, q);
}

const char *
words_query_match_names(struct pool *pool, const struct words_query *q,
    enum words_syntax syntax, const char *prefix)
{
	struct writing w = { { .pool = pool }, &syntaxes[syntax], prefix, 1 };

	return put_query(&w, q);
}
