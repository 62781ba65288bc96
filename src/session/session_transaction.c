/*
 * Transactions of a member's session, as of any handle (lib/sql/db.h), for
 * callers that have no statement of their own and may not have the handle.
 */
#include "base/clock.h"

#include "lib/sql/db.h"

#include "session/session.h"
#include "session/session_db.h"
#include "session/session_handle.h"

#define CHECK_MS 50 /* a read is not worth a system call each time */

int
session_begin(struct session *s)
{
	return db_begin(session_db(s));
}

int
session_begin_step(struct session *s)
{
	return db_begin_step(session_db(s));
}

int
session_commit(struct session *s)
{
	return db_commit(session_db(s));
}

void
session_rollback(struct session *s)
{
	db_rollback(session_db(s));
}

int64_t
session_written(struct session *s)
{
	return db_written(session_db(s));
}

int
session_wanted(struct session *s)
{
	return db_wanted(session_db(s));
}

void
session_let_others(struct session *s, int max_ms)
{
	db_let_others(session_db(s), max_ms);
}

int
session_begin_read(struct session *s)
{
	if (db_begin_read(s->db) == -1)
		return -1;
	s->reading = 1;
	return 0;
}

int
session_begin_cached(struct session *s, int64_t now)
{
	if (session_begin_read(s) == -1)
		return -1;
	if (session_cache_begin(s, now) == 0)
		return 0;
	session_end_read(s);
	return -1;
}

void
session_end_read(struct session *s)
{
	session_cache_end(s);
	s->reading = 0;
	db_end_read(s->db);
}

int
session_savepoint(struct session *s)
{
	return db_savepoint(session_db(s));
}

int
session_release(struct session *s)
{
	return db_release(session_db(s));
}

void
session_rollback_savepoint(struct session *s)
{
	db_rollback_savepoint(session_db(s));
}

enum db_error
session_error(struct session *s)
{
	return db_error(session_db(s));
}

void
session_check(struct session *s)
{
	int64_t now_ms = clock_ticks_ms();

	if (s->checked_ms != 0 && now_ms - s->checked_ms < CHECK_MS)
		return;
	s->checked_ms = now_ms;
	db_check(session_db(s));
}

void
session_rest(struct session *s, int64_t now_ms)
{
	session_cache_rest(s->cache);
	db_rest(s->db, now_ms);
}

void
session_on_commit(struct session *s, void (*call)(void *arg), void *arg)
{
	db_on_commit(session_db(s), call, arg);
}
