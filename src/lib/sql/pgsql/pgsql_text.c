/*
 * What PostgreSQL is told for a statement of ours.  The statements are written
 * for all engines (tests/pg/README.md); these two rules are all that is left:
 *
 * 1. An INSERT that answers nothing says RETURNING id behind it, for db_insert,
 *    when what it inserts into has a column of that name.
 * 2. A number that a statement leaves out among its parameters, as one of those
 *    may that share a list, gets a type.
 */
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/pgsql/pgsql_handle.h"

#define ANSWERS_ID " RETURNING id"

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

int
pgsql_text_read(struct pgsql *pg, struct pgsql_rows *r)
{
	struct pool *pool = pool_new();
	const char *table = inserts_into(pool, r->rows.sql);
	int rc = table == NULL ? 0 : has_id(pg, table);

	if (r->rows.highest == 0)
		find_parameters(r);
	free(r->ours);
	r->ours = NULL;
	r->text = r->rows.sql;
	if (rc == 1)
		r->text = r->ours =
		    xstrdup(pool_printf(pool, "%s" ANSWERS_ID, r->rows.sql));
	pool_free(pool);
	return rc == -1 ? -1 : 0;
}
