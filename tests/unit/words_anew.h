#ifndef TESTS_UNIT_WORDS_ANEW_H
#define TESTS_UNIT_WORDS_ANEW_H

struct db;

/*
 * The search's indexes beside ones that are made anew from the rows, in memory,
 * word by word: those without a text cannot be looked at otherwise.  What waits
 * (search_index.h) or is to be built (search_put.h) is left out, and of rows
 * that are stale it is what they were.  DB has the functions of
 * search_define.h.  0 they are the same, and FTS5 finds them whole; -1, and the
 * first difference is printed.
 */
int words_anew(struct db *);

#endif
