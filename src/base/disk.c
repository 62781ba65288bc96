/*
 * The disk, as programs ask for it.
 */
#include <sys/statvfs.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/disk.h"

int
disk_sync_names(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;

	if (fd == -1)
		return -1;
	rc = fsync(fd);
	close(fd);
	return rc;
}

int64_t
disk_free(const char *path)
{
	struct statvfs s;

	if (statvfs(path, &s) == -1)
		return -1;
	return (int64_t)(s.f_bavail * s.f_frsize);
}

int
disk_has_room(const char *path, int64_t min_free, int64_t bytes)
{
	int64_t left = disk_free(path);

	return left == -1 || left - bytes >= min_free;
}

int
disk_reserve(int fd, int64_t len)
{
	if (len <= 0 || fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, len) == 0)
		return 0;
	return errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? -1 : 0;
}
