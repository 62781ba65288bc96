#ifndef CLI_BACKUP_MANIFEST_H
#define CLI_BACKUP_MANIFEST_H

#include <stdint.h>

struct cli;

/*
 * What a backup says of itself, in FOLDER/manifest.json: when it was made, and
 * of each database its length, its SHA-256 and its schema's version.
 */
#define MANIFEST_FILES 2
#define MANIFEST_HASH  65 /* hex and NUL */

extern const char
    *const manifest_names[MANIFEST_FILES]; /* inbox.db, spool.db */

struct manifest {
	int64_t at;
	struct {
		int64_t bytes;
		int64_t version;
		char sha256[MANIFEST_HASH];
	} file[MANIFEST_FILES];
};

/* Fills in lengths and SHA-256 from the files in DIR, and writes it there: 0,
 * or -1, said in the log. */
int manifest_write(struct cli *, const char *dir, struct manifest *);

/* 1; 0 when there is none (waspool 0.1.0 wrote none), -1 when it is no
 * manifest. */
int manifest_read(struct cli *, const char *dir, struct manifest *);

/* Copies the open file IN to the new file TO and onto the disk, with its
 * SHA-256 (TO NULL: only that), and closes IN: its length, or -1 with errno. */
int64_t manifest_copy(int in, const char *to, char sha256[MANIFEST_HASH]);

#endif
