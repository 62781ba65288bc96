/*
 * After a restore: keeps messages that may have been sent since from being sent
 * again, asks the provider for nothing that was wanted then, posts nothing to
 * endpoints of then, gives nobody an automatic answer twice, revokes tokens
 * that were revoked since, lets no password in that was changed since, and
 * signs with no secret that was renewed since.
 */
#include <stddef.h>

#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/message/followed.h"
#include "inbox/node/restored.h"

enum {
	NODES,
	FOLLOWED,
	QUEUED,
	UNTOUCHED,
	FAIL_MESSAGE,
	FAIL,
	BLOCKS,
	BROADCASTS,
	GROUPS,
	CREATIONS,
	DELETIONS,
	POSTS,
	ENDPOINTS,
	ENDPOINT,
	SECRET,
	TOKENS,
	STATE,
	REVOKE,
	TICKETS,
	SESSIONS,
	INVITATIONS,
	PERSON,
	PASSWORD,
	FACTOR,
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
	[BLOCKS] =
	    "UPDATE blocks SET error = $1, state = CASE"
	    " WHEN blocked_at IS NOT NULL THEN 'blocked'"
	    " WHEN state = 'blocking' THEN 'refused' ELSE 'unblocked' END"
	    " WHERE number_id > 0"
	    " AND state IN ('blocking', 'unblocking')",
	/* Drafts, too: one may have been started since. */
	[BROADCASTS] = "UPDATE broadcasts SET state = 'stopped', reason = $1,"
		       " ended_at = COALESCE(started_at, created_at)"
		       " WHERE state NOT IN ('stopped', 'done')",
	[GROUPS] = "UPDATE own_groups SET error = $1, request = NULL,"
		   " asked = NULL, state = CASE state WHEN 'creating'"
		   " THEN 'refused' ELSE state END"
		   " WHERE number_id > 0 AND asked IS NOT NULL",
	[CREATIONS] = "UPDATE templates SET error = $1, request = NULL,"
		      " asked = NULL, status = 'REFUSED'"
		      " WHERE asked IS NOT NULL AND asked_due_at >= 0"
		      " AND status = 'SUBMITTING'",
	[DELETIONS] = "UPDATE templates SET error = $1, request = NULL,"
		      " asked = NULL WHERE asked IS NOT NULL"
		      " AND asked_due_at >= 0",
	[POSTS] = "UPDATE webhook_deliveries SET state = 'failed',"
		  " error = 'restored' WHERE endpoint_id > 0"
		  " AND state = 'waiting'",
	[ENDPOINTS] = "UPDATE webhook_endpoints SET state = 'paused',"
		      " reason = 'restored', failures = 0,"
		      " failing_since = NULL, due_at = 0"
		      " WHERE id > 0 AND state = 'active'",
	[ENDPOINT] = "SELECT id, created_at, secret, old_secret,"
		     " old_secret_until FROM webhook_endpoints WHERE id > $1"
		     " ORDER BY id LIMIT 1",
	[SECRET] = "UPDATE webhook_endpoints SET secret = $3, old_secret = $4,"
		   " old_secret_until = $5"
		   " WHERE id = $1 AND created_at = $2 AND secret <> $3",
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
	[PERSON] = "SELECT u.id, u.created_at, p.hash, p.changed_at, f.secret,"
		   " f.confirmed_at, f.used_step FROM passwords AS p"
		   " JOIN users AS u ON u.id = p.user_id"
		   " LEFT JOIN second_factors AS f ON f.user_id = p.user_id"
		   " WHERE p.user_id > $1 ORDER BY p.user_id LIMIT 1",
	[PASSWORD] = "UPDATE passwords SET hash = $3, changed_at = $4"
		     " WHERE user_id = (SELECT id FROM users WHERE id = $1"
		     "  AND created_at = $2) AND hash <> $3",
	[FACTOR] = "INSERT INTO second_factors(user_id, secret, confirmed_at,"
		   " used_step) SELECT id, $3, $4, $5 FROM users WHERE id = $1"
		   " AND created_at = $2 ON CONFLICT (user_id) DO UPDATE"
		   " SET secret = excluded.secret,"
		   " confirmed_at = excluded.confirmed_at,"
		   " used_step = excluded.used_step",
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

static const char perhaps_done[] =
    "It was asked for when the restored backup was made: perhaps it has been"
    " done since, or taken back.";

static const char perhaps_begun[] =
    "It had not ended when the restored backup was made: perhaps it has been"
    " sent since.";

static const char perhaps_blocked[] =
    "{\"code\":null,\"title\":\"restored\",\"detail\":"
    "\"It was asked for when the restored backup was made: perhaps it has been"
    " done since, or taken back.\"}";

const struct statements restored_statements = {
	.sql = restored_sql,
	.n = N_SQL,
	.also = STATEMENTS(&followed_statements),
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

int
restored_requests(struct db *db)
{
	static const struct {
		int statement;
		const char *error;
	} requests[] = {
		{ BLOCKS, perhaps_blocked },
		{ BROADCASTS, perhaps_begun },
		{ GROUPS, perhaps_blocked },
		{ CREATIONS, perhaps_done },
		{ DELETIONS, perhaps_done },
	};
	int n = 0;

	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		if (db_run(db, restored_sql[requests[i].statement],
			DB_ARGS(db_text(requests[i].error))) == -1)
			return -1;
		n += (int)db_changed(db);
	}
	return n;
}

int
restored_endpoints(struct db *db)
{
	if (db_run(db, restored_sql[POSTS], DB_NONE) == -1 ||
	    db_run(db, restored_sql[ENDPOINTS], DB_NONE) == -1)
		return -1;
	return (int)db_changed(db);
}

/* What the endpoint of R signs with by now, into the copy: 1 another secret, 0,
 * -1. */
static int
take_secret(struct db *db, struct db_rows *r)
{
	size_t len, old_len;
	const void *secret = db_col_blob(r, 2, &len);
	const void *old = db_col_blob(r, 3, &old_len);

	if (db_run(db, restored_sql[SECRET],
		DB_ARGS(db_int(db_col_int(r, 0)), db_int(db_col_int(r, 1)),
		    db_blob(secret, len),
		    old != NULL ? db_blob(old, old_len) : db_null(),
		    db_id(db_col_int(r, 4)))) == -1)
		return -1;
	return (int)db_changed(db);
}

/* What the person of R has by now, into the copy: 1 another password, 0, -1. */
static int
take_person(struct db *db, struct db_rows *r)
{
	struct db_arg id = db_int(db_col_int(r, 0));
	struct db_arg made_at = db_int(db_col_int(r, 1));
	size_t len;
	const void *secret;
	int n;

	if (db_run(db, restored_sql[PASSWORD],
		DB_ARGS(id, made_at, db_text(db_col_text(r, 2)),
		    db_int(db_col_int(r, 3)))) == -1)
		return -1;
	n = (int)db_changed(db);
	secret = db_col_blob(r, 4, &len);
	if (secret != NULL &&
	    db_run(db, restored_sql[FACTOR],
		DB_ARGS(id, made_at, db_blob(secret, len),
		    db_id(db_col_int(r, 5)), db_int(db_col_int(r, 6)))) == -1)
		return -1;
	return n;
}

/* TAKE of each row of STATEMENT, which BEFORE (NULL: none) has by its id in the
 * first column: the sum, or -1. */
static int
take_all(struct db *db, struct db *before, int statement,
    int (*take)(struct db *, struct db_rows *))
{
	int64_t id = 0;
	int n = 0, rc = 1;

	while (before != NULL && rc == 1) {
		struct db_rows *r = db_query(
		    before, restored_sql[statement], DB_ARGS(db_int(id)));
		int changed = 0;

		rc = db_next(r);
		if (rc == 1) {
			id = db_col_int(r, 0);
			changed = take(db, r);
		}
		db_end(r);
		if (changed == -1)
			return -1;
		n += changed;
	}
	return rc == -1 ? -1 : n;
}

int
restored_passwords(struct db *db, struct db *before)
{
	return take_all(db, before, PERSON, take_person);
}

int
restored_secrets(struct db *db, struct db *before)
{
	return take_all(db, before, ENDPOINT, take_secret);
}

int
restored_answers(struct db *db, int64_t now)
{
	return followed_leave(db, FOLLOWED_ANSWERS, now);
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
