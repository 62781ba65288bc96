/*
 * Files by content: writing.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/disk.h"
#include "base/log.h"
#include "base/pool.h"

#include "door/digest.h"

#include "inbox/vault.h"

#define DIR_MODE  0750 /* the web server's user is in our group */
#define FILE_MODE 0640

struct vault_file {
	char *dir;
	char *tmp;	       /* its name while it is written */
	int fd;		       /* -1 ended, or failed */
	struct digest *digest; /* NULL then */
	int64_t len;
	int ended;
	unsigned char hash[VAULT_HASH_LEN];
};

/* 0 also when it was there, or -1.  Whatever the umask says. */
static int
make_dir(const char *path)
{
	if (mkdir(path, DIR_MODE) == 0)
		return chmod(path, DIR_MODE);
	return errno == EEXIST ? 0 : -1;
}

static char *
join(const char *dir, const char *name)
{
	size_t len = strlen(dir) + strlen(name) + 2;
	char *path = pool_forever(len);

	snprintf(path, len, "%s/%s", dir, name);
	return path;
}

struct vault_file *
vault_begin(const char *dir)
{
	struct vault_file *f = pool_forever(sizeof(*f));
	char *tmp = join(dir, "tmp");

	f->dir = pool_forever_text(dir);
	f->tmp = join(tmp, "XXXXXX");
	f->fd = -1;
	if (make_dir(dir) != -1 && make_dir(tmp) != -1)
		f->fd = mkostemp(f->tmp, O_CLOEXEC);
	if (f->fd == -1) {
		log_warn("%s: %s", f->tmp, strerror(errno));
		free(f->tmp);
		f->tmp = NULL;
		vault_drop(f);
		f = NULL;
	} else
		f->digest = digest_begin();
	free(tmp);
	return f;
}

/* What is not whole is of no use. */
static int
give_up(struct vault_file *f)
{
	log_warn("%s: %s", f->tmp, strerror(errno));
	close(f->fd);
	f->fd = -1;
	return -1;
}

int
vault_add(struct vault_file *f, const void *s, size_t len)
{
	const char *from = s;
	size_t done = 0;

	if (f->fd == -1)
		return -1;
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
vault_len(const struct vault_file *f)
{
	return f->len;
}

int
vault_end(struct vault_file *f, unsigned char hash[VAULT_HASH_LEN])
{
	if (!f->ended) {
		if (f->fd == -1)
			return -1;
		if (fchmod(f->fd, FILE_MODE) == -1 || fsync(f->fd) == -1)
			return give_up(f);
		close(f->fd);
		f->fd = -1;
		digest_end(f->digest, f->hash);
		f->digest = NULL;
		f->ended = 1;
	}
	memcpy(hash, f->hash, VAULT_HASH_LEN);
	return 0;
}

/* A second name for the same bytes: should the caller's row not come to be,
 * it may try again. */
static int
name_it(const char *dir, const char *tmp, const char *folder, const char *path)
{
	if (make_dir(folder) == -1 ||
	    (link(tmp, path) == -1 && errno != EEXIST))
		return -1;
	/* Who made the folder may not have come to flush its name. */
	return disk_sync_names(folder) == -1 ? -1 : disk_sync_names(dir);
}

int
vault_keep(struct vault_file *f, char path[VAULT_PATH_MAX])
{
	char folder[3], *whole, *whole_folder;
	int n = 0, rc;

	if (!f->ended)
		return -1;
	for (size_t i = 0; i < VAULT_HASH_LEN; i++)
		n += snprintf(path + n, VAULT_PATH_MAX - (size_t)n,
		    i == 1 ? "/%02x" : "%02x", f->hash[i]);
	snprintf(folder, sizeof(folder), "%.2s", path);
	whole = join(f->dir, path);
	whole_folder = join(f->dir, folder);
	rc = name_it(f->dir, f->tmp, whole_folder, whole);
	if (rc == -1)
		log_warn("%s: %s", whole, strerror(errno));
	free(whole);
	free(whole_folder);
	return rc;
}

void
vault_drop(struct vault_file *f)
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
