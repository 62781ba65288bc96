/*
 * Creates, opens and upgrades the inbox database.
 */
#include <stddef.h>

#include "base/log.h"

#include "lib/sql/schema.h"

#include "inbox/inbox.h"

#define MAKE_WAIT_MS 10000

/*
 * Entry n upgrades version n to n + 1.  inbox.sql is always the newest version;
 * test_upgrade shows that each older one plus its steps is the same.
 */
static const char *const steps[INBOX_VERSION] = {
	NULL, /* 0 is an empty file: inbox_create */
	sqlite_inbox_2_sql,
	sqlite_inbox_3_sql,
	sqlite_inbox_4_sql,
	sqlite_inbox_5_sql,
	sqlite_inbox_6_sql,
	sqlite_inbox_7_sql,
	sqlite_inbox_8_sql,
};

/* In the caller's transaction. */
static int
apply(struct db *db, const char *script, int version)
{
	if (db_script(db, script) == -1)
		return -1;
	return db_set_version(db, version);
}

int
inbox_create(const char *path)
{
	struct db *db = db_open(path, DB_CREATE, MAKE_WAIT_MS);
	int version = 0, rc = -1;

	if (db == NULL || db_begin(db) == -1)
		goto out;
	if (db_version(db, &version) == -1)
		goto out;
	if (version != 0)
		rc = 0;
	else if (apply(db, sqlite_inbox_sql, INBOX_VERSION) == 0 &&
		 db_commit(db) == 0)
		rc = 1;
out:
	if (db != NULL)
		db_rollback(db);
	db_close(db);
	return rc;
}

struct db *
inbox_open(const char *path, enum db_mode mode, int wait_ms)
{
	struct db *db = db_open(path, mode, wait_ms);

	if (db != NULL && db_expect_version(db, INBOX_VERSION) == -1) {
		db_close(db);
		return NULL;
	}
	return db;
}

/* 0, or -1 with the version in the log. */
static int
check_upgrade(const char *path, int version)
{
	if (version > 0 && version <= INBOX_VERSION)
		return 0;
	log_warn("%s has schema version %d, this program needs %d: %s", path,
	    version, INBOX_VERSION,
	    version == 0 ? "waspool init" : "install a newer waspool");
	return -1;
}

int
inbox_upgrade(const char *path)
{
	struct db *db = db_open(path, DB_WRITE, MAKE_WAIT_MS);
	int version = 0, done = 0, rc = -1;

	if (db == NULL || db_begin(db) == -1)
		goto out;
	if (db_version(db, &version) == -1 ||
	    check_upgrade(path, version) == -1)
		goto out;
	for (; version < INBOX_VERSION; version++, done++)
		if (apply(db, steps[version], version + 1) == -1)
			goto out;
	if (db_commit(db) == 0)
		rc = done;
out:
	if (db != NULL)
		db_rollback(db);
	db_close(db);
	return rc;
}
