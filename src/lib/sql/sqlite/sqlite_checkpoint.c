/*
 * The checkpoint, which is only made while holding the writers' lock: SQLite
 * before 3.51.3 can damage a WAL database when a checkpoint of one process
 * meets a writer of another (sqlite.org/wal.html, "the WAL-reset bug").
 *
 * Most of its time is the flush of the database file.  SQLite makes it when the
 * whole WAL has been copied, since the next writer may then begin the WAL anew;
 * a checkpoint that a reader keeps from copying the last frames leaves it out,
 * and the WAL as it is.  So where others wait for the lock (sqlite_flush_apart)
 * the WAL is copied in steps, as it grows, each up to a reader of our own that
 * keeps the place of the step before, by a thread with a connection of its own.
 * With some of them it flushes the file, and with those after, until little has
 * come meanwhile.  Then all but one frame is copied, that is flushed, too, and
 * the checkpoint that counts finds next to nothing to do.
 *
 * Only those two copies hold the lock.  The thread needs none: the bug is a
 * checkpoint that has read where the WAL ends, and copies up to there when a
 * writer has begun it anew.  A writer does that only when all of it was copied
 * and no reader looks into it, and while the thread works our reader does; or
 * that reader looks at the file alone (it was placed when all was copied), and
 * then SQLite lets no checkpoint copy anything, so that nobody has reason to
 * begin the WAL anew.
 *
 * Where a step fails the next one does it; but not after a flush that failed.
 * The kernel says that only once, and drops what it could not write: then all
 * is copied again.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/lock.h"
#include "base/log.h"

#include "lib/sql/sqlite/sqlite_handle.h"

/* A WAL that had to be larger once gives its space back: not each time that it
 * has been copied, since the next burst makes it as long again.  Nor in the
 * middle of one: to cut it off takes tens of milliseconds, and a flush of what
 * is new in a file several times as long as one of what is written again. */
#define WAL_LARGE	   (INT64_C(64) << 20)
#define WAL_LARGE_BUSY	   (INT64_C(256) << 20) /* where much comes */
#define CHECKPOINT_WAIT_MS 20			/* for readers in the way */
#define STEPS		   8			/* for one flush */
#define FLUSHES		   4 /* at most, of which each has less to do */

static sqlite3_file *
file_of(struct sqlite *db)
{
	sqlite3_file *file = NULL;

	sqlite3_file_control(
	    db->conn, "main", SQLITE_FCNTL_FILE_POINTER, &file);
	return file;
}

/* Another connection to the same file. */
static int
open_apart(struct sqlite *db, int flags, sqlite3 **conn)
{
	if (sqlite3_open_v2(db->db.path, conn, SQLITE_OPEN_NOMUTEX | flags,
		NULL) == SQLITE_OK)
		return 0;
	log_warn("%s: %s", db->db.path, sqlite3_errmsg(*conn));
	return -1;
}

/* At the file, without reading the schema. */
static int
look(sqlite3 *conn)
{
	return sqlite3_exec(conn, "PRAGMA user_version", NULL, NULL, NULL);
}

int
sqlite_flush_apart(struct db *handle)
{
	struct sqlite *db = sqlite_of(handle);

	if (!sqlite_is(handle))
		return 0;
	/* Nor could a flush beside that failed be made good. */
	if (!sqlite_index_is_known(file_of(db))) {
		log_warn("%s: SQLite %s has an index of its WAL that is not "
			 "known here: others wait for each flush",
		    handle->path, sqlite3_libversion());
		return 0;
	}
	if (open_apart(db, SQLITE_OPEN_READONLY, &db->pin) == -1 ||
	    open_apart(db, SQLITE_OPEN_READWRITE, &db->copier) == -1)
		return -1;
	/* Before it has seen that there is a WAL, it copies nothing. */
	if (look(db->copier) != SQLITE_OK) {
		log_warn("%s: %s", db->db.path, sqlite3_errmsg(db->copier));
		return -1;
	}
	db->file = open(db->db.path, O_RDONLY | O_CLOEXEC);
	if (db->file == -1)
		log_warn("%s: %s", db->db.path, strerror(errno));
	return db->file == -1 ? -1 : 0;
}

static int
is_pinned(const struct sqlite *db)
{
	return !sqlite3_get_autocommit(db->pin);
}

static void
unpin(struct sqlite *db)
{
	if (is_pinned(db))
		sqlite3_exec(db->pin, "COMMIT", NULL, NULL, NULL);
}

