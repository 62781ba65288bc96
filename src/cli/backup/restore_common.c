/*
 * What the parts of a restore share: failing, and the user as whom files are
 * read.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/pool.h"

#include "cli/backup/restore.h"
#include "cli/cli.h"

void
restore_clear(struct restore *r)
{
	static const char *const ends[] = { "", "-wal", "-shm", ".lock",
		".lock-next" };
	struct pool *p = r->c->pool;

	if (r->dir == NULL)
		return;
	for (int i = 0; i < MANIFEST_FILES; i++)
		for (size_t k = 0; k < sizeof(ends) / sizeof(*ends); k++)
			unlink(pool_printf(
			    p, "%s/%s%s", r->dir, manifest_names[i], ends[k]));
	unlink(pool_printf(p, "%s/spool.highwater", r->dir));
	unlink(pool_printf(p, "%s/spool.applied", r->dir));
	rmdir(r->dir);
}

void
restore_fail(struct restore *r, int status, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	restore_clear(r);
	cli_fail(status, "%s; nothing was restored", text);
}

void
restore_as_caller(struct restore *r)
{
	(void)r;
	if (getuid() == 0 && geteuid() != 0 && seteuid(0) == -1)
		cli_fail(EX_OSERR, "seteuid: %s", strerror(errno));
}

void
restore_as_owner(struct restore *r)
{
	if (geteuid() == 0 && r->uid != 0 && seteuid(r->uid) == -1)
		cli_fail(EX_OSERR, "seteuid: %s", strerror(errno));
}

int
restore_open(struct restore *r, const char *path)
{
	int fd, why;

	restore_as_caller(r);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	why = errno;
	restore_as_owner(r);
	errno = why;
	return fd;
}
