/*
 * Transactions of the SQLite driver, the lock that writers take in turn, and
 * what statements have written.
 */
#include <string.h>

#include <sqlite3.h>

#include "base/lock.h"
#include "base/log.h"

#include "lib/sql/sqlite/sqlite_handle.h"
#include "lib/sql/sqlite/system/sqlite_gather.h"

enum {
	BEGIN,
	BEGIN_READ,
	COMMIT,
	ROLLBACK,
	SAVE,
	RELEASE,
	UNDO,
	DATA_VERSION,
	N_SQL
};

static const char *const sqlite_transaction_sql[N_SQL] = {
	[BEGIN] = "BEGIN IMMEDIATE",
	[BEGIN_READ] = "BEGIN",
	[COMMIT] = "COMMIT",
	[ROLLBACK] = "ROLLBACK",
	[SAVE] = "SAVEPOINT event",
	[RELEASE] = "RELEASE event",
	[UNDO] = "ROLLBACK TO event",
	[DATA_VERSION] = "PRAGMA data_version",
};

int
sqlite_transaction_lock(struct sqlite *db)
{
	int rc = db->lock == NULL ? -1 : lock_take(db->lock, db->wait_ms);

	if (rc == 1)
		return 0;
	db->db.error = rc == 0 ? DB_BUSY : DB_BROKEN;
	log_warn("%s: not locked for writing within %d ms", db->db.path,
	    db->wait_ms);
	return -1;
}

int
sqlite_transaction_begin(struct db *db, enum db_begin how)
{
	struct sqlite *s = sqlite_of(db);

	if (how == DB_BEGIN_READ)
		return db_run(db, sqlite_transaction_sql[BEGIN_READ], DB_NONE);
	if (sqlite_transaction_lock(s) == -1)
		return -1;
	db_check(db);
	if (db_run(db, sqlite_transaction_sql[BEGIN], DB_NONE) == -1) {
		lock_give(s->lock);
		return -1;
	}
	return 0;
}

int
sqlite_transaction_commit(struct db *db)
{
	int rc;

	sqlite_gather_begin(sqlite_of(db)->conn);
	rc = db_run(db, sqlite_transaction_sql[COMMIT], DB_NONE);
	sqlite_gather_end(sqlite_of(db)->conn);
	if (rc == -1)
		return -1;
	sqlite_of(db)->changes = -1; /* also what is no row */
	lock_give(sqlite_of(db)->lock);
	return 0;
}

void
sqlite_transaction_rollback(struct db *db)
{
	/* SQLite may have rolled back by itself (disk full, I/O error). */
	if (!sqlite3_get_autocommit(sqlite_of(db)->conn))
		db_run(db,
		    sqlite_transaction_sql[db->writing ? ROLLBACK : COMMIT],
		    DB_NONE);
	if (db->writing)
		lock_give(sqlite_of(db)->lock);
}

int
sqlite_transaction_savepoint(struct db *db, enum db_level level)
{
	if (level == DB_SAVE)
		return db_run(db, sqlite_transaction_sql[SAVE], DB_NONE);
	if (level == DB_UNDO) {
		if (sqlite3_get_autocommit(sqlite_of(db)->conn))
			return 0;
		db_run(db, sqlite_transaction_sql[UNDO], DB_NONE);
	}
	return db_run(db, sqlite_transaction_sql[RELEASE], DB_NONE);
}

/* SQLite's number changes with what other connections commit, and with nothing
 * of this one; that is counted here, also what was rolled back. */
int
sqlite_transaction_state(struct db *db, int64_t *state)
{
	struct sqlite *s = sqlite_of(db);
	int64_t version = 0, changes = sqlite3_total_changes64(s->conn);

	if (db_get_int(db, sqlite_transaction_sql[DATA_VERSION], DB_NONE,
		&version) != 1)
		return -1;
	if (s->state == 0 || version != s->version || changes != s->changes)
		s->state++;
	s->version = version;
	s->changes = changes;
	*state = s->state;
	return 1;
}

int
sqlite_transaction_wanted(struct db *db)
{
	struct lock *lock = sqlite_of(db)->lock;

	return lock != NULL && lock_wanted(lock);
}

void
sqlite_transaction_let_others(struct db *db, int max_ms)
{
	if (sqlite_of(db)->lock != NULL)
		lock_let_others(sqlite_of(db)->lock, max_ms);
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
	struct sqlite *db = ctx;
	int64_t all = sqlite3_total_changes64(db->conn);

	(void)unused;
	if (!is_of_search(sqlite3_sql(stmt)))
		return 0;
	if (what == SQLITE_TRACE_STMT)
		db->search_before = all;
	else
		db->of_search += all - db->search_before;
	return 0;
}

static int64_t
made(struct sqlite *s)
{
	int64_t id = s->made;

	s->made = 0;
	/* Rows that an INSTEAD OF trigger wrote are not counted here. */
	return id != 0 || sqlite3_changes64(s->conn) == 0
		   ? id
		   : sqlite3_last_insert_rowid(s->conn);
}

int64_t
sqlite_transaction_count(struct db *db, enum db_counter counter)
{
	struct sqlite *s = sqlite_of(db);

	switch (counter) {
	case DB_ROWS_LAST:
		return sqlite3_changes64(s->conn);
	case DB_ROWS_ALL:
		return sqlite3_total_changes64(s->conn);
	case DB_ROWS_MADE:
		return made(s);
	case DB_ROWS_SEARCH_BEGIN:
		s->of_search = 0;
		sqlite3_trace_v2(s->conn,
		    SQLITE_TRACE_STMT | SQLITE_TRACE_PROFILE, on_statement, s);
		return 0;
	case DB_ROWS_SEARCH:
		sqlite3_trace_v2(s->conn, 0, NULL, NULL);
	}
	return s->of_search;
}
