#ifndef LIB_HTTP_FETCH_CALL_H
#define LIB_HTTP_FETCH_CALL_H

#include <stddef.h>
#include <stdint.h>

#include <curl/curl.h>

#include "lib/http/fetch.h"

/*
 * For fetch.c: one request under way, from its setting up to its answer.
 */
struct fetch_call {
	struct fetch_call *prev, *next;
	CURL		*easy;
	struct curl_slist *headers;
	curl_mime	*mime;
	int		 repeatable;	/* asking twice does no harm */

	fetch_done	*done;
	fetch_sink	*sink;
	void		*arg;

	int64_t		 max_len;
	int64_t		 got_len;
	int		 too_long;
	char		*body;		/* NUL-terminated, or NULL */
	size_t		 body_len;
	size_t		 body_cap;
	char		 error[CURL_ERROR_SIZE];
};

/* owned: fetch_call_free.  NULL when REQUEST cannot be sent, said. */
struct fetch_call *fetch_call_new(const struct fetch_request *,
	    const char *user_agent);
void	fetch_call_free(struct fetch_call *);	/* NULL is harmless */

/* Tells DONE what CODE, libcurl's word, and the call amount to. */
void	fetch_call_finish(struct fetch_call *, CURLcode code);

#endif
