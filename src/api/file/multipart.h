#ifndef API_FILE_MULTIPART_H
#define API_FILE_MULTIPART_H

#include <stddef.h>

struct pool;

/*
 * Parses multipart/form-data (RFC 7578) piece by piece: only one piece is in
 * memory.
 */

/* Reads up to LEN bytes of the body into S; fewer only at its end. */
typedef size_t multipart_read(void *arg, char *s, size_t len);

struct multipart { /* multipart_begin fills it */
	struct pool *pool;
	multipart_read *read;
	void *arg;
	const char *delimiter; /* CRLF, two dashes, the boundary */
	size_t delimiter_len;
	char *s; /* the window: bytes read and not yet handed out */
	size_t at, len;
	int all_read; /* 1: the body is at its end */
};

struct multipart_part { /* texts in POOL, NULL not said */
	const char *name;
	const char *filename; /* as the client named it; never a path of ours */
	const char *type;     /* Content-Type */
};

/* 0; -1: CONTENT_TYPE is not multipart/form-data with a boundary. */
int multipart_begin(struct multipart *, struct pool *, const char *content_type,
    multipart_read *, void *arg);

/* The next part; the rest of the part before is skipped.  1; 0 at the end; -1
 * when the body is not well-formed or ended too early. */
int multipart_next(struct multipart *, struct multipart_part *);

/* The part's next bytes at *S, borrowed: 1; 0 at its end; -1 as above. */
int multipart_data(struct multipart *, const char **s, size_t *len);

#endif
