#ifndef CGI_BIN_READY_H
#define CGI_BIN_READY_H

#include <pthread.h>
#include <stdint.h>

#include "spool/spool.h"

struct http_answer;
struct http_request;

/*
 * GET /healthz/webhooks, for load balancers: 200 when a delivery would be
 * acknowledged, else 503; the reason is in the log and in /healthz.  It tries
 * what a delivery needs, a commit that is flushed, together with the deliveries
 * that come.  The answer is valid for READY_MS, so that asking often costs
 * nothing.
 */
#define READY_PATH "/healthz/webhooks" /* and /api/v1 before it */
#define READY_MS   1000
/* At most so many requests wait for one commit; others get the last result. */
#define READY_MAX  64

struct ready {
	struct spool *spool;
	const char *folder;	  /* on the disk of the spool */
	struct spool_order order; /* one at a time */
	pthread_mutex_t mutex;	  /* of what follows */
	const struct http_request *waiting[READY_MAX];
	int n;
	int trying;
	int rc;		  /* the last result … */
	int64_t until_ms; /* … which is valid until then */
	pthread_t watch;  /* private, as the next two */
	pthread_cond_t ended;
	int end, watching;
};

/*
 * Starts a thread: every COUNTERS_BEAT_S it stores that the program is alive,
 * and the free space of the disk of FOLDER (the spool's; borrowed); every
 * READY_TRY_S it tries a commit, for /healthz, which cannot.  ready_end ends
 * it.
 */
#define READY_TRY_S 30

void ready_begin(struct ready *, struct spool *, const char *folder);
void ready_end(struct ready *);

/* Answers the request, now or later. */
void ready_serve(
    struct ready *, const struct http_request *, struct http_answer *);

#endif