/* What is committed from here on, no checkpoint copies; -1: nothing is pinned,
 * and any would. */
static int
pin(struct sqlite *db)
{
	unpin(db);
	if (sqlite3_exec(db->pin, "BEGIN", NULL, NULL, NULL) == SQLITE_OK &&
	    look(db->pin) == SQLITE_OK)
		return 0;
	unpin(db);
	return -1;
}

/* A frame beyond the pin that changes nothing: 0, or -1. */
static int
touch(struct sqlite *db)
{
	int version;

	if (db_begin(&db->db) == -1)
		return -1;
	if (db_version(&db->db, &version) == -1 ||
	    db_set_version(&db->db, version) == -1) {
		db_rollback(&db->db);
		return -1;
	}
	return db_commit(&db->db);
}

/* With the lock.  Nothing counts as copied; readers take it from the WAL, as
 * before.  -1: not yet, and it is tried again before the next copy. */
static int
forget_copied(struct sqlite *db)
{
	int rc = sqlite_index_forget(file_of(db));

	if (rc == 0)
		log_warn("%s: SQLite %s has an index of its WAL that is not "
			 "known here: what was not flushed is not copied again",
		    db->db.path, sqlite3_libversion());
	if (rc != -1)
		db->unflushed = 0;
	return rc;
}

static int
copy_checkpoint(struct sqlite *db, int mode, int *frames, int *done)
{
	int rc = SQLITE_BUSY;

	if (sqlite_transaction_lock(db) == -1)
		return SQLITE_BUSY;
	if (!db->unflushed || forget_copied(db) != -1)
		rc = sqlite3_wal_checkpoint_v2(
		    db->conn, NULL, mode, frames, done);
	lock_give(db->lock);
	return rc;
}

/* The same, of a caller without it. */
static int
forget_locked(struct sqlite *db)
{
	int rc;

	if (sqlite_transaction_lock(db) == -1)
		return -1;
	rc = forget_copied(db);
	lock_give(db->lock);
	return rc;
}

/* A flush has failed. */
static void
copy_again(struct sqlite *db)
{
	log_warn(
	    "%s: not flushed; its WAL is kept and copied again", db->db.path);
	db->unflushed = 1;
	forget_locked(db);
}

static int
flush(struct sqlite *db)
{
	sqlite3_file *file = file_of(db);

	if (file->pMethods->xSync(
		file, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY) == SQLITE_OK)
		return 0;
	copy_again(db);
	return -1;
}

