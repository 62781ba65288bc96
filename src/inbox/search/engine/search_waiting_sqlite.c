/*
 * Which rows wait for their words, in SQLite's way (search_waiting.h).
 */
#include <stddef.h>

#include "lib/sql/statements.h"

#include "inbox/search/engine/search_waiting.h"

#define ABOVE(TABLE, KIND)                                                     \
	"FROM " TABLE " WHERE id > (SELECT upto_id FROM search_indexed"        \
	" WHERE kind = '" KIND "')"

static const char *const search_waiting_sqlite_sql[SEARCH_WAITING_SQL] = {
	[SEARCH_HOW_MANY_WAIT] = "SELECT " SEARCH_COUNT(ABOVE(
	    "messages", "message")) " + " SEARCH_COUNT(ABOVE("conversations",
	    "conversation")) " + " SEARCH_COUNT(ABOVE("contacts",
	    "contact")) " + " SEARCH_COUNT(SEARCH_STALE),
	[SEARCH_DO_ANY_WAIT] =
	    "SELECT EXISTS (SELECT 1 " SEARCH_STALE ")"
	    " OR EXISTS (SELECT 1 " ABOVE("messages",
		"message") ")"
			   " OR EXISTS (SELECT 1 " ABOVE("conversations",
			       "conversation") ")"
					       " OR EXISTS (SELECT 1 " ABOVE(
						   "contacts", "contact") ")",
};

const struct search_waiting search_waiting_sqlite = {
	.sql = search_waiting_sqlite_sql,
};

const struct statements search_waiting_sqlite_statements = {
	.sql = search_waiting_sqlite_sql,
	.n = SEARCH_WAITING_SQL,
	.engine = DB_SQLITE,
};
