#ifndef INBOX_WORDS_WORDS_EACH_H
#define INBOX_WORDS_WORDS_EACH_H

#include "inbox/words/words_split.h"

/* The words of a text, one after the other. */
typedef void words_each_fn(void *arg, const struct words_letter *, int n);

/* Calls FN for each word of TEXT, in the order in which they are stored. */
void words_each(const char *text, words_each_fn *fn, void *arg);

/* … for each word of what words_split_next found last. */
void words_each_of(const struct words_split *, words_each_fn *fn, void *arg);

/*
 * A run is cut where letters and digits meet (INV0042: inv, 0042).  Into how
 * many parts; of the part that begins at letter AT, where it ends.
 */
#define WORDS_PARTS_MAX 3 /* with more of them it is a key, which stays whole */
int words_parts(const struct words_letter *, int n);
int words_part_end(const struct words_letter *, int n, int at);

/* How many letters at the beginning of the word are an Arabic article (ال, وال,
 * بال, فال, كال, لل), with three or more behind it. */
int words_arabic_article(const struct words_letter *, int n);

#endif
