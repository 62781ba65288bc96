/*
 * The audit trail, for the command line and for sign-in;
 * workspace_audit_member.c keeps it for members.
 */
#include <stddef.h>

#include "base/pool.h"

#include "lib/digest/digest.h"
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/audit/workspace_audit.h"

enum { PUT, N_SQL };

static const char *const workspace_audit_store_sql[N_SQL] = {
	[PUT] = "INSERT INTO workspace_events(workspace_id, field, at, raw,"
		" hash, created_at) VALUES ($1, $2, $3, $4, $5, $3)",
};

const struct statements workspace_audit_store_statements = {
	.sql = workspace_audit_store_sql,
	.n = N_SQL,
};

int
workspace_audit_put(struct db *db, const struct workspace_audit *e)
{
	struct pool *pool = pool_new();
	unsigned char hash[DIGEST_LEN];
	int rc;

	/* Of nothing that could be there twice: the same change twice in a
	 * second is two. */
	digest_secret(pool, "", hash);
	rc = db_run(db, workspace_audit_store_sql[PUT],
	    DB_ARGS(db_int(e->workspace_id), db_text(workspace_audit_field(e)),
		db_int(e->at), db_text(workspace_audit_text(pool, e)),
		db_blob(hash, sizeof(hash))));
	pool_free(pool);
	return rc;
}
