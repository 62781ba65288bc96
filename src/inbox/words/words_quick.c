/*
 * Letters without the library (words_quick.h): it takes a few hundred
 * instructions for each, and most are one code point that folds to one.
 */
#include <stddef.h>

#include "inbox/words/words_quick.h"

#define LATIN_FIRST 0xc0

/* From À to ſ; a dot where it is not one letter. */
static const char latin[] =
    "aaaaaa.ceeeeiiiidnooooo.ouuuuy..aaaaaa.ceeeeiiiidnooooo.ouuuuy.y"
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii..jjkk.llllll."
    ".llnnnnnn.nnoooooo..rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

struct row {
	int32_t first;
	int32_t last;
	int32_t folds_by; /* upper case: so far to its lower case */
	enum unicode_class class;
};

/* Ascending. */
static const struct row rows[] = {
	{ 0x391, 0x3a1, 0x20, UNICODE_LETTER }, /* Greek */
	{ 0x3a3, 0x3a9, 0x20, UNICODE_LETTER },
	{ 0x3b1, 0x3c1, 0, UNICODE_LETTER },
	{ 0x3c3, 0x3c9, 0, UNICODE_LETTER },
	{ 0x410, 0x42f, 0x20, UNICODE_LETTER }, /* Cyrillic */
	{ 0x430, 0x44f, 0, UNICODE_LETTER },
	{ 0x5d0, 0x5ea, 0, UNICODE_LETTER }, /* Hebrew */
	{ 0x627, 0x628, 0, UNICODE_LETTER }, /* Arabic */
	{ 0x62a, 0x63a, 0, UNICODE_LETTER },
	{ 0x641, 0x648, 0, UNICODE_LETTER },
	{ 0x64a, 0x64a, 0, UNICODE_LETTER },
	{ 0x905, 0x928, 0, UNICODE_LETTER }, /* Devanagari */
	{ 0x92a, 0x930, 0, UNICODE_LETTER },
	{ 0x935, 0x939, 0, UNICODE_LETTER },
	{ 0xe01, 0xe2e, 0, UNICODE_DENSE }, /* Thai */
	{ 0xe40, 0xe44, 0, UNICODE_DENSE },
	{ 0x3041, 0x3096, 0, UNICODE_DENSE }, /* kana */
	{ 0x30a1, 0x30fa, 0, UNICODE_DENSE },
	{ 0x30fc, 0x30fc, 0, UNICODE_DENSE },
	{ 0x4e00, 0x9fff, 0, UNICODE_DENSE }, /* Han */
	{ 0xac00, 0xd7a3, 0, UNICODE_HANGUL },
};

/* The code point of two or three bytes at S; else NULL. */
static const char *
decode(const char *s, int32_t *point)
{
	const unsigned char *u = (const unsigned char *)s;

	if (u[0] < 0xc2 || u[0] >= 0xf0 || (u[1] & 0xc0) != 0x80)
		return NULL;
	*point = u[1] & 0x3f;
	if (u[0] < 0xe0) {
		*point |= (u[0] & 0x1f) << 6;
		return s + 2;
	}
	if ((u[2] & 0xc0) != 0x80)
		return NULL;
	*point = *point << 6 | (u[0] & 0xf) << 12 | (u[2] & 0x3f);
	return s + 3;
}

static const struct row *
find_row(int32_t c)
{
	size_t low = 0, n = sizeof(rows) / sizeof(*rows);

	while (n > 0) {
		size_t half = n / 2;

		if (c > rows[low + half].last) {
			low += half + 1;
			n -= half + 1;
		} else if (c >= rows[low + half].first) {
			return &rows[low + half];
		} else {
			n = half;
		}
	}
	return NULL;
}

static int
fold_latin(int32_t c, struct words_quick *q)
{
	q->point = latin[c - LATIN_FIRST];
	q->class = UNICODE_LETTER;
	return q->point != '.';
}

static int
fold_row(int32_t c, struct words_quick *q)
{
	const struct row *r = find_row(c);

	if (r == NULL)
		return 0;
	q->point = c + r->folds_by;
	q->class = r->class;
	return 1;
}

const char *
words_quick(const char *s, struct words_quick *q)
{
	int32_t c, after;
	const char *next = decode(s, &c);

	if (next == NULL || c < LATIN_FIRST)
		return NULL;
	if (c < LATIN_FIRST + (int32_t)sizeof(latin) - 1) {
		if (!fold_latin(c, q))
			return NULL;
	} else if (!fold_row(c, q)) {
		return NULL;
	}
	if ((unsigned char)*next < 0x80)
		return next;
	return decode(next, &after) != NULL && !unicode_joins(after) ? next
								     : NULL;
}
