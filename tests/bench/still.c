/*
 * Preloaded into a program: its clock for spans stands nearly still, so that
 * what it does until a time is up does not depend on how slow it is counted.
 */
#include <sys/syscall.h>

#include <time.h>
#include <unistd.h>

int
clock_gettime(clockid_t clock, struct timespec *t)
{
	static long n;

	if (clock != CLOCK_MONOTONIC)
		return (int)syscall(SYS_clock_gettime, clock, t);
	t->tv_sec = 1000 + ++n / 1000000000;
	t->tv_nsec = n % 1000000000;
	return 0;
}
