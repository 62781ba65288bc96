#ifndef LIB_FCGI_HTTP_HEAD_H
#define LIB_FCGI_HTTP_HEAD_H

#include <stddef.h>

/*
 * The head of a FastCGI request: its beginning, all of its parameters and
 * their end (FastCGI's specification, 3.3, 3.4, 5.1 and 5.2).  It is judged
 * before anything of it is used; what is judged whole, http_params.h reads.
 */
enum http_head {
	HTTP_HEAD_BAD = -1,	/* no request of a web server, or its end */
	HTTP_HEAD_MORE,		/* more must come */
	HTTP_HEAD_WHOLE
};

/* Longer heads are refused.  nginx takes 32 KiB of headers. */
#define HTTP_HEAD_MAX 65536

/* Of these bytes, in the order in which they came; *HEAD_LEN of them are the
 * head, once it is whole. */
enum http_head http_head_judge(const unsigned char *s, size_t len,
	    size_t *head_len);

/* Of what waits in socket FD; none of it is taken, and nothing waits. */
enum http_head http_head_look(int fd);

/* What stands before the contents of each record. */
#define HTTP_RECORD_HEAD 8
#define HTTP_RECORD_PARAMS 4
#define HTTP_RECORD_STDIN 5

struct http_record_head {
	unsigned	 type, id, content_len, padding_len;
};

/* Of HTTP_RECORD_HEAD bytes: 0, or -1, not this version of FastCGI. */
int	http_head_record(const unsigned char *s, struct http_record_head *);

#endif
