#ifndef PROCESS_DRAIN_AHEAD_H
#define PROCESS_DRAIN_AHEAD_H

#include <pthread.h>

/*
 * Steps that prepare the items of a batch, one after the other, in a thread
 * beside the one that uses them: so a second core parses what comes while the
 * first applies what came.  The order is always that of the items, and what is
 * prepared never depends on how fast either is.
 */
struct ahead {
	int (*step)(void *arg, int i);
	void *arg;
	int n; /* items; fewer when a step says so */
	int done;
	int ended; /* no more will be done */
	int beside;
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t moved;
};

/*
 * Begins STEP(ARG, 0) to STEP(ARG, N - 1), which answers 0 when item i, and
 * those behind it, are not to be of the batch.  BESIDE 0, or where no thread
 * can be had: all are done before this returns.
 */
void ahead_begin(struct ahead *, int n, int (*step)(void *arg, int i),
    void *arg, int beside);

/* Waits for item I: 1 it is prepared, 0 it is not of the batch. */
int ahead_wait(struct ahead *, int i);

/* Ends, also when not all is done: no step runs any more. */
void ahead_end(struct ahead *);

#endif
