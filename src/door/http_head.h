#ifndef DOOR_HTTP_HEAD_H
#define DOOR_HTTP_HEAD_H

#include <stddef.h>

struct pool;

/*
 * The head of a FastCGI request: its beginning, all of its parameters and
 * their end (FastCGI's specification, 3.3, 3.4, 5.1 and 5.2).  It is judged
 * before anything of it is used; what is judged whole can be read.
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

struct http_pair {
	const char	*name;		/* NAME_LEN bytes, no NUL */
	size_t		 name_len;
	const char	*value;		/* ends with a NUL */
};

struct http_head_read {
	unsigned	 id;		/* of the request */
	struct http_pair *pair;		/* in POOL, the texts in S */
	int		 n;
	size_t		 len;		/* so long was the head */
};

/* Reads a head that was judged whole, and writes NULs into it. */
void	http_head_read(struct pool *, unsigned char *s,
	    struct http_head_read *);

/* What stands before the contents of each record. */
#define HTTP_RECORD_HEAD 8
#define HTTP_RECORD_STDIN 5

struct http_record_head {
	unsigned	 type, id, content_len, padding_len;
};

/* Of HTTP_RECORD_HEAD bytes: 0, or -1, not this version of FastCGI. */
int	http_head_record(const unsigned char *s, struct http_record_head *);

#endif
