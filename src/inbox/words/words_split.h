#ifndef INBOX_WORDS_WORDS_SPLIT_H
#define INBOX_WORDS_WORDS_SPLIT_H

#include <stdint.h>

#include "inbox/words/words_fold.h"

/*
 * A text is cut into what words are made of: runs of letters and digits that
 * belong together (INV-2026-0042, 1.299,50, don't), runs of Korean, and, of
 * scripts without blanks, neighbouring letters.  For words_each, which makes
 * the words of a text, and words_query.
 */
#define WORDS_LENGTH_MAX 64 /* code points of a run; the rest is left out */
#define WORDS_RUNS_MAX	 8  /* of a group; with more, the next one begins */
#define WORDS_UNIT_MAX	 8  /* code points of a letter with its marks */
#define WORDS_SIGNS_MAX	 3  /* between two runs of a group */

/* A code point of a word, and which of the text it comes from. */
struct words_letter {
	int32_t point;
	int32_t start;
	int32_t end; /* the one after */
};

struct words_run {
	int at; /* its first letter */
	int n;
	int n_digits;
};

enum words_kind {
	WORDS_END,
	WORDS_GROUP,  /* n_runs of them, their letters one after the other */
	WORDS_HANGUL, /* one run */
	WORDS_PAIR,   /* one run: two dense letters */
	WORDS_LAST,   /* … the last of them, alone */
};

/* What was found last, and, for words_split.c, where it goes on. */
struct words_split {
	enum words_kind kind;
	struct words_letter letters[WORDS_RUNS_MAX * WORDS_LENGTH_MAX];
	struct words_run runs[WORDS_RUNS_MAX];
	int n_runs;
	int decimal; /* it has one of . , ' */

	const char *next;
	int32_t passed;		    /* code points */
	struct words_folded folded; /* the piece that is read */
	int point;		    /* … the next of it */
	int32_t start;
	int32_t before;
	struct words_letter unit[WORDS_UNIT_MAX];
	int n_unit;
};

/* TEXT has to stay while it is split. */
void words_split_begin(struct words_split *, const char *text);

/* The kind of what comes next: WORDS_END when nothing does. */
enum words_kind words_split_next(struct words_split *);

/*
 * The same, quickly, when what comes next is a group of one run of letters of
 * ASCII: where it stands in the text, *N letters, upper and lower case.  NULL:
 * it is something else, or nothing; nothing of it was taken then.
 */
const char *words_split_plain(struct words_split *, int *n);

#endif
