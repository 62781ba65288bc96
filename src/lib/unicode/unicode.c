/*
 * Unicode with libutf8proc.  What is found here is stored in indexes, so it
 * may not change with the library: each version knows a later Unicode, with
 * new letters and, now and then, another category for an old one.  This file
 * stays at Unicode 15.0, which utf8proc 2.8 knows.  tests/unit/test_unicode
 * adds up all code points: where a later library differs, what it brought goes
 * into `added`.
 */
#include <stddef.h>
#include <string.h>

#include <utf8proc.h>

#include "lib/unicode/unicode.h"

#if UTF8PROC_VERSION_MAJOR * 100 + UTF8PROC_VERSION_MINOR < 208
#error "utf8proc 2.8 or later is wanted, for Unicode 15.0"
#endif

#define N(table) (sizeof(table) / sizeof(*(table)))

struct range {
	int32_t first;
	int32_t last;
};

/* Ascending. */
static int
is_in(int32_t c, const struct range *table, size_t n)
{
	size_t low = 0;

	while (n > 0) {
		size_t half = n / 2;

		if (c > table[low + half].last) {
			low += half + 1;
			n -= half + 1;
		} else if (c >= table[low + half].first) {
			return 1;
		} else {
			n = half;
		}
	}
	return 0;
}

/* Came after Unicode 15.0 (15.1, 16, 17: utf8proc 2.9 to 2.11), where what a
 * later library says is not what follows from classes below. */
static const struct range added[] = {
	{ 0x88f, 0x88f },
	{ 0x897, 0x897 },
	{ 0xc5c, 0xc5c },
	{ 0xcdc, 0xcdc },
	{ 0x1acf, 0x1aeb },
	{ 0x1b4e, 0x1b4f },
	{ 0x1b7f, 0x1b7f },
	{ 0x1c89, 0x1c8a },
	{ 0xa7cb, 0xa7cf },
	{ 0xa7d2, 0xa7d2 },
	{ 0xa7d4, 0xa7d4 },
	{ 0xa7da, 0xa7f1 },
	{ 0xfbc3, 0xfbd2 },
	{ 0xfd90, 0xfd91 },
	{ 0xfdc8, 0xfdce },
	{ 0x105c0, 0x105f3 },
	{ 0x10940, 0x10959 },
	{ 0x10d40, 0x10d8f },
	{ 0x10ec2, 0x10efc },
	{ 0x11380, 0x113e2 },
	{ 0x116d0, 0x116e3 },
	{ 0x11b60, 0x11bf9 },
	{ 0x11db0, 0x11de9 },
	{ 0x11f5a, 0x11f5a },
	{ 0x13460, 0x143fa },
	{ 0x16100, 0x16139 },
	{ 0x16d40, 0x16d79 },
	{ 0x16ea0, 0x16ed3 },
	{ 0x16ff2, 0x16ff6 },
	{ 0x187f8, 0x187ff },
	{ 0x18cff, 0x18cff },
	{ 0x18d09, 0x18df2 },
	{ 0x1cc00, 0x1cef0 },
	{ 0x1e5d0, 0x1e6ff },
};

/* Symbols, also those that are to come: emoji, arrows, boxes. */
static const struct range symbols[] = {
	{ 0x2000, 0x2bff },
	{ 0x2e00, 0x2e7f },
	{ 0x2ff0, 0x2fff },
	{ 0x31c0, 0x31ef },
	{ 0xe000, 0xf8ff },
	{ 0xfff0, 0xffff },
	{ 0x1cc00, 0x1cfff },
	{ 0x1f000, 0x1ffff },
	{ 0xe0000, 0x10ffff },
};

/* Han, kana, Thai, Lao, Khmer, Burmese, and others without blanks. */
static const struct range dense[] = {
	{ 0xe00, 0xeff },   /* Thai, Lao */
	{ 0x1000, 0x109f }, /* Burmese */
	{ 0x1780, 0x17ff }, /* Khmer */
	{ 0x1950, 0x19df }, /* Tai Le, New Tai Lue */
	{ 0x1a20, 0x1aaf }, /* Tai Tham */
	{ 0x1b00, 0x1b7f }, /* Balinese */
	{ 0x2e80, 0x2fdf }, /* radicals */
	{ 0x3005, 0x3007 },
	{ 0x3021, 0x3029 },
	{ 0x3031, 0x303c },
	{ 0x3041, 0x312f }, /* kana, bopomofo */
	{ 0x31a0, 0x31bf },
	{ 0x31f0, 0x31ff },
	{ 0x3400, 0x4dbf },
	{ 0x4e00, 0xa4cf }, /* Han, Yi */
	{ 0xa980, 0xa9df }, /* Javanese */
	{ 0xa9e0, 0xa9ff }, /* Burmese */
	{ 0xaa00, 0xaadf }, /* Cham, Burmese, Tai Viet */
	{ 0xf900, 0xfaff },
	{ 0x17000, 0x18d8f }, /* Tangut, Khitan */
	{ 0x1aff0, 0x1b2ff }, /* kana, Nushu */
	{ 0x20000, 0x3ffff },
};

static const struct range hangul[] = {
	{ 0x1100, 0x11ff },
	{ 0x3130, 0x318f },
	{ 0xa960, 0xa97f },
	{ 0xac00, 0xd7ff },
};

static int
is_added(int32_t c)
{
	return c >= added[0].first && is_in(c, added, N(added));
}

/* A category, UTF8PROC_CATEGORY_CN for what came after 15.0. */
static int
category(int32_t c)
{
	if (is_added(c))
		return UTF8PROC_CATEGORY_CN;
	return (int)utf8proc_get_property(c)->category;
}

