#ifndef TESTS_PG_DRIVER_H
#define TESTS_PG_DRIVER_H

/*
 * PostgreSQL behind lib/sql/driver.h, by libpq: for tests only, so that db.h
 * is no boundary on paper.  No program is linked with it.  The target of
 * db_open_by is a conninfo.
 *
 * It refuses to prepare a statement whose parameters are not bigint, text or
 * bytea, or whose columns may be what a db_col_… cannot read (numeric,
 * boolean), and to bind an argument of another type than its parameter's.
 */
struct db;
struct db_driver;

extern const struct db_driver pg_driver;

/* The parameters of the statement that was prepared last, a letter each: i,
 * t, b for bigint, text, bytea, - for a number that it leaves out.
 * Borrowed. */
const char *pg_driver_types(struct db *);

#endif
