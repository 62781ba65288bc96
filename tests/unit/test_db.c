/*
 * The database door: statements, rows, transactions, locks, errors.
 */
#include "unit.h"

#include <sys/wait.h>

#include <pthread.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/sqlite.h"

static const char *const sql[] = {
	"INSERT INTO t(a, b) VALUES ($2, $1)",
	"SELECT a, b FROM t ORDER BY a",
	"SELECT count(*) FROM t",
	"SELECT a FROM t WHERE a = $1",
};

static char *dir, *path;

static int
begin(void **state)
{
	struct db *db;

	log_open("test", LOG_LEVEL_WARN);
	dir = unit_dir();
	path = unit_path(dir, "t.db");
	db = db_open(path, DB_CREATE, 1000);
	assert_non_null(db);
	assert_int_equal(
	    db_script(db, "CREATE TABLE t(a INTEGER UNIQUE, b TEXT) STRICT"),
	    0);
	assert_int_equal(db_prepare(db, sql, 4), 0);
	*state = db;
	return 0;
}

static int
end(void **state)
{
	db_close(*state);
	free(path);
	unit_clear(dir);
	return 0;
}

static int64_t
count(struct db *db)
{
	int64_t n = -1;

	assert_int_equal(db_get_int(db, sql[2], DB_NONE, &n), 1);
	return n;
}

static void
parameters_are_bound_by_their_number(void **state)
{
	struct db *db = *state;
	struct db_rows *rows;

	assert_int_equal(
	    db_run(db, sql[0], DB_ARGS(db_text("x"), db_int(7))), 0);
	assert_int_equal(
	    db_run(db, sql[0], DB_ARGS(db_text(NULL), db_int(8))), 0);
	rows = db_query(db, sql[1], DB_NONE);
	assert_int_equal(db_next(rows), 1);
	assert_int_equal(db_col_int(rows, 0), 7);
	assert_string_equal(db_col_text(rows, 1), "x");
	assert_int_equal(db_next(rows), 1);
	assert_null(db_col_text(rows, 1));
	assert_int_equal(db_col_is_null(rows, 1), 1);
	assert_int_equal(db_next(rows), 0);
	db_end(rows);
}

/* The second row breaks a rule: the first stands, until the caller undoes
 * it. */
static void
what_is_not_undone_alone_is_undone_by_its_caller(void **state)
{
	static const char alone[] = "INSERT INTO t(a) VALUES ($1), ($1)",
			  whole[] = "INSERT " DB_NO_UNDO
				    " INTO t(a) VALUES ($1), ($1)";
	struct db *db = *state;

	assert_int_equal(db_begin(db), 0);
	assert_int_equal(db_savepoint(db), 0);
	assert_int_equal(db_run(db, alone, DB_ARGS(db_int(1))), -1);
	assert_int_equal(count(db), 0);
	assert_int_equal(db_run(db, whole, DB_ARGS(db_int(1))), -1);
	assert_int_equal(db_error(db), DB_CONSTRAINT);
	assert_int_equal(count(db), 1);
	db_rollback_savepoint(db);
	assert_int_equal(count(db), 0);
	assert_int_equal(db_commit(db), 0);
}

/* Exit status of a process that runs STATEMENT with ARGS, -1 when it lives. */
static int
run_apart(const char *statement, const struct db_arg *args)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		struct db *db;

		if (freopen("/dev/null", "w", stderr) == NULL)
			_exit(99);
		db = db_open(path, DB_WRITE, 1000);
		if (db == NULL || db_prepare(db, &statement, 1) == -1)
			_exit(99);
		if (args != NULL)
			db_run(db, statement, args);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WEXITSTATUS(status);
}

