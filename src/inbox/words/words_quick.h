#ifndef INBOX_WORDS_WORDS_QUICK_H
#define INBOX_WORDS_WORDS_QUICK_H

#include <stdint.h>

#include "lib/unicode/unicode.h"

/*
 * The letters that most texts are of, folded without the library: as
 * unicode_next and words_fold would (tests/unit/test_words tries all).
 */
struct words_quick {
	int32_t point;
	enum unicode_class class;
};

/* The letter at S, which is no ASCII: where the next begins; NULL when it is
 * not one of these, or has marks. */
const char *words_quick(const char *s, struct words_quick *);

#endif
