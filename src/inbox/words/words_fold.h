#ifndef INBOX_WORDS_WORDS_FOLD_H
#define INBOX_WORDS_WORDS_FOLD_H

#include <stdint.h>

#include "lib/unicode/unicode.h"

/*
 * What is alike beyond Unicode's folding: our table, by script, as people of
 * each write (docs/search.md).
 */
#define WORDS_FOLD_MAX (2 * UNICODE_PIECE_MAX)

struct words_folded {
	int32_t points[WORDS_FOLD_MAX];
	enum unicode_class classes[WORDS_FOLD_MAX];
	int n;
};

/* PIECE, composed.  All apostrophes are ', quotes ", hyphens -, decimal digits
 * ASCII; the signs of a trade mark cut. */
void words_fold(const struct unicode_piece *, struct words_folded *);

/* 1 for a letter of the script. */
int words_is_hebrew(int32_t point);
int words_is_arabic(int32_t point);

/* A nasal with virama before a letter of its row is an anusvara: हिन्दी,
 * हिंदी. */
int words_is_nasal(int32_t nasal, int32_t virama, int32_t before);
#define WORDS_ANUSVARA 0x902

#endif
