/*
 * The disk, as programs ask for it.
 */
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/disk.h"
#include "base/log.h"
#include "base/pool.h"

char *
disk_folder(struct pool *pool, const char *path)
{
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		len--;
	return pool_text(pool, path, len);
}

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

void
disk_give(int fd, const char *path)
{
	struct stat st, folder;
	char *copy;

	if (geteuid() != 0 || fstat(fd, &st) == -1 || st.st_uid != 0)
		return;
	copy = pool_forever_text(path);
	if (stat(dirname(copy), &folder) == 0 && folder.st_uid != 0 &&
	    fchownat(fd, "", folder.st_uid, folder.st_gid, AT_EMPTY_PATH) == -1)
		log_warn("%s: stays root's: %s", path, strerror(errno));
	free(copy);
}
