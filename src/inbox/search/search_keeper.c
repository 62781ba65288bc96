/*
 * Which of both ways to keep words is a handle's (search_keeper.h).
 */
#include "lib/sql/db.h"

#include "inbox/search/engine/search_keeping.h"
#include "inbox/search/search_keeper.h"

const struct search_keeping *
search_keeper(struct db *db)
{
	return db_engine(db) == DB_PGSQL ? &search_pgsql_keeping
					 : &search_sqlite_keeping;
}
