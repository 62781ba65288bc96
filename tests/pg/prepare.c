/*
 * Prepares statements on a PostgreSQL that it starts, for tests/e2e/test_pg.py:
 * prepare ROOT lays the schema of the tree at ROOT, then reads statements from
 * stdin, each ended by a NUL, and prints a line for each: the types of its
 * parameters, a tab, the statement; "!" stands first where it
 * cannot be prepared.  0; 77: there is no PostgreSQL here.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

#include "lib/sql/pgsql/pgsql_handle.h"

#include "pg/pg_server.h"

#define ABSENT 77

/* The parameters, a letter each: i, t, b for bigint, text, bytea, - for a
 * number that is left out. */
static void
print_types(const struct db_rows *rows)
{
	const struct pgsql_rows *r = (const struct pgsql_rows *)rows;

	for (int n = 1; n <= rows->highest; n++)
		putchar((rows->parameters & 1U << n) == 0 ? '-'
			: r->type[n - 1] == PGSQL_BIGINT  ? 'i'
			: r->type[n - 1] == PGSQL_BYTEA	  ? 'b'
							  : 't');
}

static void
prepare_all(struct db *db)
{
	char *line = NULL;
	size_t size = 0;

	while (getdelim(&line, &size, '\0', stdin) > 0) {
		struct db_rows *r = pgsql_driver.prepare(db, line);

		if (r == NULL)
			putchar('!');
		else {
			print_types(r);
			pgsql_driver.finish(r);
		}
		printf("\t%s\n", line);
	}
	free(line);
}

int
main(int argc, char **argv)
{
	const char *why;
	int absent, rc = 1;
	struct pg_server *server = pg_server_start(&why, &absent);
	struct db *db = NULL;

	log_open("prepare", LOG_LEVEL_WARN);
	if (server == NULL) {
		fprintf(stderr, "%s\n", why);
		return absent ? ABSENT : 1;
	}
	db =
	    db_open_by(&pgsql_driver, pg_server_target(server), DB_WRITE, 1000);
	if (argc == 2 && db != NULL && pg_server_lay_schema(db, argv[1]) == 0) {
		prepare_all(db);
		rc = 0;
	}
	db_close(db);
	pg_server_stop(server);
	return rc;
}
