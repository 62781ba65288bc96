#ifndef WHATSAPP_PROVIDER_GRAPH_ERROR_H
#define WHATSAPP_PROVIDER_GRAPH_ERROR_H

#include <stdint.h>

struct client_answer;
struct json;
struct pool;

/*
 * For graph_answer.c: what an answer says went wrong, in whichever of the
 * shapes of docs/protocol.md §6.4 it says so.
 */
struct graph_error { /* texts in POOL, NULL not said */
	int has_code;
	int64_t code;
	int transient; /* the provider calls it passing */
	int status;    /* of HTTP, in its words; 0 not said */
	const char *title;
	const char *detail;
};

/*
 * BODY is the answer as JSON, NULL when it is none.  1 when it tells of an
 * error, 0 when it does not ("meta" alone comes with success, too).
 */
int graph_error_read(struct pool *, const struct json *body,
    const struct client_answer *, struct graph_error *);

/* The first object of LIST, which may hold null, or be one itself. */
const struct json *graph_error_one(const struct json *list);

#endif
