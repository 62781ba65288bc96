/*
 * Check of an inbox on PostgreSQL: does its server answer whom it should, and
 * is it set so that what was committed stays.  It asks as programs do, by each
 * of their addresses, and so of several hosts the one that takes writes.
 *
 * Not checked: what a role without more rights does not see, such as the free
 * space of the server's disk, and how it is backed up.
 */
#include <inttypes.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/db.h"

#include "inbox/inbox.h"

#include "cli/doctor/check/doctor_pgsql.h"

#define WAIT_MS	   1000
#define TRIES	   5
#define SLOW_MS	   5	      /* of one statement */
#define OLD_XIDS   1500000000 /* of 2,000,000,000 */
#define REST_TAKES 12	      /* connections, all but those of threads */

enum {
	ROLE,
	SERVER,
	SETTINGS,
	ROOM,
	NOCASE,
	DOORS,
	SLOTS,
	PREPARED,
	NOTHING,
	N_SQL
};

static const char *const doctor_pgsql_sql[N_SQL] = {
	[ROLE] = "SELECT CAST(current_user AS text), CAST(r.rolsuper OR"
		 " r.rolbypassrls AS int), CAST(pg_has_role(current_user,"
		 " c.relowner, 'USAGE') AS int),"
		 " CAST(pg_has_role(current_user, 'waspool_processor',"
		 " 'MEMBER') AS int), CAST(pg_has_role(current_user,"
		 " 'waspool_member', 'MEMBER') AS int)"
		 " FROM pg_roles AS r, pg_class AS c WHERE r.rolname ="
		 " current_user AND c.oid = CAST('public.messages' AS"
		 " regclass)",
	[SERVER] = "SELECT CAST(split_part(current_setting('server_version'),"
		   " ' ', 1) AS text), CAST(pg_encoding_to_char(encoding) AS"
		   " text), CAST(datcollate AS text), CAST(datctype AS text),"
		   " CAST(age(datfrozenxid) AS bigint)"
		   " FROM pg_database WHERE datname = current_database()",
	/* What a crash takes with it, and what a server grows without. */
	[SETTINGS] = "SELECT CAST(name AS text), CAST(setting AS text)"
		     " FROM pg_settings WHERE setting = 'off' AND name IN"
		     " ('fsync', 'full_page_writes', 'synchronous_commit',"
		     " 'autovacuum', 'track_counts')",
	[ROOM] = "SELECT CAST(current_setting('max_connections') AS bigint)"
		 " - CAST(current_setting('superuser_reserved_connections')"
		 " AS bigint)"
		 " - CAST(COALESCE(current_setting('reserved_connections',"
		 " true), '0') AS bigint),"
		 " CAST(d.datconnlimit AS bigint), CAST(r.rolconnlimit AS"
		 " bigint) FROM pg_database AS d, pg_roles AS r WHERE"
		 " d.datname = current_database() AND r.rolname = current_user",
	[NOCASE] = "SELECT COUNT(*) FROM pg_collation WHERE collname = 'nocase'"
		   " AND collversion <> pg_collation_actual_version(oid)",
	/* Which a restore makes the owner's, whom nothing holds. */
	[DOORS] = "SELECT COUNT(*) FROM pg_trigger AS t"
		  " JOIN pg_class AS v ON v.oid = t.tgrelid"
		  " JOIN pg_proc AS f ON f.oid = t.tgfoid"
		  " JOIN pg_class AS c ON c.relname = 'my_changes'"
		  " WHERE v.relkind = 'v' AND (f.proowner <>"
		  " CAST('waspool_doors' AS regrole) OR c.relowner <>"
		  " CAST('waspool_doors' AS regrole))",
	[SLOTS] = "SELECT CAST(slot_name AS text) FROM pg_replication_slots"
		  " WHERE NOT active",
	[PREPARED] = "SELECT COUNT(*) FROM pg_prepared_xacts"
		     " WHERE database = current_database()",
	[NOTHING] = "SELECT CAST(1 AS bigint)",
};

static struct db_rows *
first_of(struct db *db, int which)
{
	struct db_rows *r = db_query(db, doctor_pgsql_sql[which], DB_NONE);

	if (db_next(r) != 1)
		_exit(EX_UNAVAILABLE);
	return r;
}

