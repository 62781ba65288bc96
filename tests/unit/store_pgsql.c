/*
 * Inboxes on a PostgreSQL: store.h.  The schema is laid once, and copied.
 */
#include "store_pgsql.h"
#include "unit.h"

#include "base/log.h"

#include "lib/sql/driver.h"

#include "pg/pg_server.h"

#define WAIT_MS 60000

struct pg_server *store_pgsql_server;

static int databases;
static int (*run_program)(void);

/* What SQLite has and PostgreSQL has not, for the texts of rows.c. */
static const char words_of_sqlite[] =
    "CREATE FUNCTION add_text(so_far text, more text, mark text)"
    " RETURNS text LANGUAGE sql AS $$ SELECT CASE WHEN so_far IS NULL"
    " THEN more ELSE so_far || mark || more END $$;"
    "CREATE AGGREGATE group_concat(text, text)"
    " (SFUNC = add_text, STYPE = text);"
    "CREATE FUNCTION hex(b bytea) RETURNS text LANGUAGE sql AS"
    " $$ SELECT upper(encode(b, 'hex')) $$;";

static struct db *
open_at(const char *name, int wait_ms)
{
	return db_open_by(&pgsql_driver, name, DB_WRITE, wait_ms);
}

static char *
name_of(const char *database)
{
	char *name = malloc(256);

	snprintf(name, 256, "host=%s user=waspool dbname=%s connect_timeout=60",
	    pg_server_folder(store_pgsql_server), database);
	return name;
}

/* As the owner of the server. */
static void
say(const char *sql)
{
	struct db *db = open_at(pg_server_target(store_pgsql_server), WAIT_MS);

	assert_non_null(db);
	assert_int_equal(db_script(db, sql), 0);
	db_close(db);
}

static char *
copy_database(const char *from)
{
	char database[32], sql[160];

	snprintf(database, sizeof(database), "inbox_%d", databases++);
	snprintf(
	    sql, sizeof(sql), "CREATE DATABASE %s TEMPLATE %s", database, from);
	say(sql);
	return name_of(database);
}

static void
lay_schema(void)
{
	const char *srcdir = getenv("srcdir");
	char *name;
	struct db *db;

	say("CREATE DATABASE laid TEMPLATE template0");
	name = name_of("laid");
	db = open_at(name, WAIT_MS);
	assert_non_null(db);
	assert_int_equal(
	    pg_server_lay_schema(db, srcdir != NULL ? srcdir : "."), 0);
	assert_int_equal(db_script(db, words_of_sqlite), 0);
	db_close(db);
	free(name);
}

/* The name of its database. */
static void
read_database(const char *name, char *database, size_t size)
{
	const char *at = strstr(name, "dbname=") + strlen("dbname=");

	snprintf(database, size, "%.*s", (int)strcspn(at, " "), at);
}

static char *
create_inbox(const char *dir)
{
	(void)dir;
	return copy_database("laid");
}

static char *
copy_inbox(const char *from, const char *dir)
{
	char database[32];

	(void)dir;
	read_database(from, database, sizeof(database));
	return copy_database(database);
}

static void
drop_inbox(char *name)
{
	char database[32], sql[96];

	read_database(name, database, sizeof(database));
	snprintf(sql, sizeof(sql), "DROP DATABASE %s WITH (FORCE)", database);
	say(sql);
	free(name);
}

const struct store store_pgsql = {
	.create = create_inbox,
	.copy = copy_inbox,
	.open = open_at,
	.drop = drop_inbox,
};

static int
run_on_it(void)
{
	log_open("test", LOG_LEVEL_WARN);
	lay_schema();
	store_now = &store_pgsql;
	return run_program();
}

int
store_pgsql_serve(int (*run)(void))
{
	run_program = run;
	return pg_server_serve(&store_pgsql_server, run_on_it);
}
