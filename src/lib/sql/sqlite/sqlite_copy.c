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
static struct sqlite *
open_alike(struct sqlite *db, const char *path)
{
	struct db *copy;
	int64_t page_size;

	if (db_get_int(&db->db, "PRAGMA page_size", DB_NONE, &page_size) != 1)
		return NULL;
	copy = sqlite_create(path, (int)page_size, db->wait_ms);
	return copy == NULL ? NULL : sqlite_of(copy);
}

int
sqlite_copy(struct db *handle, const char *path)
{
	/* In WAL mode, as every database of ours; by its close it is on disk
	 * and one file. */
	struct sqlite *db = sqlite_only(handle), *to = open_alike(db, path);
	sqlite3_backup *backup;
	int rc;

	if (to == NULL)
		return -1;
	backup = sqlite3_backup_init(to->conn, "main", db->conn, "main");
	if (backup == NULL) {
		db_fail(&to->db, "copy");
		db_close(&to->db);
		return -1;
	}
	rc = sqlite3_backup_step(backup, ALL_PAGES);
	sqlite3_backup_finish(backup);
	if (rc != SQLITE_DONE)
		db_fail(&to->db, "copy");
	else if (sqlite3_wal_checkpoint_v2(to->conn, NULL,
		     SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) != SQLITE_OK)
		rc = db_fail(&to->db, "copy");
	db_close(&to->db);
	return rc == SQLITE_DONE ? 0 : -1;
}
