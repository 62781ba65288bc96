/*
 * The high-water mark, in a file beside the spool.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/disk.h"
#include "base/log.h"
#include "base/pool.h"

#include "spool/spool_beside.h"
#include "spool/spool_highwater.h"

struct spool_highwater {
	int fd;	    /* -1: cannot be opened */
	int failed; /* said once */
	int64_t id;
};

static void
load_highwater(struct spool_highwater *h)
{
	int64_t id = spool_beside_read(h->fd);

	h->id = id > 0 ? id : 0;
}

struct spool_highwater *
spool_highwater_open(const char *path)
{
	struct spool_highwater *h = xcalloc(sizeof(*h));
	char *file = spool_beside_name(path, ".highwater");

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
	if (id <= h->id)
		return;
	h->id = id;
	if (h->fd == -1 || spool_beside_write(h->fd, id) == 0)
		return;
	if (!h->failed)
		log_warn("the highest id of a delivery is not kept: %s",
		    strerror(errno));
	h->failed = 1;
}
