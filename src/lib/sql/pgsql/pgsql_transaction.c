/*
 * Transactions of the PostgreSQL driver.  One that writes takes locks first, in
 * the same message as BEGIN: so writers take turns as they do on a file, in the
 * order in which they came, and two never wait for each other.  They are
 * advisory locks, by their keys:
 *
 *	0		shared by all who write in workspaces that they have
 *			named, alone for who has not said where
 *	1, 2, …		a workspace, in ascending order (lock_workspace of
 *			schema/pgsql/database.sql)
 *	below 0		this handle's own, by which it finds out how a commit
 *			ended that was not answered
 *
 * Each statement then sees what those before have committed.  One that reads
 * sees one state (REPEATABLE READ).
 *
 * A statement that failed ends a transaction for PostgreSQL: what follows is
 * refused, and COMMIT says that it rolled back; that is a failure here.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/pgsql/pgsql_handle.h"

static void
end_transaction(struct pgsql *pg)
{
	pgsql_ahead_forget(pg);
	pg->begun = pg->unsaid = 0;
	pg->first = DB_OK;
	/* What was SET LOCAL ends with it. */
	pg->limit = PGSQL_LIMIT_NONE;
	pg->told = 0;
}

/* How a transaction begins: one that reads, or one that writes. */
struct beginning {
	enum db_begin how;
	const int64_t *workspaces; /* N of them; none: in all */
	int n;
};

static int
say_write(struct pgsql *pg, const struct beginning *b)
{
	struct pool *pool = pool_new();
	struct buf text = { .pool = pool };
	int rc;

	buf_printf(&text, "BEGIN; SELECT pg_advisory_xact_lock(%lld), %s(0)",
	    (long long)pg->own_lock,
	    b->n > 0 ? "pg_advisory_xact_lock_shared"
		     : "pg_advisory_xact_lock");
	for (int i = 0; i < b->n; i++)
		buf_printf(&text, ", pg_advisory_xact_lock(%lld)",
		    (long long)b->workspaces[i]);
	rc = pgsql_wait_say(pg, buf_end(&text), pg->wait_ms, NULL);
	pool_free(pool);
	return rc;
}

/* One that reads begins with its first statement, in one message: what it sees
 * it would not see before, either. */
static int
begin_with(struct pgsql *pg, const struct beginning *b)
{
	if (pgsql_connection_ready(pg) == -1)
		return -1;
	if (b->how == DB_BEGIN_READ) {
		pg->unsaid = 1;
		return 0;
	}
	/* What a deadline has left is taken off. */
	if (pg->timeout &&
	    pgsql_wait_say(pg, "SET statement_timeout = 0", 0, NULL) == -1)
		return -1;
	pg->timeout = 0;
	if ((pg->guarded ? pgsql_front_write(pg) : say_write(pg, b)) == 0)
		return 0;
	/* Begun, but not locked in time. */
	if (!pgsql_link_is_lost(pg) &&
	    PQtransactionStatus(pg->conn) != PQTRANS_IDLE) {
		struct pgsql kept = *pg;

		pgsql_wait_say(pg, "ROLLBACK", 0, NULL);
		memcpy(pg->code, kept.code, sizeof(pg->code));
		memcpy(pg->why, kept.why, sizeof(pg->why));
		pg->error = kept.error;
	}
	return -1;
}

static int
begin_any(struct db *db, const struct beginning *b)
{
	struct pgsql *pg = pgsql_of(db);
	int had_one = !pgsql_link_is_lost(pg), rc;

	end_transaction(pg);
	rc = begin_with(pg, b);
	/* It was cut while nobody used it. */
	if (rc == -1 && had_one && pgsql_link_is_lost(pg) &&
	    pg->error == DB_BUSY)
		rc = begin_with(pg, b);
	if (rc == -1)
		return db_fail(db, "beginning");
	pg->begun = 1;
	return 0;
}

int
pgsql_transaction_begin(struct db *db, enum db_begin how)
{
	return begin_any(db, &(struct beginning){ .how = how });
}

int
pgsql_transaction_begin_workspaces(
    struct db *db, const int64_t *workspaces, int n)
{
	return begin_any(
	    db, &(struct beginning){ DB_BEGIN_WRITE, workspaces, n });
}

/* The answer to COMMIT: 0, or -1. */
static int
check_commit(struct pgsql *pg, const PGresult *answer)
{
	if (text_is(PQcmdStatus((PGresult *)answer), "COMMIT"))
		return 0;
	return pgsql_fail_own(pg, pg->first != DB_OK ? pg->first : DB_BROKEN,
	    "a statement of this transaction had failed");
}

int
pgsql_transaction_commit(struct db *db)
{
	struct pgsql *pg = pgsql_of(db);
	int had_one = !pgsql_link_is_lost(pg), rc;
	PGresult *answer = NULL;

	rc = pgsql_connection_ready(pg);
	if (rc == 0)
		rc = pgsql_wait_say(pg, "COMMIT", 0, &answer);
	if (rc == 0)
		rc = check_commit(pg, answer);
	PQclear(answer);
	if (rc == 0) {
		end_transaction(pg);
		return 0;
	}
	if (had_one && pgsql_link_is_lost(pg)) {
		pg->unsettled = 1;
		log_warn("%s: the answer to a commit was lost: it may have "
			 "been done, or not",
		    db->path);
	}
	return db_fail(db, "committing");
}

void
pgsql_transaction_rollback(struct db *db)
{
	struct pgsql *pg = pgsql_of(db);

	if (!pg->begun)
		return;
	if (!pgsql_link_is_lost(pg) && !db->writing) {
		pgsql_wait_later(pg);
	} else if (!pgsql_link_is_lost(pg) &&
		   PQtransactionStatus(pg->conn) != PQTRANS_IDLE &&
		   pgsql_wait_say(pg, "ROLLBACK", 0, NULL) == -1) {
		db_fail(db, "rolling back");
		/* It must not stay open. */
		pgsql_link_drop(pg);
	}
	end_transaction(pg);
}

static int
say_level(struct pgsql *pg, const char *sql)
{
	if (pgsql_connection_ready(pg) == -1 ||
	    pgsql_wait_say(pg, sql, 0, NULL) == -1)
		return db_fail(&pg->db, sql);
	return 0;
}

int
pgsql_transaction_savepoint(struct db *db, enum db_level level)
{
	struct pgsql *pg = pgsql_of(db);

	if (level == DB_SAVE)
		return say_level(pg, "SAVEPOINT event");
	if (level == DB_RELEASE)
		return say_level(pg, "RELEASE event");
	if (say_level(pg, "ROLLBACK TO event; RELEASE event") == -1)
		return -1;
	pg->first = DB_OK;
	pg->told = -1; /* whatever was said behind it is taken back, too */
	return 0;
}

/* --------------------------------------------------------------- deadlines */

void
pgsql_transaction_deadline(struct db *db, int64_t at_ms)
{
	/* pgsql_front.c tells the server, when there is a reason. */
	(void)db;
	(void)at_ms;
}

void
pgsql_transaction_resume(struct pgsql *pg)
{
	struct pgsql kept = *pg;

	if (!pg->begun || pg->error != DB_DEADLINE || pgsql_link_is_lost(pg))
		return;
	/* Takes the SET LOCAL behind it back, too. */
	if (pgsql_wait_say(pg, "ROLLBACK TO late", 0, NULL) == -1)
		return;
	pg->first = DB_OK;
	pg->error = kept.error;
	memcpy(pg->code, kept.code, sizeof(pg->code));
	memcpy(pg->why, kept.why, sizeof(pg->why));
}
