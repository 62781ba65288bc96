#ifndef INBOX_SEARCH_SEARCH_TERMS_H
#define INBOX_SEARCH_SEARCH_TERMS_H

struct pool;

#define SEARCH_WORDS_MAX 16 /* further words are not looked at */

/* What to look for, as FTS5 reads it; NULL: nothing.  For search.c. */
struct search_terms {
	const char *whole;	 /* words as they are */
	const char *words;	 /* each a prefix */
	const char *in_messages; /* the short ones whole */
	const char *digits;	 /* as they stand in a phone */
	const char *in_phones;	 /* … as the index of phones has them */
};

/* Reads Q, all in POOL. */
void search_terms_read(struct pool *, const char *q, struct search_terms *);

#endif
