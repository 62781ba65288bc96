/*
 * How a database file is: whether somebody has it open, whether it is whole,
 * how it is looked at without a trace.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/log.h"
#include "base/pool.h"

#include "lib/sql/sqlite/sqlite_handle.h"

/* sqlite.org/src, os.h: in WAL mode a connection holds one of these bytes, for
 * reading, from its first statement to its end. */
#define SHARED_FIRST 0x40000002
#define SHARED_LEN   510

static const char quick_check[] = "PRAGMA quick_check(1)";
static const char tables[] =
    "SELECT name FROM sqlite_master WHERE type = 'table'"
    " ORDER BY rootpage = 0, name LIKE 'message%' OR name = 'deliveries', name"
    " LIMIT $1";

int
sqlite_is_open(const char *path, int64_t *pid)
{
	struct flock lock = { .l_type = F_WRLCK,
		.l_whence = SEEK_SET,
		.l_start = SHARED_FIRST,
		.l_len = SHARED_LEN };
	int fd = open(path, O_RDWR | O_CLOEXEC), rc = -1;

	if (fd == -1)
		return errno == ENOENT ? 0 : -1;
	if (fcntl(fd, F_GETLK, &lock) == 0)
		rc = lock.l_type != F_UNLCK;
	*pid = rc == 1 ? (int64_t)lock.l_pid : 0;
	close(fd);
	return rc;
}

int
sqlite_is_sound(struct db *db)
{
	struct db_rows *r =
	    db_query(&sqlite_only(db)->db, quick_check, DB_NONE);
	int rc = db_next(r);

	if (rc == 1 && strcmp(db_col_text(r, 0), "ok") != 0) {
		log_warn("%s: %s", db->path, db_col_text(r, 0));
		rc = 0;
	}
	db_end(r);
	return rc == 1;
}

int
sqlite_tables(struct db *db, struct pool *pool, const char **names, int max)
{
	struct db_rows *r =
	    db_query(&sqlite_only(db)->db, tables, DB_ARGS(db_int(max)));
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < max)
		names[n++] = db_col_copy(r, pool, 0);
	db_end(r);
	return rc == -1 ? -1 : n;
}

int
sqlite_is_sound_table(
    struct db *db, struct pool *pool, const char *name, const char **why)
{
	/* A statement is known by its text's address, which stays. */
	const char *text = pool_printf(pool, "PRAGMA quick_check('%s')", name);
	struct db_rows *r = db_query(&sqlite_only(db)->db, text, DB_NONE);
	int rc = db_next(r);

	if (rc == 1 && strcmp(db_col_text(r, 0), "ok") != 0) {
		*why = db_col_copy(r, pool, 0);
		rc = 0;
	}
	db_end(r);
	return rc;
}

/* Bytes of PATH and what is put behind it; -1: there is no such file. */
static long long
length(const char *path, const char *end)
{
	char *whole = xcalloc(strlen(path) + strlen(end) + 1);
	struct stat st;
	int rc;

	sprintf(whole, "%s%s", path, end);
	rc = stat(whole, &st);
	free(whole);
	return rc == -1 ? -1 : (long long)st.st_size;
}

/*
 * sqlite.org/uri.html.  With both files of the WAL there "readonly_shm" keeps
 * SQLite from writing to the -shm: it takes part while programs run, and when
 * none does it reads the WAL with an index in its own memory.  Without a WAL
 * the file is all there is: "immutable" makes none.
 */
char *
sqlite_state_look(const char *path)
{
	long long wal = length(path, "-wal"), shm = length(path, "-shm");
	char *name = xcalloc(3 * strlen(path) + 64), *s = name;

	if (wal > 0 && shm == -1) {
		log_warn("%s-wal is there without %s-shm: what it holds is not "
			 "seen before a program opens it",
		    path, path);
		free(name);
		return NULL;
	}
	s += sprintf(s, "file:");
	for (; *path != '\0'; path++)
		if (strchr("%?#", *path) != NULL)
			s += sprintf(s, "%%%02x", (unsigned)*path);
		else
			*s++ = *path;
	sprintf(s, "?mode=ro&%s",
	    wal == -1 || shm == -1 ? "immutable=1" : "readonly_shm=1");
	return name;
}

int64_t
sqlite_state_wal(struct db *db)
{
	long long n = length(db->path, "-wal");

	return n == -1 ? 0 : (int64_t)n;
}
