/*
 * A few connections for many threads.
 */
#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/pool.h"

#include "lib/sql/db.h"

#include "session/session.h"

#include "api/realtime/connection_pool.h"

#define LEND_MAX 16

struct connection_pool {
	pthread_mutex_t lock;
	pthread_cond_t back;
	struct session *in[LEND_MAX]; /* not lent at the moment */
	int n_in;
};

struct connection_pool *
connection_pool_open(
    const char *path, int wait_ms, const struct statements *s, int n)
{
	struct connection_pool *l = xcalloc(sizeof(*l));

	pthread_mutex_init(&l->lock, NULL);
	pthread_cond_init(&l->back, NULL);
	while (l->n_in < n && l->n_in < LEND_MAX) {
		struct session *m = session_open(path, wait_ms);

		if (m != NULL)
			l->in[l->n_in++] = m;
		if (m == NULL || session_seal_reader(m, s) == -1) {
			connection_pool_close(l);
			return NULL;
		}
	}
	return l;
}

void
connection_pool_close(struct connection_pool *l)
{
	if (l == NULL)
		return;
	while (l->n_in > 0)
		session_close(l->in[--l->n_in]);
	pthread_cond_destroy(&l->back);
	pthread_mutex_destroy(&l->lock);
	free(l);
}

struct session *
connection_pool_take(struct connection_pool *l)
{
	struct session *m;

	pthread_mutex_lock(&l->lock);
	while (l->n_in == 0)
		pthread_cond_wait(&l->back, &l->lock);
	m = l->in[--l->n_in];
	pthread_mutex_unlock(&l->lock);
	session_check(m);
	return m;
}

void
connection_pool_give(struct connection_pool *l, struct session *m)
{
	session_serve(m, 0, 0);
	pthread_mutex_lock(&l->lock);
	l->in[l->n_in++] = m;
	pthread_cond_signal(&l->back);
	pthread_mutex_unlock(&l->lock);
}

void
connection_pool_rest(struct connection_pool *l)
{
	pthread_mutex_lock(&l->lock);
	for (int i = 0; i < l->n_in; i++)
		session_rest(l->in[i], clock_ticks_ms());
	pthread_mutex_unlock(&l->lock);
}
