#ifndef INBOX_UPLOAD_H
#define INBOX_UPLOAD_H

#include <stdint.h>

struct db;

/*
 * Files that are to be sent, as the command line adds them: the row of a file
 * that vault_keep has named in the same transaction.
 */
struct upload {
	int64_t workspace_id;
	int64_t user_id; /* 0 nobody in particular */
	const char *mime_type;
	const char *filename; /* NULL none */
	const char *path;     /* in the vault */
	int64_t size;
};

int upload_prepare(struct db *);

/* *ID is what "media.upload" names: 0, or -1. */
int upload_add(struct db *, const struct upload *, int64_t now, int64_t *id);

#endif
