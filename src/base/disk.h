#ifndef BASE_DISK_H
#define BASE_DISK_H

#include <sys/types.h>

#include <stdint.h>

struct pool;

/* PATH as a person types a folder's, without slashes at its end, in POOL. */
char	*disk_folder(struct pool *, const char *path);

/* The names in folder PATH are on disk: 0, or -1 with errno. */
int	disk_sync_names(const char *path);

/* What is in file PATH is on disk: the same. */
int	disk_sync_file(const char *path);

/* Bytes that a program may still write to the file system of PATH (what is
 * kept for root is not among them), or -1 with errno. */
int64_t	disk_free(const char *path);

/* 1 when both are there and on one file system. */
int	disk_is_one(const char *a, const char *b);

/* 1 when BYTES more leave MIN_FREE there; also when that cannot be asked: then
 * writing finds it out. */
int	disk_has_room(const char *path, int64_t min_free, int64_t bytes);

/* Takes LEN bytes of the file system for file FD now, before they are written,
 * so that nobody else counts on them; its length stays.  0, also where that
 * cannot be done, or -1 with errno: there are not so many. */
int	disk_reserve(int fd, int64_t len);

/* The mode of a file in a folder that several users share (setgid and for its
 * group to write): that group may write it, as the folder says. */
#define DISK_SHARED 0660

/*
 * FD is a file, a folder or a socket (opened with O_PATH) at PATH that root may
 * just have made: it gets the owner and the group of the folder that it is in,
 * so that the programs' user is not locked out.  Nothing when we are not root,
 * or when the owner is not root.  And a file of ours in a folder that is shared
 * is shared, whatever the umask.  FD may lead to no file elsewhere: open it with
 * O_NOFOLLOW.
 */
void	disk_give(int fd, const char *path);

/*
 * File PATH, whose owner we are, becomes one for FOLDER, wherever it is now:
 * that folder's group and DISK_SHARED when it is shared, else MODE.  0, or -1
 * with errno (EPERM: we are no member of that group).
 */
int	disk_share(const char *path, const char *folder, mode_t mode);

/* 1 when folder PATH is shared; *GROUP is its group. */
int	disk_is_shared(const char *path, gid_t *group);

#endif
