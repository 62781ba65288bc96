/*
 * What PostgreSQL is told for a statement of ours.  The statements are written
 * for all engines (tests/pg/README.md); these rules are all that is left:
 *
 * 1. An INSERT that answers nothing says RETURNING id behind it, for db_insert,
 *    when what it inserts into has a column of that name.
 * 2. A number that a statement leaves out among its parameters, as one of those
 *    may that share a list, gets a type.
 * 3. A key that is one column in SQLite's schema begins with workspace_id in
 *    schema/pgsql, also where a conflict names it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/pgsql/pgsql_handle.h"

#define ANSWERS_ID " RETURNING id"

/* Of media, the only one. */
static const char sqlite_key[] = "ON CONFLICT(message_id)";
static const char our_key[] = "ON CONFLICT(workspace_id, message_id)";

static const char tables_with_id[] =
    "SELECT c.relname FROM pg_attribute AS a"
    " JOIN pg_class AS c ON c.oid = a.attrelid"
    " WHERE a.attname = 'id' AND a.atttypid = 20 AND NOT a.attisdropped"
    " AND c.relkind IN ('r', 'p', 'v') AND pg_table_is_visible(c.oid)";

static void
find_parameters(struct pgsql_rows *r)
{
	int quoted = 0;

	for (const char *s = r->rows.sql; *s != '\0'; s++) {
		int n = *s == '$' && !quoted ? atoi(s + 1) : 0;

		quoted ^= *s == '\'';
		if (n != 0 &&
		    (n > DB_PARAMETERS || (r->rows.parameters & 1U << n) == 0))
			db_rows_has(&r->rows, n);
	}
	for (int n = 1; n <= r->rows.highest; n++)
		r->type[n - 1] =
		    (r->rows.parameters & 1U << n) == 0 ? PGSQL_TEXT : 0;
}

/* What SQL inserts into, in POOL; NULL when it is no INSERT, or answers rows
 * by itself. */
static const char *
inserts_into(struct pool *pool, const char *sql)
{
	const char *into;

	if (!text_begins(sql, "INSERT ") || strstr(sql, " RETURNING ") != NULL)
		return NULL;
	into = strstr(sql, "INTO ");
	if (into == NULL)
		return NULL;
	into += strlen("INTO ");
	return pool_text(pool, into, strcspn(into, " ("));
}

/* 1, 0, -1. */
static int
has_id(struct pgsql *pg, const char *table)
{
	if (pg->with_id == NULL &&
	    pgsql_wait_say(pg, tables_with_id, 0, &pg->with_id) == -1)
		return -1;
	for (int i = 0; i < PQntuples(pg->with_id); i++)
		if (text_is(PQgetvalue(pg->with_id, i, 0), table))
			return 1;
	return 0;
}

static const char *
with_our_key(struct pool *pool, const char *sql)
{
	const char *at = strstr(sql, sqlite_key);

	if (at == NULL)
		return sql;
	return pool_printf(pool, "%.*s%s%s", (int)(at - sql), sql, our_key,
	    at + strlen(sqlite_key));
}

int
pgsql_text_read(struct pgsql *pg, struct pgsql_rows *r)
{
	struct pool *pool = pool_new();
	const char *table = inserts_into(pool, r->rows.sql), *text;
	int rc = table == NULL ? 0 : has_id(pg, table);

	if (r->rows.highest == 0)
		find_parameters(r);
	free(r->ours);
	r->ours = NULL;
	text = with_our_key(pool, r->rows.sql);
	r->answers_id = rc == 1;
	if (r->answers_id)
		text = pool_printf(pool, "%s" ANSWERS_ID, text);
	if (text != r->rows.sql)
		r->ours = xstrdup(text);
	r->text = r->ours != NULL ? r->ours : r->rows.sql;
	pool_free(pool);
	return rc == -1 ? -1 : 0;
}
