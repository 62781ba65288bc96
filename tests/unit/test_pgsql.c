/*
 * The PostgreSQL driver, on a server that is well: what it refuses, how it
 * names errors, what it says in the log.  What happens when the server is lost
 * is in test_pgsql_lost.c.
 */
#include "unit.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <fcntl.h>
#include <pthread.h>

#include "base/clock.h"
#include "base/pool.h"

#include "lib/sql/driver.h"

#include "pg/pg_server.h"

#define SHORT_MS 50
#define LONG_MS	 60000

static struct pg_server *server;
static struct pool *pool;

static const char count_rows[] = "SELECT COUNT(*) FROM t";
static const char put[] = "INSERT INTO t(id, a) VALUES ($1, $2)";

static struct db *
open_waiting(int wait_ms)
{
	struct db *db = db_open_by(
	    &pgsql_driver, pg_server_target(server), DB_WRITE, wait_ms);

	assert_non_null(db);
	return db;
}

static int
begin(void **state)
{
	struct db *db = open_waiting(LONG_MS);

	pool = pool_new();
	assert_int_equal(
	    db_script(db,
		"DROP TABLE IF EXISTS t;"
		"CREATE TABLE t(id bigint PRIMARY KEY, a text, b bytea)"),
	    0);
	*state = db;
	return 0;
}

static int
end(void **state)
{
	db_close(*state);
	pool_free(pool);
	return 0;
}

static int64_t
rows(struct db *db)
{
	int64_t n = -1;

	assert_int_equal(db_get_int(db, count_rows, DB_NONE, &n), 1);
	return n;
}

/* What CALL says in the log: in POOL. */
static char *
said_by(void (*call)(void *), void *arg)
{
	int before = dup(STDERR_FILENO);
	FILE *f = tmpfile();
	char *text;
	long len;

	assert_non_null(f);
	fflush(stderr);
	assert_int_not_equal(dup2(fileno(f), STDERR_FILENO), -1);
	call(arg);
	fflush(stderr);
	assert_int_not_equal(dup2(before, STDERR_FILENO), -1);
	close(before);
	fseek(f, 0, SEEK_END);
	len = ftell(f);
	rewind(f);
	text = pool_alloc(pool, (size_t)len + 1);
	assert_int_equal(fread(text, 1, (size_t)len, f), len);
	text[len] = '\0';
	fclose(f);
	return text;
}

/* ------------------------------------------------------------------ errors */

/* What the server says for a cause that is real. */
static const struct {
	const char *code, *sql;
	enum db_error error;
} causes[] = {
	{ "23505", "INSERT INTO t VALUES (1, 'a'), (1, 'b')", DB_CONSTRAINT },
	{ "23502", "INSERT INTO t VALUES (NULL, 'a')", DB_CONSTRAINT },
	{ "22003", "SELECT 9223372036854775807 + 1", DB_CONSTRAINT },
	{ "22012", "SELECT 1 / 0", DB_CONSTRAINT },
	{ "22021", "SELECT convert_from('\\xff', 'UTF8')", DB_CONSTRAINT },
	{ "22P02", "SELECT 'private'::bigint", DB_CONSTRAINT },
	{ "22P05", "SELECT '{\"a\":\"\\u0000\"}'::json ->> 'a'",
	    DB_CONSTRAINT },
	{ "21000",
	    "INSERT INTO t VALUES (1, 'a'), (1, 'b')"
	    " ON CONFLICT (id) DO UPDATE SET a = 'c'",
	    DB_CONSTRAINT },
	{ "54000",
	    "CREATE TABLE IF NOT EXISTS keys(k text PRIMARY KEY);"
	    "INSERT INTO keys SELECT string_agg(md5(n::text), '')"
	    " FROM generate_series(1, 200) AS n",
	    DB_CONSTRAINT },
	{ "57014", "SET statement_timeout = 1; SELECT pg_sleep(60)", DB_BUSY },
	{ "55P03", "SET lock_timeout = 1; SELECT pg_advisory_lock(77)",
	    DB_BUSY },
	{ "25006", "BEGIN; SET TRANSACTION READ ONLY; INSERT INTO t VALUES (7)",
	    DB_BUSY },
	{ "57P01", "SELECT pg_terminate_backend(pg_backend_pid())", DB_BUSY },
	{ "42P01", "SELECT * FROM nothing", DB_BROKEN },
	{ "42601", "SELEC", DB_BROKEN },
	{ "42501", "BEGIN; SET LOCAL ROLE nobody; SELECT * FROM t", DB_BROKEN },
	{ "0A000", "SELECT * FROM other.public.t", DB_BROKEN },
	{ "P0001", "DO 'BEGIN RAISE EXCEPTION ''x''; END'", DB_BROKEN },
	/* Only on another machine, or on one that is ill. */
	{ "53100", "DO 'BEGIN RAISE SQLSTATE ''53100''; END'", DB_FULL },
	{ "53200", "DO 'BEGIN RAISE SQLSTATE ''53200''; END'", DB_BUSY },
	{ "53300", "DO 'BEGIN RAISE SQLSTATE ''53300''; END'", DB_BUSY },
	{ "08006", "DO 'BEGIN RAISE SQLSTATE ''08006''; END'", DB_BUSY },
	{ "57P03", "DO 'BEGIN RAISE SQLSTATE ''57P03''; END'", DB_BUSY },
	{ "58030", "DO 'BEGIN RAISE SQLSTATE ''58030''; END'", DB_BROKEN },
	{ "XX001", "DO 'BEGIN RAISE SQLSTATE ''XX001''; END'", DB_BROKEN },
};

