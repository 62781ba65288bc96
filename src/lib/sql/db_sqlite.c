/*
 * The SQLite driver of db.h: opening a connection, and saying what failed.
 */
#include <sys/stat.h>

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/lock.h"
#include "base/log.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/db_sqlite.h"

/* So much of the file is read without a call for each page.  Not more: what
 * is not in the system's memory comes in pieces of 128 KiB through a map, and
 * through a call as the one page that is asked for. */
#define MAPPED_MAX (256 << 20)

#define WHY_MAX 8192

static pthread_once_t started = PTHREAD_ONCE_INIT;

/* Before the first connection: no global counters that threads fight for. */
static void
start(void)
{
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	db_files_guard();
}

/*
 * SQLite does not tell why a file of the database PATH cannot be opened for
 * HOW (access(2)); a person wants to know which, whose it is, what to type.
 */
static const char *
why_closed(const char *path, int how)
{
	static const char *const ends[] = { "", "-wal", "-shm", ".lock" };
	static _Thread_local char why[WHY_MAX];
	char name[1024];
	struct stat st;

	if (access(path, F_OK) == -1 && errno == ENOENT)
		return "there is none; waspool init makes it";
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		snprintf(name, sizeof(name), "%s%s", path, ends[i]);
		if (access(name, how) == 0 || errno == ENOENT)
			continue;
		snprintf(why, sizeof(why), "%s: %s", name, strerror(errno));
		if (errno == EACCES && stat(name, &st) == 0)
			snprintf(why, sizeof(why),
			    "%s belongs to user %d, mode %04o, and this is "
			    "user %d: as root type chown --reference=%.*s %s "
			    "and chmod u+rw %s",
			    name, (int)st.st_uid, (unsigned)st.st_mode & 07777U,
			    (int)geteuid(), (int)(strrchr(name, '/') - name),
			    name, name, name);
		return why;
	}
	return "too many open files, or the disk";
}

int
db_fail(struct db *db, const char *what)
{
	int code = sqlite3_errcode(db->conn);

	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		db->error = DB_BUSY;
		break;
	case SQLITE_FULL:
		db->error = DB_FULL;
		break;
	case SQLITE_CONSTRAINT:
		db->error = DB_CONSTRAINT;
		break;
	default:
		db->error = DB_BROKEN;
	}
	/* A write that fails for want of space is an I/O error to SQLite. */
	if (db->error == DB_BROKEN && sqlite3_system_errno(db->conn) == ENOSPC)
		db->error = DB_FULL;
	/* What FTS5 says repeats what was searched for. */
	log_warn("%s: %s (%s, code %d)", db->path,
	    text_begins(sqlite3_errmsg(db->conn), "fts5: ")
		? "fts5: an error"
		: sqlite3_errmsg(db->conn),
	    what, sqlite3_extended_errcode(db->conn));
	if ((code & 0xff) == SQLITE_CANTOPEN)
		log_warn("%s", why_closed(db->path, R_OK | W_OK));
	/* One of its files could not be opened to write, and never will be: a
	 * new process may. */
	if ((code & 0xff) == SQLITE_READONLY && db->lock != NULL)
		die(EX_IOERR, "%s: unable to open all of it to write: %s",
		    db->path, why_closed(db->path, W_OK));
	return -1;
}

int
db_script(struct db *db, const char *sql)
{
	if (sqlite3_exec(db->conn, sql, NULL, NULL, NULL) != SQLITE_OK)
		return db_fail(db, "script");
	return 0;
}

/* After each commit: how long the WAL is now, for db_checkpoint. */
static int
note_wal(void *arg, sqlite3 *conn, const char *name, int pages)
{
	struct db *db = arg;

	(void)conn;
	(void)name;
	db->wal_pages = pages;
	return SQLITE_OK;
}

int
db_pragma(struct db *db, const char *name, int value)
{
	char text[64];

	snprintf(text, sizeof(text), "PRAGMA %s = %d", name, value);
	return db_script(db, text);
}

