/*
 * Locks on files, taken in turn.  flock(2) has no time limit, so it is asked
 * again and again; the turnstile keeps that fair: only one asks for the lock
 * itself at any time, and who has just given it back is not that one.  Of those
 * at the turnstile the newest asks most often; hence lock_let_others.
 */
#include <sys/file.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/disk.h"
#include "base/lock.h"
#include "base/log.h"
#include "base/pool.h"

#define FIRST_PAUSE_US	 50
#define LONGEST_PAUSE_US 1000
#define LOOK_US		 200

struct lock {
	int fd;
	int next_fd; /* the turnstile */
};

static int
open_file(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0640);

	if (fd == -1)
		log_warn("%s: %s", path, strerror(errno));
	else
		disk_give(fd, path);
	return fd;
}

struct lock *
lock_open(const char *path)
{
	struct lock *lock = xcalloc(sizeof(*lock));
	char next[4096];

	lock->next_fd = -1;
	snprintf(next, sizeof(next), "%s-next", path);
	lock->fd = open_file(path);
	if (lock->fd != -1)
		lock->next_fd = open_file(next);
	if (lock->next_fd == -1) {
		lock_close(lock);
		return NULL;
	}
	return lock;
}

void
lock_close(struct lock *lock)
{
	if (lock == NULL)
		return;
	if (lock->fd != -1)
		close(lock->fd);
	if (lock->next_fd != -1)
		close(lock->next_fd);
	free(lock);
}

static void
rest(long us)
{
	struct timespec ts = { 0, us * 1000 };

	nanosleep(&ts, NULL);
}

/* Takes FD until DEADLINE (clock_ticks_ms): 1, 0, -1. */
static int
take_lock(int fd, int64_t deadline)
{
	long pause = FIRST_PAUSE_US;

	while (flock(fd, LOCK_EX | LOCK_NB) == -1) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return -1;
		if (clock_ticks_ms() >= deadline)
			return 0;
		rest(pause);
		pause =
		    pause * 2 > LONGEST_PAUSE_US ? LONGEST_PAUSE_US : pause * 2;
	}
	return 1;
}

int
lock_take(struct lock *lock, int wait_ms)
{
	int64_t deadline = clock_ticks_ms() + wait_ms;
	int rc = take_lock(lock->next_fd, deadline);

	if (rc != 1)
		return rc;
	rc = take_lock(lock->fd, deadline);
	flock(lock->next_fd, LOCK_UN);
	return rc;
}

void
lock_give(struct lock *lock)
{
	flock(lock->fd, LOCK_UN);
}

void
lock_sign(struct lock *lock, const char *text)
{
	size_t len = strlen(text);

	if (ftruncate(lock->fd, 0) == -1 ||
	    pwrite(lock->fd, text, len < LOCK_SIGN ? len : LOCK_SIGN, 0) == -1)
		log_debug("a lock is not signed: %s", strerror(errno));
}

void
lock_signed(const struct lock *lock, char *text)
{
	ssize_t n = pread(lock->fd, text, LOCK_SIGN, 0);

	text[n < 0 ? 0 : n] = '\0';
	for (char *c = text; *c != '\0'; c++) /* of a file */
		if ((unsigned char)*c < 0x20 || (unsigned char)*c > 0x7e)
			*c = '?';
}

int
lock_wanted(struct lock *lock)
{
	if (flock(lock->next_fd, LOCK_EX | LOCK_NB) == -1)
		return errno == EWOULDBLOCK;
	flock(lock->next_fd, LOCK_UN);
	return 0;
}

void
lock_let_others(struct lock *lock, int max_ms)
{
	int64_t end = clock_ticks_ms() + max_ms;

	for (long quiet = 0;
	     quiet <= LONGEST_PAUSE_US && clock_ticks_ms() < end;
	     quiet = lock_wanted(lock) ? 0 : quiet + LOOK_US)
		rest(LOOK_US);
}
