#ifndef CLI_BACKUP_MANIFEST_H
#define CLI_BACKUP_MANIFEST_H

#include <stdint.h>

struct cli;

/*
 * The manifest of a backup, FOLDER/manifest.json: when it was made, and the
 * length, SHA-256 and schema version of each database.
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

/* Fills in lengths and SHA-256 from the files in DIR, and writes the manifest
 * there: 0, or -1, said in the log. */
int manifest_write(struct cli *, const char *dir, struct manifest *);

/* Reads the manifest in DIR: 1; 0 there is none (waspool 0.1.0 wrote none);
 * -1 it cannot be read as one. */
int manifest_read(struct cli *, const char *dir, struct manifest *);

/* Copies the open file IN to the new file TO (NULL: nowhere), flushes it,
 * computes the SHA-256, and closes IN: its length, or -1 with errno. */
int64_t manifest_copy(int in, const char *to, char sha256[MANIFEST_HASH]);

#endif
