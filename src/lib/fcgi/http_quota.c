/*
 * How many bodies may come at a time (http_quota.h).
 */
#include <pthread.h>

#include "base/pool.h"

#include "lib/fcgi/http.h"
#include "lib/fcgi/http_quota.h"

#define SLOW_MS 1000 /* who needs longer gives way to others */

struct guest_of {
	struct http_quota *room;
	long long bytes;
};

static pthread_mutex_t mutex_quota = PTHREAD_MUTEX_INITIALIZER;

/* 1 when there is room, which is the caller's from now on; 0. */
static int
enter(struct http_quota *room, long long bytes)
{
	int rc;

	pthread_mutex_lock(&mutex_quota);
	rc = room->n < room->max && bytes <= room->max_bytes - room->bytes;
	if (rc) {
		room->n++;
		room->bytes += bytes;
	}
	pthread_mutex_unlock(&mutex_quota);
	return rc;
}

static void
leave(void *arg)
{
	const struct guest_of *g = arg;

	pthread_mutex_lock(&mutex_quota);
	g->room->n--;
	g->room->bytes -= g->bytes;
	pthread_mutex_unlock(&mutex_quota);
}

int
http_quota_take(struct http_quota *room, const struct http_request *request,
    const struct http_take *how)
{
	struct http_take take = *how;
	struct guest_of *g = pool_get(request->pool, sizeof(*g));

	g->room = room;
	g->bytes = request->length;
	while (!enter(room, g->bytes))
		if (!http_hang_up(room, SLOW_MS))
			return -1;
	take.group = room;
	take.over = leave;
	take.arg = g;
	if (http_take(request, &take) == 0)
		return 0;
	leave(g);
	return -1;
}
