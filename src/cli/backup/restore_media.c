/*
 * Copies the missing files of messages.  A file is named by its content, so
 * those that exist need not be copied.
 */
#include <sys/stat.h>

#include <errno.h>
#include <grp.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log.h"
#include "base/pool.h"
#include "base/text.h"

#include "inbox/media/blob.h"

#include "cli/backup/restore.h"
#include "cli/cli.h"

#define PIECE_LEN 65536
#define WEB_GROUP "www-data" /* as systemd/waspool.tmpfiles has it */

static const char *
media(struct restore *r)
{
	return config_state_path(&r->c->config, "media");
}

static const char *
source(struct restore *r)
{
	return pool_printf(r->c->pool, "%s/media", r->from);
}

static int
add_len(void *restore, const char *path)
{
	struct restore *r = restore;
	struct stat st;

	if (!blob_has(media(r), path) &&
	    stat(pool_printf(r->c->pool, "%s/%s", source(r), path), &st) == 0)
		r->n_media_bytes += st.st_size;
	return 0;
}

int64_t
restore_media_len(struct restore *r)
{
	r->n_media_bytes = 0;
	if (access(source(r), F_OK) == 0)
		blob_walk(source(r), add_len, r);
	return r->n_media_bytes;
}

/* Copies all of FD into FILE: 0, or -1. */
static int
pour(int fd, struct blob_file *file)
{
	char piece[PIECE_LEN];
	ssize_t n;

	while ((n = read(fd, piece, sizeof(piece))) != 0)
		if (n == -1 ? errno != EINTR
			    : blob_add(file, piece, (size_t)n) == -1)
			return -1;
	return 0;
}

/* A copy whose content does not match its name is deleted. */
static int
copy_media(struct restore *r, const char *path)
{
	unsigned char hash[BLOB_HASH_LEN];
	char name[BLOB_PATH_MAX];
	int fd =
	    restore_open(r, pool_printf(r->c->pool, "%s/%s", source(r), path));
	struct blob_file *file =
	    fd == -1 ? NULL : blob_begin(media(r), 0, r->c->config.min_free);
	int rc = -1;

	if (file != NULL && pour(fd, file) == 0 && blob_end(file, hash) == 0) {
		blob_name(hash, name);
		if (!text_is(name, path)) {
			log_warn("%s/%s is damaged", source(r), path);
			r->n_damaged++;
			rc = 0;
		} else if ((rc = blob_keep(file, name)) == 0)
			r->n_media++;
	}
	blob_drop(file);
	if (fd != -1)
		close(fd);
	return rc;
}

static int
add_media(void *restore, const char *path)
{
	struct restore *r = restore;
	int rc;

	restore_as_owner(r);
	rc = blob_has(media(r), path) ? 0 : copy_media(r, path);
	restore_as_caller(r);
	return rc;
}

static void
make(struct restore *r, const char *path)
{
	const struct group *web = getgrnam(WEB_GROUP);

	if (mkdir(path, 0750) == -1 && errno != EEXIST)
		restore_fail(r, EX_CANTCREAT, "%s: %s", path, strerror(errno));
	if (geteuid() == 0 && r->uid != 0 &&
	    (chown(path, r->uid, web != NULL ? web->gr_gid : r->gid) == -1 ||
		chmod(path, web != NULL ? 02750 : 0750) == -1))
		restore_fail(r, EX_CANTCREAT, "%s: %s", path, strerror(errno));
}

/* Owner and group as in systemd/waspool.tmpfiles: nginx reads these files. */
static void
make_folders(struct restore *r)
{
	const char *dir = media(r);

	if (access(dir, F_OK) == 0)
		return;
	restore_as_caller(r);
	make(r, dir);
	make(r, pool_printf(r->c->pool, "%s/tmp", dir));
	restore_as_owner(r);
}

void
restore_media(struct restore *r)
{
	int rc = 0;

	make_folders(r);
	restore_as_caller(r);
	if (access(source(r), F_OK) == 0)
		rc = blob_walk(source(r), add_media, r);
	restore_as_owner(r);
	if (rc == -1)
		restore_fail(r, EX_IOERR,
		    "the files of messages in %s cannot all be copied",
		    source(r));
}
