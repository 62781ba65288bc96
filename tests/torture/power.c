/*
 * What the power may take: preloaded into a program, this notes for each file
 * below POWER_STATE what every write since the last fsync has replaced, and
 * for each folder which names came and went.  power.py undoes some of that
 * when the power has gone.  Nothing is flushed in truth: a kill alone loses no
 * byte, so what counts as being on disk is what an fsync was asked for.
 *
 * With POWER_LIES an fsync is answered and forgotten, as by a disk that lies.
 */
#include <sys/stat.h>

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "power_log.h"

static int
open_any(const char *path, int flags, mode_t mode)
{
	struct stat st;
	int fd, is_new;

	if (!log_is_ours(path))
		return REAL(open)(path, flags, mode);
	log_take();
	is_new = (flags & O_CREAT) && stat(path, &st) == -1;
	fd = REAL(open)(path, flags, mode);
	if (fd != -1)
		log_file(fd);
	if (fd != -1 && is_new)
		log_name('C', path, "-");
	log_give();
	return fd;
}

int
open(const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = flags & O_CREAT ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	return open_any(path, flags, mode);
}

int open64(const char *, int, ...) __attribute__((alias("open")));

int
mkostemp(char *template, int flags)
{
	int fd;

	log_take();
	fd = REAL(mkostemp)(template, flags);
	if (fd != -1 && log_is_ours(template)) {
		log_file(fd);
		log_name('C', template, "-");
	}
	log_give();
	return fd;
}

int
close(int fd)
{
	if (log_has(fd)) {
		log_take();
		log_close(fd);
		log_give();
	}
	return REAL(close)(fd);
}

/* ------------------------------------------------------------------ writes */

ssize_t
pwrite(int fd, const void *s, size_t len, off_t offset)
{
	ssize_t n;

	if (!log_has(fd))
		return REAL(pwrite)(fd, s, len, offset);
	log_take();
	log_bytes(fd, offset, (int64_t)len, 0);
	n = REAL(pwrite)(fd, s, len, offset);
	log_give();
	return n;
}

ssize_t pwrite64(int, const void *, size_t, off64_t)
    __attribute__((alias("pwrite")));

ssize_t
write(int fd, const void *s, size_t len)
{
	ssize_t n;

	if (!log_has(fd))
		return REAL(write)(fd, s, len);
	log_take();
	log_bytes(fd, lseek(fd, 0, SEEK_CUR), (int64_t)len, 0);
	n = REAL(write)(fd, s, len);
	log_give();
	return n;
}

int
ftruncate(int fd, off_t len)
{
	int rc;

	if (!log_has(fd))
		return REAL(ftruncate)(fd, len);
	log_take();
	log_bytes(fd, len, 0, 1);
	rc = REAL(ftruncate)(fd, len);
	log_give();
	return rc;
}

int ftruncate64(int, off64_t) __attribute__((alias("ftruncate")));

/* Now it is on disk: what was noted is of no use any more. */
int
fsync(int fd)
{
	if (log_has(fd) && getenv("POWER_LIES") == NULL) {
		log_take();
		log_forget(fd);
		log_give();
	}
	return 0;
}

int fdatasync(int) __attribute__((alias("fsync")));

/* ------------------------------------------------------------------- names */

int
unlink(const char *path)
{
	int rc;

	if (!log_is_ours(path))
		return REAL(unlink)(path);
	log_take();
	log_bury(path);
	rc = REAL(unlink)(path);
	log_give();
	return rc;
}

int
link(const char *from, const char *to)
{
	int rc;

	log_take();
	rc = REAL(link)(from, to);
	if (rc == 0 && log_is_ours(to))
		log_name('C', to, "-");
	log_give();
	return rc;
}

int
mkdir(const char *path, mode_t mode)
{
	int rc;

	log_take();
	rc = REAL(mkdir)(path, mode);
	if (rc == 0 && log_is_ours(path))
		log_name('M', path, "-");
	log_give();
	return rc;
}

/* One name goes, with what stood under the other, and one comes: the power may
 * leave less of it than a file system would that keeps all three together. */
int
rename(const char *from, const char *to)
{
	int rc;

	if (!log_is_ours(from) && !log_is_ours(to))
		return REAL(rename)(from, to);
	log_take();
	log_bury(to);
	log_bury(from);
	rc = REAL(rename)(from, to);
	if (rc == 0)
		log_name('C', to, "-");
	log_give();
	return rc;
}
