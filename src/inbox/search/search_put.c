/*
 * The words of many messages at once.
 */
#include <stddef.h>

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/search/search_put.h"

enum { LATER, PUT, NOW, N_SQL };

static const char *const sql[N_SQL] = {
	[LATER] = "INSERT INTO message_words_later(after)"
		  " SELECT COALESCE(MAX(id), 0) FROM messages",
	[PUT] = "INSERT INTO message_words(rowid, text)"
		" SELECT m.id, m.text FROM message_words_later AS l"
		" CROSS JOIN messages AS m ON m.id > l.after"
		" WHERE m.text IS NOT NULL ORDER BY m.id",
	[NOW] = "DELETE FROM message_words_later",
};

const struct statements search_put_statements = {
	.sql = sql,
	.n = N_SQL,
};

int
search_later(struct db *db)
{
	return db_run(db, sql[LATER], DB_NONE);
}

int
search_now(struct db *db)
{
	if (db_run(db, sql[PUT], DB_NONE) == -1)
		return -1;
	return db_run(db, sql[NOW], DB_NONE);
}
