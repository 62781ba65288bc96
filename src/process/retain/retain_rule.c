/*
 * Stores when a rule was last applied, so that a new run of the processor does
 * not begin with all of them.
 */
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "process/retain/retain.h"

enum { RULE, SET, N_SQL };

static const char *const retain_rule_sql[N_SQL] = {
	[RULE] = "SELECT at FROM retention WHERE rule = $1",
	[SET] = "INSERT INTO retention(rule, at) VALUES ($1, $2)"
		" ON CONFLICT(rule) DO UPDATE SET at = excluded.at",
};

const struct statements retain_rule_statements = {
	.sql = retain_rule_sql,
	.n = N_SQL,
};

int
retain_rule(struct db *db, const char *rule, int64_t *at)
{
	*at = 0;
	return db_get_int(
	    db, retain_rule_sql[RULE], DB_ARGS(db_text(rule)), at);
}

int
retain_rule_set(struct db *db, const char *rule, int64_t at)
{
	int rc;

	if (db_begin(db) == -1)
		return -1;
	rc = db_run(
	    db, retain_rule_sql[SET], DB_ARGS(db_text(rule), db_int(at)));
	if (rc == -1 || db_commit(db) == -1) {
		db_rollback(db);
		return -1;
	}
	return 0;
}
