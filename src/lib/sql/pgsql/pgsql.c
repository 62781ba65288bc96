/*
 * The PostgreSQL driver, by libpq: opening a database, its schema's version,
 * and the table that db.h calls.
 */
#include <sys/random.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/log.h"
#include "base/pool.h"

#include "lib/sql/pgsql/pgsql_handle.h"

#define ANSWER_TIMES  3 /* as long as for a lock */
#define ANSWER_MS_MIN 1000
#define SCRIPT_MS     3600000 /* an index of a large table */

/* Nobody else's. */
static int64_t
random_key(void)
{
	uint64_t luck;

	if (getrandom(&luck, sizeof(luck), 0) != sizeof(luck))
		die(EX_OSERR, "no random numbers: %s", strerror(errno));
	return -1 - (int64_t)(luck >> 2);
}

static struct db *
open_database(const char *target, enum db_mode mode, int wait_ms)
{
	char *name = pgsql_connection_name(target);
	struct pgsql *pg =
	    pgsql_of(db_handle_new(&pgsql_driver, sizeof(*pg), name));

	free(name);
	pg->mode = mode;
	pg->wait_ms = wait_ms;
	pg->own_lock = random_key();
	pg->answer_ms = wait_ms * ANSWER_TIMES;
	if (pg->answer_ms < ANSWER_MS_MIN)
		pg->answer_ms = ANSWER_MS_MIN;
	if (pgsql_connection_parse(pg, target) == 0 &&
	    pgsql_connection_ready(pg) == 0)
		return &pg->db;
	db_fail(&pg->db, "opening it");
	db_close(&pg->db);
	return NULL;
}

static void
close_database(struct db *db)
{
	struct pgsql *pg = pgsql_of(db);

	pgsql_link_drop(pg);
	pgsql_ahead_forget(pg);
	PQconninfoFree(pg->options);
	free(pg->secret);
	free(pg);
}

/* There is no other one at the same address: a handle that has lost its
 * connection finds it again. */
static int
is_there(struct db *db)
{
	(void)db;
	return 1;
}

static int
run_script(struct db *db, const char *sql)
{
	struct pgsql *pg = pgsql_of(db);

	if (pg->sealed)
		pgsql_fail_own(
		    pg, DB_BROKEN, "no script runs on this connection");
	else if (pgsql_connection_ready(pg) == 0 && pgsql_front_say(pg) == 0 &&
		 pgsql_wait_say(pg, sql, SCRIPT_MS, NULL) == 0) {
		PQclear(pg->with_id); /* there may be others now */
		pg->with_id = NULL;
		return 0;
	}
	return db_fail(db, "script");
}

/* In a comment on the schema, which all can read and its owner writes. */
static int
version_of_schema(struct db *db, int *version, int set)
{
	static const char get[] = "SELECT obj_description("
				  "'public'::regnamespace, 'pg_namespace')";
	struct pgsql *pg = pgsql_of(db);
	PGresult *answer = NULL;
	char text[64];

	snprintf(text, sizeof(text), "COMMENT ON SCHEMA public IS '%d'",
	    set ? *version : 0);
	if (pgsql_connection_ready(pg) == -1 || pgsql_front_say(pg) == -1 ||
	    pgsql_wait_say(pg, set ? text : get, 0, &answer) == -1)
		return db_fail(db, "version");
	if (!set)
		*version = (int)strtol(PQgetvalue(answer, 0, 0), NULL, 10);
	PQclear(answer);
	return 0;
}

static void
seal(struct db *db)
{
	pgsql_of(db)->sealed = 1;
}

static int
guard(struct db *db)
{
	struct pgsql *pg = pgsql_of(db);

	pg->guarded = 1;
	if (pgsql_connection_ready(pg) == 0 && pgsql_front_settle(pg) == 0)
		return 0;
	return db_fail(db, "guarding");
}

static const struct db_guard guarded = {
	.guard = guard,
	.serve = pgsql_front_serve,
};

static const struct db_sequences sequences = {
	.list = pgsql_sequence_list,
	.get = pgsql_sequence_get,
	.raise = pgsql_sequence_raise,
};

const struct db_driver pgsql_driver = {
	.name = "PostgreSQL",
	.engine = DB_PGSQL,
	.open = open_database,
	.close = close_database,
	.shown = pgsql_connection_name,
	.fail = pgsql_fail,
	.is_there = is_there,
	.script = run_script,
	.version = version_of_schema,
	.prepare = pgsql_rows_prepare,
	.finish = pgsql_rows_finish,
	.bind = pgsql_statement_bind,
	.step = pgsql_rows_step,
	.reset = pgsql_rows_reset,
	.column = pgsql_rows_column,
	.count = pgsql_rows_count,
	.deadline = pgsql_transaction_deadline,
	.begin = pgsql_transaction_begin,
	.commit = pgsql_transaction_commit,
	.rollback = pgsql_transaction_rollback,
	.savepoint = pgsql_transaction_savepoint,
	.begin_workspaces = pgsql_transaction_begin_workspaces,
	.sequences = &sequences,
	.guard = &guarded,
	.seal = seal,
	.prefetch = pgsql_ahead_ask,
};
