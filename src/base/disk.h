#ifndef BASE_DISK_H
#define BASE_DISK_H

#include <sys/types.h>

#include <stdint.h>

struct pool;

/* PATH, as a person typed it, without slashes at its end, in POOL. */
char *disk_folder(struct pool *, const char *path);

/* fsync of folder PATH, so that the names in it survive a power cut: 0, or -1
 * with errno. */
int disk_sync_names(const char *path);

/* The same of the contents of file PATH. */
int disk_sync_file(const char *path);

/* Bytes that a program may still write to the file system of PATH (what is
 * kept for root is not among them), or -1 with errno. */
int64_t disk_free(const char *path);

/* 1 when both are there and on one file system. */
int disk_is_one(const char *a, const char *b);

/* 1 when MIN_FREE is still free after BYTES more; also when that cannot be
 * asked, since writing will find it out. */
int disk_has_room(const char *path, int64_t min_free, int64_t bytes);

/* Reserves LEN bytes of the file system for file FD (fallocate), so that nobody
 * else takes them before they are written; its length stays.  0, also where the
 * file system cannot reserve, or -1 with errno: there are not so many. */
int disk_reserve(int fd, int64_t len);

/* The mode of a file in a shared folder, which is one with setgid that its
 * group may write: the group may write the file, too. */
#define DISK_SHARED 0660

/*
 * Gives what was just made at PATH to those who need it.  FD is that file,
 * folder or socket (opened with O_PATH).  When root made it, it gets the owner
 * and the group of the folder that it is in, so that the programs' user is not
 * locked out.  In a shared folder a file of ours gets DISK_SHARED, whatever the
 * umask.  Else nothing changes.  Open FD with O_NOFOLLOW, or a link would give
 * a file elsewhere away.
 */
void disk_give(int fd, const char *path);

/*
 * Prepares file PATH, which is ours, for being moved into FOLDER: when that is
 * a shared folder, its group and DISK_SHARED, else MODE.  0, or -1 with errno
 * (EPERM: we are no member of that group).
 */
int disk_share(const char *path, const char *folder, mode_t mode);

/* 1 when folder PATH is shared; *GROUP is its group. */
int disk_is_shared(const char *path, gid_t *group);

#endif
