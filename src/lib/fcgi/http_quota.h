#ifndef LIB_FCGI_HTTP_QUOTA_H
#define LIB_FCGI_HTTP_QUOTA_H

#include <pthread.h>

struct http_request;
struct http_take;

/*
 * Bodies that must not have all the memory: so many of them may come at a time,
 * with so many bytes, as their heads say it.  One a kind; process life.
 */
struct http_quota {
	pthread_mutex_t	 mutex;
	int		 max, n;
	long long	 max_bytes, bytes;
};
void	http_quota_open(struct http_quota *, int max, long long max_bytes);

/*
 * Takes the body of REQUEST into memory if there is room, as TAKE says (its
 * group, over and arg are the room's).  When there is none, the one that has
 * been coming for longest gives way, if it began a second ago.  0: the handler
 * returns; -1: no room, or http_take refused.
 */
int	http_quota_take(struct http_quota *, const struct http_request *,
	    const struct http_take *);

#endif
