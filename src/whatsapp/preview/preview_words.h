#ifndef WHATSAPP_PREVIEW_PREVIEW_WORDS_H
#define WHATSAPP_PREVIEW_PREVIEW_WORDS_H

#include <stdint.h>

#include "base/buf.h"

struct pool;

#define PREVIEW_MAX	100 /* code points of a line */
#define PREVIEW_REMOVED "Removed a reaction"

/* A message in words, in POOL; both are always set.  Clients show the labels
 * ("Voice message") as they are. */
struct preview {
	const char *line; /* what a list shows for it, one line, PREVIEW_MAX */
	const char *text; /* what search looks through */
};

/*
 * The same while it is made: what the person said, else a label; and more words
 * for the search.  All in POOL.
 */
struct preview_words {
	struct pool *pool;
	const char *type;
	const char *said;
	const char *kind; /* of a file, before what was said; NULL: a text */
	const char *label;
	struct buf more;
	int64_t error_code; /* of the message, 0 none */
};

/* Adds S to the words for the search; NULL adds nothing. */
void preview_words_also(struct preview_words *, const char *s);

/* "KIND: NAME", or KIND alone; NAME is a word for the search too. */
const char *preview_words_named(
    struct preview_words *, const char *kind, const char *name);

void preview_words_finish(struct preview_words *, struct preview *);

#endif
