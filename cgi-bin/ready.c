/*
 * Would a delivery be acknowledged?  One request tries a commit; those that
 * come meanwhile wait for its result.  A thread tries when nobody asks.
 */
#include <signal.h>
#include <string.h>

#include "base/clock.h"
#include "base/counters.h"
#include "base/disk.h"
#include "base/log.h"

#include "lib/fcgi/http.h"

#include "ready.h"

#define RETRY_AFTER "5"

static void
fill_ready(
    const struct http_request *request, struct http_answer *answer, int rc)
{
	http_add_header(request, answer, "Cache-Control", "no-store");
	if (rc == 0) {
		http_plain(request, answer, 200, "ok");
		return;
	}
	http_add_header(request, answer, "Retry-After", RETRY_AFTER);
	http_plain(request, answer, 503, "webhooks are refused now");
}

/* The result is known: answers the requests that wait. */
static void
know(struct spool_order *order, int rc)
{
	struct ready *r = order->arg;
	const struct http_request *waiting[READY_MAX];
	int n;

	pthread_mutex_lock(&r->mutex);
	r->rc = rc;
	r->until_ms = clock_ticks_ms() + READY_MS;
	n = r->n;
	memcpy(waiting, r->waiting, sizeof(waiting));
	r->n = 0;
	r->trying = 0;
	pthread_mutex_unlock(&r->mutex);
	for (int i = 0; i < n; i++) {
		struct http_answer answer = { .status = 200 };

		fill_ready(waiting[i], &answer, rc);
		http_done(waiting[i], &answer);
	}
}

/* Adds REQUEST (NULL: none) to those that wait: 1 a commit is being tried, 0
 * the caller must try it; -1 the result is known, *RC. */
static int
join_ready(struct ready *r, const struct http_request *request, int *rc)
{
	int trying;

	pthread_mutex_lock(&r->mutex);
	trying = r->trying;
	if (r->n == READY_MAX || (!trying && clock_ticks_ms() < r->until_ms)) {
		*rc = r->rc;
		trying = -1;
	} else {
		r->trying = 1;
		if (request != NULL) {
			http_later(request);
			r->waiting[r->n++] = request;
		}
	}
	pthread_mutex_unlock(&r->mutex);
	return trying;
}

static void
try(struct ready *r)
{
	r->order = (struct spool_order){ .kept = know, .arg = r };
	spool_order(r->spool, &r->order);
}

void
ready_serve(struct ready *r, const struct http_request *request,
    struct http_answer *answer)
{
	int rc = -1;

	if (strcmp(request->method, "GET") != 0) {
		http_add_header(request, answer, "Allow", "GET, HEAD");
		http_plain(request, answer, 405, "method not allowed");
		return;
	}
	switch (join_ready(r, request, &rc)) {
	case -1:
		fill_ready(request, answer, rc);
		break;
	case 0:
		try(r);
		break;
	}
}

/* Sleeps for a beat: 1 when the thread must end. */
static int
wait_a_beat(struct ready *r)
{
	int64_t until_ms = clock_ticks_ms() + COUNTERS_BEAT_S * 1000;
	int end;

	pthread_mutex_lock(&r->mutex);
	while (!r->end && clock_cond_wait(&r->ended, &r->mutex, until_ms) == 0)
		;
	end = r->end;
	pthread_mutex_unlock(&r->mutex);
	return end;
}

static void *
watch(void *arg)
{
	struct ready *r = arg;
	int rc = -1;

	for (int beats = 0;; beats++) {
		counters_set(COUNTER_ALIVE_AT, clock_now());
		counters_set(COUNTER_SPOOL_FREE, disk_free(r->folder) + 1);
		if (beats % (READY_TRY_S / COUNTERS_BEAT_S) == 0 &&
		    join_ready(r, NULL, &rc) == 0)
			try(r);
		if (wait_a_beat(r))
			return NULL;
	}
}

void
ready_begin(struct ready *r, struct spool *spool, const char *folder)
{
	sigset_t all, before;

	*r = (struct ready){ .spool = spool, .folder = folder, .rc = -1 };
	pthread_mutex_init(&r->mutex, NULL);
	clock_cond_init(&r->ended);
	/* Signals are for the thread that serves. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r->watching = pthread_create(&r->watch, NULL, watch, r) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!r->watching)
		log_warn("no thread can be started, so /healthz will report "
			 "this program as dead");
}

void
ready_end(struct ready *r)
{
	pthread_mutex_lock(&r->mutex);
	r->end = 1;
	pthread_cond_signal(&r->ended);
	pthread_mutex_unlock(&r->mutex);
	if (r->watching)
		pthread_join(r->watch, NULL);
}
