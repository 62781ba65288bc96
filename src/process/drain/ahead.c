/*
 * Prepares the items of a batch ahead of their use (ahead.h).  A mutex guards
 * how far both are; the items themselves are of one thread at a time: of the
 * one beside until it says that they are done.
 */
#include <signal.h>

#include "process/drain/ahead.h"

/* The next item: 1, 0 when there is none. */
static int
do_step(struct ahead *a, int i)
{
	int more = i < a->n && a->step(a->arg, i);

	pthread_mutex_lock(&a->mutex);
	if (more)
		a->done = i + 1;
	else
		a->ended = 1;
	more = more && !a->ended;
	pthread_cond_broadcast(&a->moved);
	pthread_mutex_unlock(&a->mutex);
	return more;
}

static void *
run_ahead(void *arg)
{
	struct ahead *a = arg;

	for (int i = 0; do_step(a, i);)
		i++;
	return NULL;
}

/* Signals are for the thread that works. */
static int
begin_thread(struct ahead *a)
{
	sigset_t all, before;
	int rc;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&a->thread, NULL, run_ahead, a);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return rc == 0;
}

void
ahead_begin(struct ahead *a, int n, int (*step)(void *arg, int i), void *arg,
    int beside)
{
	*a = (struct ahead){ .step = step, .arg = arg, .n = n };
	pthread_mutex_init(&a->mutex, NULL);
	pthread_cond_init(&a->moved, NULL);
	a->beside = beside && begin_thread(a);
	if (!a->beside)
		run_ahead(a);
}

int
ahead_wait(struct ahead *a, int i)
{
	int is_done;

	pthread_mutex_lock(&a->mutex);
	while (a->done <= i && !a->ended)
		pthread_cond_wait(&a->moved, &a->mutex);
	is_done = a->done > i;
	pthread_mutex_unlock(&a->mutex);
	return is_done;
}

void
ahead_end(struct ahead *a)
{
	pthread_mutex_lock(&a->mutex);
	a->ended = 1;
	pthread_mutex_unlock(&a->mutex);
	if (a->beside)
		pthread_join(a->thread, NULL);
	pthread_cond_destroy(&a->moved);
	pthread_mutex_destroy(&a->mutex);
}
