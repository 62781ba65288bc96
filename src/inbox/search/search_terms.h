#ifndef INBOX_SEARCH_SEARCH_TERMS_H
#define INBOX_SEARCH_SEARCH_TERMS_H

#include <stdint.h>

#include "inbox/words/words_query.h"

struct pool;

/* What to look for, as an engine reads it; NULL: nothing.  For search.c. */
struct search_terms {
	enum words_syntax syntax;
	struct words_query *query; /* the words; NULL: none */
	const char *names;	   /* … in people's names */
	const char *digits;	   /* as they stand in a phone */
	const char *in_phones;	   /* … as the index of phones has them */
};

/* Reads Q for the workspace, all in POOL. */
void search_terms_read(struct pool *, enum words_syntax, int64_t workspace_id,
    const char *q, struct search_terms *);

/* … and in messages of these N partitions, at least one. */
const char *search_terms_messages(struct pool *, int64_t workspace_id,
    const int64_t *partitions, int n, const struct search_terms *);

/* The same of words that are no longer than what was typed, in POOL; NULL:
 * MATCH is of such already. */
const char *search_terms_whole(struct pool *, const char *match);

#endif
