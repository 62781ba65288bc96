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

/* What reads them; safe from many threads.  Owned. */
struct params_readers;
struct params_readers *params_readers_new(void);
void params_readers_free(struct params_readers *); /* nobody reads any more */

/* Reads a head of LEN bytes that was judged whole (record.h).  Waits for
 * nobody.  0, or -1: libfcgi takes it for none, or descriptors or memory ran
 * out, which is in the log. */
int params_read(struct params_readers *, struct pool *, const unsigned char *s,
    size_t len, struct params *);

#endif
