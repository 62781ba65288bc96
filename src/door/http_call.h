#ifndef DOOR_HTTP_CALL_H
#define DOOR_HTTP_CALL_H

#include "door/http.h"
#include "door/http_io.h"

/*
 * A request from the web server's connection to its answer, in memory that
 * serves one request after the other.  http.c has threads that take them;
 * http_call.c is their way in and out; nobody else includes this.
 */
struct http_call {
	struct http_io		 io;	/* first: request.transport is both */
	struct http_request	 request;
	struct http_calls	*calls;	/* goes back there */
	struct http_call	*next;	/* among those that are free */
	int			*later;	/* the thread's own: http_later */
};

/* At most MAX at a time; owned. */
struct http_calls *http_calls_new(int max);
void	http_calls_free(struct http_calls *);	/* all must be back */

/* One that is free; waits until there is one. */
struct http_call *http_call_get(struct http_calls *);

/* Has HANDLER answer the request of connection FD, -1 that of plain CGI; the
 * call goes back by itself. */
void	http_call_serve(struct http_call *, int fd,
	    const struct http_service *, void *state);

#endif
