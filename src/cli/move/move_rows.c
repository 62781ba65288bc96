/*
 * Rows of a table (move_rows.h): of SQLite as they come, of PostgreSQL by a
 * cursor, some at a time, since an answer is in memory as a whole.
 */
#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/digest/digest.h"
#include "lib/sql/db.h"

#include "cli/move/move_rows.h"
#include "cli/move/move_write.h"

#define FETCH "2000"

static const char unknown[] = "\xef\xbf\xbd"; /* U+FFFD */

struct reading {
	struct db *db;
	const struct move_table *table;
	struct pool *pool; /* as old as db */
	struct pool *row;  /* of a row */
	const char *sql;   /* what answers the next rows */
	struct db_rows *rows;
	int by_cursor;
	int any; /* of what was fetched last */
};

/* 0, -1. */
static int
begin_reading(struct reading *r)
{
	struct buf b = { .pool = r->pool };
	const char *all;

	buf_text(&b, "SELECT ");
	buf_text(&b, move_table_columns(r->pool, r->table));
	buf_printf(&b, " FROM %s", r->table->name);
	all = buf_end(&b);
	r->by_cursor = db_engine(r->db) == DB_PGSQL;
	r->sql = all;
	if (r->by_cursor) {
		if (db_script(r->db,
			pool_printf(r->pool, "DECLARE move_%s CURSOR FOR %s",
			    r->table->name, all)) == -1)
			return -1;
		r->sql = pool_printf(
		    r->pool, "FETCH " FETCH " FROM move_%s", r->table->name);
	}
	r->rows = db_query(r->db, r->sql, DB_NONE);
	return 0;
}

/* 1, 0, -1. */
static int
next_row(struct reading *r)
{
	int rc = db_next(r->rows);

	if (rc == 0 && r->by_cursor && r->any) {
		db_end(r->rows);
		r->any = 0;
		r->rows = db_query(r->db, r->sql, DB_NONE);
		rc = db_next(r->rows);
	}
	r->any |= rc == 1;
	return rc;
}

static int
end_reading(struct reading *r, int rc)
{
	db_end(r->rows);
	if (rc == 0 && r->by_cursor)
		rc = db_script(r->db,
		    pool_printf(r->pool, "CLOSE move_%s", r->table->name));
	pool_free(r->row);
	return rc;
}

/* ---------------------------------------------------------------------
 * texts */

/* How many bytes at S are one letter, 0: none. */
static size_t
letter_at(const char *s, size_t len)
{
	if (*s == '\0')
		return 0;
	for (size_t n = 1; n <= 4 && n <= len; n++)
		if (text_is_utf8(s, n))
			return n;
	return 0;
}

static void
replace_bytes(struct reading *r, struct move_value *v)
{
	struct buf b = { .pool = r->row };

	for (size_t i = 0; i < v->len;) {
		size_t n = letter_at(v->s + i, v->len - i);

		buf_put(&b, n > 0 ? v->s + i : unknown, n > 0 ? n : 3);
		i += n > 0 ? n : 1;
	}
	v->s = buf_end(&b);
	v->len = b.len;
}

static int64_t
id_of(struct reading *r)
{
	for (int i = 0; i < r->table->n; i++)
		if (text_is(r->table->columns[i].name, "id") &&
		    r->table->columns[i].type == MOVE_INTEGER)
			return db_col_int(r->rows, i);
	return 0;
}

/* 0, -1 it is not kept. */
static int
check_text(struct reading *r, int i, struct move_flaws *f, struct move_value *v)
{
	int nul = memchr(v->s, '\0', v->len) != NULL;

	if (!nul && text_is_utf8(v->s, v->len))
		return 0;
	if (f->replace) {
		f->replaced++;
		replace_bytes(r, v);
		return 0;
	}
	f->table = r->table->name;
	f->column = r->table->columns[i].name;
	f->why = nul ? "has U+0000" : "is no UTF-8";
	f->id = id_of(r);
	return -1;
}

/* ----------------------------------------------------------------------
 * rows */

/* 0, -1. */
static int
read_row(struct reading *r, struct move_flaws *f, struct move_value *values)
{
	for (int i = 0; i < r->table->n; i++) {
		struct move_value *v = &values[i];

		*v = (struct move_value){ 0 };
		if (db_col_is_null(r->rows, i))
			continue;
		if (r->table->columns[i].type == MOVE_INTEGER) {
			v->i = db_col_int(r->rows, i);
			v->s = "";
			continue;
		}
		v->s = db_col_blob(r->rows, i, &v->len);
		if (v->s == NULL) /* empty */
			v->s = "";
		if (r->table->columns[i].type == MOVE_TEXT &&
		    check_text(r, i, f, v) == -1)
			return -1;
	}
	return 0;
}

/* The same of both engines: of each value its length, or that it is NULL, then
 * its bytes. */
static void
add_to_sum(const struct move_table *t, const struct move_value *values,
    struct move_sum *sum)
{
	struct digest *d = digest_begin();
	uint64_t parts[4];

	for (int i = 0; i < t->n; i++) {
		const struct move_value *v = &values[i];
		int64_t len = v->s == NULL ? -1 : (int64_t)v->len;

		digest_add(d, &len, sizeof(len));
		if (v->s != NULL && t->columns[i].type == MOVE_INTEGER)
			digest_add(d, &v->i, sizeof(v->i));
		else if (v->s != NULL)
			digest_add(d, v->s, v->len);
	}
	digest_end(d, (unsigned char *)parts);
	for (int i = 0; i < 4; i++)
		sum->parts[i] += parts[i];
	sum->rows++;
}

int
move_rows(const struct move_source *source, const struct move_table *t,
    struct move_write *to, struct move_sum *sum)
{
	struct move_value values[MOVE_COLUMNS_MAX];
	struct reading r = { .db = source->db,
		.table = t,
		.pool = source->pool,
		.row = pool_new() };
	int rc;

	*sum = (struct move_sum){ 0 };
	rc = begin_reading(&r);
	while (rc == 0 && (rc = next_row(&r)) == 1) {
		pool_reset(r.row);
		rc = read_row(&r, source->flaws, values);
		if (rc == 0)
			add_to_sum(t, values, sum);
		if (rc == 0 && to != NULL)
			rc = move_write_row(to, t, values);
	}
	if (rc == 0 && to != NULL)
		rc = move_write_end(to);
	return end_reading(&r, rc);
}
