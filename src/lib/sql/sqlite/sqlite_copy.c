/*
 * A copy of a database while others use it: SQLite's own backup, all of it
 * from the one state that the read transaction sees.
 */
#include <stdio.h>

#include <sqlite3.h>

#include "base/log.h"

#include "lib/sql/sqlite/sqlite_handle.h"

#define ALL_PAGES -1

/* A copy in WAL mode takes pages of its own size only. */
static struct db *
open_alike(struct db *db, const char *path)
{
	int64_t page_size;

	if (db_get_int(db, "PRAGMA page_size", DB_NONE, &page_size) != 1)
		return NULL;
	return sqlite_driver.open(path,
	    page_size == DB_WIDE_PAGE ? DB_CREATE_WIDE : DB_CREATE,
	    sqlite_of(db)->wait_ms);
}

int
db_copy(struct db *db, const char *path)
{
	/* In WAL mode, as every database of ours; by its close it is on disk
	 * and one file. */
	struct db *to = open_alike(db, path);
	sqlite3_backup *backup;
	int rc;

	if (to == NULL)
		return -1;
	backup = sqlite3_backup_init(
	    sqlite_of(to)->conn, "main", sqlite_of(db)->conn, "main");
	if (backup == NULL) {
		db_fail(to, "copy");
		db_close(to);
		return -1;
	}
	rc = sqlite3_backup_step(backup, ALL_PAGES);
	sqlite3_backup_finish(backup);
	if (rc != SQLITE_DONE)
		db_fail(to, "copy");
	else if (sqlite3_wal_checkpoint_v2(sqlite_of(to)->conn, NULL,
		     SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) != SQLITE_OK)
		rc = db_fail(to, "copy");
	db_close(to);
	return rc == SQLITE_DONE ? 0 : -1;
}
