/*
 * Worker slots (slot.h), a semaphore.  A thread knows its own slot, for
 * handlers call http_wait with no server at hand.
 */
#include <stddef.h>
#include <unistd.h>

#include "lib/fcgi/http.h"
#include "lib/fcgi/slot.h"

static _Thread_local struct slot *own;

void
slots_open(struct slots *slots, int is_limited)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	slots->is_limited = is_limited;
	sem_init(&slots->free, 0, n < 2 ? 2 : (unsigned)n);
}

void
slots_close(struct slots *slots)
{
	sem_destroy(&slots->free);
}

void
slot_begin(struct slot *slot, struct slots *of)
{
	slot->of = of;
	slot->is_taken = 0;
	own = slot;
}

void
slot_take(struct slot *slot)
{
	while (slot->of->is_limited && !slot->is_taken)
		slot->is_taken =
		    sem_wait(&slot->of->free) == 0; /* or a signal came */
}

void
slot_give(struct slot *slot)
{
	if (slot->is_taken)
		sem_post(&slot->of->free);
	slot->is_taken = 0;
}

void
http_wait(void)
{
	if (own != NULL)
		slot_give(own);
}
