/*
 * A connection that serves one member at a time (session.h): what both engines
 * have.  How each holds it to the member's rows is in session_sqlite.c and
 * session_pgsql.c.
 */
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"

#include "lib/digest/digest.h"
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/inbox.h"

#include "session/session.h"
#include "session/session_db.h"
#include "session/session_handle.h"

#define HOUR 3600

struct session *
session_open(const char *target, int wait_ms)
{
	struct session *m = xcalloc(sizeof(*m));

	m->cache = session_cache_new(m);
	m->db = inbox_open(target, DB_WRITE, wait_ms);
	if (m->db != NULL) {
		m->engine = db_engine(m->db) == DB_PGSQL ? &session_pgsql
							 : &session_sqlite;
		if (m->engine->open(m) == 0)
			return m;
	}
	session_close(m);
	return NULL;
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

int
session_seal(struct session *m, const struct statements *s)
{
	return db_prepare_all(m->db, s) == -1 ? -1 : m->engine->seal(m);
}

int
session_seal_reader(struct session *m, const struct statements *s)
{
	return db_prepare_readers(m->db, s) == -1 ? -1 : m->engine->seal(m);
}

void
session_serve(struct session *m, int64_t workspace_id, int64_t user_id)
{
	m->workspace_id = workspace_id;
	m->user_id = user_id;
	m->token_id = 0;
	m->engine->serve(m, NULL);
}

void
session_serve_member(struct session *m, const struct member *who)
{
	m->workspace_id = who->workspace_id;
	m->user_id = who->user_id;
	m->token_id = who->token_id;
	m->engine->serve(m, who->secret);
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
	    (m->engine->note_use(m, token_id, hour, now + SESSION_IDLE) == -1 ||
		db_commit(m->db) == -1))
		db_rollback(m->db);
	if (!m->reading)
		return 0;
	return db_begin_read(m->db) == -1 ? -1 : session_cache_begin(m, now);
}

/* FOUND->until: so long it need not be looked up again, unless something is
 * committed. */
static int
let_in(struct session *m, int64_t now, struct session_found *found,
    struct member *who)
{
	int64_t hour = now - now % HOUR;

	if (found->until > hour + HOUR)
		found->until = hour + HOUR;
	*who = found->who;
	session_serve_member(m, who);
	if (found->used_at < hour &&
	    note_use(m, who->token_id, hour, now) == -1) {
		session_serve(m, 0, 0);
		return -1;
	}
	return 1;
}

int
session_sign_in(struct session *m, struct pool *pool, const char *token,
    int64_t now, struct member *who)
{
	unsigned char hash[DIGEST_LEN];
	struct session_found found;
	int rc;

	session_serve(m, 0, 0);
	digest_sha256(token, strlen(token), hash);
	if (session_cache_member(m, pool, hash, now, who)) {
		session_serve_member(m, who);
		return 1;
	}
	rc = m->engine->find_token(m, pool, token, now, &found);
	if (rc == 1)
		rc = let_in(m, now, &found, who);
	if (rc == 1)
		session_cache_put_member(m, hash, found.until, who);
	return rc;
}

int
session_return(struct session *m, struct pool *pool,
    const struct member *before, int64_t now, struct member *who)
{
	struct session_found found;
	int rc;

	session_serve(m, 0, 0);
	rc = m->engine->find_again(m, pool, before, now, &found);
	if (rc == 1)
		rc = let_in(m, now, &found, who);
	if (rc == 1 && who->needs_factor) {
		session_serve(m, 0, 0);
		return 0;
	}
	return rc;
}

int
session_use_ticket(struct session *m, struct pool *pool, const char *ticket,
    int64_t now, struct member *who)
{
	struct session_found found;
	int rc;

	session_serve(m, 0, 0);
	rc = m->engine->find_ticket(m, pool, ticket, now, &found);
	return rc == 1 ? let_in(m, now, &found, who) : rc;
}

const char *
session_pass(struct session *m, struct pool *pool, int64_t until)
{
	return m->engine->write_pass(m, pool, until);
}

int
session_remove_member(struct session *m, int64_t user_id, int64_t now)
{
	return m->engine->remove_member(m, user_id, now);
}
