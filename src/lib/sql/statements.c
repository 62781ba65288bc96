/*
 * A program prepares all its statements when it opens its database, so that
 * one that does not fit the schema is found then and not by a request.
 */
#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

static int
prepare_each(struct db *db, const struct statements *s, const char *begins)
{
	if (s->engine != DB_ANY && s->engine != db_engine(db))
		return 0;
	for (size_t i = 0; i < s->n; i++)
		if (text_begins(s->sql[i], begins) &&
		    db_prepare(db, &s->sql[i], 1) == -1)
			return -1;
	for (size_t i = 0; s->also != NULL && s->also[i] != NULL; i++)
		if (prepare_each(db, s->also[i], begins) == -1)
			return -1;
	return 0;
}

int
db_prepare_all(struct db *db, const struct statements *s)
{
	return prepare_each(db, s, "");
}

int
db_prepare_readers(struct db *db, const struct statements *s)
{
	return prepare_each(db, s, "SELECT ");
}
