/*
 * The audit trail, of what a member does.
 */
#include <stddef.h>

#include "base/pool.h"

#include "lib/digest/digest.h"
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/audit/workspace_audit.h"

enum { NOTE, N_SQL };

static const char *const workspace_audit_member_sql[N_SQL] = {
	[NOTE] = "INSERT INTO my_workspace_events(field, at, raw, hash,"
		 " created_at) VALUES ($1, $2, $3, $4, $2)",
};

const struct statements workspace_audit_member_statements = {
	.sql = workspace_audit_member_sql,
	.n = N_SQL,
};

int
workspace_audit_note(struct session *s, const struct workspace_audit *e)
{
	struct pool *pool = pool_new();
	unsigned char hash[DIGEST_LEN];
	int rc;

	digest_secret(pool, "", hash);
	rc = db_run(session_db(s), workspace_audit_member_sql[NOTE],
	    DB_ARGS(db_text(workspace_audit_field(e)), db_int(e->at),
		db_text(workspace_audit_text(pool, e)),
		db_blob(hash, sizeof(hash))));
	pool_free(pool);
	return rc;
}
