/*
 * A connection that serves one member at a time (session.h).  It reads and
 * writes the inbox through the views of session.sql only; signing in also uses
 * the five tables that say to whom a token or a ticket belongs.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/pool.h"

#include "lib/digest/digest.h"
#include "lib/sql/db.h"
#include "lib/sql/schema.h"
#include "lib/sql/sqlite.h"
#include "lib/sql/statements.h"

#include "inbox/inbox.h"

#include "session/session.h"
#include "session/session_authorizer.h"
#include "session/session_db.h"
#include "session/session_handle.h"
#include "session/ticket.h"

#define HOUR 3600

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
static const char *const session_sql[N_SQL] = {
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

struct session *
session_open(const char *path, int wait_ms)
{
	struct session *m = xcalloc(sizeof(*m));
	int64_t state = 0;

	m->cache = session_cache_new(m);
	m->db = inbox_open(path, DB_WRITE, wait_ms);
	if (m->db == NULL || sqlite_keep(m->db, KEEP_KIB) == -1 ||
	    sqlite_map(m->db) == -1 ||
	    sqlite_define(m->db, "my_workspace", &m->workspace_id) == -1 ||
	    sqlite_define(m->db, "my_user", &m->user_id) == -1 ||
	    sqlite_define(m->db, "my_token", &m->token_id) == -1 ||
	    sqlite_define_made(m->db, "my_made") == -1 ||
	    sqlite_define_unless(
		m->db, "my_missing", session_cache_has, m->cache) == -1 ||
	    /* Once here, so that it is prepared before there is an
	     * authorizer. */
	    db_state(m->db, &state) == -1 ||
	    db_script(m->db, sqlite_session_sql) == -1 ||
	    db_prepare(m->db, session_sql, N_SQL) == -1 ||
	    sqlite_authorize(m->db, session_authorizer) == -1) {
		session_close(m);
		return NULL;
	}
	return m;
}

void
session_close(struct session *m)
{
	if (m == NULL)
		return;
	db_close(m->db);
	session_cache_free(m->cache);
	free(m);
}

struct db *
session_db(struct session *m)
{
	return m->db;
}

/* All fit the schema.  Of what a thread has few uses, it keeps nothing. */
static int
seal(struct session *m)
{
	db_rest(m->db, clock_ticks_ms());
	db_seal(m->db);
	return sqlite_authorize(m->db, session_authorizer_prepared);
}

int
session_seal(struct session *m, const struct statements *s)
{
	return db_prepare_all(m->db, s) == -1 ? -1 : seal(m);
}

int
session_seal_reader(struct session *m, const struct statements *s)
{
	return db_prepare_readers(m->db, s) == -1 ? -1 : seal(m);
}

void
session_serve(struct session *m, int64_t workspace_id, int64_t user_id)
{
	m->workspace_id = workspace_id;
	m->user_id = user_id;
	m->token_id = 0;
}

/* *UNTIL: the token is valid. */
static int
look_up(struct session *m, struct pool *pool, const char *statement,
    const struct db_arg *args, struct member *who, int64_t *used_at,
    int64_t *until)
{
	struct db_rows *r = db_query(m->db, statement, args);
	int rc = db_next(r);

	if (rc == 1) {
		who->token_id = db_col_int(r, 0);
		who->user_id = db_col_int(r, 1);
		who->workspace_id = db_col_int(r, 2);
		who->name = db_col_copy(r, pool, 3);
		who->email = db_col_copy(r, pool, 4);
		who->role = db_col_copy(r, pool, 5);
		who->workspace = db_col_copy(r, pool, 6);
		*used_at = db_col_int(r, 7);
		*until = db_col_is_null(r, 8) ? INT64_MAX : db_col_int(r, 8);
		who->by_session = (int)db_col_int(r, 9);
		who->needs_factor = (int)db_col_int(r, 10);
	}
	db_end(r);
	return rc;
}

/* Notes last_used_at, at most once an hour, so that reading seldom writes.  A
 * failure is ignored: it is no reason to refuse the member.  A transaction that
 * reads ends for it, and begins again: 0, or -1. */
static int
note_use(struct session *m, int64_t token_id, int64_t hour, int64_t now)
{
	if (m->reading) {
		session_cache_end(m);
		db_end_read(m->db);
	}
	if (db_begin(m->db) == 0 &&
	    (db_run(m->db, session_sql[USED],
		 DB_ARGS(db_int(token_id), db_int(hour),
		     db_int(now + SESSION_IDLE))) == -1 ||
		db_commit(m->db) == -1))
		db_rollback(m->db);
	if (!m->reading)
		return 0;
	return db_begin_read(m->db) == -1 ? -1 : session_cache_begin(m, now);
}

