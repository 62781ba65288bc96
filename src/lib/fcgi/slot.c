/*
 * Worker slots (slot.h), a semaphore.  A thread knows its own slot, for
 * handlers call http_wait with no server at hand.
 */
#include <sys/resource.h>

#include <errno.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

#include "lib/fcgi/http.h"
#include "lib/fcgi/slot.h"

#define OFTEN 50 /* waits for the disk in a second */

static _Thread_local struct slot *own;

void
slots_open(struct slots *slots, int is_limited)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	slots->given = NULL;
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

int
slot_take(struct slot *slot, int ms)
{
	struct timespec until;

	if (!slot->of->is_limited || slot->is_taken)
		return 1;
	if (ms < 0)
		while (sem_wait(&slot->of->free) == -1) /* a signal came */
			;
	else {
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_sec += ms / 1000;
		until.tv_nsec += ms % 1000 * 1000000L;
		until.tv_sec += until.tv_nsec / 1000000000L;
		until.tv_nsec %= 1000000000L;
		while (sem_clockwait(
			   &slot->of->free, CLOCK_MONOTONIC, &until) == -1)
			if (errno == ETIMEDOUT)
				return 0;
	}
	return slot->is_taken = 1;
}

void
slot_give(struct slot *slot)
{
	if (slot->is_taken)
		sem_post(&slot->of->free);
	slot->is_taken = 0;
}

int
slots_are_free(struct slots *slots)
{
	int n = 1;

	return !slots->is_limited ||
	       (sem_getvalue(&slots->free, &n) == 0 && n > 0);
}

void
http_wait(void)
{
	if (own == NULL)
		return;
	slot_give(own);
	if (own->of->given != NULL)
		own->of->given(own->of->arg);
}
