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
 * keeps the place of the step before.  After some of them a thread flushes the
 * file while all goes on; then all but one frame is copied, what came meanwhile
 * is flushed, without the lock too, and the checkpoint that counts finds next
 * to nothing to do.  Where a step fails the next one does it; but not after a
 * flush that failed.  The kernel says that only once, and drops what it could
 * not write: then all is copied again.
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
 * has been copied, since the next burst makes it as long again. */
#define WAL_LARGE	   (INT64_C(64) << 20)
#define CHECKPOINT_WAIT_MS 20 /* for readers in the way */
#define STEPS		   8  /* for one flush */

static sqlite3_file *
file_of(struct sqlite *db)
{
	sqlite3_file *file = NULL;

	sqlite3_file_control(
	    db->conn, "main", SQLITE_FCNTL_FILE_POINTER, &file);
	return file;
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
	if (sqlite3_open_v2(db->db.path, &db->pin,
		SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READONLY,
		NULL) != SQLITE_OK) {
		log_warn("%s: %s", db->db.path, sqlite3_errmsg(db->pin));
		return -1;
	}
	db->file = open(db->db.path, O_RDONLY | O_CLOEXEC);
	if (db->file == -1)
		log_warn("%s: %s", db->db.path, strerror(errno));
	return db->file == -1 ? -1 : 0;
}

static void
unpin(struct sqlite *db)
{
	if (!sqlite3_get_autocommit(db->pin))
		sqlite3_exec(db->pin, "COMMIT", NULL, NULL, NULL);
}

/* What is committed from here on, no checkpoint copies.  The pragma makes it
 * look at the file, without reading the schema. */
static int
pin(struct sqlite *db)
{
	unpin(db);
	return sqlite3_exec(
	    db->pin, "BEGIN; PRAGMA user_version", NULL, NULL, NULL);
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

/* A flush has failed. */
static void
copy_again(struct sqlite *db)
{
	log_warn(
	    "%s: not flushed; its WAL is kept and copied again", db->db.path);
	db->unflushed = 1;
	if (sqlite_transaction_lock(db) == -1)
		return;
	forget_copied(db);
	lock_give(db->lock);
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

static void *
flush_beside(void *arg)
{
	struct sqlite *db = arg;

	atomic_store(&db->flushed, fdatasync(db->file) == 0 ? 1 : -1);
	return NULL;
}

/* Signals are for the thread that works. */
static void
begin_flush(struct sqlite *db)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	atomic_store(&db->flushed, 0);
	db->flushing =
	    pthread_create(&db->flusher, NULL, flush_beside, db) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* What the flush beside has come to: 1, 0 while it goes on, -1. */
static int
flushed(struct sqlite *db)
{
	int rc = atomic_load(&db->flushed);

	if (rc != 0) {
		pthread_join(db->flusher, NULL);
		db->flushing = 0;
	}
	if (rc == -1) {
		copy_again(db);
		db->stepped = 0;
	}
	return rc;
}

/* What came before the last step.  Without a pin nothing: a checkpoint that
 * reaches the end flushes. */
static void
step(struct sqlite *db)
{
	if (!sqlite3_get_autocommit(db->pin))
		copy_checkpoint(db, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	pin(db);
	db->stepped = db->wal_pages;
}

/* All but the last frame.  -1: what was copied may not be on disk. */
static int
copy_most(struct sqlite *db)
{
	int copied = 0;

	if (pin(db) == SQLITE_OK && touch(db) == 0)
		copied = copy_checkpoint(db, SQLITE_CHECKPOINT_PASSIVE, NULL,
			     NULL) == SQLITE_OK;
	unpin(db);
	db->stepped = 0;
	return copied ? flush(db) : 0;
}

/* All that is done before the checkpoint that counts; 1 when that may come. */
static int
prepare(struct sqlite *db, int pages)
{
	if (db->flushing) {
		int rc = flushed(db);

		if (rc == 1)
			return copy_most(db) == 0;
		if (rc == -1)
			return 0;
	}
	if (db->wal_pages - db->stepped < pages)
		return 0;
	step(db);
	if (db->flushing || db->wal_pages < STEPS * pages)
		return 0;
	begin_flush(db);
	return !db->flushing && copy_most(db) == 0;
}

void
sqlite_checkpoint(struct db *handle, int pages)
{
	struct sqlite *db = sqlite_of(handle);
	int mode = SQLITE_CHECKPOINT_FULL, frames = 0, done = 0, rc;

	if (!sqlite_is(handle) || db->lock == NULL || db->db.writing)
		return;
	if (db->pin != NULL ? !prepare(db, pages) : db->wal_pages < pages)
		return;
	if (sqlite_state_wal(&db->db) > WAL_LARGE)
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
	if (db->flushing) {
		pthread_join(db->flusher, NULL);
		db->flushing = 0;
		if (atomic_load(&db->flushed) != 1)
			copy_again(db);
	}
	unpin(db);
	db->stepped = 0;
}

void
sqlite_checkpoint_end(struct sqlite *db)
{
	settle(db);
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
