/*
 * Messages made ahead (ahead.h): two blocks, one being made while the other is
 * read.
 */
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sysexits.h>

#include "base/log.h"
#include "base/pool.h"

#include "ahead.h"
#include "world.h"

#define BLOCKS	2
#define MADE_AT 512 /* messages in a block */

struct block {
	struct pool *pool;
	struct message_made messages[MADE_AT];
};

struct ahead {
	struct world *w;
	pthread_t thread;
	sem_t empty, full; /* blocks */
	atomic_int over;
	int64_t taken;
	struct block blocks[BLOCKS];
};

static void
wait(sem_t *s)
{
	while (sem_wait(s) == -1)
		; /* a signal */
}

static void *
make(void *arg)
{
	struct ahead *a = arg;
	struct block *b = NULL;

	for (int64_t n = 0; n < a->w->n_messages; n++) {
		if (n % MADE_AT == 0) {
			if (b != NULL)
				sem_post(&a->full);
			wait(&a->empty);
			if (atomic_load(&a->over))
				return NULL;
			b = &a->blocks[n / MADE_AT % BLOCKS];
			pool_reset(b->pool);
		}
		world_message(a->w, b->pool, n + 1, &b->messages[n % MADE_AT]);
	}
	sem_post(&a->full);
	return NULL;
}

struct ahead *
ahead_start(struct world *w)
{
	struct ahead *a = xcalloc(sizeof(*a));

	a->w = w;
	for (int i = 0; i < BLOCKS; i++)
		a->blocks[i].pool = pool_new();
	sem_init(&a->empty, 0, BLOCKS);
	sem_init(&a->full, 0, 0);
	if (pthread_create(&a->thread, NULL, make, a) != 0)
		die(EX_OSERR, "no thread");
	return a;
}

const struct message_made *
ahead_next(struct ahead *a)
{
	int64_t n = a->taken++;

	if (n % MADE_AT == 0) {
		if (n > 0)
			sem_post(&a->empty);
		wait(&a->full);
	}
	return &a->blocks[n / MADE_AT % BLOCKS].messages[n % MADE_AT];
}

void
ahead_end(struct ahead *a)
{
	atomic_store(&a->over, 1);
	sem_post(&a->empty);
	pthread_join(a->thread, NULL);
	for (int i = 0; i < BLOCKS; i++)
		pool_free(a->blocks[i].pool);
	sem_destroy(&a->empty);
	sem_destroy(&a->full);
	free(a);
}
