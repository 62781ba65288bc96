/*
 * The SQLite driver: opening a file, the settings of README.md, and the table
 * that db.h calls.
 */
#include <sys/stat.h>

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/lock.h"
#include "base/log.h"
#include "base/pool.h"

#include "lib/sql/sqlite/sqlite_handle.h"
#include "lib/sql/sqlite/system/sqlite_files.h"
#include "lib/sql/sqlite/system/sqlite_map.h"
#include "lib/sql/sqlite/system/sqlite_memory.h"

/* So much of the file is read without a call for each page.  Not more: what
 * is not in the system's memory comes in pieces of 128 KiB through a map, and
 * through a call as the one page that is asked for. */
#define MAPPED_MAX (256 << 20)

static pthread_once_t started = PTHREAD_ONCE_INIT;

/* Before the first connection: no global counters that threads fight for. */
static void
start(void)
{
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	sqlite_memory();
	sqlite_files_guard();
	sqlite_map_register();
}

static int
run_script(struct db *db, const char *sql)
{
	if (sqlite3_exec(sqlite_of(db)->conn, sql, NULL, NULL, NULL) !=
	    SQLITE_OK)
		return db_fail(db, "script");
	return 0;
}

/* After each commit: how long the WAL is now, for sqlite_checkpoint. */
static int
note_wal(void *arg, sqlite3 *conn, const char *name, int pages)
{
	struct sqlite *db = arg;

	(void)conn;
	(void)name;
	db->wal_pages = pages;
	return SQLITE_OK;
}

/* PRAGMA NAME = VALUE: 0, or -1. */
static int
set_pragma(struct db *db, const char *name, int value)
{
	char text[64];

	snprintf(text, sizeof(text), "PRAGMA %s = %d", name, value);
	return run_script(db, text);
}

static int
settings(struct db *db, enum db_mode mode)
{
	if (mode == DB_CREATE &&
	    run_script(db, "PRAGMA journal_mode = WAL") == -1)
		return -1;
	if (run_script(db,
		"PRAGMA wal_autocheckpoint = 0; PRAGMA synchronous = FULL;"
		"PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;"
		"PRAGMA secure_delete = ON") == -1 ||
	    sqlite_keep(db, mode <= DB_READ ? 1024 : 4096) == -1 ||
	    /* A map of a file that is cut off meanwhile kills. */
	    set_pragma(db, "mmap_size", mode == DB_LOOK ? 0 : MAPPED_MAX) == -1)
		return -1;
	sqlite3_wal_hook(sqlite_of(db)->conn, note_wal, sqlite_of(db));
	return 0;
}

int
sqlite_distrust(struct db *db)
{
	return set_pragma(&sqlite_only(db)->db, "trusted_schema", 0);
}

int
sqlite_fire(struct db *db, int on)
{
	int is_on = -1;

	if (sqlite3_db_config(sqlite_only(db)->conn,
		SQLITE_DBCONFIG_ENABLE_TRIGGER, on, &is_on) == SQLITE_OK &&
	    is_on == on)
		return 0;
	return db_fail(db, "triggers");
}

int
sqlite_keep(struct db *db, int kib)
{
	return sqlite_is(db) ? set_pragma(db, "cache_size", -kib) : 0;
}

int
sqlite_map(struct db *db)
{
	if (sqlite_is(db))
		sqlite_map_begin(sqlite_of(db)->conn);
	return 0;
}

int
sqlite_unmap(struct db *db)
{
	return sqlite_is(db) ? set_pragma(db, "mmap_size", 0) : 0;
}

/* SQLite opens to read what it cannot open to write, and keeps that for good:
 * all would be refused until a person came. */
static int
check_writable(struct sqlite *db)
{
	const char *path = db->db.path;

	if (sqlite3_db_readonly(db->conn, "main") == 0)
		return 0;
	log_warn("%s: unable to open it to write: %s", path,
	    sqlite_fail_why(db, W_OK));
	return -1;
}

static int
note_file(struct sqlite *db)
{
	struct stat st;

	if (stat(db->db.path, &st) == -1) {
		log_warn("%s: %s", db->db.path, strerror(errno));
		return -1;
	}
	db->dev = st.st_dev;
	db->ino = st.st_ino;
	return 0;
}

static int
is_same_file(struct db *handle)
{
	struct sqlite *db = sqlite_of(handle);
	struct stat st;

	if (stat(handle->path, &st) == -1)
		return errno != ENOENT;
	return st.st_dev == db->dev && st.st_ino == db->ino;
}

