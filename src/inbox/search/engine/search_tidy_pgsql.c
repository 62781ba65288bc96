/*
 * PostgreSQL's indexes of words are kept short to search
 * (search_tidy_pgsql.h), by a function of schema/pgsql/search.sql, since only
 * their owner may.
 */
#include <stddef.h>

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/search/engine/search_tidy_pgsql.h"

static const char *const search_tidy_pgsql_sql[] = { "SELECT tidy_words()" };

const struct statements search_tidy_pgsql_statements = {
	.sql = search_tidy_pgsql_sql,
	.n = 1,
	.engine = DB_PGSQL,
};

int
search_tidy_pgsql(struct db *db)
{
	int64_t pages;

	return db_get_int(db, search_tidy_pgsql_sql[0], DB_NONE, &pages) == -1
		   ? -1
		   : 0;
}
