#ifndef LIB_FCGI_HTTP_CALL_H
#define LIB_FCGI_HTTP_CALL_H

#include "lib/fcgi/http.h"
#include "lib/fcgi/http_io.h"

/*
 * A request from the web server's connection to its answer, in memory that
 * serves one request after the other.  http.c has threads that take them;
 * http_call.c is their way in and out, and http_idle.c has those whose body
 * is still to come; nobody else includes this.
 */
struct http_call {
	struct http_io		 io;	/* first: request.transport is both */
	struct http_request	 request;
	struct http_calls	*calls;	/* goes back there */
	struct http_call	*next;	/* among those that are free */
	int			*later;	/* the thread's own: http_later */
	struct http_take	 take;	/* what http_take was told */
	int			 place;	/* the idle connection that it becomes, -1 */
	unsigned char		*raw;	/* the head, and what came with it */
	size_t			 raw_room;
};

/* At most MAX are kept when they are free; owned. */
struct http_calls *http_calls_new(int max);
void	http_calls_free(struct http_calls *);	/* all must be back */

/* One that is free. */
struct http_call *http_call_get(struct http_calls *);

/* Has HANDLER answer the request whose head waits in connection FD, -1 that of
 * plain CGI; the call goes back by itself. */
void	http_call_serve(struct http_call *, int fd,
	    const struct http_service *, void *state);

/* Has HANDLER called again: the body is there. */
void	http_call_resume(struct http_call *, const struct http_service *,
	    void *state);

/* Hangs up without an answer; the call goes back. */
void	http_call_drop(struct http_call *);

#endif
