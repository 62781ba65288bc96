/*
 * Stores workspace events: what a delivery says that is no message.
 */
#include <stddef.h>
#include <string.h>

#include "base/pool.h"

#include "lib/digest/digest.h"
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/workspace/workspace_event.h"

enum { PUT, REMOVE, N_SQL };

static const char *const workspace_event_sql[N_SQL] = {
	/* An event without a time keeps that of its first delivery. */
	[PUT] =
	    "INSERT INTO workspace_events(workspace_id, number_id, field,"
	    " at, raw, hash, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)"
	    " ON CONFLICT(workspace_id, hash) DO UPDATE SET at = excluded.at"
	    " WHERE excluded.at < workspace_events.at",
	[REMOVE] = "DELETE FROM workspace_events"
		   " WHERE workspace_id = $1 AND hash = $2",
};

const struct statements workspace_event_statements = {
	.sql = workspace_event_sql,
	.n = N_SQL,
};

/* The hash by which the same event is found: of field, number and raw, with
 * a NUL between them. */
static void
hash_of(const struct workspace_event *n, unsigned char hash[DIGEST_LEN])
{
	const char *part[3] = { n->field, n->phone_number_id, n->raw };
	struct pool *pool = pool_new();
	size_t len = 0, at = 0;
	char *all;

	for (int i = 0; i < 3; i++)
		len += (part[i] != NULL ? strlen(part[i]) : 0) + 1;
	all = pool_alloc(pool, len);
	for (int i = 0; i < 3; i++) {
		size_t n_part = part[i] != NULL ? strlen(part[i]) : 0;

		if (n_part > 0)
			memcpy(all + at, part[i], n_part);
		at += n_part + 1;
	}
	digest_sha256(all, len, hash);
	pool_free(pool);
}

int
workspace_event_put(struct db *db, const struct workspace_event *n, int64_t now)
{
	unsigned char hash[DIGEST_LEN];

	hash_of(n, hash);
	return db_run(db, workspace_event_sql[PUT],
	    DB_ARGS(db_int(n->workspace_id), db_id(n->number_id),
		db_text(n->field), db_int(n->at), db_text(n->raw),
		db_blob(hash, sizeof(hash)), db_int(now)));
}

int
workspace_event_remove(struct db *db, const struct workspace_event *n)
{
	unsigned char hash[DIGEST_LEN];

	hash_of(n, hash);
	return db_run(db, workspace_event_sql[REMOVE],
	    DB_ARGS(db_int(n->workspace_id), db_blob(hash, sizeof(hash))));
}
