/*
 * A few connections for many threads.
 */
#include <pthread.h>
#include <stdlib.h>

#include "base/pool.h"

#include "lib/sql/db.h"

#include "session/member.h"

#include "api/realtime/lend.h"

#define LEND_MAX 16

struct lend {
	pthread_mutex_t lock;
	pthread_cond_t back;
	struct member_db *in[LEND_MAX]; /* not lent at the moment */
	int n_in;
};

struct lend *
lend_open(const char *path, int wait_ms, member_sql *const *tables,
    size_t n_tables, int n)
{
	struct lend *l = pool_forever(sizeof(*l));

	pthread_mutex_init(&l->lock, NULL);
	pthread_cond_init(&l->back, NULL);
	while (l->n_in < n && l->n_in < LEND_MAX) {
		struct member_db *m = member_open(path, wait_ms);

		if (m != NULL)
			l->in[l->n_in++] = m;
		if (m == NULL ||
		    member_seal_reader(m, tables, n_tables) == -1) {
			lend_close(l);
			return NULL;
		}
	}
	return l;
}

void
lend_close(struct lend *l)
{
	if (l == NULL)
		return;
	while (l->n_in > 0)
		member_close(l->in[--l->n_in]);
	pthread_cond_destroy(&l->back);
	pthread_mutex_destroy(&l->lock);
	free(l);
}

struct member_db *
lend_take(struct lend *l)
{
	struct member_db *m;

	pthread_mutex_lock(&l->lock);
	while (l->n_in == 0)
		pthread_cond_wait(&l->back, &l->lock);
	m = l->in[--l->n_in];
	pthread_mutex_unlock(&l->lock);
	db_check_file(member_handle(m));
	return m;
}

void
lend_give(struct lend *l, struct member_db *m)
{
	member_serve(m, 0, 0);
	pthread_mutex_lock(&l->lock);
	l->in[l->n_in++] = m;
	pthread_cond_signal(&l->back);
	pthread_mutex_unlock(&l->lock);
}
