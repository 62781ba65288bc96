#ifndef LIB_FCGI_BODY_H
#define LIB_FCGI_BODY_H

#include <stddef.h>

struct pool;

/*
 * The body of one FastCGI request: the contents of its STDIN records, received
 * as they come and never waited for.  It goes into memory or into a file
 * without a name, whose room on the disk is reserved at once.
 */
enum body_state {
	/* the peer went away, or sent no such record; or the disk is full
	 * (said) */
	BODY_BROKEN = -1,
	BODY_COMING,
	BODY_WHOLE /* all of it, or its end came early */
};

struct fcgi_body {
	int fd;		  /* the connection */
	unsigned id;	  /* of the request */
	long long length; /* as the web server said it */
	long long got;	  /* of it */
	enum body_state state;

	unsigned char *raw; /* what came and was not looked at */
	size_t at, len, room;
	size_t content, padding; /* to come of this record */
	int enough;		 /* nothing more is received now */

	char *s;	 /* where it goes, NULL: nowhere yet */
	size_t mapped;	 /* so long it is, 0: S is in a pool */
	int file;	 /* … or here, -1 none */
	long long given; /* of what was got, by body_read */
};

/* Behind the head of request ID there are ROOM bytes of memory at RAW, which
 * must stay, with LEN bytes that came with it. */
void body_begin(struct fcgi_body *, int fd, unsigned id, long long length,
    unsigned char *raw, size_t len, size_t room);
void body_end(struct fcgi_body *);

/* Where it is to go: memory, in POOL or, with NULL, of its own; or a file in
 * DIR: 0, or -1 (said). */
void body_to_memory(struct fcgi_body *, struct pool *);
int body_to_file(struct fcgi_body *, const char *dir);

/* Receives what is there now, about MAX bytes at the most.  The rest stays in
 * the connection, where epoll and poll see it. */
enum body_state body_pull(struct fcgi_body *, size_t max);

/* The next bytes of what has come: fewer than LEN only at its end. */
size_t body_read(struct fcgi_body *, char *s, size_t len);

#endif
