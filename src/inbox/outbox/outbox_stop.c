/*
 * Rows of the outbox that do not go any more: the customer has said since that
 * no marketing is wanted.
 */
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/outbox/marketing_stop.h"
#include "inbox/outbox/outbox_stop.h"

enum { CATEGORY, N_SQL };

static const char *const outbox_stop_sql[N_SQL] = {
	[CATEGORY] = "SELECT t.category FROM numbers AS n CROSS JOIN templates"
		     " AS t WHERE n.id = $1 AND t.workspace_id = n.workspace_id"
		     " AND t.number_id = n.id AND t.name = $2"
		     " AND t.language = $3",
};

const struct statements outbox_stop_statements = {
	.sql = outbox_stop_sql,
	.n = N_SQL,
};

int
outbox_stop(struct db *db, struct pool *pool, int64_t number_id,
    const char *type, const char *content, int64_t stopped_at, const char **why)
{
	return marketing_stop(db, outbox_stop_sql[CATEGORY], pool, number_id,
	    type, content, stopped_at, why);
}
