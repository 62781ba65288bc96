/*
 * The words of a text, from its runs (words_split.h).  Their order: the parts
 * of a group side by side, so that they can be asked as a phrase; then what is
 * made by leaving something out, a sign between them or an article.
 */
#include "inbox/words/words_each.h"

#define PART_MIN    2 /* letters of a part, when there are many */
#define ARTICLE_MIN 3 /* letters that an article is glued to */
#define HEBREW_MIN  2 /* … one of Hebrew: בתל אביב */

static int
is_digit(const struct words_letter *l)
{
	return l->point >= '0' && l->point <= '9';
}

int
words_part_end(const struct words_letter *letters, int n, int at)
{
	int end = at + 1;

	while (end < n && is_digit(letters + end) == is_digit(letters + at))
		end++;
	return end;
}

int
words_parts(const struct words_letter *letters, int n)
{
	int parts = 0;

	for (int at = 0; at < n; at = words_part_end(letters, n, at))
		parts++;
	return parts;
}

/* The run R whole, or its parts. */
static void
each_part(const struct words_split *s, const struct words_run *r,
    words_each_fn *fn, void *arg)
{
	const struct words_letter *letters = s->letters + r->at;
	int parts, end;

	if (r->n_digits == 0 || r->n_digits == r->n) {
		fn(arg, letters, r->n);
		return;
	}
	parts = words_parts(letters, r->n);
	for (int at = 0; at < r->n; at = end) {
		end = words_part_end(letters, r->n, at);
		if (parts <= WORDS_PARTS_MAX || end - at >= PART_MIN)
			fn(arg, letters + at, end - at);
	}
}

/* Is FIRST one of ה ו ב ל מ ש כ, which are glued to what follows? */
static int
is_hebrew_article(int32_t first)
{
	switch (first) {
	case 0x5d1:
	case 0x5d4:
	case 0x5d5:
	case 0x5db:
	case 0x5dc:
	case 0x5de:
	case 0x5e9:
		return 1;
	default:
		return 0;
	}
}

/* How many of them are before the word: one; two as in וה, שב, מה, כש. */
static int
hebrew_articles(const struct words_letter *l, int n)
{
	int32_t first = l[0].point, second;

	if (n < 1 + HEBREW_MIN || !is_hebrew_article(first))
		return 0;
	second = l[1].point;
	if (n < 2 + ARTICLE_MIN || !is_hebrew_article(second))
		return 1;
	if (first == 0x5d5 || first == 0x5e9)
		return 2;
	return 1 + ((first == 0x5de && second == 0x5d4) ||
		       (first == 0x5db && second == 0x5e9));
}

int
words_arabic_article(const struct words_letter *l, int n)
{
	int32_t first = l[0].point;

	if (n < 2 + ARTICLE_MIN)
		return 0;
	if ((first == 0x627 || first == 0x644) && l[1].point == 0x644)
		return 2;
	if (first != 0x648 && first != 0x628 && first != 0x641 &&
	    first != 0x643)
		return 0;
	if (n < 3 + ARTICLE_MIN || l[1].point != 0x627 || l[2].point != 0x644)
		return 0;
	return 3;
}

/* The word without what is glued to its beginning. */
static void
each_bare(
    const struct words_letter *letters, int n, words_each_fn *fn, void *arg)
{
	int articles;

	if (letters[0].point < 0x590)
		return;
	if (words_is_arabic(letters[0].point)) {
		articles = words_arabic_article(letters, n);
		if (articles > 0)
			fn(arg, letters + articles, n - articles);
		return;
	}
	articles = hebrew_articles(letters, n);
	for (int i = 1; i <= articles; i++)
		fn(arg, letters + i, n - i);
}

/* The runs from the one at K on, without the signs between them. */
static void
each_joined(const struct words_split *s, int k, words_each_fn *fn, void *arg)
{
	const struct words_run *last = &s->runs[s->n_runs - 1];
	const struct words_letter *letters = s->letters + s->runs[k].at;
	int n = last->at + last->n - s->runs[k].at;

	if (n > WORDS_LENGTH_MAX)
		n = WORDS_LENGTH_MAX;
	fn(arg, letters, n);
	if (k == 0)
		each_bare(letters, n, fn, arg);
}

static void
each_of_group(const struct words_split *s, words_each_fn *fn, void *arg)
{
	int digits = 0;

	for (int i = 0; i < s->n_runs; i++) {
		each_part(s, &s->runs[i], fn, arg);
		digits |= s->runs[i].n_digits > 0;
	}
	for (int i = 0; i < s->n_runs; i++) {
		const struct words_run *r = &s->runs[i];
		const struct words_letter *letters = s->letters + r->at;

		if (r->n_digits == 0)
			each_bare(letters, r->n, fn, arg);
		else if (r->n_digits < r->n)
			fn(arg, letters, r->n);
	}
	/* What is asked as one is the beginning of one of these. */
	for (int i = 0; i < s->n_runs - 1 && (i == 0 || digits); i++)
		each_joined(s, i, fn, arg);
}

void
words_each_of(const struct words_split *s, words_each_fn *fn, void *arg)
{
	if (s->kind == WORDS_GROUP)
		each_of_group(s, fn, arg);
	else
		fn(arg, s->letters, s->runs[0].n);
}

void
words_each(const char *text, words_each_fn *fn, void *arg)
{
	struct words_split s;

	words_split_begin(&s, text);
	while (words_split_next(&s) != WORDS_END)
		words_each_of(&s, fn, arg);
}
