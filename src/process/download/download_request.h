#ifndef PROCESS_DOWNLOAD_DOWNLOAD_REQUEST_H
#define PROCESS_DOWNLOAD_DOWNLOAD_REQUEST_H

#include <stdint.h>

#include "whatsapp/provider/provider.h"

#include "inbox/media/media.h"

struct client;
struct pool;
struct blob_file;

/*
 * One file under way, for download.c: its requests, and what their answers
 * mean.  Knows nothing of the database.
 */
enum download_request_step {
	DOWNLOAD_REQUEST_ASKING, /* for the address */
	DOWNLOAD_REQUEST_ASKED,
	DOWNLOAD_REQUEST_FETCHING,
	DOWNLOAD_REQUEST_FETCHED,
	DOWNLOAD_REQUEST_JUDGED
};

enum download_request_verdict {
	DOWNLOAD_REQUEST_FETCH, /* go on: there is an address */
	DOWNLOAD_REQUEST_ASK,	/* go on: ask for it once more */
	DOWNLOAD_REQUEST_STORE, /* all of it is there, and right */
	DOWNLOAD_REQUEST_LATER, /* this attempt went wrong */
	DOWNLOAD_REQUEST_WAIT,	/* our own trouble: no attempt */
	DOWNLOAD_REQUEST_FAILED,
	DOWNLOAD_REQUEST_MISSING
};

struct download_request {
	struct download_request *next;
	struct pool *pool; /* its own: all below is in it */
	struct media media;
	struct provider_account account; /* its texts in POOL, too */
	const char *dir;
	int64_t max_len;
	int64_t min_free;

	enum download_request_step step;
	int again; /* the address was asked for twice */
	struct provider_outcome asked;
	struct blob_file *file;
	int status; /* of the last answer, 0 none */
	int too_long;
	int disk_failed;
	int broken_off; /* a 2xx answer that is not whole */
	int64_t retry_after;
	const char *words; /* why the last request failed */

	enum download_request_verdict verdict;
	int refused; /* the provider counts it as an error */
	const char *reason;
};

/* MEDIA is copied.  owned: download_request_free, not while a request is
 * under way. */
struct download_request *download_request_new(const struct media *,
    const struct provider_account *, const char *dir, int64_t max_len,
    int64_t min_free);
void download_request_free(struct download_request *);

/* Begin the one request or the other: 0; -1, and it is judged to wait. */
int download_request_ask(struct download_request *, struct client *);
int download_request_fetch(struct download_request *, struct client *);

/* From ASKED or FETCHED to JUDGED.  May wait for the disk. */
void download_request_judge(struct download_request *);

#endif
