/*
 * Opens what most checks need: the configuration, the databases, small files.
 * A failure ends the check, and its parent reports it.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log.h"
#include "base/pool.h"

#include "lib/sql/db.h"

#include "spool/spool.h"
#include "spool/spool_move.h"

#include "inbox/inbox.h"

#include "cli/doctor/doctor.h"

#define READ_MAX 65536
#define WAIT_MS	 1000

void
doctor_config(struct doctor *d, int secrets)
{
	config_load(&d->config, "waspool",
	    secrets | CONFIG_TYPED | CONFIG_INBOX | CONFIG_MEMBER);
}

/* Ends the check: what it must look at cannot be read. */
static void
need(struct doctor *d, const char *path)
{
	if (access(path, R_OK) == 0)
		return;
	doctor_say(d, DOCTOR_UNKNOWN, NULL, "could not look: %s: %s", path,
	    strerror(errno));
	doctor_tell(d);
	_exit(EX_OK);
}

struct db *
doctor_inbox(struct doctor *d)
{
	const char *path = config_inbox(&d->config);
	struct db *db;

	if (!db_is_pgsql(path))
		need(d, path);
	db = inbox_open(path, DB_LOOK, WAIT_MS);
	if (db == NULL)
		_exit(EX_UNAVAILABLE); /* it has said why */
	return db;
}

int
doctor_spool_is_old(struct doctor *d)
{
	return spool_move_is_due(
	    config_state_path(&d->config, "spool.db"), doctor_spool_path(d));
}

const char *
doctor_spool_path(struct doctor *d)
{
	return config_spool_path(&d->config, "spool.db");
}

struct spool *
doctor_spool(struct doctor *d)
{
	const char *path = doctor_spool_path(d);
	struct spool *spool;

	need(d, path);
	spool = spool_open_look(path, WAIT_MS);
	if (spool == NULL)
		_exit(EX_UNAVAILABLE);
	return spool;
}

char *
doctor_read(struct pool *pool, const char *path)
{
	char *s = pool_alloc(pool, READ_MAX + 1);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	size_t len = 0;
	ssize_t n = 1;

	if (fd == -1)
		return NULL;
	while (n > 0 && len < READ_MAX) {
		n = read(fd, s + len, READ_MAX - len);
		if (n > 0)
			len += (size_t)n;
	}
	close(fd);
	return n == -1 && len == 0 ? NULL : s;
}

char *
doctor_dir_of(struct pool *pool, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return pool_copy(pool, ".");
	return pool_text(
	    pool, path, slash == path ? 1 : (size_t)(slash - path));
}
