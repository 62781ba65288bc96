/*
 * Stores how numbers are, and when each is asked for again.
 */
#include <stddef.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/number_due.h"
#include "inbox/workspace/number_health.h"

#define SOON 5 /* seconds: several events come together */

/* Not when it became due anew while it was asked. */
#define AGAIN(AT, BEGUN)                                                       \
	"health_due_at = CASE WHEN health_due_at > " BEGUN                     \
	" THEN health_due_at ELSE " AT " END"

enum { DUE, PUT, FAILED, CHANGED, N_SQL };

static const char *const number_health_sql[N_SQL] = {
	[DUE] = NUMBER_DUE("id, phone_number_id, provider", "health_due_at"),
	[PUT] = "UPDATE numbers SET health = $2, health_at = $3,"
		" health_error = NULL, " AGAIN(
		    "$4", "$5") " WHERE id = $1 AND provider = $6",
	[FAILED] = "UPDATE numbers SET health_error = $2, " AGAIN(
	    "$3", "$4") " WHERE id = $1 AND provider = $5",
	[CHANGED] = "UPDATE numbers SET health_due_at = $3"
		    " WHERE (id = $1 OR waba_id = $2)"
		    " AND (health_due_at > $3 OR health_due_at <= $4)",
};

const struct statements number_health_statements = {
	.sql = number_health_sql,
	.n = N_SQL,
};

int
number_health_due(
    struct db *db, struct pool *pool, int64_t now, struct number_health *n)
{
	struct db_rows *r = db_query(db, number_health_sql[DUE],
	    DB_ARGS(db_int(now), db_int(now - NUMBER_DUE_YOUNG)));
	int rc = db_next(r);

	if (rc == 1)
		*n = (struct number_health){
			.id = db_col_int(r, 0),
			.phone_number_id = db_col_copy(r, pool, 1),
			.provider = db_col_copy(r, pool, 2),
			.begun = now,
		};
	db_end(r);
	return rc;
}

int
number_health_put(struct db *db, const struct number_health *n,
    const char *health, int64_t now)
{
	return db_run(db, number_health_sql[PUT],
	    DB_ARGS(db_int(n->id), db_text(health), db_int(now),
		db_int(now + NUMBER_HEALTH_DAY), db_int(n->begun),
		db_text(n->provider)));
}

int
number_health_failed(struct db *db, const struct number_health *n,
    const char *error, int64_t due_at)
{
	return db_run(db, number_health_sql[FAILED],
	    DB_ARGS(db_int(n->id), db_text(error), db_int(due_at),
		db_int(n->begun), db_text(n->provider)));
}

int
number_health_changed(
    struct db *db, int64_t id, const char *waba_id, int64_t now)
{
	return db_run(db, number_health_sql[CHANGED],
	    DB_ARGS(
		db_int(id), db_text(waba_id), db_int(now + SOON), db_int(now)));
}

int
number_health_is_about(const char *field)
{
	return text_begins(field, "phone_number_") ||
	       text_begins(field, "account_") ||
	       text_is(field, "business_capability_update");
}