/* 1 when it has our version: what is asked is prepared then. */
static int
check_schema(struct doctor *d, struct db *db, const char *shown)
{
	int version = 0;

	if (db_version(db, &version) == -1)
		_exit(EX_UNAVAILABLE);
	if (version == INBOX_VERSION) {
		if (db_prepare(db, doctor_pgsql_sql, N_SQL) == -1)
			_exit(EX_UNAVAILABLE);
		return 1;
	}
	doctor_say(d, DOCTOR_FAIL, NULL,
	    "%s has schema version %d, this program works with %d: %s", shown,
	    version, INBOX_VERSION,
	    version == 0 ? "the owner of the database lays it, "
			   "WASPOOL_INBOX=postgresql://OWNER@… waspool init"
	    : version < INBOX_VERSION
		? "the owner of the database brings it there, the programs "
		  "stopped, WASPOOL_INBOX=postgresql://OWNER@… waspool upgrade"
		: "install a newer waspool");
	return 0;
}

/* Who works there may not be who could do anything there. */
static void
check_role(struct doctor *d, struct db *db, const char *key, int is_member)
{
	struct db_rows *r = first_of(db, ROLE);
	const char *name = db_col_copy(r, d->pool, 0);

	if (db_col_int(r, 1))
		doctor_say(d, DOCTOR_WARN, NULL,
		    "%s logs in as %s, a superuser or one that no row level "
		    "security holds: one program's fault shows all workspaces",
		    key, name);
	else if (db_col_int(r, 2))
		doctor_say(d, DOCTOR_WARN, NULL,
		    "%s logs in as %s, who owns the tables: programs want a "
		    "role that owns nothing (Roles in docs/postgresql.md)",
		    key, name);
	else if (is_member && db_col_int(r, 3))
		doctor_say(d, DOCTOR_WARN, NULL,
		    "%s logs in as %s, a member of waspool_processor, who sees "
		    "all workspaces: REVOKE waspool_processor FROM %s",
		    key, name, name);
	else if (!db_col_int(r, is_member ? 4 : 3))
		doctor_say(d, DOCTOR_FAIL, NULL,
		    "%s logs in as %s: GRANT %s TO %s", key, name,
		    is_member ? "waspool_member" : "waspool_processor", name);
	db_end(r);
}

static void
check_server(struct doctor *d, struct db *db)
{
	struct db_rows *r = first_of(db, SERVER);

	if (!text_is(db_col_text(r, 1), "UTF8") ||
	    !(text_is(db_col_text(r, 2), "C") ||
		text_is(db_col_text(r, 2), "POSIX")) ||
	    !text_begins(db_col_text(r, 3), "C."))
		doctor_say(d, DOCTOR_FAIL, NULL,
		    "the database has not the encoding UTF8, LC_COLLATE C and "
		    "LC_CTYPE C.UTF-8: restore it into one that has "
		    "(docs/postgresql.md)");
	if (db_col_int(r, 4) > OLD_XIDS)
		doctor_say(d, DOCTOR_FAIL, NULL,
		    "%" PRId64 " transactions are not frozen, of 2,000,000,000 "
		    "that may be: the server takes no writes soon.  VACUUM as "
		    "its owner, and find out why autovacuum does not",
		    db_col_int(r, 4));
	db_end(r);
}

static void
check_settings(struct doctor *d, struct db *db)
{
	struct db_rows *r = db_query(db, doctor_pgsql_sql[SETTINGS], DB_NONE);

	while (db_next(r) == 1) {
		const char *name = db_col_text(r, 0);
		int crash =
		    text_is(name, "fsync") || text_is(name, "full_page_writes");

		doctor_say(d, crash ? DOCTOR_FAIL : DOCTOR_WARN, NULL,
		    "the server has %s=off: %s", name,
		    crash ? "a crash of its machine may damage the inbox"
		    : text_is(name, "synchronous_commit")
			? "what people wrote in the last moment is lost with a "
			  "crash"
			: "tables grow, and plans become wrong");
	}
	db_end(r);
}

static void
check_room(struct doctor *d, struct db *db)
{
	struct db_rows *r = first_of(db, ROOM);
	int64_t wanted = d->config.action_threads + REST_TAKES;

	for (int i = 0; i < 3; i++) {
		static const char *const of[] = { "the server",
			"the database (CONNECTION LIMIT)",
			"the role (CONNECTION LIMIT)" };
		int64_t room = db_col_int(r, i);

		if (room >= 0 && room < wanted)
			doctor_say(d, DOCTOR_WARN, NULL,
			    "%s takes %" PRId64 " connections, the programs "
			    "%" PRId64 " (WASPOOL_ACTION_THREADS and %d)",
			    of[i], room, wanted, REST_TAKES);
	}
	db_end(r);
}

