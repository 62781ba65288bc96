/*
 * Rows as INSERTs of many (move_write.h), as text: a statement has fewer
 * parameters than a table has columns.  SQLite reads no SQL above 1,000,000
 * bytes: there a long value is bound, into a table of its own, and taken from
 * there.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/pool.h"

#include "lib/sql/db.h"

#include "cli/move/move_write.h"

#define FLUSH_BYTES 200000
#define LONG_BYTES  20000 /* of a value; quoted it may be twice as long */

static const char make_pieces[] =
    "CREATE TEMP TABLE move_pieces(id INTEGER PRIMARY KEY, value ANY)";
static const char empty_pieces[] = ";DELETE"
				   " FROM temp.move_pieces";

struct move_write {
	struct db *db;
	struct pool *pool;
	struct buf sql;
	const char *put_piece; /* SQLite's; else NULL */
	int n_pieces;
};

struct move_write *
move_write_new(struct db *db, struct pool *pool)
{
	struct move_write *w = xcalloc(sizeof(*w));

	w->db = db;
	w->pool = pool_new();
	w->sql.pool = w->pool;
	if (db_engine(db) == DB_SQLITE)
		w->put_piece = pool_printf(pool, "%s INTO %s", "INSERT",
		    "temp.move_pieces(id, value) VALUES ($1, $2)");
	if (w->put_piece == NULL || db_script(db, make_pieces) == 0)
		return w;
	move_write_free(w);
	return NULL;
}

void
move_write_free(struct move_write *w)
{
	if (w == NULL)
		return;
	pool_free(w->pool);
	free(w);
}

/* Long, and bound: 0, -1. */
static int
put_piece(struct move_write *w, enum move_type type, const struct move_value *v)
{
	const struct db_arg value = { type == MOVE_BLOB ? DB_BLOB : DB_TEXT, 0,
		v->s, v->len };

	buf_text(&w->sql, "(SELECT ");
	buf_printf(&w->sql, "value FROM temp.move_pieces WHERE id = %d)",
	    ++w->n_pieces);
	return db_run(w->db, w->put_piece, DB_ARGS(db_int(w->n_pieces), value));
}

static void
put_quoted(struct buf *b, const char *s, size_t len)
{
	buf_char(b, '\'');
	for (size_t n; len > 0; s += n, len -= n) {
		const char *quote = memchr(s, '\'', len);

		n = quote != NULL ? (size_t)(quote - s) + 1 : len;
		buf_put(b, s, n);
		if (quote != NULL)
			buf_char(b, '\'');
	}
	buf_char(b, '\'');
}

static void
put_hex(struct move_write *w, const struct move_value *v)
{
	buf_text(&w->sql, w->put_piece != NULL ? "x'" : "'\\x");
	for (size_t i = 0; i < v->len; i++) {
		buf_char(&w->sql, "0123456789abcdef"[(v->s[i] >> 4) & 15]);
		buf_char(&w->sql, "0123456789abcdef"[v->s[i] & 15]);
	}
	buf_char(&w->sql, '\'');
}

/* 0, -1. */
static int
put_value(struct move_write *w, enum move_type type, const struct move_value *v)
{
	if (v->s == NULL)
		buf_text(&w->sql, "NULL");
	else if (type == MOVE_INTEGER)
		buf_printf(&w->sql, "%lld", (long long)v->i);
	else if (w->put_piece != NULL && v->len > LONG_BYTES)
		return put_piece(w, type, v);
	else if (type == MOVE_BLOB)
		put_hex(w, v);
	else
		put_quoted(&w->sql, v->s, v->len);
	return 0;
}

int
move_write_row(struct move_write *w, const struct move_table *t,
    const struct move_value *values)
{
	if (w->sql.len == 0)
		buf_printf(&w->sql, "%s INTO %s(%s) VALUES\n", "INSERT",
		    t->name, move_table_columns(w->pool, t));
	else
		buf_text(&w->sql, ",\n");
	for (int i = 0; i < t->n; i++) {
		buf_char(&w->sql, i == 0 ? '(' : ',');
		if (put_value(w, t->columns[i].type, &values[i]) == -1)
			return -1;
	}
	buf_char(&w->sql, ')');
	return w->sql.len < FLUSH_BYTES ? 0 : move_write_end(w);
}

int
move_write_end(struct move_write *w)
{
	int rc;

	if (w->sql.len == 0)
		return 0;
	if (w->n_pieces > 0)
		buf_text(&w->sql, empty_pieces);
	rc = db_script(w->db, buf_end(&w->sql));
	w->sql.len = 0;
	w->n_pieces = 0;
	return rc;
}
