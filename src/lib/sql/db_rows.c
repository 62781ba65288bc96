/*
 * Statements and rows, whatever the engine.  A statement is prepared once and
 * found again by the address of its text; what is bound to it is as many as it
 * has parameters.
 */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/pool.h"

#include "lib/sql/driver.h"

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

void
db_rows_has(struct db_rows *r, int n)
{
	if (n < 1 || n > DB_PARAMETERS)
		die(EX_SOFTWARE, "parameters other than $1 to $%d: %s",
		    DB_PARAMETERS, r->sql);
	r->parameters |= UINT32_C(1) << n;
	r->n_parameters++;
	if (n > r->highest)
		r->highest = n;
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
		: n != r->highest || n != r->n_parameters)
		die(EX_SOFTWARE, "%d arguments for %d parameters up to $%d: %s",
		    n, r->n_parameters, r->highest, r->sql);
}

static struct db_rows *
prepare(struct db *db, const char *sql)
{
	struct db_rows *r = db->driver->prepare(db, sql);
	unsigned slot = slot_of(sql);

	if (r == NULL)
		return NULL;
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

void
db_deadline(struct db *db, int64_t at_ms)
{
	db->deadline_ms = at_ms;
	db->driver->deadline(db, at_ms);
}

/* An engine looks at the clock while it works: a statement that is short may
 * pass it by. */
static int
is_late(struct db *db)
{
	if (db->deadline_ms == 0 || clock_ticks_ms() < db->deadline_ms)
		return 0;
	db->error = DB_DEADLINE;
	return 1;
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
	if (r->open)
		db->driver->reset(r);
	r->open = 1;
	check_arity(r, args);
	r->failed = is_late(db) || db->driver->bind(r, args) == -1;
	return r;
}

void
db_prefetch(struct db *db, const char *sql, const struct db_arg *args)
{
	struct db_rows *r;

	if (db->driver->prefetch == NULL)
		return;
	r = find_rows(db, sql);
	if (r == NULL)
		r = prepare(db, sql);
	if (r == NULL || r->open)
		return;
	check_arity(r, args);
	db->driver->prefetch(r, args);
}

int
db_next(struct db_rows *r)
{
	int rc;

	if (r->failed)
		return -1;
	rc = r->db->driver->step(r);
	r->failed = rc == -1;
	return rc;
}

void
db_end(struct db_rows *r)
{
	if (r == NULL || !r->open)
		return;
	r->db->driver->reset(r);
	r->open = 0;
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

int
db_get_int(
    struct db *db, const char *sql, const struct db_arg *args, int64_t *value)
{
	struct db_rows *r = db_query(db, sql, args);
	int rc = db_next(r);

	if (rc == 1)
		*value = db_col_int(r, 0);
	db_end(r);
	return rc;
}

int
db_get_ints(struct db *db, const char *sql, const struct db_arg *args,
    int64_t *values, int max)
{
	struct db_rows *r = db_query(db, sql, args);
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < max)
		values[n++] = db_col_int(r, 0);
	db_end(r);
	return rc == -1 ? -1 : n;
}

int
db_insert(
    struct db *db, const char *sql, const struct db_arg *args, int64_t *id)
{
	db->driver->count(db, DB_ROWS_MADE);
	if (db_run(db, sql, args) == -1)
		return -1;
	*id = db->driver->count(db, DB_ROWS_MADE);
	return *id != 0;
}

int64_t
db_changed(struct db *db)
{
	return db->driver->count(db, DB_ROWS_LAST);
}

int64_t
db_changes(struct db *db)
{
	return db->driver->count(db, DB_ROWS_ALL);
}

int64_t
db_col_int(struct db_rows *r, int i)
{
	struct db_arg column;

	r->db->driver->column(r, i, DB_INT, &column);
	return column.i;
}

const char *
db_col_text(struct db_rows *r, int i)
{
	struct db_arg column;

	r->db->driver->column(r, i, DB_TEXT, &column);
	return column.s;
}

/* As a blob, since an engine may make a copy of its own to end a text. */
char *
db_col_copy(struct db_rows *r, struct pool *pool, int i)
{
	struct db_arg column;

	r->db->driver->column(r, i, DB_BLOB, &column);
	return column.s == NULL ? NULL : pool_text(pool, column.s, column.len);
}

const void *
db_col_blob(struct db_rows *r, int i, size_t *len)
{
	struct db_arg column;

	r->db->driver->column(r, i, DB_BLOB, &column);
	*len = column.len;
	return column.s;
}

int
db_col_is_null(struct db_rows *r, int i)
{
	struct db_arg column;

	r->db->driver->column(r, i, DB_NULL, &column);
	return column.type == DB_NULL;
}