struct attempt {
	struct db *db;
	const char *sql;
	int rc;
};

static void
run_attempt(void *arg)
{
	struct attempt *a = arg;

	a->rc = db_script(a->db, a->sql);
}

static void
an_error_is_named_by_its_class(void **state)
{
	struct db *holder = *state;

	assert_int_equal(
	    db_script(holder, "DO 'BEGIN CREATE ROLE nobody; EXCEPTION"
			      " WHEN duplicate_object THEN NULL; END'"),
	    0);
	assert_int_equal(
	    db_script(holder, "BEGIN; SELECT pg_advisory_xact_lock(77)"), 0);
	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++) {
		struct db *db = open_waiting(LONG_MS);
		struct attempt a = { db, causes[i].sql, 0 };
		const char *said;

		said = said_by(run_attempt, &a);
		assert_int_equal(a.rc, -1);
		if (db_error(db) != causes[i].error)
			fail_msg("%s: %d", causes[i].code, db_error(db));
		if (strstr(said, causes[i].code) == NULL)
			fail_msg("%s: %s", causes[i].code, said);
		assert_null(strstr(said, "private"));
		db_close(db);
	}
	assert_int_equal(db_script(holder, "ROLLBACK"), 0);
}

static void
of_two_at_once_one_is_to_try_again(void **state)
{
	static const char one[] =
	    "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT a FROM t";
	struct db *db = *state, *other = open_waiting(LONG_MS);

	assert_int_equal(db_script(db, "INSERT INTO t VALUES (1, 'a')"), 0);
	assert_int_equal(db_script(db, one), 0);
	assert_int_equal(db_script(other, "UPDATE t SET a = 'b'"), 0);
	assert_int_equal(db_script(db, "UPDATE t SET a = 'c'"), -1); /* 40001 */
	assert_int_equal(db_error(db), DB_BUSY);
	db_close(other);
}

static void *
update_both(void *arg)
{
	struct attempt *a = arg;

	run_attempt(a);
	return NULL;
}

static void
one_of_a_deadlock_is_to_try_again(void **state)
{
	struct db *db = *state, *other = open_waiting(LONG_MS);
	struct attempt a = { other, "UPDATE t SET a = 'd' WHERE id = 1", 0 };
	pthread_t thread;
	int rc;

	assert_int_equal(
	    db_script(db, "INSERT INTO t VALUES (1, 'a'), (2, 'b')"), 0);
	assert_int_equal(
	    db_script(db, "BEGIN; UPDATE t SET a = 'c' WHERE id = 1"), 0);
	assert_int_equal(
	    db_script(other, "BEGIN; UPDATE t SET a = 'c' WHERE id = 2"), 0);
	assert_int_equal(pthread_create(&thread, NULL, update_both, &a), 0);
	rc = db_script(db, "UPDATE t SET a = 'd' WHERE id = 2");
	/* Who is chosen ends, and the other goes on. */
	if (rc == -1)
		assert_int_equal(db_script(db, "ROLLBACK"), 0);
	pthread_join(thread, NULL);
	assert_int_equal(rc + a.rc, -1);
	assert_int_equal(db_error(rc == -1 ? db : other), DB_BUSY);
	db_close(other);
}

