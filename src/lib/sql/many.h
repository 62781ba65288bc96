#ifndef LIB_SQL_MANY_H
#define LIB_SQL_MANY_H

#include "base/buf.h"

#include "lib/sql/db.h"

/*
 * Rows of arguments as one, for a statement of PostgreSQL that takes many at
 * once: a text of JSON, whose columns are a, b, c, …
 *
 *	… FROM json_to_recordset(CAST(CAST($1 AS TEXT) AS json))
 *	AS m(a bigint, b text)
 *
 * Begins with struct db_many m = { .text.pool = pool }.
 */
struct db_many {
	struct buf text;
	int n; /* rows */
};

/* Adds a row, of at most 26 numbers and texts (DB_ARGS). */
void db_many_add(struct db_many *, const struct db_arg *row);

/* All of them; borrowed until the next one is added. */
struct db_arg db_many_rows(struct db_many *);

/* There is none any more. */
void db_many_clear(struct db_many *);

#endif