static enum unicode_class
letter_class(int32_t c)
{
	if (c < dense[0].first)
		return UNICODE_LETTER;
	if (is_in(c, dense, N(dense)))
		return UNICODE_DENSE;
	return is_in(c, hangul, N(hangul)) ? UNICODE_HANGUL : UNICODE_LETTER;
}

static enum unicode_class
unassigned_class(int32_t c)
{
	return is_in(c, symbols, N(symbols)) ? UNICODE_CUT : letter_class(c);
}

enum unicode_class
unicode_class(int32_t c)
{
	if (c >= 0x4e00 && c <= 0x9fff)
		return UNICODE_DENSE;
	switch (category(c)) {
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO:
		return letter_class(c);
	case UTF8PROC_CATEGORY_NL:
	case UTF8PROC_CATEGORY_NO:
	case UTF8PROC_CATEGORY_CN:
		return unassigned_class(c);
	case UTF8PROC_CATEGORY_ND:
		return UNICODE_DIGIT;
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_MC:
	case UTF8PROC_CATEGORY_ME:
		return UNICODE_MARK;
	default:
		return UNICODE_CUT;
	}
}

/* Digits stand together in tens, and no two tens side by side. */
int
unicode_digit(int32_t c)
{
	int n = 0;

	while (n < 9 && category(c - n - 1) == UTF8PROC_CATEGORY_ND)
		n++;
	return n;
}

static const char *
decode(const char *s, int32_t *point)
{
	utf8proc_ssize_t n;

	if ((unsigned char)*s < 0x80) {
		*point = (unsigned char)*s;
		return s + 1;
	}
	n = utf8proc_iterate((const utf8proc_uint8_t *)s, -1, point);
	if (n > 0)
		return s + n;
	*point = 0xfffd;
	return s + 1;
}

/* Japanese voiced and half-voiced marks that stand alone. */
static int32_t
kana_mark(int32_t c)
{
	switch (c) {
	case 0x309b:
	case 0xff9e:
		return 0x3099;
	case 0x309c:
	case 0xff9f:
		return 0x309a;
	default:
		return c;
	}
}

/* Vowels and finals of Korean in parts; U+11A7 is none, though libraries before
 * 2.11.2 take it for one. */
static int
is_jamo_end(int32_t c)
{
	return (c >= 0x1160 && c <= 0x1175) || (c >= 0x11a8 && c <= 0x11c2);
}

/* Most letters that people write are none: not asked one by one. */
static int
is_no_mark(int32_t c)
{
	return c < 0x300 || (c >= 0x370 && c <= 0x482) ||
	       (c >= 0x48a && c <= 0x590) || (c >= 0x5d0 && c <= 0x60f) ||
	       (c >= 0x620 && c <= 0x64a) || (c >= 0x904 && c <= 0x939) ||
	       (c >= 0xe01 && c <= 0xe30) || (c >= 0x3041 && c <= 0x3098) ||
	       (c >= 0x30a0 && c <= 0x9fff) || (c >= 0xac00 && c <= 0xd7a3);
}

int
unicode_joins(int32_t c)
{
	if (is_no_mark(c) && c != 0x309b && c != 0x309c)
		return 0;
	switch (category(kana_mark(c))) {
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_MC:
	case UTF8PROC_CATEGORY_ME:
		return 1;
	default:
		return is_jamo_end(c);
	}
}

static int
combining(int32_t c)
{
	return utf8proc_get_property(c)->combining_class;
}

/* In canonical order. */
static void
add_point(struct unicode_piece *p, int32_t c)
{
	int at = p->n, class = combining(c);

	while (class > 0 && at > 0 && combining(p->points[at - 1]) > class) {
		p->points[at] = p->points[at - 1];
		at--;
	}
	p->points[at] = c;
	p->n++;
}

#define FOLD                                                                   \
	(UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE |              \
	    UTF8PROC_CASEFOLD | UTF8PROC_IGNORE)
#define FOLDED_MAX 18 /* U+FDFA */

static void
fold(struct unicode_piece *p, int32_t c)
{
	int32_t to[FOLDED_MAX];
	utf8proc_ssize_t n;
	int last = 0;

	if ((c >= 0x4e00 && c <= 0x9fff) || is_added(c)) {
		p->points[p->n++] = c;
		return;
	}
	n = utf8proc_decompose_char(c, to, FOLDED_MAX, FOLD, &last);
	for (utf8proc_ssize_t i = 0; i < n && i < FOLDED_MAX; i++)
		add_point(p, to[i]);
}

const char *
unicode_next(const char *s, struct unicode_piece *p)
{
	const char *next = decode(s, &p->first);
	int32_t c = p->first, mark;
	int added_base = is_added(c), n = 0;

	p->n = 0;
	p->source = 1;
	if (c < 0x80)
		p->points[p->n++] = c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c;
	else
		fold(p, kana_mark(c));
	while ((unsigned char)*next >= 0x80 && !added_base) {
		const char *after = decode(next, &mark);

		if (!unicode_joins(mark))
			break;
		if (n++ < UNICODE_MARKS_MAX)
			fold(p, kana_mark(mark));
		p->source++;
		next = after;
	}
	return next;
}

int
unicode_compose(int32_t *points, int n)
{
	return n < 2 ? n
		     : (int)utf8proc_normalize_utf32(
			   points, n, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
}

int
unicode_write(int32_t c, char *to)
{
	if (c < 0x80) {
		*to = (char)c;
		return 1;
	}
	return (int)utf8proc_encode_char(c, (utf8proc_uint8_t *)to);
}
