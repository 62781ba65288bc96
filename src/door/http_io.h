#ifndef DOOR_HTTP_IO_H
#define DOOR_HTTP_IO_H

#include <stddef.h>

struct http_answer;

/*
 * What http.c, http_io.c and http_stream.c share: one request's way in and
 * out, FastCGI or plain CGI (environment, standard input and output).
 */
struct http_io {
	struct FCGX_Request	*fcgi;	/* NULL: plain CGI */
	long long		 body_left; /* not read yet */
	int			 whole;	/* all of it has come */
	int			 goes_on; /* http_stream.h: answered already */
	int			 head; /* the answer is without its body */
};

/* A parameter of the web server, NULL when absent; borrowed. */
const char *http_io_param(const struct http_io *, const char *name);

/* Reads up to LEN bytes of the body; fewer only at its end. */
size_t	http_io_read(struct http_io *, char *s, size_t len);

/* Sends status and headers without Content-Length. */
void	http_io_head(const struct http_io *, const struct http_answer *);

/* Sends status, headers and body. */
void	http_io_answer(const struct http_io *, const struct http_answer *);

#endif
