/*
 * Transactions of the SQLite driver, and the lock that writers take in turn.
 */
#include <sys/stat.h>

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include <sqlite3.h>

#include "base/lock.h"
#include "base/log.h"

#include "lib/sql/db_sqlite.h"

enum { BEGIN, BEGIN_READ, COMMIT, ROLLBACK, SAVE, RELEASE, UNDO, N_SQL };

static const char *const sql[N_SQL] = {
	[BEGIN] = "BEGIN IMMEDIATE",
	[BEGIN_READ] = "BEGIN",
	[COMMIT] = "COMMIT",
	[ROLLBACK] = "ROLLBACK",
	[SAVE] = "SAVEPOINT event",
	[RELEASE] = "RELEASE event",
	[UNDO] = "ROLLBACK TO event",
};

/* FTS5 merges some hundred rows of its own at a time. */
#define FAR_TOO_LARGE (4 * DB_STEP_MAX)

static int strict; /* db_strict */

int
db_lock(struct db *db)
{
	int rc = db->lock == NULL ? -1 : lock_take(db->lock, db->wait_ms);

	if (rc == 1)
		return 0;
	db->error = rc == 0 ? DB_BUSY : DB_BROKEN;
	log_warn(
	    "%s: not locked for writing within %d ms", db->path, db->wait_ms);
	return -1;
}

int
db_begin(struct db *db)
{
	if (db_lock(db) == -1)
		return -1;
	db_check_file(db);
	if (db_run(db, sql[BEGIN], DB_NONE) == -1) {
		lock_give(db->lock);
		return -1;
	}
	db->writing = 1;
	db->step = 0;
	db->before = db_changes(db);
	return 0;
}

/* A statement by which FTS5 keeps one of its tables. */
static int
is_of_search(const char *text)
{
	static const char *const parts[] = { "_data'", "_idx'", "_docsize'" };

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (text != NULL && strstr(text, parts[i]) != NULL)
			return 1;
	return 0;
}

/* Called by SQLite when a statement begins and ends. */
static int
on_statement(unsigned what, void *ctx, void *stmt, void *unused)
{
	struct db *db = ctx;

	(void)unused;
	if (!is_of_search(sqlite3_sql(stmt)))
		return 0;
	if (what == SQLITE_TRACE_STMT)
		db->search_before = db_changes(db);
	else
		db->of_search += db_changes(db) - db->search_before;
	return 0;
}

int
db_begin_step(struct db *db)
{
	if (db_begin(db) == -1)
		return -1;
	db->step = 1;
	db->of_search = 0;
	if (strict)
		sqlite3_trace_v2(db->conn,
		    SQLITE_TRACE_STMT | SQLITE_TRACE_PROFILE, on_statement, db);
	return 0;
}

int64_t
db_written(struct db *db)
{
	return db->writing ? db_changes(db) - db->before : 0;
}

void
db_strict(void)
{
	strict = 1;
}

static void
look_at_step(struct db *db)
{
	long long n = (long long)db_written(db);

	if (!db->step)
		return;
	if (strict) {
		sqlite3_trace_v2(db->conn, 0, NULL, NULL);
		n -= (long long)db->of_search;
		if (n > DB_STEP_MAX)
			die(EX_SOFTWARE, "a step wrote %lld rows", n);
	} else if (n > FAR_TOO_LARGE)
		log_warn("a step wrote %lld rows, and others waited", n);
}

int
db_commit(struct db *db)
{
	int rc;

	look_at_step(db);
	rc = db_run(db, sql[COMMIT], DB_NONE);

	if (rc == -1) {
		enum db_error why = db->error;

		db_rollback(db);
		db->error = why;
		return -1;
	}
	db->writing = 0;
	lock_give(db->lock);
	if (db->committed != NULL)
		db->committed(db->committed_arg);
	return 0;
}

void
db_on_commit(struct db *db, void (*call)(void *arg), void *arg)
{
	db->committed = call;
	db->committed_arg = arg;
}

void
db_rollback(struct db *db)
{
	if (!db->writing)
		return;
	/* SQLite may have rolled back by itself (disk full, I/O error). */
	if (!sqlite3_get_autocommit(db->conn))
		db_run(db, sql[ROLLBACK], DB_NONE);
	db->writing = 0;
	lock_give(db->lock);
}

int
db_wanted(struct db *db)
{
	return db->lock != NULL && lock_wanted(db->lock);
}

void
db_let_others(struct db *db, int max_ms)
{
	if (db->lock != NULL)
		lock_let_others(db->lock, max_ms);
}

int
db_begin_read(struct db *db)
{
	return db_run(db, sql[BEGIN_READ], DB_NONE);
}

void
db_end_read(struct db *db)
{
	if (!sqlite3_get_autocommit(db->conn) && !db->writing)
		db_run(db, sql[COMMIT], DB_NONE);
}

int
db_savepoint(struct db *db)
{
	return db_run(db, sql[SAVE], DB_NONE);
}

int
db_release(struct db *db)
{
	return db_run(db, sql[RELEASE], DB_NONE);
}

void
db_rollback_savepoint(struct db *db)
{
	if (sqlite3_get_autocommit(db->conn))
		return;
	db_run(db, sql[UNDO], DB_NONE);
	db_run(db, sql[RELEASE], DB_NONE);
}

int64_t
db_wal_size(struct db *db)
{
	char path[4096];
	struct stat st;

	snprintf(path, sizeof(path), "%s-wal", db->path);
	return stat(path, &st) == 0 ? (int64_t)st.st_size : 0;
}

int
db_version(struct db *db, int *version)
{
	int64_t v = 0;

	if (db_get_int(db, "PRAGMA user_version", DB_NONE, &v) != 1)
		return -1;
	*version = (int)v;
	return 0;
}

int
db_set_version(struct db *db, int version)
{
	return db_pragma(db, "user_version", version);
}

int
db_expect_version(struct db *db, int ours)
{
	int theirs = 0;

	if (db_version(db, &theirs) == -1)
		return -1;
	if (theirs == ours)
		return 0;
	log_warn("%s has schema version %d, this program works with %d: %s",
	    db->path, theirs, ours,
	    theirs == 0	    ? "waspool init"
	    : theirs < ours ? "waspool upgrade"
			    : "install a newer waspool");
	return -1;
}
