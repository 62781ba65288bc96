/*
 * How far the search's indexes are (search_progress.h).
 */
#include <stddef.h>

#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/search/engine/search_waiting.h"
#include "inbox/search/search_progress.h"

enum { BUILDING, IS_STALE, N_SQL };

static const char *const search_progress_sql[N_SQL] = {
	[BUILDING] = SEARCH_BUILDING,
	[IS_STALE] =
	    "SELECT CASE WHEN EXISTS (SELECT 1 " SEARCH_STALE ") THEN 1"
	    " ELSE 0 END",
};

const struct statements search_progress_statements = {
	.sql = search_progress_sql,
	.n = N_SQL,
	.also = STATEMENTS(&search_waiting_sqlite_statements,
	    &search_waiting_pgsql_statements),
};

/* In the engine's own words. */
static const char *
waiting_sql(struct db *db, int statement)
{
	return db_engine(db) == DB_PGSQL ? search_waiting_pgsql.sql[statement]
					 : search_waiting_sqlite.sql[statement];
}

static const struct {
	const char *kind, *many;
} kinds[] = {
	{ "message", "messages" },
	{ "conversation", "conversations" },
	{ "contact", "contacts" },
};

static const char *
many(const char *kind)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (text_is(kinds[i].kind, kind))
			return kinds[i].many;
	return NULL;
}

static void
read_building(struct db_rows *r, int64_t now, struct search_progress *p)
{
	int64_t from_id = db_col_int(r, 1), began_id = db_col_int(r, 2);
	int64_t began_at = db_col_int(r, 3), done = began_id - from_id;

	p->kind = many(db_col_text(r, 0));
	p->whole = p->kind == NULL; /* of a later version */
	if (p->whole || began_at == 0 || done <= 0)
		return;
	p->percent = (int)(100 * done / began_id);
	p->seconds = (now - began_at) * from_id / done;
}

int
search_progress_read(struct db *db, int64_t now, struct search_progress *p)
{
	struct db_rows *r =
	    db_query(db, search_progress_sql[BUILDING], DB_NONE);
	int rc = db_next(r);

	*p = (struct search_progress){ .whole = 1, .seconds = -1 };
	if (rc == 1)
		read_building(r, now, p);
	db_end(r);
	return rc == -1 ? -1 : search_progress_waiting(db, &p->waiting);
}

int
search_progress_waiting(struct db *db, int64_t *n)
{
	*n = 0;
	return db_get_int(db, waiting_sql(db, SEARCH_HOW_MANY_WAIT),
		   DB_ARGS(db_int(SEARCH_WAITING_MAX)), n) == -1
		   ? -1
		   : 0;
}

/* 1, 0, -1. */
static int
is_so(struct db *db, const char *sql)
{
	int64_t yes = 0;

	if (db_get_int(db, sql, DB_NONE, &yes) == -1)
		return -1;
	return yes != 0;
}

int
search_progress_is_due(struct db *db)
{
	return is_so(db, waiting_sql(db, SEARCH_DO_ANY_WAIT));
}

int
search_progress_is_stale(struct db *db)
{
	return is_so(db, search_progress_sql[IS_STALE]);
}
