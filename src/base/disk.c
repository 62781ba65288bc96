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

static int
sync_path(const char *path, int flags)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | flags), rc;

	if (fd == -1)
		return -1;
	rc = fsync(fd);
	close(fd);
	return rc;
}

int
disk_sync_names(const char *path)
{
	return sync_path(path, O_DIRECTORY);
}

int
disk_sync_file(const char *path)
{
	return sync_path(path, O_NOFOLLOW);
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
disk_is_one(const char *a, const char *b)
{
	struct stat one, other;

	return stat(a, &one) == 0 && stat(b, &other) == 0 &&
	       one.st_dev == other.st_dev;
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

static int
is_shared(const struct stat *folder)
{
	return (folder->st_mode & (S_ISGID | S_IWGRP)) == (S_ISGID | S_IWGRP);
}

/* Of the folder that PATH is in: 0, or -1. */
static int
look_above(const char *path, struct stat *folder)
{
	char *copy = xstrdup(path);
	int rc = stat(dirname(copy), folder);

	free(copy);
	return rc;
}

void
disk_give(int fd, const char *path)
{
	struct stat st, folder;

	/* A second name of it may be one of another's, elsewhere. */
	if (fstat(fd, &st) == -1 || look_above(path, &folder) == -1 ||
	    (S_ISREG(st.st_mode) && st.st_nlink > 1))
		return;
	if (geteuid() == 0 && st.st_uid == 0 && folder.st_uid != 0 &&
	    fchownat(fd, "", folder.st_uid, folder.st_gid, AT_EMPTY_PATH) == -1)
		log_warn("%s: stays root's: %s", path, strerror(errno));
	if (is_shared(&folder) && S_ISREG(st.st_mode) &&
	    (st.st_mode & 0777) != DISK_SHARED &&
	    (st.st_uid == geteuid() || geteuid() == 0) &&
	    fchmod(fd, DISK_SHARED) == -1)
		log_warn("%s: is not shared: %s", path, strerror(errno));
}

int
disk_is_shared(const char *path, gid_t *group)
{
	struct stat st;

	*group = (gid_t)-1;
	if (stat(path, &st) == -1 || !is_shared(&st))
		return 0;
	*group = st.st_gid;
	return 1;
}

int
disk_share(const char *path, const char *folder, mode_t mode)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC), rc = -1, why;
	gid_t group;

	if (fd == -1)
		return -1;
	if (!disk_is_shared(folder, &group))
		rc = fchmod(fd, mode);
	else if (fchown(fd, (uid_t)-1, group) == 0)
		rc = fchmod(fd, DISK_SHARED);
	why = errno;
	close(fd);
	errno = why;
	return rc;
}
