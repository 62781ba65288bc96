#ifndef WHATSAPP_PROVIDER_GRAPH_ERROR_H
#define WHATSAPP_PROVIDER_GRAPH_ERROR_H

#include <stdint.h>

struct client_answer;
struct json;
struct pool;

/*
 * For graph_answer.c: the error in an answer, in any of the shapes of
 * docs/protocol.md §6.4.
 */
struct graph_error { /* texts in POOL, NULL not said */
	int has_code;
	int64_t code;
	int transient; /* 1: the provider says that it will pass */
	int status;    /* HTTP status that the body names; 0 not said */
	const char *title;
	const char *detail;
};

/*
 * BODY is the answer as JSON, NULL when it is not JSON.  1 when it has an
 * error, 0 when it has none ("meta" alone is no error: it comes with success,
 * too).
 */
int graph_error_read(struct pool *, const struct json *body,
    const struct client_answer *, struct graph_error *);

/* The first object in LIST, whose elements may be null; LIST itself when it is
 * an object. */
const struct json *graph_error_one(const struct json *list);

#endif
