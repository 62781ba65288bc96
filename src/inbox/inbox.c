/*
 * Creates, opens and upgrades the inbox database.
 */
#include <stddef.h>

#include "base/log.h"
#include "base/pool.h"

#include "lib/sql/schema.h"

#include "inbox/inbox.h"

#define MAKE_WAIT_MS 10000

/*
 * Entry n upgrades version n to n + 1.  inbox.sql is always the newest version;
 * test_upgrade shows that each older one plus its steps is the same.
 */
static const char *const sqlite_steps[INBOX_VERSION] = {
	NULL, /* 0 is an empty file: inbox_create */
	sqlite_inbox_2_sql,
	sqlite_inbox_3_sql,
	sqlite_inbox_4_sql,
	sqlite_inbox_5_sql,
	sqlite_inbox_6_sql,
	sqlite_inbox_7_sql,
	sqlite_inbox_8_sql,
};

/* The newest version; schema/pgsql/README.md says why in this order.  It begins
 * with version 8: there are no steps yet. */
static const char *const pgsql_all[] = {
#ifdef WITH_PGSQL
	pgsql_database_sql, pgsql_tables_sql, pgsql_search_sql,
	pgsql_conversations_sql, pgsql_messages_sql, pgsql_follow_sql,
	pgsql_changes_sql, pgsql_members_sql, pgsql_doors_sql, pgsql_rights_sql,
#endif
	NULL
};
static const char *const pgsql_steps[INBOX_VERSION] = { NULL };

static const char *const sqlite_all[] = { sqlite_inbox_sql, NULL };

/* Runs them, in the caller's transaction. */
static int
apply(struct db *db, const char *const *scripts, int version)
{
	for (; *scripts != NULL; scripts++)
		if (db_script(db, *scripts) == -1)
			return -1;
	return db_set_version(db, version);
}

static int
create(struct db *db, const char *target)
{
	return apply(
	    db, db_is_pgsql(target) ? pgsql_all : sqlite_all, INBOX_VERSION);
}

int
inbox_create(const char *target)
{
	struct db *db = db_open(target, DB_CREATE, MAKE_WAIT_MS);
	int version = 0, rc = -1;

	if (db == NULL || db_begin(db) == -1)
		goto out;
	if (db_version(db, &version) == -1)
		goto out;
	if (version != 0)
		rc = 0;
	else if (create(db, target) == 0 && db_commit(db) == 0)
		rc = 1;
out:
	if (db != NULL)
		db_rollback(db);
	db_close(db);
	return rc;
}

struct db *
inbox_open(const char *target, enum db_mode mode, int wait_ms)
{
	struct db *db = db_open(target, mode, wait_ms);

	if (db != NULL && db_expect_version(db, INBOX_VERSION) == -1) {
		db_close(db);
		return NULL;
	}
	return db;
}

/* 0, or -1 with the version in the log. */
static int
check_upgrade(const char *target, int version)
{
	struct pool *pool;

	if (version > 0 && version <= INBOX_VERSION)
		return 0;
	pool = pool_new();
	log_warn("%s has schema version %d, this program needs %d: %s",
	    db_shown(pool, target), version, INBOX_VERSION,
	    version == 0 ? "waspool init" : "install a newer waspool");
	pool_free(pool);
	return -1;
}

/* The steps from VERSION on, in the caller's transaction: how many, or -1. */
static int
climb(struct db *db, const char *target, int version)
{
	const char *const *steps =
	    db_is_pgsql(target) ? pgsql_steps : sqlite_steps;
	int done = 0;

	for (; version < INBOX_VERSION; version++, done++) {
		const char *const step[] = { steps[version], NULL };

		if (steps[version] == NULL) {
			log_warn("version %d was never there for this engine",
			    version);
			return -1;
		}
		if (apply(db, step, version + 1) == -1)
			return -1;
	}
	return done;
}

int
inbox_upgrade(const char *target)
{
	struct db *db = db_open(target, DB_WRITE, MAKE_WAIT_MS);
	int version = 0, done, rc = -1;

	if (db == NULL || db_begin(db) == -1)
		goto out;
	if (db_version(db, &version) == -1 ||
	    check_upgrade(target, version) == -1)
		goto out;
	done = climb(db, target, version);
	if (done != -1 && db_commit(db) == 0)
		rc = done;
out:
	if (db != NULL)
		db_rollback(db);
	db_close(db);
	return rc;
}
