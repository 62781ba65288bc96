/*
 * Statements and rows of the SQLite driver.  A statement is prepared once and
 * found again by the address of its text.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <sqlite3.h>

#include "base/log.h"
#include "base/pool.h"

#include "lib/sql/db_sqlite.h"

#define REWRITE_TRIES 1000 /* to prepare a statement meanwhile, */
#define REWRITE_MS    2	   /* so long after one another */

static unsigned
slot_of(const char *sql)
{
	return (unsigned)(((uintptr_t)sql * UINT64_C(0x9e3779b97f4a7c15)) >>
			  56) %
	       DB_SLOTS;
}

static struct db_rows *
find_rows(struct db *db, const char *sql)
{
	struct db_rows *r = db->slots[slot_of(sql)];

	while (r != NULL && r->sql != sql)
		r = r->next;
	return r;
}

/* SQLite numbers $n by first appearance, so they are looked up by name. */
static void
find_parameters(struct db_rows *r)
{
	char name[16];

	for (int i = 1; i <= DB_PARAMETERS; i++) {
		snprintf(name, sizeof(name), "$%d", i);
		r->place[i] = sqlite3_bind_parameter_index(r->stmt, name);
		if (r->place[i] == 0)
			continue;
		r->parameters++;
		r->highest = i;
	}
	if (sqlite3_bind_parameter_count(r->stmt) != r->parameters)
		die(EX_SOFTWARE, "parameters other than $1 to $%d: %s",
		    DB_PARAMETERS, r->sql);
}

/* What is not bound is NULL, and nobody would say so. */
static void
check_arity(const struct db_rows *r, const struct db_arg *args)
{
	int n = 0;

	while (args[n].type != DB_END && args[n].type != DB_END_SHARED)
		n++;
	if (args[n].type == DB_END_SHARED
		? n < r->highest
		: n != r->highest || n != r->parameters)
		die(EX_SOFTWARE, "%d arguments for %d parameters up to $%d: %s",
		    n, r->parameters, r->highest, r->sql);
}

/*
 * While another process rewrites the file (db_rewrite) SQLite reads the schema
 * anew once, and then says that a virtual table cannot be made (3.40) or that
 * a table is not there (3.46, 3.53): it is, a moment later.
 */
static int
is_rewritten(struct db *db, int rc)
{
	const char *text = sqlite3_errmsg(db->conn);

	return (rc & 0xff) == SQLITE_SCHEMA ||
	       ((rc & 0xff) == SQLITE_ERROR &&
		   (strstr(text, "vtable constructor") != NULL ||
		       strstr(text, "no such table") != NULL));
}

static int
compile(struct db *db, const char *sql, sqlite3_stmt **stmt)
{
	int rc, left = REWRITE_TRIES;

	do {
		rc = sqlite3_prepare_v3(
		    db->conn, sql, -1, SQLITE_PREPARE_PERSISTENT, stmt, NULL);
		if (rc == SQLITE_OK || !is_rewritten(db, rc))
			break;
		sqlite3_sleep(REWRITE_MS);
	} while (--left > 0);
	return rc;
}

static struct db_rows *
prepare(struct db *db, const char *sql)
{
	struct db_rows *r = xcalloc(sizeof(*r));
	unsigned slot = slot_of(sql);

	if (compile(db, sql, &r->stmt) != SQLITE_OK) {
		db_fail(db, sql);
		free(r);
		return NULL;
	}
	r->db = db;
	r->sql = sql;
	find_parameters(r);
	r->next = db->slots[slot];
	db->slots[slot] = r;
	return r;
}

int
db_prepare(struct db *db, const char *const *sql, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (find_rows(db, sql[i]) == NULL &&
		    prepare(db, sql[i]) == NULL)
			return -1;
	return 0;
}

static int
bind(struct db_rows *r, const struct db_arg *arg)
{
	check_arity(r, arg);
	for (int i = 1; i <= r->highest; i++, arg++) {
		int rc = SQLITE_OK, place = r->place[i];

		if (place == 0) /* shared, and not in this statement */
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
			rc = sqlite3_bind_null(r->stmt, place);
		}
		if (rc != SQLITE_OK)
			return rc;
	}
	return SQLITE_OK;
}

struct db_rows *
db_query(struct db *db, const char *sql, const struct db_arg *args)
{
	struct db_rows *r = find_rows(db, sql);

	if (r == NULL)
		r = prepare(db, sql);
	if (r == NULL)
		return &db->nothing;
	/* Whoever left rows unread has no use for them any more. */
	sqlite3_reset(r->stmt);
	r->failed = 0;
	if (bind(r, args) != SQLITE_OK) {
		db_fail(db, sql);
		r->failed = 1;
	}
	return r;
}

int
db_next(struct db_rows *r)
{
	int rc;

	if (r->stmt == NULL || r->failed)
		return -1;
	r->db->running++;
	rc = sqlite3_step(r->stmt);
	r->db->running--;
	if (rc == SQLITE_ROW)
		return 1;
	if (rc == SQLITE_DONE)
		return 0;
	r->failed = 1;
	return db_fail(r->db, r->sql);
}

void
db_end(struct db_rows *r)
{
	if (r == NULL || r->stmt == NULL)
		return;
	sqlite3_reset(r->stmt);
	/* What was bound is the caller's and may go away now. */
	sqlite3_clear_bindings(r->stmt);
}

int
db_run(struct db *db, const char *sql, const struct db_arg *args)
{
	struct db_rows *r = db_query(db, sql, args);
	int rc;

	while ((rc = db_next(r)) == 1)
		;
	db_end(r);
	return rc;
}

int64_t
db_changed(struct db *db)
{
	return sqlite3_changes64(db->conn);
}

int64_t
db_changes(struct db *db)
{
	return sqlite3_total_changes64(db->conn);
}

int64_t
db_last_id(struct db *db)
{
	return sqlite3_last_insert_rowid(db->conn);
}

int
db_insert(
    struct db *db, const char *sql, const struct db_arg *args, int64_t *id)
{
	db->made = 0;
	if (db_run(db, sql, args) == -1)
		return -1;
	*id = db->made;
	return db->made != 0;
}

enum db_error
db_error(struct db *db)
{
	return db->error;
}

int64_t
db_col_int(struct db_rows *r, int i)
{
	return sqlite3_column_int64(r->stmt, i);
}

/* SQLite copies a text to end it with a NUL, and answers NULL when it has no
 * memory for that: not to be taken for a column that is NULL. */
const char *
db_col_text(struct db_rows *r, int i)
{
	const unsigned char *s = sqlite3_column_text(r->stmt, i);

	if (s == NULL && sqlite3_column_type(r->stmt, i) != SQLITE_NULL)
		die(EX_OSERR, "out of memory");
	return (const char *)s;
}

/* As a blob, since SQLite would make a copy of its own to end a text. */
char *
db_col_copy(struct db_rows *r, struct pool *pool, int i)
{
	const void *s;
	size_t len;

	if (sqlite3_column_type(r->stmt, i) != SQLITE_TEXT)
		return pool_copy(pool, db_col_text(r, i));
	s = sqlite3_column_blob(r->stmt, i);
	len = (size_t)sqlite3_column_bytes(r->stmt, i);
	return pool_text(pool, s, len);
}

const void *
db_col_blob(struct db_rows *r, int i, size_t *len)
{
	const void *s = sqlite3_column_blob(r->stmt, i);

	*len = (size_t)sqlite3_column_bytes(r->stmt, i);
	return s;
}

int
db_col_is_null(struct db_rows *r, int i)
{
	return sqlite3_column_type(r->stmt, i) == SQLITE_NULL;
}
