/*
 * The part of the SQLite driver that serves session/session.c: an SQL function
 * that answers a number of ours, an authorizer over statements, and SQL from a
 * stranger for the authorizer's test.
 */
#include <string.h>

#include <sqlite3.h>

#include "base/buf.h"
#include "base/pool.h"

#include "lib/sql/sqlite/sqlite_handle.h"

static void
answer_value(sqlite3_context *ctx, int n, sqlite3_value **args)
{
	const int64_t *value = sqlite3_user_data(ctx);

	(void)n;
	(void)args;
	if (*value != 0)
		sqlite3_result_int64(ctx, *value);
}

int
sqlite_define(struct db *db, const char *name, const int64_t *value)
{
	/* Not DETERMINISTIC: SQLite may keep such values across requests. */
	if (sqlite3_create_function(sqlite_only(db)->conn, name, 0, SQLITE_UTF8,
		(void *)(uintptr_t)value, answer_value, NULL,
		NULL) != SQLITE_OK)
		return db_fail(db, name);
	return 0;
}

/* Within a trigger both say what its own INSERT did, and not what triggers of
 * the table did behind it. */
static void
note_made(sqlite3_context *ctx, int n, sqlite3_value **args)
{
	struct sqlite *db = sqlite3_user_data(ctx);

	(void)n;
	(void)args;
	if (sqlite3_changes64(db->conn) > 0)
		db->made = sqlite3_last_insert_rowid(db->conn);
}

int
sqlite_define_made(struct db *db, const char *name)
{
	if (sqlite3_create_function(sqlite_only(db)->conn, name, 0, SQLITE_UTF8,
		sqlite_of(db), note_made, NULL, NULL) != SQLITE_OK)
		return db_fail(db, name);
	return 0;
}

static enum db_access
access_of(int action)
{
	switch (action) {
	case SQLITE_READ:
		return DB_ACCESS_READ;
	case SQLITE_INSERT:
		return DB_ACCESS_INSERT;
	case SQLITE_UPDATE:
		return DB_ACCESS_UPDATE;
	case SQLITE_DELETE:
		return DB_ACCESS_DELETE;
	case SQLITE_SELECT:
	case SQLITE_RECURSIVE:
		return DB_ACCESS_SELECT;
	case SQLITE_FUNCTION:
		return DB_ACCESS_FUNCTION;
	case SQLITE_TRANSACTION:
	case SQLITE_SAVEPOINT:
		return DB_ACCESS_TRANSACTION;
	default:
		return DB_ACCESS_OTHER;
	}
}

static int
ask_authorizer(void *arg, int action, const char *a, const char *b,
    const char *database, const char *within)
{
	struct sqlite *db = arg;
	struct db_request request = {
		.access = access_of(action),
		.object = action == SQLITE_FUNCTION ? b : a,
		.within = within,
		.running = db->running > 0,
	};

	(void)database;
	/* FTS5 looks whether another connection wrote, while it runs. */
	if (action == SQLITE_PRAGMA && request.running &&
	    strcmp(a, "data_version") == 0)
		return SQLITE_OK;
	return db->authorizer(&request) ? SQLITE_OK : SQLITE_DENY;
}

void
sqlite_authorize(struct db *handle, sqlite_authorizer *authorizer)
{
	struct sqlite *db = sqlite_only(handle);

	db->authorizer = authorizer;
	sqlite3_set_authorizer(
	    db->conn, authorizer != NULL ? ask_authorizer : NULL, db);
}

int
sqlite_try(struct db *handle, struct pool *pool, const char *sql, char **text)
{
	struct sqlite *db = sqlite_only(handle);
	struct buf out = { .pool = pool };
	sqlite3_stmt *stmt = NULL;
	int rc;

	rc = sqlite3_prepare_v2(db->conn, sql, -1, &stmt, NULL);
	while (rc == SQLITE_OK || rc == SQLITE_ROW) {
		db->running++;
		rc = sqlite3_step(stmt);
		db->running--;
		for (int i = 0;
		     rc == SQLITE_ROW && i < sqlite3_column_count(stmt); i++) {
			const void *s = sqlite3_column_blob(stmt, i);

			buf_put(&out, s != NULL ? s : "",
			    (size_t)sqlite3_column_bytes(stmt, i));
			buf_char(&out, '|');
		}
		if (rc == SQLITE_ROW)
			buf_char(&out, '\n');
	}
	if (rc != SQLITE_DONE)
		buf_text(&out, sqlite3_errmsg(db->conn));
	sqlite3_finalize(stmt);
	*text = buf_end(&out);
	return rc == SQLITE_DONE ? 0 : -1;
}