static void
a_commit_behind_a_failure_is_one(void **state)
{
	struct db *db = *state;

	assert_int_equal(db_begin(db), 0);
	assert_int_equal(db_run(db, put, DB_ARGS(db_int(1), db_text("a"))), 0);
	assert_int_equal(db_run(db, put, DB_ARGS(db_int(1), db_text("b"))), -1);
	assert_int_equal(db_run(db, put, DB_ARGS(db_int(2), db_text("b"))), -1);
	assert_int_equal(db_commit(db), -1);
	assert_int_equal(db_error(db), DB_CONSTRAINT);
	assert_int_equal(rows(db), 0);
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(db_run(db, put, DB_ARGS(db_int(1), db_text("a"))), 0);
	assert_int_equal(db_commit(db), 0);
	assert_int_equal(rows(db), 1);
}

/* ------------------------------------------------------------------ values */

static void
a_bad_text_is_refused_before_it_is_sent(void **state)
{
	static const struct {
		const char *text;
		size_t len;
	} bad[] = { { "a\0b", 3 }, { "\xff", 1 }, { "\xed\xa0\x80", 3 },
		{ "\xc0\x80", 2 }, { "cut \xf0\x9f\x91", 7 } };
	struct db *db = *state;

	assert_int_equal(db_begin(db), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct db_arg text = db_blob(bad[i].text, bad[i].len);

		text.type = DB_TEXT;
		assert_int_equal(db_run(db, put, DB_ARGS(db_int(1), text)), -1);
		assert_int_equal(db_error(db), DB_CONSTRAINT);
	}
	/* The transaction has not heard of it. */
	assert_int_equal(
	    db_run(db, put, DB_ARGS(db_int(1), db_text("\xf0\x9f\x91\x8d"))),
	    0);
	assert_int_equal(db_commit(db), 0);
	assert_int_equal(rows(db), 1);
}

static void
great_values_come_back_as_they_were(void **state)
{
	static const char write[] = "INSERT INTO t(id, a, b)"
				    " VALUES ($1, $2, $3)";
	static const char read[] = "SELECT a, b FROM t WHERE id = $1";
	enum { LEN = 8 << 20 };
	struct db *db = *state;
	char *text = pool_alloc(pool, LEN + 1);
	unsigned char *blob = pool_alloc(pool, LEN);
	struct db_rows *r;
	size_t len;

	for (size_t i = 0; i < LEN; i++) {
		text[i] = (char)('a' + i % 26);
		blob[i] = (unsigned char)(i * 7);
	}
	text[LEN] = '\0';
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(
	    db_run(db, write,
		DB_ARGS(db_int(INT64_MIN), db_text(text), db_blob(blob, LEN))),
	    0);
	assert_int_equal(
	    db_run(db, write,
		DB_ARGS(db_int(INT64_MAX), db_text(""), db_blob(NULL, 0))),
	    0);
	assert_int_equal(db_commit(db), 0);
	r = db_query(db, read, DB_ARGS(db_int(INT64_MIN)));
	assert_int_equal(db_next(r), 1);
	assert_string_equal(db_col_text(r, 0), text);
	assert_memory_equal(db_col_blob(r, 1, &len), blob, LEN);
	assert_int_equal(len, LEN);
	db_end(r);
	r = db_query(db, read, DB_ARGS(db_int(INT64_MAX)));
	assert_int_equal(db_next(r), 1);
	assert_string_equal(db_col_text(r, 0), "");
	assert_non_null(db_col_blob(r, 1, &len));
	assert_int_equal(len, 0);
	assert_false(db_col_is_null(r, 1));
	db_end(r);
}

static void
a_column_is_read_as_what_is_wanted(void **state)
{
	static const char sql[] = "SELECT CAST($1 AS BIGINT), '17', 4, NULL";
	struct db_rows *r = db_query(*state, sql, DB_ARGS(db_int(INT64_MIN)));

	assert_int_equal(db_next(r), 1);
	assert_true(db_col_int(r, 0) == INT64_MIN);
	assert_string_equal(db_col_text(r, 0), "-9223372036854775808");
	assert_int_equal(db_col_int(r, 1), 17);
	assert_string_equal(db_col_text(r, 1), "17");
	assert_int_equal(db_col_int(r, 2), 4);
	assert_string_equal(db_col_copy(r, pool, 2), "4");
	assert_int_equal(db_col_int(r, 3), 0);
	assert_null(db_col_text(r, 3));
	assert_true(db_col_is_null(r, 3));
	assert_int_equal(db_next(r), 0);
	db_end(r);
}

