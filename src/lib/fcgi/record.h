#ifndef LIB_FCGI_RECORD_H
#define LIB_FCGI_RECORD_H

#include <sys/uio.h>

#include <stddef.h>

/*
 * Records of FastCGI (its specification, 3.3, 3.4, 5.1, 5.2 and 5.5).
 *
 * In: the head of a request, which is its beginning, all of its parameters and
 * their end.  It is judged before anything of it is used; of what is judged
 * whole params.h reads the parameters, and body.h what comes behind.
 */
enum record_head {
	RECORD_HEAD_BAD = -1, /* not from a web server, or its end */
	RECORD_HEAD_MORE,     /* more must come */
	RECORD_HEAD_WHOLE
};

/* Longer heads are refused.  nginx takes 32 KiB of headers. */
#define RECORD_HEAD_MAX 65536

/* Of these bytes, in the order in which they came; *HEAD_LEN of them are the
 * head, once it is whole. */
enum record_head record_judge(
    const unsigned char *s, size_t len, size_t *head_len);

/* What stands before the contents of each record. */
#define RECORD_LEN	 8
#define RECORD_BEGIN_LEN 8 /* the contents of a request's first */
#define RECORD_ABORT	 2
#define RECORD_PARAMS	 4
#define RECORD_STDIN	 5

struct record {
	unsigned type, id, content_len, padding_len;
};

/* Of RECORD_LEN bytes: 0, or -1, not this version of FastCGI. */
int record_read(const unsigned char *s, struct record *);

/*
 * Out: answers, each in as few calls as its length allows, since each call
 * wakes the web server.
 */
enum record_end {
	RECORD_GOES_ON,
	RECORD_END,	/* it is the end of the request, too */
	RECORD_END_AWAY /* … and the web server is to close */
};

/* How many parts an answer may have. */
#define RECORD_PARTS 4

/* All N parts, which may be 0, of a piece of the answer to request ID of
 * connection FD: 0, or -1 when the peer has gone, or takes nothing for ten
 * seconds. */
int record_send(
    int fd, unsigned id, const struct iovec *part, int n, enum record_end);

/* The same without waiting, of a stream: what the peer does not take now is
 * kept.  Zeros before the first; memory only while something is kept. */
struct record_output {
	unsigned char *s; /* owned */
	size_t len, at;	  /* up to AT it has gone out */
};

void record_put(struct record_output *, unsigned id, const char *s, size_t len,
    enum record_end);
/* Sends what FD takes: how many bytes are left, -1 when the peer has gone. */
long record_flush(int fd, struct record_output *);
void record_drop(struct record_output *); /* what is left */

/* Tells the web server to close connection FD, which it keeps, unless its next
 * request is on its way (connection.c says how): 0, or -1 when it has gone. */
int record_go_away(int fd, unsigned id);

#endif
