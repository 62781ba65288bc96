/*
 * A slow disk, by LD_PRELOAD: each fdatasync and fsync takes 4 ms longer, or
 * SLOW_FLUSH_MS.  COUNT_FLUSHES=1 says at the end how many there were.
 */
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static int (*real_fsync)(int), (*real_fdatasync)(int);
static long delay_ms = 4;
static atomic_long flushes;

__attribute__((constructor)) static void
find(void)
{
	const char *ms = getenv("SLOW_FLUSH_MS");

	*(void **)&real_fsync = dlsym(RTLD_NEXT, "fsync");
	*(void **)&real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
	if (ms != NULL)
		delay_ms = atol(ms);
}

__attribute__((destructor)) static void
tell(void)
{
	if (getenv("COUNT_FLUSHES") != NULL)
		fprintf(stderr, "%ld flushes\n", atomic_load(&flushes));
}

static void
wait_longer(void)
{
	struct timespec rest = { .tv_sec = delay_ms / 1000,
		.tv_nsec = delay_ms % 1000 * 1000000 };

	atomic_fetch_add(&flushes, 1);
	while (nanosleep(&rest, &rest) == -1)
		;
}

int
fdatasync(int fd)
{
	wait_longer();
	return real_fdatasync(fd);
}

int
fsync(int fd)
{
	wait_longer();
	return real_fsync(fd);
}
