/*
 * A member's session on SQLite: temporary views and triggers (session.sql), and
 * an authorizer that refuses all else; signing in also uses the five tables
 * that say to whom a token or a ticket belongs.
 */
#include <string.h>

#include "base/clock.h"

#include "lib/digest/digest.h"
#include "lib/sql/db.h"
#include "lib/sql/schema.h"
#include "lib/sql/sqlite.h"

#include "session/member.h"
#include "session/session.h"
#include "session/session_authorizer.h"
#include "session/session_handle.h"
#include "session/ticket.h"

enum { BY_HASH, BY_ID, USED, TICKET, TAKE, FORMER, LEAVE, N_SQL };

#define WHO                                                                    \
	"SELECT t.id, t.user_id, t.workspace_id, u.name, u.email,"             \
	" m.role, w.name, coalesce(t.last_used_at, 0), t.expires_at,"          \
	" CASE t.kind WHEN 'session' THEN 1 ELSE 0 END,"                       \
	" CASE WHEN t.kind = 'session' AND w.second_factor > t.second_factor"  \
	"  THEN 1 ELSE 0 END"                                                  \
	" FROM api_tokens t"                                                   \
	" JOIN workspace_members m ON m.workspace_id = t.workspace_id"         \
	"  AND m.user_id = t.user_id"                                          \
	" JOIN users u ON u.id = t.user_id"                                    \
	" JOIN workspaces w ON w.id = t.workspace_id"                          \
	" WHERE t.revoked_at IS NULL"                                          \
	" AND (t.expires_at IS NULL OR t.expires_at > $2)"

/* $1 the workspace, $2 who is to leave it; $3 is who asks. */
#define MAY_LEAVE(M)                                                           \
	" " M ".workspace_id = $1 AND " M ".user_id = $2"                      \
	" AND EXISTS (SELECT 1 FROM workspace_members AS a"                    \
	"  WHERE a.workspace_id = $1 AND a.user_id = $3"                       \
	"  AND (a.role = 'owner' OR a.role = 'admin'"                          \
	"   AND " M ".role = 'agent'))"                                        \
	" AND (" M ".role <> 'owner' OR EXISTS (SELECT 1"                      \
	"  FROM workspace_members AS o WHERE o.workspace_id = $1"              \
	"  AND o.role = 'owner' AND o.user_id <> $2))"

/* These name base tables, which the authorizer allows while signing in only. */
static const char *const member_sql[N_SQL] = {
	[BY_HASH] = WHO " AND t.hash = $1",
	[BY_ID] = WHO " AND t.id = $1",
	[USED] = "UPDATE api_tokens SET last_used_at = $2, expires_at ="
		 " CASE kind WHEN 'session' THEN $3 ELSE expires_at END"
		 " WHERE id = $1",
	[TICKET] = "SELECT token_id FROM tickets"
		   " WHERE hash = $1 AND expires_at > $2"
		   " AND expires_at <= $3",
	[TAKE] = "DELETE FROM tickets WHERE hash = $1 RETURNING token_id",
	[FORMER] =
	    "INSERT INTO former_members(workspace_id, user_id, name,"
	    " left_at) SELECT m.workspace_id, u.id, u.name,"
	    " CAST($4 AS BIGINT)"
	    " FROM workspace_members AS m CROSS JOIN users AS u"
	    " WHERE u.id = m.user_id AND" MAY_LEAVE(
		"m") " ON CONFLICT (workspace_id, user_id) DO UPDATE"
		     " SET name = excluded.name, left_at = excluded.left_at",
	[LEAVE] = "DELETE FROM workspace_members"
		  " WHERE" MAY_LEAVE("workspace_members"),
};

/* Page cache of one session.  A program has one session for each thread, and
 * the operating system caches the file for all of them. */
#define KEEP_KIB 1024

static int
open_session(struct session *s)
{
	int64_t state = 0;

	if (sqlite_keep(s->db, KEEP_KIB) == -1 || sqlite_map(s->db) == -1 ||
	    sqlite_define(s->db, "my_workspace", &s->workspace_id) == -1 ||
	    sqlite_define(s->db, "my_user", &s->user_id) == -1 ||
	    sqlite_define(s->db, "my_token", &s->token_id) == -1 ||
	    sqlite_define_made(s->db, "my_made") == -1 ||
	    sqlite_define_unless(
		s->db, "my_missing", session_cache_has, s->cache) == -1)
		return -1;
	/* Once here, so that it is prepared before there is an authorizer. */
	if (db_state(s->db, &state) == -1 ||
	    db_script(s->db, sqlite_session_sql) == -1 ||
	    db_prepare(s->db, member_sql, N_SQL) == -1)
		return -1;
	return sqlite_authorize(s->db, session_authorizer);
}

