/*
 * How many bodies may come at a time, and how many bytes (http_quota.h).  The
 * place is given back by http_receive's OVER, in whatever way the request ends.
 */
#include <pthread.h>
#include <string.h>

#include "base/pool.h"

#include "lib/fcgi/connection.h"
#include "lib/fcgi/http_quota.h"
#include "lib/fcgi/request.h"

#define SLOW_MS 1000 /* who needs longer gives way to others */

struct place {
	struct http_quota *quota;
	long long bytes;
};

/* 1 when there is room, which is the caller's from now on; 0. */
static int
enter(struct http_quota *quota, long long bytes)
{
	int rc;

	pthread_mutex_lock(&quota->mutex);
	rc = quota->n < quota->max && bytes <= quota->max_bytes - quota->bytes;
	if (rc) {
		quota->n++;
		quota->bytes += bytes;
	}
	pthread_mutex_unlock(&quota->mutex);
	return rc;
}

static void
leave(void *arg)
{
	const struct place *p = arg;

	pthread_mutex_lock(&p->quota->mutex);
	p->quota->n--;
	p->quota->bytes -= p->bytes;
	pthread_mutex_unlock(&p->quota->mutex);
}

void
http_quota_open(struct http_quota *quota, int max, long long max_bytes)
{
	memset(quota, 0, sizeof(*quota));
	pthread_mutex_init(&quota->mutex, NULL);
	quota->max = max;
	quota->max_bytes = max_bytes;
}

int
http_quota_take(struct http_quota *quota, const struct http_request *request,
    const struct http_receive *how)
{
	const struct request *r = request->transport;
	struct http_receive receive = *how;
	struct place *p = pool_alloc(request->pool, sizeof(*p));

	p->quota = quota;
	p->bytes = request->length;
	while (!enter(quota, p->bytes))
		if (!connections_hang_up(r->connection->all, quota, SLOW_MS))
			return -1;
	receive.group = quota;
	receive.over = leave;
	receive.arg = p;
	if (http_receive(request, &receive) == 0)
		return 0;
	leave(p);
	return -1;
}
