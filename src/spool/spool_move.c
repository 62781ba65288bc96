/*
 * Moves the spool from the state folder into its own.  First the WAL is
 * checkpointed, so that one rename moves all deliveries.  Then the high-water
 * mark (spool.highwater) is moved, before the spool: a spool without it may
 * give ids again, while it alone does no harm.  To another file system the
 * spool is copied; meanwhile the old one is named OLD.moved, so that after a
 * crash the two can be told apart.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/disk.h"
#include "base/lock.h"
#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/sqlite.h"

#include "spool/spool.h"
#include "spool/spool_highwater.h"
#include "spool/spool_move.h"

#define FILE_MODE 0640
#define WAIT_MS	  5000
#define PIECE_LEN 65536

struct move {
	struct pool *pool;
	const char *old, *path; /* …/spool.db */
	const char *moved;	/* OLD.moved */
	const char *from, *to;	/* their folders */
	const char *why;
};

static int
is_there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

static int
is_same_spool(const char *a, const char *b)
{
	struct stat one, other;

	return stat(a, &one) == 0 && stat(b, &other) == 0 &&
	       one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

int
spool_move_is_due(const char *old, const char *path)
{
	char moved[4200];

	snprintf(moved, sizeof(moved), "%s.moved", old);
	return strcmp(old, path) != 0 && !is_there(path) &&
	       (is_there(old) || is_there(moved));
}

static int
fail_spool(struct move *m, const char *path)
{
	m->why = pool_printf(m->pool, "%s: %s", path, strerror(errno));
	return -1;
}

/* No process may have the old spool open: 0, or -1. */
static int
check_closed(struct move *m, int64_t *pid)
{
	int rc = sqlite_is_open(m->old, pid);

	if (rc == -1)
		return fail_spool(m, m->old);
	if (rc == 1)
		m->why = pool_printf(m->pool, "%s is open", m->old);
	return rc == 1 ? -1 : 0;
}

/* Checkpoints the WAL, so that all is in one file: 0, or -1. */
static int
fold(struct move *m)
{
	const char *wal = pool_printf(m->pool, "%s-wal", m->old);
	struct db *db = sqlite_open(m->old, DB_WRITE, WAIT_MS);
	int version, rc = -1;
	struct stat st;

	if (db != NULL && db_version(db, &version) == 0 &&
	    version == SPOOL_VERSION && sqlite_truncate(db) == 1)
		rc = 0;
	db_close(db);
	if (rc == 0 && stat(wal, &st) == 0 && st.st_size > 0)
		rc = -1;
	if (rc == -1)
		m->why = pool_printf(m->pool,
		    "%s cannot be read and written as a spool (the log says "
		    "why)",
		    m->old);
	return rc;
}

static int
pour(int in, int out)
{
	char piece[PIECE_LEN];
	ssize_t n, done, w;

	while ((n = read(in, piece, sizeof(piece))) > 0)
		/* On a full disk write may take a part, without errno. */
		for (done = 0; done < n; done += w)
			if ((w = write(
				 out, piece + done, (size_t)(n - done))) == -1)
				return -1;
	return n == -1 ? -1 : fsync(out);
}

/* Copies to another file system and flushes: 0, or -1 with errno. */
static int
copy_spool(const char *from, const char *to)
{
	int in = open(from, O_RDONLY | O_NOFOLLOW | O_CLOEXEC), out = -1;
	int rc = -1, why;

	if (in != -1 && (unlink(to) == 0 || errno == ENOENT))
		out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (out != -1)
		rc = pour(in, out);
	why = errno;
	if (in != -1)
		close(in);
	if (out != -1)
		close(out);
	errno = why;
	return rc;
}

/* Moves the high-water mark, which may not become lower: 0, or -1. */
static int
move_highwater(struct move *m)
{
	const char *old = pool_printf(m->pool, "%s/spool.highwater", m->from);
	const char *new = pool_printf(m->pool, "%s/spool.highwater", m->to);
	struct spool_highwater *here, *there;

	if (!is_there(old))
		return 0;
	if (is_same_spool(old, new))
		return unlink(old) == -1 ? fail_spool(m, old) : 0;
	here = spool_highwater_open(m->old);
	there = spool_highwater_open(m->path);
	spool_highwater_raise(there, spool_highwater(here));
	spool_highwater_close(here);
	spool_highwater_close(there);
	there = spool_highwater_open(m->path);
	here = spool_highwater_open(m->old);
	if (spool_highwater(there) < spool_highwater(here))
		errno = EIO;
	else if (disk_share(new, m->to, FILE_MODE) == 0 &&
		 disk_sync_file(new) == 0 && disk_sync_names(m->to) == 0)
		errno = 0;
	if (errno != 0)
		fail_spool(m, new);
	spool_highwater_close(here);
	spool_highwater_close(there);
	if (m->why == NULL && unlink(old) == -1)
		fail_spool(m, old);
	return m->why == NULL ? 0 : -1;
}

/* Moves to another file system. */
static int
carry(struct move *m)
{
	const char *new = pool_printf(m->pool, "%s.new", m->path);

	if (is_there(m->old) &&
	    (rename(m->old, m->moved) == -1 || disk_sync_names(m->from) == -1))
		return fail_spool(m, m->old);
	if (copy_spool(m->moved, new) == -1 ||
	    disk_share(new, m->to, FILE_MODE) == -1 ||
	    rename(new, m->path) == -1 || disk_sync_names(m->to) == -1)
		return fail_spool(m, new);
	return unlink(m->moved) == -1 ? fail_spool(m, m->moved) : 0;
}

static int
move_file(struct move *m)
{
	if (!is_there(m->old))
		return carry(m);
	if (disk_share(m->old, m->to, FILE_MODE) == -1)
		return fail_spool(m, m->old);
	if (rename(m->old, m->path) == -1)
		return errno == EXDEV ? carry(m) : fail_spool(m, m->path);
	if (disk_sync_names(m->to) == -1)
		return fail_spool(m, m->to);
	return disk_sync_names(m->from) == -1 ? fail_spool(m, m->from) : 0;
}

static void
clear(struct move *m)
{
	static const char *const ends[] = { "-wal", "-shm", ".lock",
		".lock-next" };

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		unlink(pool_printf(m->pool, "%s%s", m->old, ends[i]));
}

/* 1 when there is a spool to be moved, 0 none; -1 when there are two. */
static int
choose_spool(struct move *m)
{
	if (!is_there(m->path))
		return is_there(m->old) || is_there(m->moved);
	if (is_there(m->moved) && unlink(m->moved) == -1)
		return fail_spool(m, m->moved);
	if (!is_there(m->old))
		return 0;
	if (is_same_spool(m->old, m->path))
		return unlink(m->old) == -1 ? fail_spool(m, m->old) : 0;
	m->why = pool_printf(m->pool,
	    "there are two spools, %s of an older version and %s: type "
	    "'waspool spool import %s', which applies what is in it (nothing "
	    "counts twice), and then delete that file",
	    m->old, m->path, m->old);
	return -1;
}

/* Another process may have moved it before we had the lock. */
static int
move_locked(struct move *m, int64_t *pid)
{
	int rc = choose_spool(m);

	if (rc != 1)
		return rc;
	if ((is_there(m->old) && check_closed(m, pid) == -1) ||
	    move_highwater(m) == -1 || move_file(m) == -1)
		return -1;
	clear(m);
	return 1;
}

static int
move_spool_move(struct move *m, int64_t *pid)
{
	struct lock *lock;
	int rc = -1;

	if (is_there(m->old) && (check_closed(m, pid) == -1 || fold(m) == -1) &&
	    is_there(m->old))
		return -1;
	m->why = NULL;
	lock = lock_open(pool_printf(m->pool, "%s.lock", m->old));
	if (lock == NULL || lock_take(lock, WAIT_MS) != 1)
		m->why = pool_printf(m->pool, "%s is being written", m->old);
	else
		rc = move_locked(m, pid);
	lock_close(lock);
	return rc;
}

int
spool_move(struct pool *pool, const char *old, const char *path,
    const char *folder, const char **why, int64_t *pid)
{
	struct move m = { .pool = pool,
		.old = old,
		.path = path,
		.to = folder,
		.why = NULL };
	int rc;

	*pid = 0;
	if (strcmp(old, path) == 0)
		return 0;
	m.from = dirname(pool_copy(pool, old));
	m.moved = pool_printf(pool, "%s.moved", old);
	rc = choose_spool(&m);
	if (rc == 1)
		rc = move_spool_move(&m, pid);
	/* Who moved it may have been killed before this. */
	if (rc == 0 && is_there(path) && !is_there(old))
		clear(&m);
	*why = m.why;
	return rc;
}