/* What came before the pin; and now and then all that was copied is flushed. */
static void *
copy_beside(void *arg)
{
	struct sqlite *db = arg;
	int rc = sqlite3_wal_checkpoint_v2(
	    db->copier, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	/* A checkpoint that reached the end has flushed. */
	int failed = (rc & 0xff) == SQLITE_IOERR ||
		     (db->flushes > 0 && fdatasync(db->file) == -1);

	atomic_store(&db->copied, failed ? -1 : 1);
	return NULL;
}

/* Signals are for the thread that works. */
static void
begin_copy(struct sqlite *db)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	atomic_store(&db->copied, 0);
	db->copying = pthread_create(&db->thread, NULL, copy_beside, db) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* It begins from the start. */
static void
reset(struct sqlite *db)
{
	db->stepped = db->flushes = 0;
}

/* What the thread beside has come to: 1, 0 while it works, -1. */
static int
copied(struct sqlite *db)
{
	int rc = atomic_load(&db->copied);

	if (rc != 0) {
		pthread_join(db->thread, NULL);
		db->copying = 0;
	}
	if (rc == -1) {
		copy_again(db);
		reset(db);
	}
	return rc;
}

/* The next step copies what is committed now. */
static void
place(struct sqlite *db)
{
	pin(db);
	db->stepped = db->wal_pages;
}

/* All but the last frame.  -1: what was copied may not be on disk. */
static int
copy_most(struct sqlite *db)
{
	int copied = 0;

	if (pin(db) == 0 && touch(db) == 0)
		copied = copy_checkpoint(db, SQLITE_CHECKPOINT_PASSIVE, NULL,
			     NULL) == SQLITE_OK;
	unpin(db);
	reset(db);
	return copied ? flush(db) : 0;
}

/* All that is done before the checkpoint that counts; 1 when that may come. */
static int
prepare(struct sqlite *db, int pages)
{
	if (db->copying) {
		if (copied(db) != 1)
			return 0;
		if (db->flushes >= FLUSHES ||
		    (db->flushes > 0 && db->wal_pages - db->stepped < pages))
			return copy_most(db) == 0;
		place(db);
		if (db->flushes == 0)
			return 0;
	} else if (db->wal_pages - db->stepped < pages)
		return 0;
	if (!is_pinned(db)) {
		place(db);
		/* Else what came before it is the next step. */
		if (db->wal_pages < STEPS * pages)
			return 0;
	}
	if (!is_pinned(db) || (db->unflushed && forget_locked(db) == -1))
		return 0;
	if (db->flushes > 0 || db->wal_pages >= STEPS * pages)
		db->flushes++;
	begin_copy(db);
	return !db->copying && copy_most(db) == 0;
}

void
sqlite_checkpoint(struct db *handle, int pages)
{
	struct sqlite *db = sqlite_of(handle);
	int mode = SQLITE_CHECKPOINT_FULL, frames = 0, done = 0, rc;
	int64_t large = db->pin != NULL ? WAL_LARGE_BUSY : WAL_LARGE;

	if (!sqlite_is(handle) || db->lock == NULL || db->db.writing)
		return;
	if (db->pin != NULL ? !prepare(db, pages) : db->wal_pages < pages)
		return;
	if (sqlite_state_wal(&db->db) > large)
		mode = SQLITE_CHECKPOINT_TRUNCATE;
	/* A reader in the way is no reason to hold up the writers. */
	sqlite3_busy_timeout(db->conn, CHECKPOINT_WAIT_MS);
	rc = copy_checkpoint(db, mode, &frames, &done);
	sqlite3_busy_timeout(db->conn, db->wait_ms);
	if ((rc & 0xff) == SQLITE_IOERR)
		copy_again(db);
	if (rc == SQLITE_OK && frames == done)
		db->wal_pages = 0;
	else /* some frames are left: again after as many more */
		db->wal_pages -= pages;
}

/* The flush beside ends first, and nothing is pinned. */
static void
settle(struct sqlite *db)
{
	if (db->pin == NULL)
		return;
	if (db->copying) {
		pthread_join(db->thread, NULL);
		db->copying = 0;
		if (atomic_load(&db->copied) != 1)
			copy_again(db);
	}
	unpin(db);
	reset(db);
}

void
sqlite_checkpoint_end(struct sqlite *db)
{
	settle(db);
	sqlite3_close_v2(db->copier);
	sqlite3_close_v2(db->pin);
}

int
sqlite_truncate(struct db *handle)
{
	struct sqlite *db = sqlite_only(handle);
	int frames = 0, done = 0, rc;

	if (db->lock == NULL || db->db.writing)
		return -1;
	settle(db);
	sqlite3_busy_timeout(db->conn, CHECKPOINT_WAIT_MS);
	rc = copy_checkpoint(db, SQLITE_CHECKPOINT_TRUNCATE, &frames, &done);
	sqlite3_busy_timeout(db->conn, db->wait_ms);
	if ((rc & 0xff) == SQLITE_IOERR)
		copy_again(db);
	if (rc == SQLITE_OK)
		db->wal_pages = 0;
	if (rc == SQLITE_OK || rc == SQLITE_BUSY)
		return rc == SQLITE_OK && sqlite_state_wal(&db->db) == 0;
	return db_fail(&db->db, "checkpoint");
}

void
sqlite_checkpoint_rest(struct db *handle, int pages)
{
	struct sqlite *db = sqlite_of(handle);

	sqlite_checkpoint(handle, pages);
	if (!sqlite_is(handle) || db->lock == NULL || db->db.writing)
		return;
	if (db->wal_pages < pages && sqlite_state_wal(handle) > WAL_LARGE)
		sqlite_truncate(handle);
}

int
sqlite_rewrite(struct db *handle, int64_t max)
{
	struct sqlite *db = sqlite_only(handle);
	int64_t pages = 0, size = 0;
	int rc;

	if (db_get_int(handle, "PRAGMA page_count", DB_NONE, &pages) != 1 ||
	    db_get_int(handle, "PRAGMA page_size", DB_NONE, &size) != 1)
		return -1;
	if (pages * size > max)
		return 0;
	if (sqlite_transaction_lock(db) == -1)
		return -1;
	rc = db_script(handle, "VACUUM");
	lock_give(db->lock);
	return rc == -1 ? -1 : 1;
}
