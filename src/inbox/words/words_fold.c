/*
 * Which letters are alike, by script (words_fold.h).  The rule: what people who
 * write a language leave out or mix up when they type is no difference, and
 * what makes another word is one.
 */
#include <stddef.h>

#include "inbox/words/words_fold.h"

#define N(table) (sizeof(table) / sizeof(*(table)))

struct alike {
	int32_t from;
	int32_t to[2]; /* 0: nothing */
};

/* Ascending.  As NFKC_Casefold leaves them, decomposed. */
static const struct alike table[] = {
	{ '`', { '\'' } },
	{ 0xe6, { 'a', 'e' } },
	{ 0xf0, { 'd' } },
	{ 0xf8, { 'o' } },
	{ 0xfe, { 't', 'h' } },
	{ 0x111, { 'd' } },
	{ 0x127, { 'h' } },
	{ 0x131, { 'i' } }, /* Turkish */
	{ 0x142, { 'l' } },
	{ 0x14b, { 'n' } },
	{ 0x153, { 'o', 'e' } },
	{ 0x167, { 't' } },
	{ 0x192, { 'f' } }, /* Ewe */
	{ 0x199, { 'k' } }, /* Hausa */
	{ 0x1b4, { 'y' } },
	{ 0x1dd, { 'e' } },
	{ 0x253, { 'b' } },
	{ 0x254, { 'o' } }, /* Akan, Yoruba's neighbours */
	{ 0x256, { 'd' } },
	{ 0x257, { 'd' } },
	{ 0x259, { 'e' } }, /* Azerbaijani */
	{ 0x25b, { 'e' } },
	{ 0x263, { 'g' } },
	{ 0x272, { 'n' } },
	{ 0x28b, { 'v' } },
	{ 0x2b9, { '\'' } },
	{ 0x2bb, { '\'' } }, /* Uzbek, Hawaiian */
	{ 0x2bc, { '\'' } }, /* Ukrainian */
	{ 0x2bd, { '\'' } },
	{ 0x55a, { '\'' } },
	{ 0x5be, { '-' } }, /* Hebrew: maqaf, geresh, gershayim */
	{ 0x5f3, { '\'' } },
	{ 0x5f4, { '"' } },
	{ 0x629, { 0x647 } }, /* Arabic, Persian, Urdu */
	{ 0x640, { 0 } },
	{ 0x649, { 0x64a } },
	{ 0x66b, { '.' } },
	{ 0x66c, { ',' } },
	{ 0x671, { 0x627 } },
	{ 0x6a9, { 0x643 } },
	{ 0x6c1, { 0x647 } },
	{ 0x6c3, { 0x647 } },
	{ 0x6cc, { 0x64a } },
	{ 0x6e5, { 0 } },
	{ 0x6e6, { 0 } },
	{ 0x9ce, { 0x9a4, 0x9cd } }, /* Bengali: khanda ta */
	{ 0xd7a, { 0xd23, 0xd4d } }, /* Malayalam: chillu */
	{ 0xd7b, { 0xd28, 0xd4d } },
	{ 0xd7c, { 0xd30, 0xd4d } },
	{ 0xd7d, { 0xd32, 0xd4d } },
	{ 0xd7e, { 0xd33, 0xd4d } },
	{ 0xd7f, { 0xd15, 0xd4d } },
	{ 0x2010, { '-' } },
	{ 0x2012, { '-' } },
	{ 0x2013, { '-' } },
	{ 0x2018, { '\'' } },
	{ 0x2019, { '\'' } },
	{ 0x201b, { '\'' } },
	{ 0x201c, { '"' } },
	{ 0x201d, { '"' } },
	{ 0x201e, { '"' } },
	{ 0x201f, { '"' } },
	{ 0x2027, { 0xb7 } },
	{ 0x2032, { '\'' } },
	{ 0x2044, { '/' } },
	{ 0x2212, { '-' } },
	{ 0xa78c, { '\'' } },
};

/* Ethiopic letters of one sound each in Amharic; rows of eight or seven. */
static const struct ethiopic {
	int32_t first;
	int32_t last;
	int32_t as;
} ethiopic[] = {
	{ 0x1210, 0x1217, 0x1200 },
	{ 0x1220, 0x1227, 0x1230 },
	{ 0x1280, 0x1287, 0x1200 },
	{ 0x12d0, 0x12d6, 0x12a0 },
	{ 0x1340, 0x1347, 0x1338 },
};

int
words_is_hebrew(int32_t c)
{
	return c >= 0x590 && c <= 0x5ff;
}

int
words_is_arabic(int32_t c)
{
	return (c >= 0x600 && c <= 0x6ff) || (c >= 0x750 && c <= 0x77f) ||
	       (c >= 0x870 && c <= 0x8ff);
}

static int
is_latin(int32_t c)
{
	return c < 0x300 || (c >= 0x1d00 && c <= 0x1eff) ||
	       (c >= 0x2c60 && c <= 0x2c7f) || (c >= 0xa720 && c <= 0xa7ff) ||
	       (c >= 0xab30 && c <= 0xab6f);
}

