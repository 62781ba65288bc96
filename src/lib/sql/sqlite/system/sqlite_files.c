/*
 * Files that SQLite opens, where another user may write in their folder: the
 * spool's is webhook-ingest's, too.  SQLite opens a database wherever a link
 * leads, waits for a pipe, and rolls back whatever journal it finds beside one.
 * So what it opens goes through here.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/disk.h"
#include "base/log.h"
#include "base/pool.h"

#include "lib/sql/sqlite/system/sqlite_files.h"
#include "lib/sql/sqlite/system/sqlite_map.h"

static int
ends_with(const char *s, const char *end)
{
	size_t len = strlen(s), n = strlen(end);

	return len >= n && strcmp(s + len - n, end) == 0;
}

/* The folder that PATH is in, in POOL. */
static const char *
folder_of(struct pool *pool, const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? "."
			     : pool_text(pool, path, (size_t)(slash - path));
}

/* Nobody but us and root can have written what is in it. */
static int
is_ours_files(const struct stat *st)
{
	return (st->st_uid == 0 || st->st_uid == geteuid()) &&
	       (st->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/* As open(2), of a regular file or a folder, and through no link.  A journal
 * that is there, which only an interrupted waspool init leaves, is ours. */
static int
open_file(const char *path, int flags, int mode)
{
	int fd = open(path, flags | O_NOFOLLOW | O_NONBLOCK, mode);
	struct stat st;

	sqlite_map_opened(fd);
	if (fd == -1 || fstat(fd, &st) == -1)
		return fd;
	if ((S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)) &&
	    (!ends_with(path, "-journal") || is_ours_files(&st) ||
		st.st_size == 0))
		return fd;
	close(fd);
	errno = EACCES;
	return -1;
}

void
sqlite_files_guard(void)
{
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);

	if (vfs == NULL || vfs->iVersion < 3 ||
	    vfs->xSetSystemCall(vfs, "open", (sqlite3_syscall_ptr)open_file) !=
		SQLITE_OK)
		log_warn("SQLite opens files by itself: links are followed");
}

int
sqlite_files_check(const char *path)
{
	static const char *const ends[] = { "", "-wal", "-shm", "-journal" };
	struct pool *pool = pool_new();
	struct stat st;
	gid_t group;
	int rc = 0;

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		const char *name = pool_printf(pool, "%s%s", path, ends[i]);

		if (lstat(name, &st) == -1 || S_ISREG(st.st_mode) ||
		    /* The operator's own. */
		    (S_ISLNK(st.st_mode) && i == 0 &&
			!disk_is_shared(folder_of(pool, path), &group)))
			continue;
		log_warn("%s is no file but %s, which is none of waspool's: "
			 "look who made it (stat %s), and take it away",
		    name,
		    S_ISLNK(st.st_mode)	   ? "a link"
		    : S_ISFIFO(st.st_mode) ? "a pipe"
					   : "something else",
		    name);
		rc = -1;
	}
	pool_free(pool);
	return rc;
}
