/*
 * Prepares statements on a PostgreSQL that it starts, for tests/e2e/test_pg.py:
 * prepare RULES FILE… lays the schema of FILE…, then reads statements from
 * stdin, each ended by a NUL, and prints a line for each: the types of its
 * parameters (pg_driver.h), a tab, the statement; "!" stands first where it
 * cannot be prepared.  0; 77: there is no PostgreSQL here.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/driver.h"

#include "pg_driver.h"
#include "pg_server.h"

#define ABSENT 77

static int
lay_schema(struct db *db, const char *rules, char **paths)
{
	int rc = 0;

	while (*paths != NULL && rc == 0) {
		char *sql = pg_server_translate(rules, *paths++);

		rc = sql == NULL ? -1 : db_script(db, sql);
		free(sql);
	}
	return rc;
}

/* A statement's name is its address, so all stay in POOL. */
static void
prepare_all(struct db *db, struct pool *pool)
{
	char *line = NULL;
	size_t size = 0;

	while (getdelim(&line, &size, '\0', stdin) > 0) {
		const char *sql = pool_copy(pool, line);
		int rc = db_prepare(db, &sql, 1);

		printf("%s\t%s\n", rc == 0 ? pg_driver_types(db) : "!", sql);
	}
	free(line);
}

int
main(int argc, char **argv)
{
	const char *why;
	int absent, rc = 1;
	struct pg_server *server = pg_server_start(&why, &absent);
	struct pool *pool = pool_new();
	struct db *db = NULL;

	log_open("prepare", LOG_LEVEL_WARN);
	if (server == NULL) {
		fprintf(stderr, "%s\n", why);
		return absent ? ABSENT : 1;
	}
	db = db_open_by(&pg_driver, pg_server_target(server), DB_WRITE, 1000);
	if (argc > 2 && db != NULL && lay_schema(db, argv[1], &argv[2]) == 0) {
		prepare_all(db, pool);
		rc = 0;
	}
	db_close(db);
	pool_free(pool);
	pg_server_stop(server);
	return rc;
}
