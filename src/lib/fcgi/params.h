#ifndef LIB_FCGI_PARAMS_H
#define LIB_FCGI_PARAMS_H

#include <stddef.h>

struct pool;

struct param {
	const char *name; /* NAME_LEN bytes, no NUL */
	size_t name_len;
	const char *value; /* ends with a NUL */
};

/* The parameters of a FastCGI request (its specification, 5.2). */
struct params {
	unsigned id;	    /* of the request */
	int keep;	    /* the web server keeps the connection */
	struct param *pair; /* in POOL */
	int n;
};

/* Reads a head of LEN bytes that was judged whole (record.h); they may go
 * afterwards.  Waits for nobody.  0, or -1: it asks for another role than that
 * of a responder. */
int params_read(
    struct pool *, const unsigned char *s, size_t len, struct params *);

#endif