/* And another statement runs while they are read. */
static void
a_hundred_thousand_rows(void **state)
{
	static const char many[] =
	    "SELECT n FROM generate_series(CAST(1 AS BIGINT), $1) AS n";
	struct db *db = *state;
	struct db_rows *r = db_query(db, many, DB_ARGS(db_int(100000)));
	int64_t n = 0;

	while (db_next(r) == 1) {
		n++;
		if (db_col_int(r, 0) != n || (n % 20000 == 0 && rows(db) != 0))
			break;
	}
	db_end(r);
	assert_int_equal(n, 100000);
}

/* -------------------------------------------------------------- the handle */

static void
a_sealed_handle_is_told_no_other_statement(void **state)
{
	static const char other[] = "SELECT COUNT(*) FROM t AS other";
	struct db *db = *state;
	int64_t n;

	assert_int_equal(rows(db), 0);
	db_seal(db);
	assert_int_equal(db_get_int(db, other, DB_NONE, &n), -1);
	assert_int_equal(db_script(db, "SELECT 1"), -1);
	assert_int_equal(rows(db), 0);
	assert_int_equal(db_begin(db), 0);
	db_rollback(db);
}

static void
writers_take_turns(void **state)
{
	struct db *first = *state, *second = open_waiting(LONG_MS);

	assert_int_equal(db_script(second, "SET lock_timeout = 50"), 0);
	assert_int_equal(db_begin(first), 0);
	assert_int_equal(
	    db_run(first, put, DB_ARGS(db_int(1), db_text("a"))), 0);
	assert_int_equal(db_begin(second), -1);
	assert_int_equal(db_error(second), DB_BUSY);
	/* Who reads does not wait, and sees what was there. */
	assert_int_equal(rows(second), 0);
	assert_int_equal(db_commit(first), 0);
	assert_int_equal(db_begin(second), 0);
	assert_int_equal(rows(second), 1);
	db_rollback(second);
	db_close(second);
}

static int
begin_in(struct db *db, int64_t a, int64_t b)
{
	const int64_t workspaces[] = { a, b };

	return db_begin_workspaces(db, workspaces, b != 0 ? 2 : 1);
}

/* Two in one workspace take turns; in two they do not.  Who has not said where
 * is alone. */
static void
a_writer_of_a_workspace_waits_for_those_of_it(void **state)
{
	struct db *first = *state, *second = open_waiting(LONG_MS);

	assert_int_equal(db_script(second, "SET lock_timeout = 50"), 0);
	assert_int_equal(db_has_workspaces(first), 1);
	assert_int_equal(begin_in(first, 1, 3), 0);
	assert_int_equal(begin_in(second, 2, 3), -1);
	assert_int_equal(db_error(second), DB_BUSY);
	assert_int_equal(db_begin(second), -1);
	assert_int_equal(db_error(second), DB_BUSY);
	assert_int_equal(begin_in(second, 2, 4), 0);
	assert_int_equal(
	    db_run(first, put, DB_ARGS(db_int(1), db_text("a"))), 0);
	assert_int_equal(
	    db_run(second, put, DB_ARGS(db_int(2), db_text("b"))), 0);
	assert_int_equal(db_commit(first), 0);
	assert_int_equal(db_commit(second), 0);
	assert_int_equal(db_begin_workspaces(first, NULL, 0), 0);
	assert_int_equal(begin_in(second, 5, 0), -1);
	assert_int_equal(db_error(second), DB_BUSY);
	db_rollback(first);
	assert_int_equal(begin_in(second, 5, 0), 0);
	assert_int_equal(rows(second), 2);
	db_rollback(second);
	db_close(second);
}