static int
is_greek(int32_t c)
{
	return (c >= 0x370 && c <= 0x3ff) || (c >= 0x1f00 && c <= 0x1fff);
}

static int
is_cyrillic(int32_t c)
{
	return (c >= 0x400 && c <= 0x52f) || (c >= 0xa640 && c <= 0xa69f);
}

/* й, ї, ў and, of Macedonian, ѓ and ќ are letters; ё is written without its
 * dots, and an accent is of dictionaries only. */
static int
keeps_cyrillic(int32_t base, int32_t mark)
{
	if (mark == 0x308)
		return base != 0x435;
	if (mark == 0x300 || mark == 0x301)
		return base == 0x433 || base == 0x43a;
	return 1;
}

/* BASE 0: the piece begins with MARK. */
static int
keeps(int32_t base, int32_t mark)
{
	if (mark >= 0x20d0 && mark <= 0x20ff)
		return 0;
	if (base == 0)
		return 1;
	if (is_latin(base) || is_greek(base) || words_is_hebrew(base) ||
	    words_is_arabic(base))
		return 0;
	if (is_cyrillic(base))
		return keeps_cyrillic(base, mark);
	return mark != 0x93c && !(mark >= 0x135d && mark <= 0x135f);
}

static const struct alike *
find_alike(int32_t c)
{
	size_t low = 0, n = N(table);

	while (n > 0) {
		size_t half = n / 2;

		if (table[low + half].from == c)
			return &table[low + half];
		if (table[low + half].from < c) {
			low += half + 1;
			n -= half + 1;
		} else {
			n = half;
		}
	}
	return NULL;
}

static int32_t
ethiopic_letter(int32_t c)
{
	for (size_t i = 0; i < N(ethiopic); i++)
		if (c >= ethiopic[i].first && c <= ethiopic[i].last)
			return c - ethiopic[i].first + ethiopic[i].as;
	return c;
}

/* Is there one in the table, perhaps? */
static int
may_be_alike(int32_t c)
{
	return c < 0x300 || (c >= 0x55a && c <= 0x6e6) ||
	       (c >= 0x9ce && c <= 0xd7f) || (c >= 0x2010 && c <= 0x2212) ||
	       c == 0xa78c;
}

/* How many code points C becomes at TO. */
static int
put_letter(int32_t c, enum unicode_class class, int32_t *to)
{
	const struct alike *a;

	*to = c;
	if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
		return 1;
	if (c >= 0x1200 && c < 0x1380)
		*to = ethiopic_letter(c);
	else if (class == UNICODE_DIGIT)
		*to = '0' + unicode_digit(c);
	else if (may_be_alike(c) && (a = find_alike(c)) != NULL) {
		to[0] = a->to[0];
		to[1] = a->to[1];
		return (a->to[0] != 0) + (a->to[1] != 0);
	}
	return 1;
}

/* What stands in F from BEGIN on becomes as few code points as there may be. */
static void
compose_from(struct words_folded *f, int begin)
{
	if (f->n - begin > 1)
		f->n = begin + unicode_compose(f->points + begin, f->n - begin);
}

static void
add_base(struct words_folded *f, int32_t c, enum unicode_class class)
{
	int n = put_letter(c, class, f->points + f->n);

	/* A letter may become a sign, and a letter with a mark. */
	if (n > 0)
		f->classes[f->n] = f->points[f->n] == c
				       ? class
				       : unicode_class(f->points[f->n]);
	if (n > 1)
		f->classes[f->n + 1] = unicode_class(f->points[f->n + 1]);
	f->n += n;
}

static void
add_mark_kept(struct words_folded *f, int32_t base, int32_t mark)
{
	if (!keeps(base, mark))
		return;
	f->points[f->n] = mark == 0x901 ? WORDS_ANUSVARA : mark;
	f->classes[f->n++] = UNICODE_MARK;
}

void
words_fold(const struct unicode_piece *p, struct words_folded *f)
{
	int begin = 0; /* of a letter with its marks */
	int32_t base = 0;

	f->n = 0;
	if (p->first == 0x2120 || p->first == 0x2122) {
		f->points[0] = ';';
		f->classes[0] = UNICODE_CUT;
		f->n = 1;
		return;
	}
	for (int i = 0; i < p->n; i++) {
		int32_t c = p->points[i];
		enum unicode_class class = unicode_class(c);

		if (class == UNICODE_MARK) {
			add_mark_kept(f, base, c);
			continue;
		}
		compose_from(f, begin);
		if (c < 0x1160 || c > 0x11ff)
			begin = f->n; /* Korean in parts is one */
		base = c;
		add_base(f, c, class);
	}
	compose_from(f, begin);
}

int
words_is_nasal(int32_t nasal, int32_t virama, int32_t before)
{
	if (virama != 0x94d)
		return 0;
	switch (nasal) {
	case 0x919:
		return before >= 0x915 && before <= 0x918;
	case 0x91e:
		return before >= 0x91a && before <= 0x91d;
	case 0x923:
		return before >= 0x91f && before <= 0x922;
	case 0x928:
		return before >= 0x924 && before <= 0x927;
	case 0x92e:
		return before >= 0x92a && before <= 0x92d;
	default:
		return 0;
	}
}
