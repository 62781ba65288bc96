/*
 * A member's search with FTS5 (search_source.h): views of session.sql have the
 * words.
 */
#include <stddef.h>

#include "lib/sql/statements.h"

#include "inbox/search/engine/search_source.h"

#define BELOW  " WHERE words MATCH $1 AND id < $2"
#define NEWEST " ORDER BY id DESC LIMIT $3"
/* What is longer than a word of them: FTS5 finds its pieces in any order. */
#define PHONES BELOW " AND instr(phone, $4) > 0" NEWEST

static const char *const search_sqlite_sql[SEARCH_SOURCES] = {
	[IN_MESSAGES] =
	    "SELECT id, conversation_id FROM my_message_words" BELOW NEWEST,
	[IN_PROFILES] = "SELECT id, id FROM my_conversation_words" BELOW NEWEST,
	[IN_PHONES] = "SELECT id, id FROM my_conversation_digits" PHONES,
	[IN_CONTACTS] = "SELECT id, id FROM my_contact_words" BELOW NEWEST,
	[IN_CONTACT_PHONES] = "SELECT id, id FROM my_contact_digits" PHONES,
};

const struct search_asking search_sqlite_asking = {
	.syntax = WORDS_FTS5,
	.sql = search_sqlite_sql,
};

const struct statements search_sqlite_statements = {
	.sql = search_sqlite_sql,
	.n = SEARCH_SOURCES,
	.engine = DB_SQLITE,
};