static void
who_reads_sees_one_state(void **state)
{
	struct db *db = *state, *writer = open_waiting(LONG_MS);

	assert_int_equal(db_begin_read(db), 0);
	assert_int_equal(rows(db), 0);
	assert_int_equal(db_begin(writer), 0);
	assert_int_equal(
	    db_run(writer, put, DB_ARGS(db_int(1), db_text("a"))), 0);
	assert_int_equal(db_commit(writer), 0);
	assert_int_equal(rows(db), 0);
	db_end_read(db);
	assert_int_equal(rows(db), 1);
	db_close(writer);
}

/* As a search that ends what takes too long, and shows what it has. */
static void
a_transaction_outlives_a_deadline(void **state)
{
	static const char slow[] =
	    "SELECT COUNT(*) FROM generate_series(1, 2000000000) AS n";
	struct db *db = *state;
	int64_t n;

	assert_int_equal(db_begin_read(db), 0);
	db_deadline(db, clock_ticks_ms() + LONG_MS);
	assert_int_equal(rows(db), 0);
	db_deadline(db, clock_ticks_ms() + SHORT_MS);
	assert_int_equal(db_get_int(db, slow, DB_NONE, &n), -1);
	assert_int_equal(db_error(db), DB_DEADLINE);
	assert_int_equal(db_get_int(db, slow, DB_NONE, &n), -1);
	assert_int_equal(db_error(db), DB_DEADLINE);
	db_deadline(db, 0);
	assert_int_equal(rows(db), 0);
	db_end_read(db);
	assert_int_equal(rows(db), 0);
	/* Nor does the next transaction know of it. */
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(db_run(db, put, DB_ARGS(db_int(1), db_text("a"))), 0);
	assert_int_equal(db_commit(db), 0);
}

/* --------------------------------------------------------------- addresses */

static void
open_target(void *arg)
{
	struct attempt *a = arg;

	a->db = db_open_by(&pgsql_driver, a->sql, DB_WRITE, LONG_MS);
}

static void
a_password_is_in_no_log(void **state)
{
	const char *dir = pg_server_folder(server);
	struct attempt a = { NULL, NULL, 0 };
	const char *said;

	assert_int_equal(
	    db_script(*state,
		"DO 'BEGIN CREATE ROLE secret LOGIN PASSWORD ''open sesame'';"
		" EXCEPTION WHEN duplicate_object THEN NULL; END'"),
	    0);
	a.sql = pool_printf(pool,
	    "postgresql://secret:open%%20sesame@/"
	    "postgres?connect_timeout=60&host=%s",
	    dir);
	said = said_by(open_target, &a);
	assert_non_null(a.db);
	db_close(a.db);
	a.sql = pool_printf(pool,
	    "postgresql://secret:mellon@/postgres?connect_timeout=60&host=%s",
	    dir);
	said = said_by(open_target, &a);
	assert_null(a.db);
	assert_non_null(strstr(said, "password authentication failed"));
	assert_null(strstr(said, "mellon"));
	assert_non_null(strstr(said, "postgres"));
	/* Nor one in what cannot be read. */
	a.sql = "postgresql://secret:mellon@[/postgres";
	said = said_by(open_target, &a);
	assert_null(a.db);
	assert_null(strstr(said, "mellon"));
	assert_non_null(strstr(said, "not an address"));
}

static void
a_database_that_does_not_fit_is_refused(void **state)
{
	const char *dir = pg_server_folder(server);
	struct attempt a = { NULL, NULL, 0 };
	const char *said;

	assert_int_equal(db_script(*state, "DROP DATABASE IF EXISTS ascii"), 0);
	assert_int_equal(
	    db_script(*state,
		"CREATE DATABASE ascii TEMPLATE template0"
		" ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'"),
	    0);
	a.sql = pool_printf(pool,
	    "postgresql://waspool@/ascii?connect_timeout=60&host=%s", dir);
	said = said_by(open_target, &a);
	assert_null(a.db);
	assert_non_null(strstr(said, "SQL_ASCII"));
	assert_non_null(strstr(said, "createdb "));
	a.sql = pool_printf(
	    pool, "postgresql://waspool@/none?connect_timeout=60&host=%s", dir);
	said = said_by(open_target, &a);
	assert_null(a.db);
	assert_non_null(strstr(said, "does not exist"));
}

/* A socket at which nobody answers: owned. */
static int
listen_in(const char *dir)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(name.sun_path, sizeof(name.sun_path), "%s/.s.PGSQL.5432", dir);
	assert_int_equal(
	    bind(fd, (const struct sockaddr *)&name, sizeof(name)), 0);
	assert_int_equal(listen(fd, 8), 0);
	return fd;
}

