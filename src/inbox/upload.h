#ifndef INBOX_UPLOAD_H
#define INBOX_UPLOAD_H

#include <stddef.h>
#include <stdint.h>

struct db;

/*
 * Files that are to be sent: the row of a file that vault_keep has named in
 * the same transaction.
 */
struct upload {
	int64_t workspace_id; /* of both, upload_put knows by itself */
	int64_t user_id;      /* 0 nobody in particular */
	const char *mime_type;
	const char *filename; /* NULL none */
	const char *path;     /* in the vault */
	int64_t size;
};

int upload_prepare(struct db *);

/* As the command line adds one.  *ID is what "media.upload" names: 0, or -1. */
int upload_add(struct db *, const struct upload *, int64_t now, int64_t *id);

/* As a member adds one, on a member connection: 0, or -1. */
int upload_put(struct db *, const struct upload *, int64_t now, int64_t *id);

const char *const *upload_sql(size_t *n);

#endif
