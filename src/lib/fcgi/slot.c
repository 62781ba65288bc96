/*
 * Worker slots (slot.h), a semaphore.  A thread knows its own slot, for
 * handlers call http_wait with no server at hand.
 */
#include <sys/resource.h>

#include <stddef.h>
#include <unistd.h>

#include "lib/fcgi/http.h"
#include "lib/fcgi/slot.h"

#define OFTEN 50 /* waits for the disk in a second */

static _Thread_local struct slot *own;

void
slots_open(struct slots *slots, int is_limited)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	slots->is_limited = is_limited;
	slots->extra = 0;
	slots->tended_ms = 0;
	sem_init(&slots->free, 0, n < 2 ? 2 : (unsigned)n);
}

void
slots_close(struct slots *slots)
{
	sem_destroy(&slots->free);
}

int
slots_tend(struct slots *slots, int64_t now_ms)
{
	struct rusage usage;
	int64_t ms = now_ms - slots->tended_ms;
	long faults;
	int is_often;

	if (!slots->is_limited || ms < 1 || getrusage(RUSAGE_SELF, &usage) != 0)
		return slots->extra > 0;
	faults = usage.ru_majflt - slots->faults;
	is_often = slots->tended_ms != 0 && faults * 1000 > OFTEN * ms;
	slots->faults = usage.ru_majflt;
	slots->tended_ms = now_ms;
	for (; is_often && slots->extra < SLOTS_EXTRA; slots->extra++)
		sem_post(&slots->free);
	/* Those that are in use are taken back another time. */
	while (!is_often && slots->extra > 0 && sem_trywait(&slots->free) == 0)
		slots->extra--;
	return slots->extra > 0;
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