static void
one_of_several_hosts_is_enough(void **state)
{
	const char *dir = pg_server_folder(server);
	char *silent = unit_dir();
	int fd = listen_in(silent);
	int64_t end_ms = clock_ticks_ms() + LONG_MS;
	struct attempt a = { NULL, NULL, 0 };
	const char *said;

	(void)state;
	/* One that is not there, one that says nothing, and one. */
	a.sql = pool_printf(pool,
	    "postgresql://waspool@/postgres?connect_timeout=1"
	    "&host=/nowhere,%s,%s",
	    silent, dir);
	/* A busy machine may take longer than that for the one. */
	do
		said = said_by(open_target, &a);
	while (a.db == NULL && strstr(said, dir) != NULL &&
	       clock_ticks_ms() < end_ms);
	assert_non_null(a.db);
	assert_int_equal(db_version(a.db, &a.rc), 0);
	db_close(a.db);
	/* Without the third, what both said is told. */
	a.sql = pool_printf(pool,
	    "postgresql://waspool@/postgres?connect_timeout=1"
	    "&host=/nowhere,%s",
	    silent);
	said = said_by(open_target, &a);
	assert_null(a.db);
	assert_non_null(strstr(said, "/nowhere"));
	assert_non_null(strstr(said, "does not answer in time"));
	close(fd);
	unit_clear(silent);
}

/* -------------------------------------------------------------- in advance */

static const char of_id[] = "SELECT a, id FROM t WHERE id = $1";
static const char first_b[] = "SELECT b FROM t WHERE id = $1 AND a = $2";
static const char divide[] = "SELECT 7 / CAST($1 AS BIGINT)";
static const char slow[] =
    "SELECT 1 FROM (SELECT pg_sleep(CAST($1 AS BIGINT) / 1000.0)) AS s";

static const char *
text_of(struct db *db, int64_t id)
{
	struct db_rows *r = db_query(db, of_id, DB_ARGS(db_int(id)));
	int rc = db_next(r);
	const char *text = rc == 1    ? db_col_copy(r, pool, 0)
			   : rc == -1 ? "failed"
				      : NULL;

	db_end(r);
	return text;
}

static void
what_is_asked_in_advance_is_answered_as_if_it_were_not(void **state)
{
	struct db *db = *state, *other = open_waiting(LONG_MS);
	int64_t n = 0;

	for (int i = 1; i <= 200; i++)
		assert_int_equal(
		    db_run(db, put,
			DB_ARGS(db_int(i), db_text(i % 2 ? "odd" : "even"))),
		    0);
	/* Outside a transaction, and in one that writes, it is nothing. */
	db_prefetch(db, of_id, DB_ARGS(db_int(1)));
	assert_int_equal(db_begin(db), 0);
	db_prefetch(db, of_id, DB_ARGS(db_int(1)));
	assert_int_equal(rows(db), 200);
	assert_int_equal(
	    db_run(db, "UPDATE t SET a = 'one' WHERE id = 1", DB_NONE), 0);
	assert_string_equal(text_of(db, 1), "one");
	assert_int_equal(db_commit(db), 0);
	for (int turn = 0; turn < 2; turn++) {
		assert_int_equal(db_begin_read(db), 0);
		/* More than are kept, one twice, one that is no row, one that
		 * nobody asks, one that cannot be sent. */
		for (int i = 1; i <= 200; i++)
			db_prefetch(db, of_id, DB_ARGS(db_int(i)));
		db_prefetch(db, of_id, DB_ARGS(db_int(1)));
		db_prefetch(db, of_id, DB_ARGS(db_int(1000)));
		db_prefetch(db, of_id, DB_ARGS(db_null()));
		db_prefetch(db, first_b, DB_ARGS(db_int(7), db_null()));
		assert_int_equal(
		    db_get_int(db, divide, DB_ARGS(db_int(7)), &n), 1);
		assert_int_equal(n, 1);
		/* It is of the state that this transaction sees. */
		assert_int_equal(
		    db_run(other, "UPDATE t SET a = a || '!' WHERE id = 2",
			DB_NONE),
		    0);
		for (int i = 200; i >= 1; i--)
			assert_string_equal(
			    text_of(db, i), i == 1		  ? "one"
					    : i == 2 && turn == 1 ? "even!"
					    : i % 2		  ? "odd"
								  : "even");
		assert_null(text_of(db, 1000));
		db_end_read(db);
	}
	assert_string_equal(text_of(db, 2), "even!!");
	db_close(other);
}

