#ifndef LIB_HTTP_CLIENT_CALL_H
#define LIB_HTTP_CLIENT_CALL_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <curl/curl.h>

#include "lib/http/client_request.h"

/*
 * For client.c: one request under way, from its setting up to its answer.
 */
struct client_call {
	struct client_call *prev, *next;
	CURL *easy;
	struct curl_slist *headers;
	curl_mime *mime;
	FILE *file;	/* the body, NULL none */
	int repeatable; /* asking twice does no harm */

	client_done *done;
	client_sink *sink;
	void *arg;
	int (*may_reach)(const void *arg, const struct sockaddr *);
	const void *reach_arg;
	int refused, allowed; /* an address was; by may_reach */

	int64_t max_len;
	int64_t got_len;
	int too_long;
	char *body; /* NUL-terminated, or NULL */
	size_t body_len;
	size_t body_cap;
	char error[CURL_ERROR_SIZE];
};

/* owned: client_call_free.  NULL when REQUEST cannot be sent, said. */
struct client_call *client_call_new(
    const struct client_request *, const char *user_agent);
void client_call_free(struct client_call *); /* NULL is harmless */

/* Tells DONE what CODE, libcurl's word, and the call amount to. */
void client_call_finish(struct client_call *, CURLcode code);

#endif
