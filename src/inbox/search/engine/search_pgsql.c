/*
 * A member's search with PostgreSQL (search_source.h): my_found() of
 * schema/pgsql/members.sql looks, since under row level security no index of
 * words is used.
 */
#include <stddef.h>

#include "lib/sql/statements.h"

#include "inbox/search/engine/search_source.h"

#define FOUND(WORDS, DIGITS)                                                   \
	"SELECT id, conversation_id FROM my_found('" WORDS                     \
	"', $1, $2, $3, " DIGITS ") ORDER BY id DESC"

static const char *const search_pgsql_sql[SEARCH_SOURCES] = {
	/* What is behind enough rows is not called.  Each call answers in
	 * order, and one after the other. */
	[IN_MESSAGES] = "SELECT f.id, f.conversation_id"
			" FROM unnest(string_to_array($1, chr(10))) AS r(line)"
			" CROSS JOIN LATERAL my_found('message_words', r.line,"
			"  $2, $3, NULL) AS f LIMIT $3",
	[IN_PROFILES] = FOUND("conversation_words", "NULL"),
	[IN_PHONES] = FOUND("conversation_digits", "$4"),
	[IN_CONTACTS] = FOUND("contact_words", "NULL"),
	[IN_CONTACT_PHONES] = FOUND("contact_digits", "$4"),
};

const struct search_asking search_pgsql_asking = {
	.syntax = WORDS_TSQUERY,
	.sql = search_pgsql_sql,
	.in_lines = 1,
};

const struct statements search_pgsql_statements = {
	.sql = search_pgsql_sql,
	.n = SEARCH_SOURCES,
	.engine = DB_PGSQL,
};
