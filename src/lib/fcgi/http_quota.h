#ifndef LIB_FCGI_HTTP_QUOTA_H
#define LIB_FCGI_HTTP_QUOTA_H

#include <pthread.h>

struct http_request;
struct http_receive;

/*
 * A bound on the memory of bodies: at most MAX of them come at a time, with
 * MAX_BYTES in all, as their heads say it.  One quota a kind of body; it lives
 * as long as the process.
 */
struct http_quota {
	pthread_mutex_t mutex;
	int max, n;
	long long max_bytes, bytes;
};
void http_quota_open(struct http_quota *, int max, long long max_bytes);

/*
 * http_receive within the quota, which sets GROUP, OVER and ARG itself.  When
 * it is full, the body that has been coming for longest is given up, if it
 * began more than a second ago.  0: the handler returns; -1: the quota is full,
 * or http_receive refused.
 */
int http_quota_take(struct http_quota *, const struct http_request *,
    const struct http_receive *);

#endif
