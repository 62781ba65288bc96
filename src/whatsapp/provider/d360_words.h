#ifndef WHATSAPP_PROVIDER_D360_WORDS_H
#define WHATSAPP_PROVIDER_D360_WORDS_H

#include <stdint.h>

struct fetch_answer;
struct json;
struct pool;

/*
 * For d360_answer.c: what an answer says went wrong, in whichever of the
 * shapes of docs/protocol.md §6.4 it says so.
 */
struct d360_words {		/* texts in POOL, NULL not said */
	int		 has_code;
	int64_t		 code;
	int		 transient;	/* the provider calls it passing */
	int		 status;	/* of HTTP, in its words; 0 not said */
	const char	*title;
	const char	*detail;
};

/*
 * BODY is the answer as JSON, NULL when it is none.  1 when it tells of an
 * error, 0 when it does not ("meta" alone comes with success, too).
 */
int	d360_words_read(struct pool *, const struct json *body,
	    const struct fetch_answer *, struct d360_words *);

/* The first object of LIST, which may hold null, or be one itself. */
const struct json *d360_words_one(const struct json *list);

#endif
