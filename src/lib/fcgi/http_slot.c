/*
 * Threads that take turns (http_slot.h).
 */
#include <semaphore.h>
#include <unistd.h>

#include "lib/fcgi/http_slot.h"

static sem_t turns;
static int limited;
static _Thread_local int mine;

void
http_slot_open(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	/* While one waits for the disk another takes requests. */
	sem_init(&turns, 0, n < 2 ? 2 : (unsigned)n);
	limited = 1;
}

void
http_slot_take(void)
{
	while (limited && !mine)
		mine = sem_wait(&turns) == 0; /* or a signal came */
}

void
http_slot_give(void)
{
	if (limited && mine)
		sem_post(&turns);
	mine = 0;
}
