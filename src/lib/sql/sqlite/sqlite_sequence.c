/*
 * sqlite_sequence, which SQLite lets everybody write: a row a table, once it
 * has given an id.
 */
#include "lib/sql/sqlite/sqlite_handle.h"

enum { LIST, GET, ADD, RAISE, N_SQL };

static const char *const sqlite_sequence_sql[N_SQL] = {
	[LIST] = "SELECT name, seq FROM sqlite_sequence",
	[GET] = "SELECT seq FROM sqlite_sequence WHERE name = $1",
	[ADD] = "INSERT INTO sqlite_sequence(name, seq) SELECT $1, 0"
		" WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence"
		"  WHERE name = $1) AND EXISTS (SELECT 1 FROM sqlite_master"
		"  WHERE type = 'table' AND name = $1)",
	[RAISE] = "UPDATE sqlite_sequence SET seq = $2"
		  " WHERE name = $1 AND seq < $2",
};

struct db_rows *
sqlite_sequence_list(struct db *db)
{
	return db_query(db, sqlite_sequence_sql[LIST], DB_NONE);
}

int
sqlite_sequence_get(struct db *db, const char *table, int64_t *id)
{
	return db_get_int(
	    db, sqlite_sequence_sql[GET], DB_ARGS(db_text(table)), id);
}

int
sqlite_sequence_raise(struct db *db, const char *table, int64_t id)
{
	if (db_run(db, sqlite_sequence_sql[ADD], DB_ARGS(db_text(table))) == -1)
		return -1;
	return db_run(db, sqlite_sequence_sql[RAISE],
	    DB_ARGS(db_text(table), db_int(id)));
}
