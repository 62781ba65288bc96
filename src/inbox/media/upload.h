#ifndef INBOX_MEDIA_UPLOAD_H
#define INBOX_MEDIA_UPLOAD_H

#include <stddef.h>
#include <stdint.h>

struct session;
struct statements;

/*
 * Uploads: files that a member adds to be sent.  The row is written in the
 * transaction in which blob_keep named the file.
 */
struct upload {
	const char *mime_type;
	const char *filename; /* NULL none */
	const char *path;     /* in the blob store */
	int64_t size;
	int width; /* picture.h; 0 not known */
	int height;
	const char *flaw; /* why it is no sticker; NULL: it may be one */
};

/* *ID: the id for "media.upload".  0, or -1. */
int upload_put(
    struct session *, const struct upload *, int64_t now, int64_t *id);

/* How many bytes of files the workspace has (WASPOOL_FILES_QUOTA): 0, or -1. */
int upload_used(struct session *, int64_t *bytes);

extern const struct statements upload_statements;

#endif
