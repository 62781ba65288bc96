/*
 * The high-water mark, in a file of 20 digits that a person can read.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/disk.h"
#include "base/log.h"
#include "base/pool.h"

#include "spool/spool_highwater.h"

struct spool_highwater {
	int fd;	    /* -1: cannot be opened */
	int failed; /* said once */
	int64_t id;
};

static const char db_suffix[] = ".db";

/* spool.db: spool.highwater.  A "mv spool.db*" does not match it. */
static char *
name(const char *path)
{
	size_t len = strlen(path), end = strlen(db_suffix);
	char *text = xcalloc(len + sizeof(".highwater"));

	if (len > end && strcmp(path + len - end, db_suffix) == 0)
		len -= end;
	sprintf(text, "%.*s.highwater", (int)len, path);
	return text;
}

static void
load_highwater(struct spool_highwater *h)
{
	char text[32] = "", *end;
	ssize_t n = pread(h->fd, text, sizeof(text) - 1, 0);
	long long id = n > 0 ? strtoll(text, &end, 10) : 0;

	h->id = n > 0 && end > text && id > 0 && id <= INT64_MAX / 2 ? id : 0;
}

struct spool_highwater *
spool_highwater_open(const char *path)
{
	struct spool_highwater *h = xcalloc(sizeof(*h));
	char *file = name(path);

	h->fd = open(file, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0640);
	if (h->fd == -1)
		log_warn("%s: %s", file, strerror(errno));
	else {
		disk_give(h->fd, file);
		load_highwater(h);
	}
	free(file);
	return h;
}

void
spool_highwater_close(struct spool_highwater *h)
{
	if (h == NULL)
		return;
	if (h->fd != -1)
		close(h->fd);
	free(h);
}

int64_t
spool_highwater(const struct spool_highwater *h)
{
	return h->id;
}

void
spool_highwater_raise(struct spool_highwater *h, int64_t id)
{
	char text[24];
	int len = snprintf(text, sizeof(text), "%020lld\n", (long long)id);

	if (id <= h->id)
		return;
	h->id = id;
	if (h->fd == -1 || pwrite(h->fd, text, (size_t)len, 0) == len)
		return;
	if (!h->failed)
		log_warn("the highest id of a delivery is not kept: %s",
		    strerror(errno));
	h->failed = 1;
}
