/*
 * Which tables and columns an inbox has (move_tables.h): both schemas have the
 * same, under the same names, and SQLite says it in the shortest way.
 */
#include <stddef.h>

#include "base/buf.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "cli/move/move_tables.h"

enum { TABLES, COLUMNS, N_SQL };

static const char *const move_tables_sqlite_sql[N_SQL] = {
	[TABLES] = "SELECT name FROM pragma_table_list WHERE schema = 'main'"
		   " AND type = 'table' AND substr(name, 1, 7) NOT IN"
		   " ('sqlite_', 'search_') ORDER BY name",
	[COLUMNS] = "SELECT name, type FROM pragma_table_xinfo($1)"
		    " WHERE hidden = 0 ORDER BY cid",
};

const struct statements move_tables_sqlite_statements = {
	.sql = move_tables_sqlite_sql,
	.n = N_SQL,
	.engine = DB_SQLITE,
};

static enum move_type
type_named(const char *name)
{
	return text_is(name, "INTEGER") ? MOVE_INTEGER
	       : text_is(name, "BLOB")	? MOVE_BLOB
					: MOVE_TEXT;
}

/* 0, -1. */
static int
read_columns(struct db *db, struct pool *pool, struct move_table *t)
{
	struct db_rows *r = db_query(
	    db, move_tables_sqlite_sql[COLUMNS], DB_ARGS(db_text(t->name)));
	int rc;

	t->columns = pool_alloc(pool, sizeof(t->columns[0]) * MOVE_COLUMNS_MAX);
	for (t->n = 0; (rc = db_next(r)) == 1 && t->n < MOVE_COLUMNS_MAX;)
		t->columns[t->n++] = (struct move_column){
			db_col_copy(r, pool, 0),
			type_named(db_col_text(r, 1)),
		};
	db_end(r);
	return rc == 0 && t->n > 0 ? 0 : -1;
}

int
move_tables_read(
    struct db *sqlite, struct pool *pool, struct move_table *tables)
{
	struct db_rows *r =
	    db_query(sqlite, move_tables_sqlite_sql[TABLES], DB_NONE);
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < MOVE_TABLES_MAX)
		tables[n++].name = db_col_copy(r, pool, 0);
	db_end(r);
	for (int i = 0; rc == 0 && i < n; i++)
		rc = read_columns(sqlite, pool, &tables[i]);
	return rc == 0 ? n : -1;
}

const char *
move_table_columns(struct pool *pool, const struct move_table *t)
{
	struct buf b = { .pool = pool };

	for (int i = 0; i < t->n; i++) {
		buf_text(&b, i > 0 ? ", " : "");
		buf_text(&b, t->columns[i].name);
	}
	return buf_end(&b);
}