static void
check_rest(struct doctor *d, struct db *db)
{
	struct db_rows *r = db_query(db, doctor_pgsql_sql[SLOTS], DB_NONE);
	int64_t n = 0;

	while (db_next(r) == 1)
		doctor_say(d, DOCTOR_WARN, NULL,
		    "nobody reads the replication slot %s: the server keeps "
		    "its log for it until the disk is full",
		    db_col_text(r, 0));
	db_end(r);
	if (db_get_int(db, doctor_pgsql_sql[PREPARED], DB_NONE, &n) == 1 &&
	    n > 0)
		doctor_say(d, DOCTOR_WARN, NULL,
		    "%" PRId64 " transactions are prepared and not ended "
		    "(pg_prepared_xacts): none is ours, and nothing is "
		    "vacuumed behind them",
		    n);
	if (db_get_int(db, doctor_pgsql_sql[DOORS], DB_NONE, &n) == 1 && n > 0)
		doctor_say(d, DOCTOR_FAIL, NULL,
		    "%" PRId64 " triggers of views are not waspool_doors's "
		    "since a restore, and no row level security holds them: "
		    "restore as docs/postgresql.md has it (Dump and restore)",
		    n);
	if (db_get_int(db, doctor_pgsql_sql[NOCASE], DB_NONE, &n) == 1 && n > 0)
		doctor_say(d, DOCTOR_FAIL, NULL,
		    "the server has another ICU than when the inbox was made: "
		    "as its owner, REINDEX DATABASE; ALTER COLLATION nocase "
		    "REFRESH VERSION");
}

/* The quickest of some. */
static int64_t
latency(struct db *db)
{
	int64_t best = INT64_MAX, none;

	for (int i = 0; i < TRIES; i++) {
		int64_t began = clock_ticks_ms();

		if (db_get_int(db, doctor_pgsql_sql[NOTHING], DB_NONE, &none) !=
		    1)
			_exit(EX_UNAVAILABLE);
		if (clock_ticks_ms() - began < best)
			best = clock_ticks_ms() - began;
	}
	return best;
}

/* TARGET, the value of KEY, open as programs have it: NULL, and said. */
static struct db *
open_database(struct doctor *d, const char *key, const char *target)
{
	const char *shown = db_shown(d->pool, target);
	struct db *db = db_open(target, DB_WRITE, WAIT_MS);

	if (db == NULL) {
		doctor_say(d, DOCTOR_FAIL, NULL,
		    "%s cannot be opened, so nobody can work", key);
		doctor_tell(d);
		_exit(EX_UNAVAILABLE); /* the log says why */
	}
	if (check_schema(d, db, shown))
		return db;
	db_close(db);
	return NULL;
}

/* Whom actions and realtime are there. */
static void
check_member(struct doctor *d)
{
	static const char key[] = "WASPOOL_INBOX_MEMBER";
	struct db *db = open_database(d, key, d->config.inbox_member);

	if (db != NULL)
		check_role(d, db, key, 1);
	db_close(db);
}

void
doctor_pgsql(struct doctor *d)
{
	const char *target = config_inbox(&d->config);
	const char *shown = db_shown(d->pool, target);
	struct db *db = open_database(d, "WASPOOL_INBOX", target);
	struct db_rows *r;
	int64_t ms;

	if (db == NULL)
		return;
	check_role(d, db, "WASPOOL_INBOX", 0);
	if (d->config.inbox_member != NULL)
		check_member(d);
	else
		doctor_say(d, DOCTOR_WARN, NULL,
		    "actions and realtime have the processor's rights: give "
		    "them a role of their own, in waspool_member, by "
		    "WASPOOL_INBOX_MEMBER");
	check_server(d, db);
	check_settings(d, db);
	check_room(d, db);
	check_rest(d, db);
	ms = latency(db);
	if (ms > SLOW_MS)
		doctor_say(d, DOCTOR_WARN, NULL,
		    "a statement takes %" PRId64 " ms to the server and back: "
		    "each page some of them, and the processor writes slowly",
		    ms);
	r = first_of(db, SERVER);
	doctor_say(d, DOCTOR_OK, NULL,
	    "%s answers within %" PRId64 " ms: PostgreSQL %s, schema version "
	    "%d",
	    shown, ms + 1, db_col_text(r, 0), INBOX_VERSION);
	db_end(r);
	db_close(db);
}
