#ifndef TESTS_UNIT_MADE_ROWS_H
#define TESTS_UNIT_MADE_ROWS_H

struct db;
struct pool;

/*
 * SQL text, in POOL: for each table of DB with COLUMN, but no row with a 1
 * there, an INSERT of one, with what the schema wants and nothing else; COLUMN
 * NULL: for each table without a row.  So a new table need not be written into
 * the rows of tests that only want some in each.  A table with a CHECK of its
 * own wants its own row there.
 */
const char *made_rows(struct db *, struct pool *, const char *column);

#endif
