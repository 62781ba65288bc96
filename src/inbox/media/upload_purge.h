#ifndef INBOX_MEDIA_UPLOAD_PURGE_H
#define INBOX_MEDIA_UPLOAD_PURGE_H

#include <stdint.h>

struct db;
struct pool;
struct statements;

/*
 * Deletes uploads that no message refers to.  A message refers to an upload
 * when it has the same file, or is still to be sent with it; such an upload is
 * deleted with its last message (delete.h).
 */
extern const struct statements upload_purge_statements;

struct upload_purge {
	const char *dir; /* of the blob store (blob.h) */
	int64_t before;	 /* uploads that came before are deleted */
	int64_t now;
	int64_t after; /* ids up to here were looked at; a step moves it */
	int64_t done;  /* ids up to here never need another look */
	int64_t files; /* adds up: how many blobs were deleted */
};

/* Looks at up to MAX uploads after the last one, in the caller's transaction; a
 * blob is deleted when no other row names it.  1 there may be more, 0, -1. */
int upload_purge_step(
    struct db *, struct pool *, struct upload_purge *, int max);

#endif
