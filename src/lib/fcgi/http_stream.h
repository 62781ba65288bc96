#ifndef LIB_FCGI_HTTP_STREAM_H
#define LIB_FCGI_HTTP_STREAM_H

#include <stddef.h>

struct http_answer;
struct http_request;

/*
 * An answer that goes on as long as the handler likes.  After http_begin the
 * handler writes piece by piece, and what it leaves in its answer is not sent
 * any more.  Each piece leaves at once; a peer that takes nothing for ten
 * seconds is as good as gone.  0, or -1: nobody listens, the handler ends.
 */
int http_begin(const struct http_request *, const struct http_answer *);
int http_write(const struct http_request *, const char *s, size_t len);

/* Without writing: 1 while the peer is there, 0 when it hung up. */
int http_listens(const struct http_request *);

#endif
