/*
 * Arguments of statements.
 */
#include <string.h>

#include "lib/sql/db.h"

struct db_arg
db_int(int64_t i)
{
	return (struct db_arg){ DB_INT, i, NULL, 0 };
}

struct db_arg
db_id(int64_t i)
{
	return i != 0 ? db_int(i) : db_null();
}

struct db_arg
db_text(const char *s)
{
	if (s == NULL)
		return db_null();
	return (struct db_arg){ DB_TEXT, 0, s, strlen(s) };
}

struct db_arg
db_blob(const void *s, size_t len)
{
	return (struct db_arg){ DB_BLOB, 0, s, len };
}

struct db_arg
db_null(void)
{
	return (struct db_arg){ DB_NULL, 0, NULL, 0 };
}