static int
serve_member(struct session *m, const struct member *who)
{
	session_serve(m, who->workspace_id, who->user_id);
	m->token_id = who->token_id;
	return 1;
}

/* Only between session_authorizer_sign_in(1) and (0).  *UNTIL: so long it need
 * not be looked up again, unless something is committed. */
static int
let_in(struct session *m, struct pool *pool, const char *statement,
    struct db_arg which, int64_t now, struct member *who, int64_t *until)
{
	int64_t used_at = 0, hour = now - now % HOUR;
	int rc = look_up(m, pool, statement, DB_ARGS(which, db_int(now)), who,
	    &used_at, until);

	if (rc != 1)
		return rc;
	if (*until > hour + HOUR)
		*until = hour + HOUR;
	if (used_at < hour && note_use(m, who->token_id, hour, now) == -1)
		return -1;
	return serve_member(m, who);
}

int
session_sign_in(struct session *m, struct pool *pool, const char *token,
    int64_t now, struct member *who)
{
	unsigned char hash[DIGEST_LEN];
	int64_t until = 0;
	int rc;

	session_serve(m, 0, 0);
	digest_sha256(token, strlen(token), hash);
	if (session_cache_member(m, pool, hash, now, who))
		return serve_member(m, who);
	session_authorizer_sign_in(1);
	rc = let_in(m, pool, session_sql[BY_HASH], db_blob(hash, sizeof(hash)),
	    now, who, &until);
	session_authorizer_sign_in(0);
	if (rc == 1)
		session_cache_put_member(m, hash, until, who);
	return rc;
}

int
session_return(struct session *m, struct pool *pool, int64_t token_id,
    int64_t now, struct member *who)
{
	int64_t until;
	int rc;

	session_serve(m, 0, 0);
	session_authorizer_sign_in(1);
	rc = let_in(
	    m, pool, session_sql[BY_ID], db_int(token_id), now, who, &until);
	session_authorizer_sign_in(0);
	if (rc == 1 && who->needs_factor) {
		session_serve(m, 0, 0);
		return 0;
	}
	return rc;
}

/* Uses the ticket up; of two requests with the same one, one gets it: 1, 0,
 * -1. */
static int
take_session(
    struct session *m, struct db_arg hash, int64_t now, int64_t *token_id)
{
	/* Looked up before the write lock is taken: a wrong guess makes no
	 * writer wait.  A clock that was set back makes no ticket live
	 * longer. */
	int rc = db_get_int(m->db, session_sql[TICKET],
	    DB_ARGS(hash, db_int(now), db_int(now + TICKET_LIFE)), token_id);

	if (rc != 1)
		return rc;
	if (db_begin(m->db) == -1)
		return -1;
	rc = db_get_int(m->db, session_sql[TAKE], DB_ARGS(hash), token_id);
	if (rc == -1 || db_commit(m->db) == -1) {
		db_rollback(m->db);
		return -1;
	}
	return rc;
}

int
session_use_ticket(struct session *m, struct pool *pool, const char *ticket,
    int64_t now, struct member *who)
{
	unsigned char hash[DIGEST_LEN];
	int64_t token_id = 0, until;
	int rc;

	session_serve(m, 0, 0);
	digest_sha256(ticket, strlen(ticket), hash);
	session_authorizer_sign_in(1);
	rc = take_session(m, db_blob(hash, sizeof(hash)), now, &token_id);
	if (rc == 1)
		rc = let_in(m, pool, session_sql[BY_ID], db_int(token_id), now,
		    who, &until);
	session_authorizer_sign_in(0);
	return rc;
}

/* Its tokens go with it by a foreign key, of which SQLite does not say to the
 * authorizer within what it acts: so it is one of the statements here. */
int
session_remove_member(struct session *m, int64_t user_id, int64_t now)
{
	int rc;

	session_authorizer_sign_in(1);
	rc = db_run(m->db, session_sql[FORMER],
	    DB_ARGS(db_int(m->workspace_id), db_int(user_id),
		db_int(m->user_id), db_int(now)));
	if (rc == 0)
		rc = db_run(m->db, session_sql[LEAVE],
		    DB_ARGS(db_int(m->workspace_id), db_int(user_id),
			db_int(m->user_id)));
	session_authorizer_sign_in(0);
	return rc;
}
