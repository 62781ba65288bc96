/*
 * The highest ids that tables have given: the sequences of their identity
 * columns.
 */
#include "lib/sql/pgsql/pgsql_handle.h"

enum { LIST, GET, RAISE, N_SQL };

#define OF_TABLE                                                               \
	" FROM pg_sequences WHERE schemaname = CURRENT_SCHEMA"                 \
	" AND sequencename = CAST($1 AS TEXT) || '_id_seq'"

static const char *const pgsql_sequence_sql[N_SQL] = {
	[LIST] = "SELECT substr(sequencename, 1, length(sequencename) - 7),"
		 " last_value FROM pg_sequences"
		 " WHERE schemaname = CURRENT_SCHEMA"
		 " AND last_value IS NOT NULL",
	[GET] = "SELECT last_value" OF_TABLE " AND last_value IS NOT NULL",
	[RAISE] =
	    "SELECT setval(CAST(quote_ident(sequencename) AS regclass),"
	    " CAST($2 AS BIGINT))" OF_TABLE " AND COALESCE(last_value, 0) < $2",
};

struct db_rows *
pgsql_sequence_list(struct db *db)
{
	return db_query(db, pgsql_sequence_sql[LIST], DB_NONE);
}

int
pgsql_sequence_get(struct db *db, const char *table, int64_t *id)
{
	return db_get_int(
	    db, pgsql_sequence_sql[GET], DB_ARGS(db_text(table)), id);
}

int
pgsql_sequence_raise(struct db *db, const char *table, int64_t id)
{
	return db_run(
	    db, pgsql_sequence_sql[RAISE], DB_ARGS(db_text(table), db_int(id)));
}
