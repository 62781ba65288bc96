/*
 * The blob store: checks files, walks through them, deletes them.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

#include "lib/digest/digest.h"

#include "inbox/media/blob.h"

#define CHUNK	  (64 * 1024)
#define ABANDONED 86400 /* seconds */
#define NAME_LEN  (2 * (BLOB_HASH_LEN - 1))

static int
open_dir(const char *dir)
{
	return open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* 1 when PATH has the form that blob_keep makes, so that it leads nowhere
 * else. */
static int
is_path(const char *path)
{
	return strlen(path) == NAME_LEN + 3 && path[2] == '/' &&
	       strspn(path, "0123456789abcdef") == 2 &&
	       strspn(path + 3, "0123456789abcdef") == NAME_LEN;
}

static enum blob_state
compare_hash(int fd, const char *path)
{
	struct digest *digest = digest_begin();
	unsigned char hash[DIGEST_LEN];
	char s[CHUNK], hex[BLOB_PATH_MAX];
	ssize_t n;
	int len = 0;

	while ((n = read(fd, s, sizeof(s))) > 0)
		digest_add(digest, s, (size_t)n);
	digest_end(digest, hash);
	for (size_t i = 0; i < sizeof(hash); i++)
		len += snprintf(hex + len, sizeof(hex) - (size_t)len,
		    i == 1 ? "/%02x" : "%02x", hash[i]);
	return n == 0 && strcmp(hex, path) == 0 ? BLOB_GOOD : BLOB_DAMAGED;
}

enum blob_state
blob_check(const char *dir, const char *path)
{
	int dir_fd = open_dir(dir), fd = -1;
	enum blob_state state = BLOB_GONE;

	errno = ENOENT;
	if (dir_fd != -1 && is_path(path))
		fd = openat(dir_fd, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd != -1)
		state = compare_hash(fd, path);
	else if (dir_fd != -1 && errno != ENOENT)
		state = BLOB_DAMAGED;
	if (fd != -1)
		close(fd);
	if (dir_fd != -1)
		close(dir_fd);
	return state;
}

int
blob_has(const char *dir, const char *path)
{
	int dir_fd = open_dir(dir), rc;
	struct stat st;

	rc = dir_fd != -1 && is_path(path) &&
	     fstatat(dir_fd, path, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	     S_ISREG(st.st_mode);
	if (dir_fd != -1)
		close(dir_fd);
	return rc;
}

/* Logs what to type: an erasure waits until the file can be deleted. */
static void
say_kept(const char *dir, const char *path)
{
	int why = errno;
	const struct passwd *me = getpwuid(geteuid());

	if ((why == EACCES || why == EPERM) && me != NULL)
		log_warn("%s/%s cannot be deleted: %s; its folder is another "
			 "user's: chown -R %s %s",
		    dir, path, strerror(why), me->pw_name, dir);
	else if (why == EROFS)
		log_warn("%s/%s cannot be deleted: the disk is mounted "
			 "read-only: dmesg says why, then mount -o remount,rw",
		    dir, path);
	else
		log_warn(
		    "%s/%s cannot be deleted: %s", dir, path, strerror(why));
}

int
blob_delete(const char *dir, const char *path)
{
	int dir_fd = open_dir(dir), rc = -1;

	errno = EINVAL;
	if (dir_fd != -1 && is_path(path))
		rc = unlinkat(dir_fd, path, 0) == 0 ? 1
		     : errno == ENOENT		    ? 0
						    : -1;
	if (rc == -1)
		say_kept(dir, path);
	if (dir_fd != -1)
		close(dir_fd);
	return rc;
}

/* Calls EACH with FOLDER/NAME for each name of NAME_LEN in FOLDER, or with NAME
 * when FOLDER is "". */
static int
walk_folder(const char *dir, const char *folder, size_t name_len,
    blob_each *each, void *arg)
{
	char path[4096];
	struct dirent *e;
	DIR *d;
	int rc = 0;

	snprintf(path, sizeof(path), "%s/%s", dir, folder);
	d = opendir(path);
	if (d == NULL)
		return errno == ENOENT ? 0 : -1;
	while (rc == 0 && (e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.' || strlen(e->d_name) != name_len)
			continue;
		snprintf(path, sizeof(path), "%s%s%s", folder,
		    *folder != '\0' ? "/" : "", e->d_name);
		rc = each(arg, path);
	}
	closedir(d);
	return rc;
}

struct sweep {
	const char *dir;
	int64_t before;
};

static int
sweep_one(void *arg, const char *name)
{
	const struct sweep *s = arg;
	char path[4096];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", s->dir, name);
	if (lstat(path, &st) == 0 && st.st_mtime < s->before &&
	    unlink(path) == 0)
		log_info("deleted %s, which was never completed", path);
	return 0;
}

void
blob_sweep(const char *dir, int64_t now)
{
	struct sweep s = { dir, now - ABANDONED };

	walk_folder(dir, "tmp", strlen("XXXXXX"), sweep_one, &s);
}

struct walk {
	const char *dir;
	blob_each *each;
	void *arg;
};

static int
walk_one(void *arg, const char *folder)
{
	struct walk *w = arg;

	return walk_folder(w->dir, folder, NAME_LEN, w->each, w->arg);
}

int
blob_walk(const char *dir, blob_each *each, void *arg)
{
	struct walk w = { dir, each, arg };

	return walk_folder(dir, "", 2, walk_one, &w);
}
