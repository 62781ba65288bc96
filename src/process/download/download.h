#ifndef PROCESS_DOWNLOAD_DOWNLOAD_H
#define PROCESS_DOWNLOAD_DOWNLOAD_H

#include <stdint.h>

#include "lib/sql/db.h"

struct client;
struct keys;
struct download_request;
struct statements;

/*
 * Files of inbound messages, from the provider to the disk, several at a time,
 * the numbers in turn; one that cannot ask for files pauses by itself
 * (docs/protocol.md §6.5): ask for the address, fetch it piece by piece, check
 * size and SHA-256, keep it by content.  Nothing here waits: what the fetch
 * has finished is only noted by its callbacks, and settled by the next step.
 */
struct download {
	struct db *db; /* the inbox */
	struct client *fetch;
	const struct keys *keys;
	const char *dir;  /* STATE_DIR/media */
	int64_t max_len;  /* bytes of a file */
	int64_t min_free; /* WASPOOL_FILES_MIN_FREE */
	int64_t quota;	  /* WASPOOL_FILES_QUOTA, 0 none */
	/* files at a time, and one more of a number that has none under way */
	int parallel;

	int64_t steady_at; /* no age reaches back behind it (retain.h) */

	/* its own: begin with 0 */
	struct download_request *first; /* under way */
	int n;
	struct download_pause *pauses;
	int64_t turn;	       /* the number that had one last */
	int64_t swept_ms;      /* when leftovers were looked for */
	int64_t full_until_ms; /* the disk was full: not before */
};

extern const struct statements download_statements;

/*
 * Settles what was finished, in one transaction, then begins what is due: how
 * many were settled or begun, 0 when there is nothing to do now.  -1: the
 * database failed, and what was to be settled is settled by a later step.
 */
int download_step(struct download *, int64_t now, enum db_error *why);

/* After client_close, which has called all callbacks.  What was under way is
 * as if it had never begun. */
void download_close(struct download *);

#endif
