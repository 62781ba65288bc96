/*
 * Which rows wait for their words, in PostgreSQL's way (search_waiting.h):
 * there is no index of ids alone but of messages, so each workspace is asked,
 * by its key.
 */
#include <stddef.h>

#include "lib/sql/statements.h"

#include "inbox/search/engine/search_waiting.h"

#define UPTO(KIND)                                                             \
	"(SELECT upto_id FROM search_indexed WHERE kind = '" KIND "')"
#define MESSAGES "FROM messages WHERE id > " UPTO("message")
#define OF_WORKSPACES(TABLE, KIND, MAX)                                        \
	"FROM workspaces AS w CROSS JOIN LATERAL (SELECT 1 FROM " TABLE        \
	" AS t WHERE t.workspace_id = w.id AND t.id > " UPTO(                  \
	    KIND) " LIMIT " MAX ") AS r"

static const char *const search_waiting_pgsql_sql[SEARCH_WAITING_SQL] = {
	[SEARCH_HOW_MANY_WAIT] = "SELECT " SEARCH_COUNT(
	    MESSAGES) " + " SEARCH_COUNT(OF_WORKSPACES("conversations",
	    "conversation", "$1")) " + " SEARCH_COUNT(OF_WORKSPACES("contacts",
	    "contact", "$1")) " + " SEARCH_COUNT(SEARCH_STALE),
	[SEARCH_DO_ANY_WAIT] =
	    "SELECT CASE WHEN EXISTS (SELECT 1 " SEARCH_STALE ")"
	    " OR EXISTS (SELECT 1 " MESSAGES ")"
	    " OR EXISTS (SELECT 1 " OF_WORKSPACES("conversations",
		"conversation",
		"1") ")"
		     " OR EXISTS (SELECT 1 " OF_WORKSPACES(
			 "contacts", "contact", "1") ") THEN 1 ELSE 0 END",
};

const struct search_waiting search_waiting_pgsql = {
	.sql = search_waiting_pgsql_sql,
};

const struct statements search_waiting_pgsql_statements = {
	.sql = search_waiting_pgsql_sql,
	.n = SEARCH_WAITING_SQL,
	.engine = DB_PGSQL,
};
