/*
 * The part of the SQLite driver that serves session/session.c: an SQL function
 * that answers a number of ours, an authorizer over statements, and SQL from a
 * stranger for the authorizer's test.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

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
by_name(const void *a, const void *b)
{
	return strcasecmp(*(char *const *)a, *(char *const *)b);
}

static int
is_among(const struct sqlite_names *list, const char *name)
{
	return name != NULL && list->n > 0 &&
	       bsearch(&name, list->name, list->n, sizeof(*list->name),
		   by_name) != NULL;
}

static int
read_names(struct sqlite *db, const char *sql, struct sqlite_names *list)
{
	sqlite3_stmt *stmt = NULL;
	size_t room = 0;
	int rc = sqlite3_prepare_v2(db->conn, sql, -1, &stmt, NULL);

	while (rc == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW)
		room++;
	sqlite3_reset(stmt);
	list->name = pool_alloc(db->names, (room + 1) * sizeof(*list->name));
	while (rc == SQLITE_OK && list->n < room &&
	       sqlite3_step(stmt) == SQLITE_ROW)
		list->name[list->n++] = pool_copy(
		    db->names, (const char *)sqlite3_column_text(stmt, 0));
	sqlite3_finalize(stmt);
	if (rc != SQLITE_OK || room == 0)
		return db_fail(&db->db, sql);
	qsort(list->name, list->n, sizeof(*list->name), by_name);
	return 0;
}

static int
learn_names(struct sqlite *db)
{
	static const char known[] =
	    "SELECT name FROM temp.sqlite_master"
	    " WHERE type IN ('view', 'trigger')"
	    " UNION ALL"
	    " SELECT name FROM main.sqlite_master WHERE type = 'trigger'";
	static const char tables[] =
	    "SELECT name FROM main.sqlite_master"
	    " WHERE type IN ('table', 'view')"
	    " UNION ALL VALUES ('sqlite_master'), ('sqlite_schema'),"
	    " ('sqlite_temp_master'), ('sqlite_temp_schema')";

	db->names = pool_new();
	if (read_names(db, known, &db->known) == -1)
		return -1;
	return read_names(db, tables, &db->tables);
}

static int
is_of_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '$' ||
	       (unsigned char)c >= 0x80;
}

/* Behind the quoted text, comment, word or single character at S. */
static const char *
skip_token(const char *s)
{
	const char *end = NULL;

	if (*s == '\'' || *s == '"' || *s == '`') {
		end = strchr(s + 1, *s);
	} else if (*s == '[') {
		end = strchr(s + 1, ']');
	} else if (s[0] == '-' && s[1] == '-') {
		end = strchr(s + 2, '\n');
	} else if (s[0] == '/' && s[1] == '*') {
		end = strstr(s + 2, "*/");
		end = end != NULL ? end + 1 : NULL;
	} else {
		for (end = s; is_of_word(end[0]) && is_of_word(end[1]);)
			end++;
	}
	return end != NULL ? end + 1 : s + strlen(s);
}

/* The N bytes at S are the name of a table of the file, quoted or not. */
static int
is_table(const struct sqlite *db, const char *s, size_t n)
{
	char name[128];

	if (n > 2 && strchr("'\"`[", *s) != NULL) {
		s++;
		n -= 2;
	}
	if (n >= sizeof(name))
		return 0;
	memcpy(name, s, n);
	name[n] = '\0';
	return is_among(&db->tables, name);
}

static int
is_word(const char *s, size_t n, const char *word)
{
	return n == strlen(word) && strncasecmp(s, word, n) == 0;
}

int
sqlite_authorizer_refuses(const struct sqlite *db, const char *sql)
{
	int changes = 0, names = 0;

	for (size_t n; db->authorizer != NULL && *sql != '\0'; sql += n) {
		n = (size_t)(skip_token(sql) - sql);
		if (is_word(sql, n, "WITH"))
			return 1;
		if (is_word(sql, n, "UPDATE") || is_word(sql, n, "DELETE"))
			changes = 1;
		names |= is_table(db, sql, n);
	}
	return changes && names;
}

static int
ask_authorizer(void *arg, int action, const char *a, const char *b,
    const char *database, const char *within)
{
	struct sqlite *db = arg;
	struct db_request request = {
		.access = access_of(action),
		.object = action == SQLITE_FUNCTION ? b : a,
		.temporary = database != NULL && strcmp(database, "temp") == 0,
		.within = within,
		.known = is_among(&db->known, within),
		.running = db->running > 0,
	};

	/* FTS5 looks whether another connection wrote, while it runs. */
	if (action == SQLITE_PRAGMA && request.running &&
	    strcmp(a, "data_version") == 0)
		return SQLITE_OK;
	return db->authorizer(&request) ? SQLITE_OK : SQLITE_DENY;
}

int
sqlite_authorize(struct db *handle, sqlite_authorizer *authorizer)
{
	struct sqlite *db = sqlite_only(handle);

	if (db->names == NULL && learn_names(db) == -1)
		return -1;
	db->authorizer = authorizer;
	sqlite3_set_authorizer(
	    db->conn, authorizer != NULL ? ask_authorizer : NULL, db);
	return 0;
}

int
sqlite_try(struct db *handle, struct pool *pool, const char *sql, char **text)
{
	struct sqlite *db = sqlite_only(handle);
	struct buf out = { .pool = pool };
	sqlite3_stmt *stmt = NULL;
	int rc;

	if (sqlite_authorizer_refuses(db, sql)) {
		*text = pool_copy(pool, "not authorized");
		return -1;
	}
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
