#ifndef INBOX_WORDS_WORDS_QUERY_H
#define INBOX_WORDS_WORDS_QUERY_H

#include <stdint.h>

struct pool;
struct words_query;

/*
 * What a person typed, as words to look for.  All of them have to be there.
 * Nothing in it is syntax: an engine gets quoted words only.
 */
#define WORDS_QUERY_MAX 16 /* further words are not looked at */

/* What Q asks for, in POOL; NULL when it has no word. */
struct words_query *words_query_read(struct pool *, const char *q);

/* In whose language it is asked for. */
enum words_syntax { WORDS_FTS5, WORDS_TSQUERY };

/*
 * The MATCH text for FTS5, or a tsquery of PostgreSQL's, in POOL, with PREFIX
 * (words.h) before each word.  A word has to begin a word of the row; one of
 * less than three letters has to be one, but for scripts that need no more
 * (Korean, Chinese, Thai, …).  In both a * stands behind what is a beginning
 * only, and nowhere else.
 */
const char *words_query_match(struct pool *, const struct words_query *,
    enum words_syntax, const char *prefix);

/* … for names, where also one letter begins a word. */
const char *words_query_match_names(struct pool *, const struct words_query *,
    enum words_syntax, const char *prefix);

/* Where in a text a word stands, in code points, the first is 0. */
struct words_place {
	int32_t start;
	int32_t length;
};

/*
 * Where in TEXT the words of Q stand, as words_query_match finds them: of a
 * longer word what was asked of it.  Ascending, not overlapping, at most MAX:
 * how many.  POOL for the time being.
 */
int words_places(struct pool *, const struct words_query *, const char *text,
    struct words_place *, int max);

#endif
