/*
 * A connection, whatever its engine: its log lines, its schema version, and
 * whether it still sees the database.
 */
#include <stdlib.h>
#include <sysexits.h>

#include "base/log.h"
#include "base/pool.h"

#include "lib/sql/driver.h"

struct db *
db_handle_new(const struct db_driver *driver, size_t size, const char *path)
{
	struct db *db = xcalloc(size);

	db->driver = driver;
	db->path = xstrdup(path);
	db->nothing.db = db;
	db->nothing.failed = 1;
	return db;
}

enum db_engine
db_engine(struct db *db)
{
	return db->driver->engine;
}

void
db_close(struct db *db)
{
	char *path;

	if (db == NULL)
		return;
	for (int i = 0; i < DB_SLOTS; i++) {
		struct db_rows *next;

		for (struct db_rows *r = db->slots[i]; r != NULL; r = next) {
			next = r->next;
			db->driver->finish(r);
		}
	}
	path = db->path;
	db->driver->close(db); /* which may have to say something of it */
	free(path);
}

int
db_fail(struct db *db, const char *what)
{
	struct db_failure f = { .error = DB_BROKEN, .text = "" };

	db->driver->fail(db, &f);
	db->error = f.error;
	if (f.error == DB_DEADLINE)
		return -1;
	log_warn("%s: %s (%s, code %s)", db->path, f.text, what, f.code);
	if (f.lost)
		die(EX_IOERR, "%s: %s", db->path, f.advice);
	if (f.advice != NULL)
		log_warn("%s", f.advice);
	return -1;
}

enum db_error
db_error(struct db *db)
{
	return db->error;
}

void
db_rest(struct db *db, int64_t now_ms)
{
	int unused =
	    db->rested_ms == 0 || now_ms - db->rested_ms >= DB_UNUSED_MS;

	if (db->driver->rest == NULL)
		return;
	if (unused)
		db->rested_ms = now_ms;
	db->driver->rest(db, unused);
}

void
db_check(struct db *db)
{
	if (!db->driver->is_there(db))
		die(EX_IOERR,
		    "%s is not the file any more that this program opened: "
		    "started again it works on the one that is there",
		    db->path);
}

int
db_guard(struct db *db)
{
	if (db->driver->guard == NULL)
		die(EX_SOFTWARE, "%s serves nobody", db->driver->name);
	return db->driver->guard->guard(db);
}

void
db_serve(struct db *db, const struct db_served *who)
{
	db->driver->guard->serve(db, who);
}

void
db_seal(struct db *db)
{
	if (db->driver->seal != NULL)
		db->driver->seal(db);
}

int
db_script(struct db *db, const char *sql)
{
	return db->driver->script(db, sql);
}

int
db_version(struct db *db, int *version)
{
	return db->driver->version(db, version, 0);
}

int
db_set_version(struct db *db, int version)
{
	return db->driver->version(db, &version, 1);
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

int64_t
db_log_size(struct db *db)
{
	return db->driver->files != NULL ? db->driver->files->log_size(db) : 0;
}

int
db_empty_log(struct db *db)
{
	return db->driver->files != NULL ? db->driver->files->empty_log(db) : 1;
}

int
db_rewrite(struct db *db, int64_t max)
{
	return db->driver->files != NULL ? db->driver->files->rewrite(db, max)
					 : 1;
}

struct db_rows *
db_sequence_list(struct db *db)
{
	return db->driver->sequences->list(db);
}

int
db_sequence_get(struct db *db, const char *table, int64_t *id)
{
	return db->driver->sequences->get(db, table, id);
}

int
db_sequence_raise(struct db *db, const char *table, int64_t id)
{
	return db->driver->sequences->raise(db, table, id);
}
