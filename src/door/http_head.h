#ifndef DOOR_HTTP_HEAD_H
#define DOOR_HTTP_HEAD_H

#include <stddef.h>

/*
 * Is the head of a FastCGI request there: its beginning, all of its
 * parameters and their end?  Once it is, libfcgi reads it without waiting and
 * without meeting anything that it would stumble over.
 */
enum http_head {
	HTTP_HEAD_BAD = -1,	/* no request of a web server, or its end */
	HTTP_HEAD_MORE,		/* more must come */
	HTTP_HEAD_WHOLE,
	HTTP_HEAD_AND_BODY	/* all of the request is there */
};

/* Longer heads are refused.  nginx takes 32 KiB of headers. */
#define HTTP_HEAD_MAX 65536

/* Of these bytes, in the order in which they came. */
enum http_head http_head_judge(const unsigned char *s, size_t len);

/* Of what waits in socket FD; none of it is taken, and nothing waits. */
enum http_head http_head_look(int fd);

#endif
