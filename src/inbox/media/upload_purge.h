#ifndef INBOX_MEDIA_UPLOAD_PURGE_H
#define INBOX_MEDIA_UPLOAD_PURGE_H

#include <stdint.h>

struct db;
struct pool;
struct statements;

/*
 * Uploads that no message refers to.  One does that has the same file, or that
 * is still to be sent with it: then the upload goes with its last message
 * (delete.h).
 */
extern const struct statements upload_purge_statements;

struct upload_purge {
	const char *dir; /* the files are in there (blob.h) */
	int64_t before;	 /* those that came before go */
	int64_t now;
	int64_t after; /* looked at up to this id; moves on */
	int64_t done;  /* all up to it need no further look */
	int64_t files; /* that were deleted; adds up */
};

/* Up to MAX behind the last one, in the caller's transaction, with the files
 * that no other row names: 1 there may be more, 0, -1. */
int upload_purge_step(
    struct db *, struct pool *, struct upload_purge *, int max);

#endif
