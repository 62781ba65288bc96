/*
 * Statements and rows of the SQLite driver.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <sqlite3.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/pool.h"

#include "lib/sql/sqlite/sqlite_handle.h"
#include "lib/sql/sqlite/system/sqlite_map.h"
#include "lib/sql/sqlite/system/sqlite_memory.h"

#define REWRITE_TRIES 1000 /* to prepare a statement meanwhile, */
#define REWRITE_MS    2	   /* so long after one another */

/* Instructions between two looks at the clock.  FTS5 reads each page by three
 * or four of them, and a hundred were seen to take 7 ms, a thousand 60. */
#define PROGRESS 50

/* SQLite numbers $n by first appearance, so they are looked up by name. */
static void
find_parameters(struct sqlite_rows *r)
{
	char name[16];

	for (int i = 1; i <= DB_PARAMETERS; i++) {
		snprintf(name, sizeof(name), "$%d", i);
		r->place[i] = sqlite3_bind_parameter_index(r->stmt, name);
		if (r->place[i] != 0)
			db_rows_has(&r->rows, i);
	}
	/* One of another name, or beyond. */
	if (sqlite3_bind_parameter_count(r->stmt) != r->rows.n_parameters)
		db_rows_has(&r->rows, 0);
}

/*
 * While another process rewrites the file (sqlite_rewrite) SQLite reads the
 * schema anew once, and then says that a virtual table cannot be made (3.40) or
 * that a table is not there (3.46, 3.53): it is, a moment later.
 */
static int
is_rewritten(struct sqlite *db, int rc)
{
	const char *text = sqlite3_errmsg(db->conn);

	return (rc & 0xff) == SQLITE_SCHEMA ||
	       ((rc & 0xff) == SQLITE_ERROR &&
		   (strstr(text, "vtable constructor") != NULL ||
		       strstr(text, "no such table") != NULL));
}

/* SQL with DB_NO_UNDO as SQLite says it; owned. */
static char *
without_undo(const char *sql)
{
	static const char word[] = "OR FAIL";
	char *s = xcalloc(strlen(sql) + 1), *at;

	strcpy(s, sql);
	at = strstr(s, DB_NO_UNDO);
	if (at != NULL) {
		memset(at, ' ', sizeof(DB_NO_UNDO) - 1);
		memcpy(at, word, sizeof(word) - 1);
	}
	return s;
}

static int
compile(struct sqlite *db, const char *sql, sqlite3_stmt **stmt)
{
	char *text = without_undo(sql);
	int rc, left = REWRITE_TRIES;

	do {
		rc = sqlite3_prepare_v3(
		    db->conn, text, -1, SQLITE_PREPARE_PERSISTENT, stmt, NULL);
		if (rc == SQLITE_OK || !is_rewritten(db, rc))
			break;
		sqlite3_sleep(REWRITE_MS);
	} while (--left > 0);
	free(text);
	return rc;
}

struct db_rows *
sqlite_rows_prepare(struct db *db, const char *sql)
{
	struct sqlite_rows *r = xcalloc(sizeof(*r));

	if (sqlite_authorizer_refuses(sqlite_of(db), sql) ||
	    compile(sqlite_of(db), sql, &r->stmt) != SQLITE_OK) {
		db_fail(db, sql);
		free(r);
		return NULL;
	}
	r->rows.db = db;
	r->rows.sql = sql;
	find_parameters(r);
	return &r->rows;
}

void
sqlite_rows_finish(struct db_rows *rows)
{
	sqlite3_finalize(sqlite_rows_of(rows)->stmt);
	free(rows);
}

/* As SQLite itself prepares a statement again: one that was judged, so the
 * authorizer of a sealed connection judges it like one that runs. */
static int
compile_again(struct sqlite_rows *r)
{
	struct sqlite *db = sqlite_of(r->rows.db);
	int rc;

	db->running++;
	rc = compile(db, r->rows.sql, &r->stmt);
	db->running--;
	return rc == SQLITE_OK ? 0 : db_fail(&db->db, r->rows.sql);
}

