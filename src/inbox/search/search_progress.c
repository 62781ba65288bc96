/*
 * How far the search's indexes are (search_progress.h).
 */
#include <stddef.h>

#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/search/search_progress.h"

enum { BUILDING, WAITING, IS_DUE, IS_STALE, N_SQL };

#define ABOVE(TABLE, KIND)                                                     \
	"FROM " TABLE " WHERE id > (SELECT upto_id FROM search_indexed"        \
	" WHERE kind = '" KIND "')"
#define STALE                                                                  \
	"FROM search_stale WHERE kind IN ('message', 'conversation', "         \
	"'contact')"
#define COUNT(ROWS) "(SELECT COUNT(*) FROM (SELECT 1 " ROWS " LIMIT $1) AS n)"

static const char *const search_progress_sql[N_SQL] = {
	[BUILDING] = SEARCH_BUILDING,
	[WAITING] =
	    "SELECT " COUNT(ABOVE("messages", "message")) " + " COUNT(ABOVE(
		"conversations", "conversation")) " + " COUNT(ABOVE("contacts",
		"contact")) " + " COUNT(STALE),
	[IS_DUE] =
	    "SELECT EXISTS (SELECT 1 " STALE ")"
	    " OR EXISTS (SELECT 1 " ABOVE("messages",
		"message") ")"
			   " OR EXISTS (SELECT 1 " ABOVE("conversations",
			       "conversation") ")"
					       " OR EXISTS (SELECT 1 " ABOVE(
						   "contacts", "contact") ")",
	[IS_STALE] = "SELECT EXISTS (SELECT 1 " STALE ")",
};

const struct statements search_progress_statements = {
	.sql = search_progress_sql,
	.n = N_SQL,
};

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
	return db_get_int(db, search_progress_sql[WAITING],
		   DB_ARGS(db_int(SEARCH_WAITING_MAX)), n) == -1
		   ? -1
		   : 0;
}

/* 1, 0, -1. */
static int
is_so(struct db *db, int statement)
{
	int64_t yes = 0;

	if (db_get_int(db, search_progress_sql[statement], DB_NONE, &yes) == -1)
		return -1;
	return yes != 0;
}

int
search_progress_is_due(struct db *db)
{
	return is_so(db, IS_DUE);
}

int
search_progress_is_stale(struct db *db)
{
	return is_so(db, IS_STALE);
}
