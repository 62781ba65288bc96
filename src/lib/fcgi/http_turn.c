/*
 * Threads that take turns (http_turn.h).
 */
#include <semaphore.h>
#include <unistd.h>

#include "lib/fcgi/http_turn.h"

static sem_t turns;
static int limited;
static _Thread_local int mine;

void
http_turn_open(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	/* While one waits for the disk another takes requests. */
	sem_init(&turns, 0, n < 2 ? 2 : (unsigned)n);
	limited = 1;
}

void
http_turn_take(void)
{
	while (limited && !mine)
		mine = sem_wait(&turns) == 0; /* or a signal came */
}

void
http_turn_give(void)
{
	if (limited && mine)
		sem_post(&turns);
	mine = 0;
}
