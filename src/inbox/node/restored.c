/*
 * After a restore: keeps messages that may have been sent since from being sent
 * again, and revokes tokens that were revoked since.
 */
#include <stddef.h>

#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/node/restored.h"

enum {
	NODES,
	FOLLOWED,
	QUEUED,
	UNTOUCHED,
	FAIL_MESSAGE,
	FAIL,
	TOKENS,
	STATE,
	REVOKE,
	TICKETS,
	SESSIONS,
	INVITATIONS,
	VALID,
	SEEN,
	ERASED,
	N_SQL
};

static const char *const restored_sql[N_SQL] = {
	[NODES] = "SELECT node FROM spool_cursors",
	[FOLLOWED] = "SELECT 1 FROM spool_cursors WHERE node = $1",
	[QUEUED] = "SELECT id, created_at FROM outbox WHERE id > $1"
		   " AND kind = 'message' AND state IN ('queued', 'sending')"
		   " ORDER BY id LIMIT 1",
	[UNTOUCHED] = "SELECT 1 FROM outbox WHERE id = $1 AND created_at = $2"
		      " AND state = 'queued' AND sending_at IS NULL",
	[FAIL_MESSAGE] =
	    "UPDATE messages SET status = 'failed', error = $2,"
	    " error_code = NULL"
	    " FROM outbox AS o WHERE o.id = $1"
	    " AND messages.workspace_id = o.workspace_id"
	    " AND messages.id = o.message_id AND messages.wamid IS NULL",
	[FAIL] = "UPDATE outbox SET state = 'failed', reason = 'restored',"
		 " error_code = NULL"
		 " WHERE id = $1",
	[TOKENS] = "SELECT id, created_at FROM api_tokens WHERE id > $1"
		   " AND revoked_at IS NULL"
		   " AND (expires_at IS NULL OR expires_at > $2)"
		   " ORDER BY id LIMIT 1",
	[STATE] = "SELECT CASE WHEN revoked_at IS NULL THEN 0 ELSE 1 END"
		  " FROM api_tokens WHERE id = $1 AND created_at = $2",
	[REVOKE] = "UPDATE api_tokens SET revoked_at = $2 WHERE id = $1",
	[TICKETS] = "DELETE FROM tickets",
	[SESSIONS] = "DELETE FROM api_tokens WHERE kind = 'session'",
	[INVITATIONS] = "DELETE FROM invitations",
	[VALID] = "SELECT count(*) FROM api_tokens WHERE revoked_at IS NULL"
		  " AND (expires_at IS NULL OR expires_at > $1)",
	[ERASED] = "SELECT count(*) FROM erasures"
		   " WHERE done_at IS NULL OR done_at > $1",
	[SEEN] = "SELECT coalesce(max(seen_at), 0) FROM spool_cursors",
};

static const char perhaps_sent[] =
    "{\"code\":0,\"title\":\"restored\","
    "\"detail\":\"It was queued when the restored backup was made: perhaps"
    " it has been sent since.\"}";

const struct statements restored_statements = {
	.sql = restored_sql,
	.n = N_SQL,
};

int
restored_is_of(struct db *db, struct db *before)
{
	struct db_rows *r = db_query(db, restored_sql[NODES], DB_NONE);
	int rc, found = 0;
	int64_t one;

	while ((rc = db_next(r)) == 1 && found == 0)
		found = db_get_int(before, restored_sql[FOLLOWED],
		    DB_ARGS(db_text(db_col_text(r, 0))), &one);
	db_end(r);
	return rc == -1 ? -1 : found;
}

/* The first row of STATEMENT with an id > *ID: 1, 0, -1. */
static int
next(struct db *db, int statement, int64_t now, int64_t *id, int64_t *made_at)
{
	struct db_rows *r =
	    statement == TOKENS
		? db_query(db, restored_sql[TOKENS],
		      DB_ARGS(db_int(*id), db_int(now)))
		: db_query(db, restored_sql[statement], DB_ARGS(db_int(*id)));
	int rc = db_next(r);

	if (rc == 1) {
		*id = db_col_int(r, 0);
		*made_at = db_col_int(r, 1);
	}
	db_end(r);
	return rc;
}

int
restored_outbox(struct db *db, struct db *before)
{
	int64_t id = 0, made_at = 0, one;
	int n = 0, rc;

	while ((rc = next(db, QUEUED, 0, &id, &made_at)) == 1) {
		if (before != NULL &&
		    db_get_int(before, restored_sql[UNTOUCHED],
			DB_ARGS(db_int(id), db_int(made_at)), &one) == 1)
			continue;
		if (db_run(db, restored_sql[FAIL_MESSAGE],
			DB_ARGS(db_int(id), db_text(perhaps_sent))) == -1 ||
		    db_run(db, restored_sql[FAIL], DB_ARGS(db_int(id))) == -1)
			return -1;
		n++;
	}
	return rc == -1 ? -1 : n;
}

/* 1 when BEFORE had revoked or deleted the token. */
static int
is_revoked(struct db *before, int64_t id, int64_t made_at)
{
	int64_t revoked = 0, given;
	int rc = db_get_int(before, restored_sql[STATE],
	    DB_ARGS(db_int(id), db_int(made_at)), &revoked);

	if (rc == 1)
		return revoked != 0;
	return rc == 0 && db_sequence_get(before, "api_tokens", &given) == 1 &&
	       given >= id;
}

int
restored_tokens(struct db *db, struct db *before, int all, int64_t now)
{
	int64_t id = 0, made_at = 0;
	int n = 0, rc;

	if (db_run(db, restored_sql[TICKETS], DB_NONE) == -1 ||
	    db_run(db, restored_sql[SESSIONS], DB_NONE) == -1 ||
	    db_run(db, restored_sql[INVITATIONS], DB_NONE) == -1)
		return -1;
	while ((rc = next(db, TOKENS, now, &id, &made_at)) == 1) {
		if (!all &&
		    (before == NULL || !is_revoked(before, id, made_at)))
			continue;
		if (db_run(db, restored_sql[REVOKE],
			DB_ARGS(db_int(id), db_int(now))) == -1)
			return -1;
		n++;
	}
	return rc == -1 ? -1 : n;
}

int
restored_seen_at(struct db *db, int64_t *at)
{
	return db_get_int(db, restored_sql[SEEN], DB_NONE, at) == 1 ? 0 : -1;
}

int
restored_erased(struct db *before, int64_t at, int64_t *n)
{
	return db_get_int(
		   before, restored_sql[ERASED], DB_ARGS(db_int(at)), n) == 1
		   ? 0
		   : -1;
}

int
restored_valid(struct db *db, int64_t now, int64_t *n)
{
	return db_get_int(db, restored_sql[VALID], DB_ARGS(db_int(now)), n) == 1
		   ? 0
		   : -1;
}
