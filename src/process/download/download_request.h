#ifndef PROCESS_DOWNLOAD_DOWNLOAD_REQUEST_H
#define PROCESS_DOWNLOAD_DOWNLOAD_REQUEST_H

#include <stdint.h>

#include "whatsapp/provider/provider.h"

#include "inbox/media/media.h"

struct client;
struct pool;
struct blob_file;

/*
 * One download, for download.c: its requests, and what their answers mean.  It
 * has no database.
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
	DOWNLOAD_REQUEST_ASK,	/* go on: ask for the address again */
	DOWNLOAD_REQUEST_STORE, /* the file is whole and right */
	DOWNLOAD_REQUEST_LATER, /* this attempt failed */
	DOWNLOAD_REQUEST_WAIT,	/* our own trouble: counts as no attempt */
	DOWNLOAD_REQUEST_FAILED,
	DOWNLOAD_REQUEST_MISSING
};

struct download_request {
	struct download_request *next;
	struct pool *pool; /* private: all below is in it */
	struct media media;
	struct provider_account account; /* its texts in POOL, too */
	const char *dir;
	int64_t max_len;
	int64_t min_free;

	enum download_request_step step;
	int again; /* 1: the address was asked for twice */
	struct provider_outcome asked;
	struct blob_file *file;
	int status; /* of the last answer, 0 none */
	int too_long;
	int disk_failed;
	int broken_off; /* 1: a 2xx answer was not whole */
	int64_t retry_after;
	const char *words; /* why the last request failed */

	enum download_request_verdict verdict;
	int refused; /* 1: the provider counts it as an error */
	const char *reason;
};

/* The media is copied.  owned: download_request_free, not while a request is
 * open. */
struct download_request *download_request_new(const struct media *,
    const struct provider_account *, const char *dir, int64_t max_len,
    int64_t min_free);
void download_request_free(struct download_request *);

/* Begins the request for the address, or that for the file: 0; or -1, and the
 * verdict is WAIT. */
int download_request_ask(struct download_request *, struct client *);
int download_request_fetch(struct download_request *, struct client *);

/* Sets the verdict: the step becomes JUDGED after ASKED or FETCHED.  It may
 * wait for the disk. */
void download_request_judge(struct download_request *);

#endif
