#ifndef INBOX_WORDS_WORDS_H
#define INBOX_WORDS_WORDS_H

struct buf;

/*
 * The words of a text, for the index and for what is asked of it: one function
 * for both, so that they agree.  What is a word, and which are alike, is said
 * in docs/search.md.  A word is letters and digits, lower case, UTF-8, without
 * a blank or a sign: FTS5's tokenizer has nothing to decide.  It ends after 64
 * code points (WORDS_LENGTH_MAX); what follows of it is left out.
 *
 * The same text gives the same words on every machine, whatever its libraries
 * are: FTS5 takes a row out of an index by its words.  Who changes them raises
 * WORDS_VERSION, which the inbox has, too (inbox.sql, search_indexed): the
 * processor of a program with another one makes the indexes anew.
 */
#define WORDS_VERSION 1

/*
 * The words of TEXT, as they are stored, each with PREFIX before it and
 * separated by one blank, are appended to B; nothing when it has none.  PREFIX
 * is of a-z, 0-9 and '.', and ends with '.'.  Linear in the length of TEXT.
 */
void words_put(struct buf *, const char *prefix, const char *text);

#endif
