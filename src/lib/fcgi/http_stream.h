#ifndef LIB_FCGI_HTTP_STREAM_H
#define LIB_FCGI_HTTP_STREAM_H

#include <stddef.h>

struct http_answer;
struct http_request;

/*
 * An answer that goes on as long as the handler likes, and as others like to
 * whom it gives it: after http_begin it calls http_later and http_forget, and
 * returns; whoever has the request then, one thread at a time, writes piece by
 * piece, and ends it with http_done, whose answer is not sent any more.
 *
 * Each piece leaves at once, and nobody waits for the peer: what it does not
 * take is kept, and the caller writes no more until http_flush has sent it,
 * which it tries when http_socket, the connection, can be written.  What is
 * kept at http_done is lost, and the connection is closed.
 */
int http_begin(const struct http_request *, const struct http_answer *);

/* How many bytes are kept; -1: nobody listens, and it is to be ended. */
long http_write(const struct http_request *, const char *s, size_t len);
long http_flush(const struct http_request *);

/* It can be read when the peer hung up, or said something: http_listens.  -1 of
 * plain CGI, whose pieces are written until they are out. */
int http_socket(const struct http_request *);

/* Without writing: 1 while the peer is there, 0 when it hung up. */
int http_listens(const struct http_request *);

/* Gives back what came of the request, headers and pool: it was a GET, and no
 * more is known.  Not of plain CGI. */
void http_forget(const struct http_request *);

#endif
