#ifndef LIB_FCGI_HTTP_IO_H
#define LIB_FCGI_HTTP_IO_H

#include <stddef.h>

#include "lib/fcgi/http_body.h"
#include "lib/fcgi/http_params.h"

struct http_answer;

/*
 * What http_call.c, http_io.c and http_stream.c share: one request's way in
 * and out, FastCGI or plain CGI (environment, standard input and output).
 */
struct http_io {
	int		 fd;		/* -1: plain CGI */
	struct http_params params;
	struct http_body body;
	int		 goes_on; /* http_stream.h: answered already */
	int		 gone;	/* the peer took no more of it */
	int		 head; /* the answer is without its body */
};

/* A parameter of the web server, NULL when absent; borrowed. */
const char *http_io_param(const struct http_io *, const char *name);

/* Sends status and headers without Content-Length. */
void	http_io_head(struct http_io *, const struct http_answer *);

/* Sends a piece of what comes behind them: 0, or -1 now and from now on. */
int	http_io_write(struct http_io *, const char *s, size_t len);

/* Sends status, headers and body. */
void	http_io_answer(struct http_io *, const struct http_answer *);

/* Ends an answer that was sent piece by piece. */
void	http_io_end(struct http_io *);

#endif
