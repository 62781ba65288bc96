/*
 * Whether the indexes of the search can be read (search_look.h).
 */
#include <stddef.h>

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/search/search_look.h"

#define LOOK(INDEX) "SELECT 1 FROM " INDEX "('0') LIMIT 1"

static const char *const search_look_sql[] = {
	LOOK("contact_words"),
	LOOK("contact_digits"),
	LOOK("conversation_words"),
	LOOK("conversation_digits"),
	LOOK("message_words"),
};

#define N_LOOK (sizeof(search_look_sql) / sizeof(search_look_sql[0]))

const struct statements search_look_statements = {
	.sql = search_look_sql,
	.n = N_LOOK,
	.engine = DB_SQLITE,
};

int
search_look(struct db *db)
{
	int rc = 0;

	/* What is wrong with PostgreSQL's is its administrator's (amcheck). */
	if (db_engine(db) != DB_SQLITE)
		return 0;
	for (size_t i = 0; i < N_LOOK && rc != -1; i++) {
		int64_t any;

		rc = db_get_int(db, search_look_sql[i], DB_NONE, &any);
	}
	return rc == -1 ? -1 : 0;
}
