/*
 * Transactions, whatever the engine: which one is open, and how much a step
 * may write.
 */
#include <sysexits.h>

#include "base/log.h"

#include "lib/sql/driver.h"

/* The search merges some hundred rows of its own at a time. */
#define FAR_TOO_LARGE (4 * DB_STEP_MAX)

static void
note_begin(struct db *db)
{
	db->writing = 1;
	db->step = 0;
	db->before = db_changes(db);
}

int
db_begin(struct db *db)
{
	if (db->driver->begin(db, DB_BEGIN_WRITE) == -1)
		return -1;
	note_begin(db);
	return 0;
}

int
db_begin_workspaces(struct db *db, const int64_t *workspaces, int n)
{
	if (!db_has_workspaces(db) || n == 0 || n > DB_WORKSPACES_MAX)
		return db_begin(db);
	if (db->driver->begin_workspaces(db, workspaces, n) == -1)
		return -1;
	note_begin(db);
	return 0;
}

int
db_has_workspaces(struct db *db)
{
	return db->driver->begin_workspaces != NULL;
}

int
db_begin_step(struct db *db)
{
	if (db_begin(db) == -1)
		return -1;
	db->step = 1;
	if (db->strict)
		db->driver->count(db, DB_ROWS_SEARCH_BEGIN);
	return 0;
}

int64_t
db_written(struct db *db)
{
	return db->writing ? db_changes(db) - db->before : 0;
}

void
db_strict(struct db *db)
{
	db->strict = 1;
}

static void
look_at_step(struct db *db)
{
	long long n = (long long)db_written(db);

	if (!db->step)
		return;
	if (db->strict) {
		n -= (long long)db->driver->count(db, DB_ROWS_SEARCH);
		if (n > DB_STEP_MAX)
			die(EX_SOFTWARE, "a step wrote %lld rows", n);
	} else if (n > FAR_TOO_LARGE)
		log_warn("a step wrote %lld rows, and others waited", n);
}

int
db_commit(struct db *db)
{
	look_at_step(db);
	if (db->driver->commit(db) == -1) {
		enum db_error why = db->error;

		db_rollback(db);
		db->error = why;
		return -1;
	}
	db->writing = 0;
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
	db->driver->rollback(db);
	db->writing = 0;
}

int
db_begin_read(struct db *db)
{
	return db->driver->begin(db, DB_BEGIN_READ);
}

void
db_end_read(struct db *db)
{
	if (!db->writing)
		db->driver->rollback(db);
}

int
db_state(struct db *db, int64_t *state)
{
	return db->driver->state != NULL ? db->driver->state(db, state) : 0;
}

int
db_savepoint(struct db *db)
{
	return db->driver->savepoint(db, DB_SAVE);
}

int
db_release(struct db *db)
{
	return db->driver->savepoint(db, DB_RELEASE);
}

void
db_rollback_savepoint(struct db *db)
{
	db->driver->savepoint(db, DB_UNDO);
}

int
db_wanted(struct db *db)
{
	return db->driver->queue != NULL && db->driver->queue->wanted(db);
}

void
db_let_others(struct db *db, int max_ms)
{
	if (db->driver->queue != NULL)
		db->driver->queue->let_others(db, max_ms);
}