static int
open_conn(struct sqlite *db, const char *path, enum db_mode mode)
{
	int flags = SQLITE_OPEN_NOMUTEX, rc;
	char *look = NULL;

	flags |= mode <= DB_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	if (mode == DB_CREATE)
		flags |= SQLITE_OPEN_CREATE;
	if (mode == DB_LOOK) {
		flags |= SQLITE_OPEN_URI;
		if ((look = sqlite_state_look(path)) == NULL)
			return -1;
	}
	rc =
	    sqlite3_open_v2(look != NULL ? look : path, &db->conn, flags, NULL);
	free(look);
	if (rc != SQLITE_OK) {
		log_warn("%s: %s: %s", path, sqlite3_errmsg(db->conn),
		    sqlite_fail_why(db, mode <= DB_READ ? R_OK : R_OK | W_OK));
		return -1;
	}
	sqlite3_busy_timeout(db->conn, db->wait_ms);
	sqlite3_extended_result_codes(db->conn, 0);
	return 0;
}

/* Only who may write has the lock. */
static int
open_lock(struct sqlite *db, const char *path)
{
	char *name;

	if (check_writable(db) == -1)
		return -1;
	name = xcalloc(strlen(path) + 6);
	sprintf(name, "%s.lock", path);
	db->lock = lock_open(name);
	free(name);
	return db->lock == NULL ? -1 : 0;
}

/* PAGE_SIZE of a file that is new, 0: SQLite's. */
static struct db *
open_paged(const char *path, enum db_mode mode, int page_size, int wait_ms)
{
	struct db *db =
	    db_handle_new(&sqlite_driver, sizeof(struct sqlite), path);
	struct sqlite *s = sqlite_of(db);

	pthread_once(&started, start);
	s->wait_ms = wait_ms;
	s->file = -1;
	if (sqlite_files_check(path) == -1 || open_conn(s, path, mode) == -1 ||
	    (page_size != 0 && set_pragma(db, "page_size", page_size) == -1) ||
	    settings(db, mode) == -1 || note_file(s) == -1 ||
	    (mode > DB_READ && open_lock(s, path) == -1)) {
		db_close(db);
		return NULL;
	}
	return db;
}

struct db *
sqlite_open(const char *path, enum db_mode mode, int wait_ms)
{
	return open_paged(path, mode, 0, wait_ms);
}

struct db *
sqlite_create(const char *path, int page_size, int wait_ms)
{
	return open_paged(path, DB_CREATE, page_size, wait_ms);
}

static void
close_file(struct db *db)
{
	struct sqlite *s = sqlite_of(db);

	sqlite_checkpoint_end(s);
	sqlite3_close_v2(s->conn);
	if (s->names != NULL)
		pool_free(s->names);
	if (s->file != -1)
		close(s->file);
	lock_close(s->lock);
	free(s->why);
	free(s);
}

static int
version_of_schema(struct db *db, int *version, int set)
{
	int64_t v = 0;

	if (set)
		return set_pragma(db, "user_version", *version);
	if (db_get_int(db, "PRAGMA user_version", DB_NONE, &v) != 1)
		return -1;
	*version = (int)v;
	return 0;
}

static const struct db_queue queue = {
	.wanted = sqlite_transaction_wanted,
	.let_others = sqlite_transaction_let_others,
};

static const struct db_files files = {
	.is_used = sqlite_is_open,
	.log_size = sqlite_state_wal,
	.empty_log = sqlite_truncate,
	.rewrite = sqlite_rewrite,
};

static const struct db_sequences sequences = {
	.list = sqlite_sequence_list,
	.get = sqlite_sequence_get,
	.raise = sqlite_sequence_raise,
};

const struct db_driver sqlite_driver = {
	.name = sqlite_name,
	.engine = DB_SQLITE,
	.open = sqlite_open,
	.close = close_file,
	.fail = sqlite_fail,
	.is_there = is_same_file,
	.script = run_script,
	.version = version_of_schema,
	.prepare = sqlite_rows_prepare,
	.finish = sqlite_rows_finish,
	.bind = sqlite_rows_bind,
	.step = sqlite_rows_step,
	.reset = sqlite_rows_reset,
	.column = sqlite_rows_column,
	.count = sqlite_transaction_count,
	.deadline = sqlite_rows_deadline,
	.begin = sqlite_transaction_begin,
	.commit = sqlite_transaction_commit,
	.rollback = sqlite_transaction_rollback,
	.savepoint = sqlite_transaction_savepoint,
	.queue = &queue,
	.files = &files,
	.sequences = &sequences,
	.rest = sqlite_rows_rest,
	.state = sqlite_transaction_state,
};
