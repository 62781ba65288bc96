#ifndef SESSION_SESSION_H
#define SESSION_SESSION_H

#include <stdint.h>

#include "lib/sql/db.h"

#include "session/member.h"

struct pool;
struct statements;

/*
 * A connection to the inbox that serves one member at a time.  Whatever SQL it
 * is given, it can neither read nor change rows of another workspace.  Its
 * views, and what a member may change through them, are in session.sql; all
 * else is refused: base tables, ATTACH, PRAGMA, DDL.
 *
 * db_changed() does not work here, since SQLite does not count rows that a
 * view's trigger changed: read again what was written.  db_insert() gives the
 * id of new conversations, messages and uploads only.
 */
struct session; /* opaque; belongs to one thread at a time */

/* Opens it; it serves nobody yet.  owned: session_close.  NULL, said in the
 * log. */
struct session *session_open(const char *target, int wait_ms);
void session_close(struct session *); /* NULL is harmless */

/*
 * Prepares these statements, and from then on refuses all others, but BEGIN,
 * COMMIT and their like: 0, or -1, said in the log.  Optional in a program that
 * a person runs.
 */
int session_seal(struct session *, const struct statements *);
/* The same, with statements that read: the member can change nothing. */
int session_seal_reader(struct session *, const struct statements *);

/*
 * Serves the member who has TOKEN (as shown by "waspool token create"), or the
 * person whose cookie has it (inbox/account/login.h): 1; or 0 and it serves
 * nobody: the token is unknown, revoked or expired at NOW, or its owner is no
 * member any more; -1.  A person's ends SESSION_IDLE seconds after its last
 * use, to the hour.
 */
#define SESSION_IDLE (30 * 86400)

int session_sign_in(struct session *, struct pool *, const char *token,
    int64_t now, struct member *);

/*
 * The same with a ticket (ticket.h), which is used up.  And with what is known
 * of the member BEFORE, his token_id and secret, by which a long request checks
 * that the token is still valid, and that no second factor is wanted by now.
 */
int session_use_ticket(struct session *, struct pool *, const char *ticket,
    int64_t now, struct member *);
int session_return(struct session *, struct pool *, const struct member *before,
    int64_t now, struct member *);

/* Serves the member who was signed in before, by whichever session, without
 * another look at the token. */
void session_serve_member(struct session *, const struct member *);

/*
 * A secret for session_return by which the member who is served comes back
 * until UNTIL, when the program does not keep his own; in POOL.  "" where the
 * token's id is enough; NULL when the database failed.
 */
const char *session_pass(struct session *, struct pool *, int64_t until);

/*
 * Serves a workspace without a token, as user USER_ID; 0: no user.  With
 * WORKSPACE_ID 0 it serves nobody: every view is empty.  For programs that work
 * for all: on PostgreSQL only a role that may (workspace_context of
 * schema/pgsql/members.sql) sees anything then.
 */
void session_serve(struct session *, int64_t workspace_id, int64_t user_id);

/*
 * Takes a user out of the served workspace, with tokens, sessions and
 * assignments, in the open transaction, of which activities say so: 0, also
 * when the served member may not (an owner may, an admin where it is an agent;
 * the last owner stays); -1.
 */
int session_remove_member(struct session *, int64_t user_id, int64_t now);

/* As db_begin, db_begin_step, db_commit, … of lib/sql/db.h. */
int session_begin(struct session *);
int session_begin_step(struct session *);
int session_commit(struct session *);
void session_rollback(struct session *);
int64_t session_written(struct session *);
int session_wanted(struct session *);
void session_let_others(struct session *, int max_ms);
int session_begin_read(struct session *);
/* The same, and until session_end_read the session's cache is used, as of NOW
 * (session_cache.h).  session_sign_in may be called within it. */
int session_begin_cached(struct session *, int64_t now);
void session_end_read(struct session *);
int session_savepoint(struct session *);
int session_release(struct session *);
void session_rollback_savepoint(struct session *);
enum db_error session_error(struct session *);
/* … but db_check, which looks 20 times a second at most. */
void session_check(struct session *);
void session_rest(struct session *, int64_t now_ms);
void session_on_commit(struct session *, void (*call)(void *arg), void *arg);

#endif