/* All fit the schema.  Of what a thread has few uses, it keeps nothing. */
static int
seal_session(struct session *s)
{
	db_rest(s->db, clock_ticks_ms());
	db_seal(s->db);
	return sqlite_authorize(s->db, session_authorizer_prepared);
}

/* The functions that its views ask look at S. */
static void
serve_rows(struct session *s, const char *secret)
{
	(void)s;
	(void)secret;
}

/* --------------------------------------------------------------- signing in */

static int
look_up(struct session *s, struct pool *pool, const char *statement,
    struct db_arg which, int64_t now, struct session_found *found)
{
	int rc;

	session_authorizer_sign_in(1);
	rc = session_read_member(
	    s, pool, statement, DB_ARGS(which, db_int(now)), found);
	session_authorizer_sign_in(0);
	return rc;
}

static int
find_token(struct session *s, struct pool *pool, const char *token, int64_t now,
    struct session_found *found)
{
	unsigned char hash[DIGEST_LEN];

	digest_sha256(token, strlen(token), hash);
	return look_up(s, pool, member_sql[BY_HASH],
	    db_blob(hash, sizeof(hash)), now, found);
}

static int
find_again(struct session *s, struct pool *pool, const struct member *before,
    int64_t now, struct session_found *found)
{
	return look_up(
	    s, pool, member_sql[BY_ID], db_int(before->token_id), now, found);
}

/* Uses the ticket up; of two requests with the same one, one gets it: 1, 0,
 * -1. */
static int
take_ticket(
    struct session *s, struct db_arg hash, int64_t now, int64_t *token_id)
{
	/* Looked up before the write lock is taken: a wrong guess makes no
	 * writer wait.  A clock that was set back makes no ticket live
	 * longer. */
	int rc = db_get_int(s->db, member_sql[TICKET],
	    DB_ARGS(hash, db_int(now), db_int(now + TICKET_LIFE)), token_id);

	if (rc != 1)
		return rc;
	if (db_begin(s->db) == -1)
		return -1;
	rc = db_get_int(s->db, member_sql[TAKE], DB_ARGS(hash), token_id);
	if (rc == -1 || db_commit(s->db) == -1) {
		db_rollback(s->db);
		return -1;
	}
	return rc;
}

static int
find_ticket(struct session *s, struct pool *pool, const char *ticket,
    int64_t now, struct session_found *found)
{
	struct member before = { .token_id = 0 };
	unsigned char hash[DIGEST_LEN];
	int rc;

	digest_sha256(ticket, strlen(ticket), hash);
	session_authorizer_sign_in(1);
	rc = take_ticket(s, db_blob(hash, sizeof(hash)), now, &before.token_id);
	session_authorizer_sign_in(0);
	return rc == 1 ? find_again(s, pool, &before, now, found) : rc;
}

static int
write_use(struct session *s, int64_t token_id, int64_t at, int64_t until)
{
	int rc;

	session_authorizer_sign_in(1);
	rc = db_run(s->db, member_sql[USED],
	    DB_ARGS(db_int(token_id), db_int(at), db_int(until)));
	session_authorizer_sign_in(0);
	return rc;
}

/* The id of the token is enough. */
static const char *
write_pass(struct session *s, struct pool *pool, int64_t until)
{
	(void)s;
	(void)pool;
	(void)until;
	return "";
}

/* Its tokens go with it by a foreign key, of which SQLite does not say to the
 * authorizer within what it acts: so it is one of the statements here. */
static int
remove_member(struct session *s, int64_t user_id, int64_t now)
{
	int rc;

	session_authorizer_sign_in(1);
	rc = db_run(s->db, member_sql[FORMER],
	    DB_ARGS(db_int(s->workspace_id), db_int(user_id),
		db_int(s->user_id), db_int(now)));
	if (rc == 0)
		rc = db_run(s->db, member_sql[LEAVE],
		    DB_ARGS(db_int(s->workspace_id), db_int(user_id),
			db_int(s->user_id)));
	session_authorizer_sign_in(0);
	return rc;
}

const struct session_engine session_sqlite = {
	.open = open_session,
	.seal = seal_session,
	.serve = serve_rows,
	.find_token = find_token,
	.find_again = find_again,
	.find_ticket = find_ticket,
	.note_use = write_use,
	.write_pass = write_pass,
	.remove_member = remove_member,
};
