#ifndef INBOX_WORDS_WORDS_TERM_H
#define INBOX_WORDS_WORDS_TERM_H

#include <stdint.h>

/*
 * What a query is made of, for words_query.c, which reads it, and
 * words_places.c, which looks for it: groups, all of which have to be there;
 * of a group one alternative, of an alternative all terms; of a term all words,
 * one after the other.
 */
#define WORDS_ALTERNATIVES_MAX 2
#define WORDS_TERMS_MAX	       24 /* of an alternative */
#define WORDS_PHRASE_MAX       32

struct words_word {
	const int32_t *points;
	int n;
};

struct words_term {
	struct words_word words[WORDS_PHRASE_MAX];
	int n_words;
	int prefix_min; /* letters from which the last word is a beginning */
};

struct words_alternative {
	struct words_term *terms;
	int n_terms;
};

struct words_group {
	struct words_alternative alternatives[WORDS_ALTERNATIVES_MAX];
	int n_alternatives;
};

struct words_query {
	struct words_group *groups;
	int n_groups;
};

#endif
