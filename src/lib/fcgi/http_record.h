#ifndef LIB_FCGI_HTTP_RECORD_H
#define LIB_FCGI_HTTP_RECORD_H

#include <sys/uio.h>

/*
 * Answers as records of FastCGI (its specification, 3.3 and 5.5), each in as
 * few calls as its length allows, since each call wakes the web server.
 */

/* How many parts an answer may have. */
#define HTTP_RECORD_PARTS 8

/* All N parts of a piece of the answer to request ID of connection FD: 0, or
 * -1 when the peer has gone, or takes nothing for ten seconds. */
int	http_record_send(int fd, unsigned id, const struct iovec *part, int n);

/* The same, and the end of the request.  N may be 0. */
int	http_record_end(int fd, unsigned id, const struct iovec *part, int n);

#endif