static void
a_wrong_number_of_arguments_ends_the_program(void **state)
{
	static const char gap[] = "INSERT INTO t(a, b) VALUES ($1, $3)",
			  mark[] = "INSERT INTO t(a, b) VALUES ($1, ?)",
			  word[] = "INSERT INTO t(a, b) VALUES ($1, :b)",
			  far[] = "INSERT INTO t(a, b) VALUES ($1, $25)";
	const struct {
		const char *statement;
		const struct db_arg *args;
		int status;
	} cases[] = {
		{ sql[0], DB_ARGS(db_text("x"), db_int(1)), 0 },
		{ sql[0], DB_ARGS(db_text("x")), EX_SOFTWARE },
		{ sql[0], DB_NONE, EX_SOFTWARE },
		{ sql[0], DB_ARGS(db_text("x"), db_int(1), db_null()),
		    EX_SOFTWARE },
		{ sql[2], DB_NONE, 0 },
		{ sql[2], DB_ARGS(db_int(1)), EX_SOFTWARE },
		{ gap, DB_ARGS(db_int(2), db_int(1), db_text("x")),
		    EX_SOFTWARE },
		/* one list for several statements, each takes what it names */
		{ gap, DB_SHARED_ARGS(db_int(2), db_int(1), db_text("x")), 0 },
		{ sql[2], DB_SHARED_ARGS(db_int(1)), 0 },
		{ gap, DB_SHARED_ARGS(db_int(3), db_int(1)), EX_SOFTWARE },
		/* found when they are prepared */
		{ mark, NULL, EX_SOFTWARE },
		{ word, NULL, EX_SOFTWARE },
		{ far, NULL, EX_SOFTWARE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(run_apart(cases[i].statement, cases[i].args),
		    cases[i].status);
	assert_int_equal(count(*state), 2);
}

static void
no_row_is_no_failure(void **state)
{
	int64_t a = 5;

	assert_int_equal(db_get_int(*state, sql[3], DB_ARGS(db_int(1)), &a), 0);
	assert_int_equal(a, 5);
}

static void
a_broken_rule_is_told_from_a_broken_file(void **state)
{
	struct db *db = *state;

	db_run(db, sql[0], DB_ARGS(db_text("x"), db_int(7)));
	assert_int_equal(
	    db_run(db, sql[0], DB_ARGS(db_text("x"), db_int(7))), -1);
	assert_int_equal(db_error(db), DB_CONSTRAINT);
}

static void
what_is_rolled_back_is_not_there(void **state)
{
	struct db *db = *state;

	assert_int_equal(db_begin(db), 0);
	db_run(db, sql[0], DB_ARGS(db_text("x"), db_int(1)));
	db_rollback(db);
	assert_int_equal(count(db), 0);
	assert_int_equal(db_begin(db), 0);
	db_run(db, sql[0], DB_ARGS(db_text("x"), db_int(1)));
	assert_int_equal(db_savepoint(db), 0);
	db_run(db, sql[0], DB_ARGS(db_text("x"), db_int(2)));
	db_rollback_savepoint(db);
	assert_int_equal(db_savepoint(db), 0);
	db_run(db, sql[0], DB_ARGS(db_text("x"), db_int(3)));
	assert_int_equal(db_release(db), 0);
	assert_int_equal(db_commit(db), 0);
	assert_int_equal(count(db), 2);
}

static void
a_second_writer_waits_its_time_and_is_told(void **state)
{
	struct db *db = *state, *other = db_open(path, DB_WRITE, 50);

	assert_int_equal(db_begin(db), 0);
	assert_int_equal(db_begin(other), -1);
	assert_int_equal(db_error(other), DB_BUSY);
	assert_int_equal(count(other), 0); /* reading goes on */
	db_rollback(db);
	assert_int_equal(db_begin(other), 0);
	db_rollback(other);
	db_close(other);
}

static void *
write_one(void *unused)
{
	struct db *db = db_open(path, DB_WRITE, 60000);

	(void)unused;
	if (db != NULL && db_begin(db) == 0)
		db_commit(db);
	db_close(db);
	return NULL;
}

static void
who_writes_learns_that_another_waits(void **state)
{
	struct db *db = *state;
	pthread_t other;

	assert_int_equal(db_begin(db), 0);
	assert_int_equal(db_wanted(db), 0);
	assert_int_equal(pthread_create(&other, NULL, write_one, NULL), 0);
	while (!db_wanted(db))
		usleep(1000);
	assert_int_equal(db_commit(db), 0);
	assert_int_equal(pthread_join(other, NULL), 0);
	assert_int_equal(db_wanted(db), 0);
}

static void
a_statement_that_does_not_fit_the_schema_is_found_at_once(void **state)
{
	static const char *const wrong[] = { "SELECT nothing FROM nowhere" };

	assert_int_equal(db_prepare(*state, wrong, 1), -1);
}

static void
a_checkpoint_keeps_everything_and_shortens_the_wal(void **state)
{
	struct db *db = *state;

	for (int round = 0; round < 3; round++) {
		assert_int_equal(db_begin(db), 0);
		for (int i = 0; i < 2000; i++)
			db_run(db, sql[0],
			    DB_ARGS(db_text("some words here"),
				db_int(round * 10000 + i)));
		assert_int_equal(db_commit(db), 0);
		sqlite_checkpoint(db, 10);
	}
	assert_int_equal(count(db), 6000);
	assert_true(db_log_size(db) < 2 << 20);
}

/* Rows of a statement that ends by itself, or -1. */
static int
try_until(struct db *db, const char *statement, int ms)
{
	int64_t n = 0;
	int rc;

	db_deadline(db, clock_ticks_ms() + ms);
	rc = db_get_int(db, statement, DB_NONE, &n);
	db_deadline(db, 0);
	if (rc == -1)
		assert_int_equal(db_error(db), DB_DEADLINE);
	return rc;
}

static void
a_statement_ends_at_its_deadline(void **state)
{
	static const char endless[] =
	    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
	    " SELECT count(*) FROM n";
	struct db *db = *state;

	assert_int_equal(try_until(db, endless, 5), -1);
	assert_int_equal(count(db), 0);
	assert_int_equal(try_until(db, sql[2], 60000), 1);
	assert_int_equal(db_begin_read(db), 0);
	assert_int_equal(try_until(db, endless, 5), -1);
	assert_int_equal(count(db), 0); /* as the transaction saw it */
	db_end_read(db);
	assert_int_equal(db_begin(db), 0);
	db_run(db, sql[0], DB_ARGS(db_text("x"), db_int(1)));
	assert_int_equal(db_commit(db), 0);
	assert_int_equal(count(db), 1);
}

/* Of a prefix FTS5 gathers all rows before it answers one, within a single
 * instruction of the statement's. */
static void
a_search_ends_while_it_gathers(void **state)
{
	static const char one[] = "SELECT rowid FROM w WHERE w MATCH 'a*'"
				  " ORDER BY rowid DESC LIMIT 1";
	struct db *db = *state;

	assert_int_equal(
	    db_script(db,
		"CREATE VIRTUAL TABLE w USING fts5(a, content='');"
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
		" LIMIT 30000) INSERT INTO w(rowid, a)"
		" SELECT i, 'a' || (i % 1000) FROM n"),
	    0);
	assert_int_equal(try_until(db, one, 1), -1);
	assert_int_equal(try_until(db, one, 60000), 1);
}

/* With pages and statements given back, and the table gone for a while. */
static void
what_rested_goes_on(void **state)
{
	static const char *const late[] = { "SELECT max(a) FROM t" };
	struct db *db = *state;
	struct db_rows *r;
	int64_t n = 0;

	assert_int_equal(
	    db_run(db, sql[0], DB_ARGS(db_text("x"), db_int(7))), 0);
	assert_int_equal(db_prepare(db, late, 1), 0);
	r = db_query(db, sql[1], DB_NONE);
	assert_int_equal(db_next(r), 1);
	db_rest(db, 1);
	assert_string_equal(db_col_text(r, 1), "x"); /* it was open */
	db_end(r);
	assert_int_equal(db_get_int(db, sql[3], DB_ARGS(db_int(7)), &n), 1);
	assert_int_equal(count(db), 1);
	assert_int_equal(db_script(db, "ALTER TABLE t RENAME TO u"), 0);
	assert_int_equal(db_get_int(db, late[0], DB_NONE, &n), -1);
	assert_int_equal(db_script(db, "ALTER TABLE u RENAME TO t"), 0);
	assert_int_equal(db_get_int(db, late[0], DB_NONE, &n), 1);
	assert_int_equal(n, 7);
}

static void
opening_makes_no_file_unless_asked(void **state)
{
	char *other = unit_path(dir, "other.db");

	(void)state;
	assert_null(db_open(other, DB_WRITE, 50));
	assert_null(db_open(other, DB_READ, 50));
	assert_int_not_equal(access(other, F_OK), 0);
	free(other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
		TEST(parameters_are_bound_by_their_number),
		TEST(what_is_not_undone_alone_is_undone_by_its_caller),
		TEST(a_wrong_number_of_arguments_ends_the_program),
		TEST(no_row_is_no_failure),
		TEST(a_broken_rule_is_told_from_a_broken_file),
		TEST(what_is_rolled_back_is_not_there),
		TEST(a_second_writer_waits_its_time_and_is_told),
		TEST(who_writes_learns_that_another_waits),
		TEST(a_statement_that_does_not_fit_the_schema_is_found_at_once),
		TEST(a_checkpoint_keeps_everything_and_shortens_the_wal),
		TEST(a_statement_ends_at_its_deadline),
		TEST(a_search_ends_while_it_gathers),
		TEST(what_rested_goes_on),
		TEST(opening_makes_no_file_unless_asked),
	};

	return cmocka_run_group_tests_name("db", tests, NULL, NULL);
}
