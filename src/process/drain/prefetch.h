#ifndef PROCESS_DRAIN_PREFETCH_H
#define PROCESS_DRAIN_PREFETCH_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <pthread.h>

struct ahead;
struct db;
struct event;

#define PREFETCH_THREADS 4

/* A thread's, with a connection of its own. */
struct prefetch_thread {
	struct prefetch *of;
	struct db *db; /* NULL: not opened */
	pthread_t thread;
	int runs;
	int failed; /* 1: it is not tried again before prefetch_rest */
};

/*
 * Looks at what the deliveries of a batch will read and write before they are
 * applied, in threads beside: where much of a large inbox is not in the
 * system's memory, the waits for the disk are side by side, and the drain has
 * none.  Only on SQLite, and only while the process reads from the disk.
 */
struct prefetch {
	const char *path; /* the inbox */
	int wait_ms;
	int always; /* also while nothing is read from the disk: tests */
	/* Of delivery I of the batch: its N events. */
	const struct event *(*events)(void *arg, int i, size_t *n);
	void *arg;
	struct ahead *ahead; /* they are parsed */
	atomic_int next;     /* nobody has looked at this one */
	atomic_int applied;  /* what stands before it is of no use any more */
	atomic_int stop;
	int64_t reads; /* of the process, from the disk, before */
	struct prefetch_thread threads[PREFETCH_THREADS];
};

/* Begins with a batch of N deliveries whose events, behind ARG, AHEAD
 * parses. */
void prefetch_begin(struct prefetch *, struct ahead *, int n,
    const struct event *(*events)(void *arg, int i, size_t *n), void *arg);

/* Delivery I is being applied.  Without prefetch_begin it is harmless. */
void prefetch_at(struct prefetch *, int i);

/* No thread looks at the batch any more. */
void prefetch_end(struct prefetch *);

/* There is nothing to do: closes the connections.  NULL is harmless. */
void prefetch_rest(struct prefetch *);

#endif