void
sqlite_rows_rest(struct db *db, int unused)
{
	for (int i = 0; unused && i < DB_SLOTS; i++)
		for (struct db_rows *rows = db->slots[i]; rows != NULL;
		     rows = rows->next) {
			struct sqlite_rows *r = sqlite_rows_of(rows);

			if (!r->is_used && !rows->open) {
				sqlite3_finalize(r->stmt);
				r->stmt = NULL;
			}
			r->is_used = 0;
		}
	sqlite3_db_release_memory(sqlite_of(db)->conn);
	sqlite_map_rest(sqlite_of(db)->conn);
	if (unused)
		sqlite_memory_rest();
}

int
sqlite_rows_bind(struct db_rows *rows, const struct db_arg *arg)
{
	struct sqlite_rows *r = sqlite_rows_of(rows);

	r->is_used = 1;
	if (r->stmt == NULL && compile_again(r) == -1)
		return -1;
	for (int i = 1; i <= rows->highest; i++, arg++) {
		int rc = SQLITE_OK, place = r->place[i];

		/* Shared, and not in this statement; or NULL, which what is
		 * not bound is (sqlite_rows_reset). */
		if (place == 0 || arg->type == DB_NULL ||
		    (arg->type == DB_TEXT && arg->s == NULL))
			continue;
		switch (arg->type) {
		case DB_INT:
			rc = sqlite3_bind_int64(r->stmt, place, arg->i);
			break;
		case DB_TEXT:
			rc = sqlite3_bind_text64(r->stmt, place, arg->s,
			    arg->len, SQLITE_STATIC, SQLITE_UTF8);
			break;
		case DB_BLOB:
			rc = sqlite3_bind_blob64(r->stmt, place,
			    arg->s != NULL ? arg->s : "", arg->len,
			    SQLITE_STATIC);
			break;
		default:
			break;
		}
		if (rc != SQLITE_OK)
			return db_fail(rows->db, rows->sql);
	}
	return 0;
}

int
sqlite_rows_step(struct db_rows *rows)
{
	struct sqlite *db = sqlite_of(rows->db);
	int rc;

	db->running++;
	rc = sqlite3_step(sqlite_rows_of(rows)->stmt);
	db->running--;
	if (rc == SQLITE_ROW)
		return 1;
	if (rc == SQLITE_DONE)
		return 0;
	return db_fail(rows->db, rows->sql);
}

void
sqlite_rows_reset(struct db_rows *rows)
{
	struct sqlite_rows *r = sqlite_rows_of(rows);

	if (r->stmt == NULL) /* it could not be prepared again */
		return;
	sqlite3_reset(r->stmt);
	/* What was bound is the caller's and may go away now. */
	sqlite3_clear_bindings(r->stmt);
}

static int
is_past(void *arg)
{
	const struct db *db = arg;

	return clock_ticks_ms() >= db->deadline_ms;
}

void
sqlite_rows_deadline(struct db *db, int64_t at_ms)
{
	sqlite3_progress_handler(
	    sqlite_of(db)->conn, PROGRESS, at_ms != 0 ? is_past : NULL, db);
}

/* SQLite copies a text to end it with a NUL, and answers NULL when it has no
 * memory for that: not to be taken for a column that is NULL. */
static const void *
column_text(sqlite3_stmt *stmt, int i)
{
	const unsigned char *s = sqlite3_column_text(stmt, i);

	if (s == NULL && sqlite3_column_type(stmt, i) != SQLITE_NULL)
		die(EX_OSERR, "out of memory");
	return s;
}

/* A blob without bytes has no address. */
static void
column_blob(sqlite3_stmt *stmt, int i, struct db_arg *value)
{
	value->s = sqlite3_column_blob(stmt, i);
	value->len = (size_t)sqlite3_column_bytes(stmt, i);
	if (value->s == NULL && sqlite3_column_type(stmt, i) != SQLITE_NULL)
		value->s = "";
}

void
sqlite_rows_column(
    struct db_rows *rows, int i, enum db_type wanted, struct db_arg *value)
{
	sqlite3_stmt *stmt = sqlite_rows_of(rows)->stmt;

	switch (wanted) {
	case DB_INT:
		value->i = sqlite3_column_int64(stmt, i);
		break;
	case DB_TEXT:
		value->s = column_text(stmt, i);
		break;
	case DB_BLOB:
		column_blob(stmt, i, value);
		break;
	default:
		value->type = sqlite3_column_type(stmt, i) == SQLITE_NULL
				  ? DB_NULL
				  : DB_BLOB;
	}
}
