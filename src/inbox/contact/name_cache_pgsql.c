/*
 * The names that a list of conversations shows, on PostgreSQL: each statement
 * there is a way to another process, so one asks for all of them.
 */
#include <stdlib.h>

#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/contact/name_cache.h"
#include "inbox/contact/name_cache_pgsql.h"

#define AMONG_1                                                                \
	" WHERE id = ANY (CAST(string_to_array(rtrim($1), ' ') AS BIGINT[]))"
#define AMONG_2                                                                \
	" WHERE id = ANY (CAST(string_to_array(rtrim($2), ' ') AS BIGINT[]))"
#define AMONG_3                                                                \
	" WHERE id = ANY (CAST(string_to_array(rtrim($3), ' ') AS BIGINT[]))"
#define AMONG_4                                                                \
	" WHERE id = ANY (CAST(string_to_array(rtrim($4), ' ') AS BIGINT[]))"

static const char *const names_sql[] = {
	"SELECT CAST(0 AS BIGINT), id, phone_number_id FROM my_numbers" AMONG_1
	" UNION ALL SELECT 1, id, name FROM my_members" AMONG_2
	" UNION ALL SELECT 1, id, name FROM my_former_members" AMONG_2
	" UNION ALL SELECT 2, id, name FROM my_tags" AMONG_3
	" UNION ALL SELECT 3, id, kind || ' ' || COALESCE(color, '-')"
	"  || ' ' || name FROM my_marks" AMONG_4,
};

const struct statements name_cache_pgsql_statements = {
	.sql = names_sql,
	.n = 1,
	.engine = DB_PGSQL,
};

/* That there is none is known then, too. */
static void
put_rest(struct name_cache *known, const char *ids)
{
	char *end = NULL;

	for (const char *s = ids; *s != '\0'; s = end) {
		int64_t id = strtoll(s, &end, 10);

		if (end == s)
			return;
		name_cache_put(known, id, NULL);
	}
}

int
name_cache_pgsql_fill(struct session *s, struct pool *pool,
    const char *const *ids, struct name_cache *const *into)
{
	struct db_rows *r = db_query(session_db(s), names_sql[0],
	    DB_ARGS(db_text(ids[NAME_CACHE_NUMBER]),
		db_text(ids[NAME_CACHE_MEMBER]), db_text(ids[NAME_CACHE_TAG]),
		db_text(ids[NAME_CACHE_MARK])));
	int rc;

	while ((rc = db_next(r)) == 1)
		name_cache_put(into[db_col_int(r, 0)], db_col_int(r, 1),
		    db_col_copy(r, pool, 2));
	db_end(r);
	for (int i = 0; rc == 0 && i < NAME_CACHE_KINDS; i++)
		put_rest(into[i], ids[i]);
	return rc;
}
