#ifndef PROCESS_DOWNLOAD_DOWNLOAD_H
#define PROCESS_DOWNLOAD_DOWNLOAD_H

#include <stdint.h>

#include "lib/sql/db.h"

struct client;
struct keys;
struct download_request;
struct statements;

/*
 * Downloads files of inbound messages (docs/protocol.md §6.5): asks the
 * provider for the address, downloads piece by piece, checks size and SHA-256,
 * stores the file in the blob store.  Several at a time; numbers take turns,
 * and a number that cannot download pauses alone.  Nothing here waits: the
 * callbacks of requests only note the answer, and the next step settles it.
 */
struct download {
	struct db *db; /* the inbox */
	struct client *fetch;
	const struct keys *keys;
	const char *dir;  /* STATE_DIR/media */
	int64_t max_len;  /* bytes of a file */
	int64_t min_free; /* WASPOOL_FILES_MIN_FREE */
	int64_t quota;	  /* WASPOOL_FILES_QUOTA, 0 none */
	/* downloads at a time; one more for a number that has none */
	int parallel;

	int64_t steady_at; /* ages count from here at the earliest (retain.h) */

	/* private: begin with 0 */
	struct download_request *first; /* running */
	int n;
	struct download_pause *pauses;
	int64_t turn;	       /* the number that began one last */
	int64_t swept_ms;      /* when leftovers were last deleted */
	int64_t full_until_ms; /* after a full disk: none before */
};

extern const struct statements download_statements;

/*
 * Settles finished downloads, in one transaction, then begins those that are
 * due: how many were settled or begun, 0 when there is nothing to do now.  -1:
 * the database failed; a later step settles what is finished.
 */
int download_step(struct download *, int64_t now, enum db_error *why);

/* After client_close, which has called all callbacks.  Running downloads are
 * dropped, as if they had never begun. */
void download_close(struct download *);

#endif
