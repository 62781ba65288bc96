/*
 * The blob store: writes files.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/disk.h"
#include "base/log.h"
#include "base/pool.h"

#include "lib/digest/digest.h"

#include "inbox/media/blob.h"

#define DIR_MODE   0750 /* the web server's user is in our group */
#define FILE_MODE  0640
#define LOOK_EVERY (1 << 20) /* bytes between two checks of free space */

struct blob_file {
	char *dir;
	char *tmp;	       /* its name in DIR/tmp */
	int fd;		       /* -1 ended, or failed */
	struct digest *digest; /* NULL when ended */
	int64_t len;
	int64_t min_free;
	int64_t look_at; /* length at which free space is checked again */
	int ended;
	unsigned char hash[BLOB_HASH_LEN];
};

/* 0, also when it exists; or -1.  The mode does not depend on the umask. */
static int
make_dir(const char *path)
{
	int fd;

	if (mkdir(path, DIR_MODE) == 0) {
		fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd != -1) {
			disk_give(fd, path);
			close(fd);
		}
		return chmod(path, DIR_MODE);
	}
	return errno == EEXIST ? 0 : -1;
}

static char *
join_blob(const char *dir, const char *name)
{
	size_t len = strlen(dir) + strlen(name) + 2;
	char *path = xcalloc(len);

	snprintf(path, len, "%s/%s", dir, name);
	return path;
}

/* 1 when there is room for BYTES more; or 0, said in the log. */
static int
has_room(const struct blob_file *f, int64_t bytes)
{
	if (disk_has_room(f->dir, f->min_free, bytes))
		return 1;
	log_warn("%s: less than %" PRId64 " bytes of disk would stay free "
		 "(WASPOOL_FILES_MIN_FREE): files are not stored",
	    f->dir, f->min_free);
	return 0;
}

/* Creates the file in DIR/tmp and reserves LEN bytes: 0, or -1. */
static int
begin_blob(struct blob_file *f, int64_t len)
{
	char *tmp = join_blob(f->dir, "tmp");
	int rc = -1;

	f->tmp = join_blob(tmp, "XXXXXX");
	if (make_dir(f->dir) == -1 || make_dir(tmp) == -1) {
		log_warn("%s: %s", tmp, strerror(errno));
	} else if (has_room(f, len)) {
		f->fd = mkostemp(f->tmp, O_CLOEXEC);
		if (f->fd != -1)
			disk_give(f->fd, f->tmp);
		rc = f->fd == -1 ? -1 : disk_reserve(f->fd, len);
		if (rc == -1)
			log_warn("%s: %s", f->tmp, strerror(errno));
	}
	if (f->fd == -1) { /* no such file */
		free(f->tmp);
		f->tmp = NULL;
	}
	free(tmp);
	return rc;
}

struct blob_file *
blob_begin(const char *dir, int64_t len, int64_t min_free)
{
	struct blob_file *f = xcalloc(sizeof(*f));

	f->dir = xstrdup(dir);
	f->fd = -1;
	f->min_free = min_free;
	f->look_at = len > 0 ? len : 0;
	if (begin_blob(f, len) == -1) {
		blob_drop(f);
		return NULL;
	}
	f->digest = digest_begin();
	return f;
}

/* Ends the writing of a file that will not be whole. */
static int
no_good(struct blob_file *f)
{
	close(f->fd);
	f->fd = -1;
	return -1;
}

static int
give_up(struct blob_file *f)
{
	log_warn("%s: %s", f->tmp, strerror(errno));
	return no_good(f);
}

int
blob_add(struct blob_file *f, const void *s, size_t len)
{
	const char *from = s;
	size_t done = 0;

	if (f->fd == -1)
		return -1;
	if (f->len >= f->look_at) {
		f->look_at = f->len + LOOK_EVERY;
		if (!has_room(f, (int64_t)len))
			return no_good(f);
	}
	while (done < len) {
		ssize_t n = write(f->fd, from + done, len - done);

		if (n == -1 && errno != EINTR)
			return give_up(f);
		if (n > 0)
			done += (size_t)n;
	}
	digest_add(f->digest, s, len);
	f->len += (int64_t)len;
	return 0;
}

int64_t
blob_len(const struct blob_file *f)
{
	return f->len;
}

int
blob_end(struct blob_file *f, unsigned char hash[BLOB_HASH_LEN])
{
	if (!f->ended) {
		if (f->fd == -1)
			return -1;
		/* Gives back what was reserved and not needed. */
		if (ftruncate(f->fd, f->len) == -1 ||
		    fchmod(f->fd, FILE_MODE) == -1 || fsync(f->fd) == -1)
			return give_up(f);
		close(f->fd);
		f->fd = -1;
		digest_end(f->digest, f->hash);
		f->digest = NULL;
		f->ended = 1;
	}
	memcpy(hash, f->hash, BLOB_HASH_LEN);
	return 0;
}

/* Links the file to PATH; the name in DIR/tmp stays, so that the caller can try
 * again when its transaction failed. */
static int
name_it(const char *dir, const char *tmp, const char *folder, const char *path)
{
	if (make_dir(folder) == -1 ||
	    (link(tmp, path) == -1 && errno != EEXIST))
		return -1;
	/* Both, for the process that made FOLDER may have died before it
	 * flushed that name. */
	return disk_sync_names(folder) == -1 ? -1 : disk_sync_names(dir);
}

void
blob_name(const unsigned char hash[BLOB_HASH_LEN], char path[BLOB_PATH_MAX])
{
	int n = 0;

	for (size_t i = 0; i < BLOB_HASH_LEN; i++)
		n += snprintf(path + n, BLOB_PATH_MAX - (size_t)n,
		    i == 1 ? "/%02x" : "%02x", hash[i]);
}

int
blob_keep(struct blob_file *f, char path[BLOB_PATH_MAX])
{
	char folder[3], *whole, *whole_folder;
	int rc;

	if (!f->ended)
		return -1;
	blob_name(f->hash, path);
	snprintf(folder, sizeof(folder), "%.2s", path);
	whole = join_blob(f->dir, path);
	whole_folder = join_blob(f->dir, folder);
	rc = name_it(f->dir, f->tmp, whole_folder, whole);
	if (rc == -1)
		log_warn("%s: %s", whole, strerror(errno));
	free(whole);
	free(whole_folder);
	return rc;
}

void
blob_drop(struct blob_file *f)
{
	if (f == NULL)
		return;
	if (f->fd != -1)
		close(f->fd);
	if (f->digest != NULL)
		digest_end(f->digest, NULL);
	if (f->tmp != NULL)
		unlink(f->tmp);
	free(f->tmp);
	free(f->dir);
	free(f);
}
