#ifndef LIB_UNICODE_UNICODE_H
#define LIB_UNICODE_UNICODE_H

#include <stdint.h>

/*
 * Text as Unicode sees it, for whoever compares words: folded by
 * NFKC_Casefold, so that upper and lower case, full and half width and
 * ligatures are one.  All of it is as in Unicode 15.0, whatever libutf8proc
 * there is (2.8 or later): code points that came later fold to themselves.
 */

/* What a code point is in a word. */
enum unicode_class {
	UNICODE_CUT, /* no part of one */
	UNICODE_LETTER,
	UNICODE_DIGIT,
	UNICODE_MARK,	/* belongs to the letter before it */
	UNICODE_DENSE,	/* a letter, written without blanks between words */
	UNICODE_HANGUL, /* … with blanks, and endings glued to the word */
};

enum unicode_class unicode_class(int32_t point);

/* 0 to 9 for a folded UNICODE_DIGIT of any script. */
int unicode_digit(int32_t point);

/*
 * A letter or a sign with its marks, at most UNICODE_MARKS_MAX of them; further
 * ones are left out.  Its code points are folded and decomposed; the first may
 * be a mark (Thai and Lao AM), and among them may be signs that cut (U+FDFA).
 */
#define UNICODE_MARKS_MAX 14
#define UNICODE_PIECE_MAX 96

struct unicode_piece {
	int32_t points[UNICODE_PIECE_MAX];
	int n;	       /* 0: a sign that is not seen, as ZWNJ */
	int32_t first; /* as it stands in the text */
	int source;    /* code points of the text */
};

/* The piece at S, which is not "": where the next one begins.  Bytes that are
 * no UTF-8 are U+FFFD each; the NUL is not passed. */
const char *unicode_next(const char *s, struct unicode_piece *);

/* 1 when POINT, behind a letter, is of the same piece. */
int unicode_joins(int32_t point);

/* N decomposed POINTS of one piece become as few as there may be: how many. */
int unicode_compose(int32_t *points, int n);

/* POINT as UTF-8 at TO, which has room for 4 bytes: how many. */
int unicode_write(int32_t point, char *to);

#endif
