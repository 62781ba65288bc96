#ifndef INBOX_SEARCH_ENGINE_SEARCH_SOURCE_H
#define INBOX_SEARCH_ENGINE_SEARCH_SOURCE_H

#include "inbox/words/words_query.h"

struct statements;

/* What search.c looks through. */
enum search_source {
	IN_MESSAGES,
	IN_PROFILES,
	IN_PHONES,
	IN_CONTACTS,
	IN_CONTACT_PHONES,
	SEARCH_SOURCES
};

/*
 * How an engine is asked, in a member's session: for $1, in its syntax, among
 * rows with ids below $2, for the newest $3; of phones for those that have the
 * digits $4 one after the other, too.  A row has an id, and the conversation's;
 * of people the id twice.
 */
struct search_asking {
	enum words_syntax syntax;
	const char *const *sql; /* of a source */
	/* $1 of messages may have several lines: each is asked when those
	 * before it had fewer than $3 */
	int in_lines;
};

extern const struct search_asking search_sqlite_asking, search_pgsql_asking;
extern const struct statements search_sqlite_statements,
    search_pgsql_statements;

#endif
