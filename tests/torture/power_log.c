/*
 * The undo logs of power.c.
 */
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "power_log.h"

#define FDS 65536

/* As power.py reads it; then the bytes that were there. */
struct record {
	uint64_t magic;
	int64_t cuts; /* 1: a truncation to offset */
	int64_t offset, len;
	int64_t old_size;
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int lock_fd = -1;
static unsigned serial;
static int logs[FDS]; /* descriptor of its log + 1; 0: not ours */
static const char *state, *log_dir;
static size_t state_len;

__attribute__((constructor)) static void
begin(void)
{
	char path[PATH_MAX];

	log_dir = getenv("POWER_LOG");
	state = getenv("POWER_STATE");
	if (log_dir == NULL || state == NULL)
		abort();
	state_len = strlen(state);
	snprintf(path, sizeof(path), "%s/lock", log_dir);
	lock_fd = REAL(open)(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (lock_fd == -1)
		abort();
}

void
log_take(void)
{
	pthread_mutex_lock(&mutex);
	while (flock(lock_fd, LOCK_EX) == -1)
		;
}

void
log_give(void)
{
	int saved = errno;

	flock(lock_fd, LOCK_UN);
	pthread_mutex_unlock(&mutex);
	errno = saved;
}

/* Ours: below the state folder, but for what SQLite makes anew by itself. */
int
log_is_ours(const char *path)
{
	size_t len = strlen(path);

	if (state == NULL) /* not begun */
		return 0;
	return strncmp(path, state, state_len) == 0 &&
	       (path[state_len] == '/' || path[state_len] == '\0') &&
	       !(len > 4 && strcmp(path + len - 4, "-shm") == 0);
}

static int
open_log(char kind, ino_t inode)
{
	char path[PATH_MAX];
	int fd;

	snprintf(
	    path, sizeof(path), "%s/%c%ju", log_dir, kind, (uintmax_t)inode);
	fd = REAL(open)(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd == -1)
		abort();
	return fd;
}

/* FD is a file or folder of ours from now on. */
void
log_file(int fd)
{
	struct stat st;

	if (fd < 0 || fd >= FDS || fstat(fd, &st) == -1)
		return;
	logs[fd] = open_log(S_ISDIR(st.st_mode) ? 'd' : 'f', st.st_ino) + 1;
}

/* A line in the log of the folder that PATH is in. */
void
log_name(char what, const char *path, const char *grave)
{
	const char *name = strrchr(path, '/') + 1;
	char folder[PATH_MAX], line[PATH_MAX];
	struct stat st;
	int fd, n;

	snprintf(folder, sizeof(folder), "%.*s", (int)(name - path), path);
	if (stat(folder, &st) == -1)
		abort();
	fd = open_log('d', st.st_ino);
	n = snprintf(line, sizeof(line), "%c %s %s\n", what, name, grave);
	if (REAL(write)(fd, line, (size_t)n) != n)
		abort();
	REAL(close)(fd);
}

/* Another name for what is about to lose this one. */
void
log_bury(const char *path)
{
	char grave[64], whole[PATH_MAX];
	struct stat st;

	if (lstat(path, &st) == -1 || !S_ISREG(st.st_mode))
		return;
	snprintf(grave, sizeof(grave), "g%ju-%d-%u", (uintmax_t)st.st_ino,
	    (int)getpid(), serial++);
	snprintf(whole, sizeof(whole), "%s/%s", log_dir, grave);
	if (REAL(link)(path, whole) == -1)
		abort();
	log_name('U', path, grave);
}

/* Before LEN bytes at OFFSET are replaced, or all behind OFFSET cut off. */
void
log_bytes(int fd, int64_t offset, int64_t len, int cuts)
{
	struct record r = { 0x7761737077617370, cuts, offset, len, 0 };
	struct iovec parts[2] = { { &r, sizeof(r) }, { NULL, 0 } };
	struct stat st;
	int64_t there;
	ssize_t n;

	if (fstat(fd, &st) == -1)
		abort();
	r.old_size = st.st_size;
	if (cuts)
		r.len = st.st_size > offset ? st.st_size - offset : 0;
	there = st.st_size - offset < r.len ? st.st_size - offset : r.len;
	if (there > 0) {
		parts[1].iov_base = malloc((size_t)there);
		parts[1].iov_len = (size_t)there;
		n = pread(fd, parts[1].iov_base, (size_t)there, offset);
		if (n != there)
			abort();
	}
	n = writev(logs[fd] - 1, parts, 2);
	if (n != (ssize_t)(parts[0].iov_len + parts[1].iov_len))
		abort();
	free(parts[1].iov_base);
}

int
log_has(int fd)
{
	return fd >= 0 && fd < FDS && logs[fd] > 0;
}

void
log_forget(int fd)
{
	if (REAL(ftruncate)(logs[fd] - 1, 0) == -1)
		abort();
}

void
log_close(int fd)
{
	REAL(close)(logs[fd] - 1);
	logs[fd] = 0;
}