static int
settings(struct db *db, enum db_mode mode)
{
	if (mode == DB_CREATE_WIDE &&
	    db_pragma(db, "page_size", DB_WIDE_PAGE) == -1)
		return -1;
	if (mode >= DB_CREATE &&
	    db_script(db, "PRAGMA journal_mode = WAL") == -1)
		return -1;
	if (db_script(db,
		"PRAGMA wal_autocheckpoint = 0; PRAGMA synchronous = FULL;"
		"PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;"
		"PRAGMA secure_delete = ON") == -1 ||
	    db_keep(db, mode <= DB_READ ? 1024 : 4096) == -1 ||
	    /* A map of a file that is cut off meanwhile kills. */
	    db_pragma(db, "mmap_size", mode == DB_LOOK ? 0 : MAPPED_MAX) == -1)
		return -1;
	sqlite3_wal_hook(db->conn, note_wal, db);
	return 0;
}

int
db_distrust(struct db *db)
{
	return db_pragma(db, "trusted_schema", 0);
}

int
db_keep(struct db *db, int kib)
{
	return db_pragma(db, "cache_size", -kib);
}

int
db_unmap(struct db *db)
{
	return db_pragma(db, "mmap_size", 0);
}

/* SQLite opens to read what it cannot open to write, and keeps that for good:
 * all would be refused until a person came. */
static int
check_writable(struct db *db)
{
	if (sqlite3_db_readonly(db->conn, "main") == 0)
		return 0;
	log_warn("%s: unable to open it to write: %s", db->path,
	    why_closed(db->path, W_OK));
	return -1;
}

static int
note_file(struct db *db)
{
	struct stat st;

	if (stat(db->path, &st) == -1) {
		log_warn("%s: %s", db->path, strerror(errno));
		return -1;
	}
	db->dev = st.st_dev;
	db->ino = st.st_ino;
	return 0;
}

void
db_check_file(struct db *db)
{
	struct stat st;
	int rc = stat(db->path, &st);

	if (rc == -1 ? errno == ENOENT
		     : st.st_dev != db->dev || st.st_ino != db->ino)
		die(EX_IOERR,
		    "%s is not the file any more that this program opened: "
		    "started again it works on the one that is there",
		    db->path);
}

struct db *
db_open(const char *path, enum db_mode mode, int wait_ms)
{
	struct db *db = xcalloc(sizeof(*db));
	int flags = SQLITE_OPEN_NOMUTEX;
	char *lock_path = NULL, *look = NULL;

	pthread_once(&started, start);
	db->path = xstrdup(path);
	db->wait_ms = wait_ms;
	db->file = -1;
	flags |= mode <= DB_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	if (mode >= DB_CREATE)
		flags |= SQLITE_OPEN_CREATE;
	if (db_files_check(path) == -1)
		goto fail;
	if (mode == DB_LOOK) {
		flags |= SQLITE_OPEN_URI;
		if ((look = db_look_name(path)) == NULL)
			goto fail;
	}
	if (sqlite3_open_v2(look != NULL ? look : path, &db->conn, flags,
		NULL) != SQLITE_OK) {
		log_warn("%s: %s: %s", path, sqlite3_errmsg(db->conn),
		    why_closed(path, mode <= DB_READ ? R_OK : R_OK | W_OK));
		goto fail;
	}
	sqlite3_busy_timeout(db->conn, wait_ms);
	sqlite3_extended_result_codes(db->conn, 0);
	if (settings(db, mode) == -1 || note_file(db) == -1)
		goto fail;
	if (mode > DB_READ) {
		if (check_writable(db) == -1)
			goto fail;
		lock_path = xcalloc(strlen(path) + 6);
		sprintf(lock_path, "%s.lock", path);
		db->lock = lock_open(lock_path);
		free(lock_path);
		if (db->lock == NULL)
			goto fail;
	}
	free(look);
	return db;
fail:
	free(look);
	db_close(db);
	return NULL;
}

void
db_close(struct db *db)
{
	if (db == NULL)
		return;
	for (int i = 0; i < DB_SLOTS; i++) {
		struct db_rows *next;

		for (struct db_rows *r = db->slots[i]; r != NULL; r = next) {
			next = r->next;
			sqlite3_finalize(r->stmt);
			free(r);
		}
	}
	db_checkpoint_end(db);
	sqlite3_close_v2(db->conn);
	if (db->file != -1)
		close(db->file);
	lock_close(db->lock);
	free(db->path);
	free(db);
}
