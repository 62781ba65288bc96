#ifndef LIB_FCGI_HTTP_PARAMS_H
#define LIB_FCGI_HTTP_PARAMS_H

#include <stddef.h>

struct pool;

struct http_pair {
	const char	*name;		/* NAME_LEN bytes, no NUL */
	size_t		 name_len;
	const char	*value;		/* ends with a NUL */
};

/* The parameters of a FastCGI request (its specification, 5.2). */
struct http_params {
	unsigned	 id;		/* of the request */
	struct http_pair *pair;		/* in POOL */
	int		 n;
};

/* Reads a head of LEN bytes that was judged whole (http_head.h).  Waits for
 * nobody.  0, or -1: libfcgi takes it for none, or descriptors or memory ran
 * out, which is in the log. */
int	http_params_read(struct pool *, const unsigned char *s, size_t len,
	    struct http_params *);

#endif