static void
what_fails_in_advance_fails_when_it_is_asked(void **state)
{
	struct db *db = *state;
	int64_t n = 0;

	assert_int_equal(
	    db_run(db, put, DB_ARGS(db_int(1), db_text("one"))), 0);
	for (int turn = 0; turn < 2; turn++) {
		assert_int_equal(db_begin_read(db), 0);
		db_prefetch(db, divide, DB_ARGS(db_int(0)));
		db_prefetch(db, of_id, DB_ARGS(db_int(1)));
		/* PostgreSQL goes on with nothing of this transaction. */
		assert_int_equal(
		    db_get_int(db, divide, DB_ARGS(db_int(1)), &n), -1);
		assert_int_equal(db_error(db), DB_CONSTRAINT);
		assert_string_equal(text_of(db, 1), "failed");
		db_end_read(db);
		assert_int_equal(
		    db_get_int(db, divide, DB_ARGS(db_int(1)), &n), 1);
	}
	/* What cannot be bound is said when it is asked. */
	assert_int_equal(db_begin_read(db), 0);
	db_prefetch(db, first_b, DB_ARGS(db_int(1), db_text("\xff")));
	assert_string_equal(text_of(db, 1), "one");
	assert_int_equal(
	    db_run(db, first_b, DB_ARGS(db_int(1), db_text("\xff"))), -1);
	assert_string_equal(text_of(db, 1), "one");
	db_end_read(db);
}

static void
in_advance_a_deadline_takes_nobody_elses_answer(void **state)
{
	struct db *db = *state;
	int64_t n = 0;

	assert_int_equal(
	    db_run(db, put, DB_ARGS(db_int(1), db_text("one"))), 0);
	assert_int_equal(db_get_int(db, slow, DB_ARGS(db_int(1)), &n), 1);
	assert_int_equal(db_begin_read(db), 0);
	db_deadline(db, clock_ticks_ms() + LONG_MS);
	assert_string_equal(text_of(db, 1), "one");
	/* By the server's clock, not by ours. */
	db_deadline(db, clock_ticks_ms() + 1000);
	db_prefetch(db, slow, DB_ARGS(db_int(LONG_MS)));
	db_prefetch(db, divide, DB_ARGS(db_int(7)));
	assert_string_equal(text_of(db, 1), "one");
	assert_int_equal(
	    db_get_int(db, slow, DB_ARGS(db_int(LONG_MS)), &n), -1);
	assert_int_equal(db_error(db), DB_DEADLINE);
	db_deadline(db, 0);
	assert_int_equal(db_get_int(db, divide, DB_ARGS(db_int(7)), &n), 1);
	assert_string_equal(text_of(db, 1), "one");
	db_end_read(db);
}

static int
run(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
	static const struct CMUnitTest tests[] = {
		TEST(an_error_is_named_by_its_class),
		TEST(of_two_at_once_one_is_to_try_again),
		TEST(one_of_a_deadlock_is_to_try_again),
		TEST(a_commit_behind_a_failure_is_one),
		TEST(a_bad_text_is_refused_before_it_is_sent),
		TEST(great_values_come_back_as_they_were),
		TEST(a_column_is_read_as_what_is_wanted),
		TEST(a_hundred_thousand_rows),
		TEST(a_sealed_handle_is_told_no_other_statement),
		TEST(writers_take_turns),
		TEST(a_writer_of_a_workspace_waits_for_those_of_it),
		TEST(who_reads_sees_one_state),
		TEST(a_transaction_outlives_a_deadline),
		TEST(what_is_asked_in_advance_is_answered_as_if_it_were_not),
		TEST(what_fails_in_advance_fails_when_it_is_asked),
		TEST(in_advance_a_deadline_takes_nobody_elses_answer),
		TEST(a_password_is_in_no_log),
		TEST(a_database_that_does_not_fit_is_refused),
		TEST(one_of_several_hosts_is_enough),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

int
main(void)
{
	return pg_server_serve(&server, run);
}
