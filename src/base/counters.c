/*
 * Counters in a file that is mapped: adding is one atomic instruction, and the
 * kernel writes the page when it likes.  After a power cut they may be a little
 * behind, which whoever draws them takes for a restart.
 *
 * The file has its full length on disk before it is mapped, since a page that
 * finds no room when it is written would kill the process.  Whoever only reads
 * does not map it: its owner may cut it short at any time.
 */
#include <sys/mman.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "base/counters.h"
#include "base/disk.h"
#include "base/log.h"

#define ROOM 62 /* counters, of which COUNTERS are used */

struct counters_file {
	char magic[8];
	int64_t room;
	_Atomic int64_t value[ROOM];
};

static const struct counters_file empty = {
	.magic = { 'w', 'a', 's', 'p', 'o', 'o', 'l', '1' }, .room = ROOM
};
static struct counters_file in_memory;
static struct counters_file *counters = &in_memory;

_Static_assert((int)COUNTERS <= ROOM, "the file has room for all");

static int
is_sound(const struct counters_file *f, ssize_t len)
{
	return len == (ssize_t)sizeof(*f) &&
	       memcmp(f->magic, empty.magic, sizeof(f->magic)) == 0 &&
	       f->room == ROOM;
}

/* FD has a sound file: 0, or -1 with errno. */
static int
make_sound(int fd, const char *path)
{
	struct counters_file now;
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) == -1)
		return -1;
	if (st.st_size == (off_t)sizeof(now) &&
	    is_sound(&now, pread(fd, &now, sizeof(now), 0)))
		return 0;
	if (st.st_size != 0)
		log_warn("%s is damaged: counting begins at 0", path);
	n = pwrite(fd, &empty, sizeof(empty), 0);
	if (n != (ssize_t)sizeof(empty)) {
		if (n >= 0)
			errno = ENOSPC;
		return -1;
	}
	return ftruncate(fd, (off_t)sizeof(empty)) == -1 ? -1 : fsync(fd);
}

void
counters_open(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
	void *map = MAP_FAILED;

	if (fd != -1) {
		disk_give(fd, path);
		if (make_sound(fd, path) == 0)
			map = mmap(NULL, sizeof(*counters),
			    PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	}
	if (map == MAP_FAILED)
		log_warn("%s: %s: /metrics will not show what this program "
			 "counts",
		    path, strerror(errno));
	else
		counters = map;
	if (fd != -1)
		close(fd);
}

void
counters_add(enum counter which, int64_t n)
{
	atomic_fetch_add_explicit(
	    &counters->value[which], n, memory_order_relaxed);
}

void
counters_set(enum counter which, int64_t value)
{
	atomic_store_explicit(
	    &counters->value[which], value, memory_order_relaxed);
}

int
counters_read(const char *path, int64_t sum[COUNTERS])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct counters_file f;
	int sound;

	if (fd == -1)
		return 0;
	sound = is_sound(&f, pread(fd, &f, sizeof(f), 0));
	close(fd);
	for (int i = 0; sound && i < COUNTERS; i++)
		sum[i] += atomic_load(&f.value[i]);
	return sound;
}
