/*
 * When customers were seen last, of many conversations: customer_times_pgsql.h.
 */
#include "lib/sql/db.h"
#include "lib/sql/many.h"
#include "lib/sql/statements.h"

#include "inbox/conversation/profile.h"
#include "inbox/customer/customer_times_pgsql.h"

enum { WRITE, N_SQL };

static const char *const customer_times_pgsql_sql[N_SQL] = {
	[WRITE] = "UPDATE conversations AS c SET phone_at = m.c,"
		  " user_id_at = m.d, profile_name_at = m.e"
		  " FROM json_to_recordset(CAST(CAST($1 AS TEXT) AS json)) AS "
		  "m(a bigint,"
		  " b bigint, c bigint, d bigint, e bigint)"
		  " WHERE c.workspace_id = m.a AND c.id = m.b",
};

const struct statements customer_times_pgsql_statements = {
	.sql = customer_times_pgsql_sql,
	.n = N_SQL,
	.engine = DB_PGSQL,
};

void
customer_times_pgsql_add(struct db_many *rows, int64_t workspace_id,
    int64_t conversation_id, const struct profile *p)
{
	db_many_add(rows, DB_ARGS(db_int(workspace_id), db_int(conversation_id),
			      db_int(p->phone_at), db_int(p->user_id_at),
			      db_int(p->name_at)));
}

int
customer_times_pgsql_write(struct db *db, struct db_many *rows)
{
	int rc = 0;

	if (rows->n > 0)
		rc = db_run(db, customer_times_pgsql_sql[WRITE],
		    DB_ARGS(db_many_rows(rows)));
	db_many_clear(rows);
	return rc;
}
