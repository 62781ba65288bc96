#ifndef CGI_BIN_READY_H
#define CGI_BIN_READY_H

#include <pthread.h>
#include <stdint.h>

#include "spool/spool.h"

struct http_answer;
struct http_request;

/*
 * GET /healthz/webhooks, for load balancers: 200 while a delivery would be
 * acknowledged, else 503; why not is in the log and in /healthz.  It is
 * tried as a delivery would be, by a commit that is flushed, in one with the
 * deliveries that come.  The answer holds for READY_MS, so that asking often
 * costs nothing.
 */
#define READY_PATH "/healthz/webhooks" /* and /api/v1 before it */
#define READY_MS   1000
/* So many wait for one commit; others get what came of the last. */
#define READY_MAX  64

struct ready {
	struct spool *spool;
	const char *folder;	  /* where its disk is */
	struct spool_order order; /* one at a time */
	pthread_mutex_t mutex;	  /* of what follows */
	const struct http_request *waiting[READY_MAX];
	int n;
	int trying;
	int rc;		  /* of the last one, */
	int64_t until_ms; /* which holds so long */
	pthread_t watch;  /* ready.c's */
	pthread_cond_t ended;
	int end, watching;
};

/*
 * Begins to say that the program is alive, and how much of the disk of FOLDER,
 * the spool's, borrowed, is free, every COUNTERS_BEAT_S, and to try by itself
 * every READY_TRY_S, for /healthz, which cannot ask; ready_end ends that.
 */
#define READY_TRY_S 30

void ready_begin(struct ready *, struct spool *, const char *folder);
void ready_end(struct ready *);

/* The request is answered, now or later. */
void ready_serve(
    struct ready *, const struct http_request *, struct http_answer *);

#endif
