/*
 * What a commit appends to the WAL is written together, and is all the same
 * what SQLite would write: for who reads meanwhile, after a crash, after a
 * commit that failed, and where pages are written before it and of no use.
 */
#include "unit.h"

#include <sys/resource.h>

#include <signal.h>

#include "lib/sql/db.h"
#include "lib/sql/sqlite.h"

#define ROWS 2000 /* a page for two or so */

static char *folder, *path;

static int
begin(void **state)
{
	struct db *db;

	(void)state;
	folder = unit_dir();
	path = unit_path(folder, "t.db");
	db = db_open(path, DB_CREATE, 1000);
	assert_non_null(db);
	assert_int_equal(
	    db_script(db,
		"CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER, s TEXT)"),
	    0);
	db_close(db);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	free(path);
	unit_clear(folder);
	return 0;
}

static struct db *
open_to_write(void)
{
	struct db *db = db_open(path, DB_WRITE, 1000);

	assert_non_null(db);
	return db;
}

static void
insert(struct db *db, int n)
{
	for (int i = 0; i < n; i++)
		assert_int_equal(
		    db_run(db,
			"INSERT INTO t(n, s) VALUES ($1, hex(zeroblob(900)))",
			DB_ARGS(db_int(1))),
		    0);
}

static void
assert_rows(struct db *db, int64_t n)
{
	int64_t rows = -1, whole = -1;

	assert_int_equal(
	    db_get_int(db, "SELECT count(*) FROM t WHERE length(s) = 1800",
		DB_NONE, &rows),
	    1);
	assert_int_equal(rows, n);
	assert_int_equal(db_get_int(db,
			     "SELECT count(*) FROM pragma_integrity_check"
			     " WHERE integrity_check = 'ok'",
			     DB_NONE, &whole),
	    1);
	assert_int_equal(whole, 1);
}

/* Calls of this process that write. */
static long long
calls(void)
{
	FILE *f = fopen("/proc/self/io", "r");
	char line[128];
	long long n = -1;

	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "syscw: %lld", &n) == 1)
			break;
	fclose(f);
	return n;
}

static void
a_commit_takes_few_calls(void **state)
{
	struct db *db = open_to_write(), *reader;
	long long before;

	(void)state;
	assert_int_equal(db_begin(db), 0);
	insert(db, ROWS);
	before = calls();
	assert_int_equal(db_commit(db), 0);
	assert_between(calls() - before, 1, 150);
	reader = db_open(path, DB_READ, 1000);
	assert_non_null(reader);
	assert_rows(reader, ROWS);
	db_close(reader);
	db_close(db);
}

static void
copy_file(const char *to, const char *end_of_name)
{
	char command[600];

	snprintf(command, sizeof(command), "cp '%s%s' '%s%s'", path,
	    end_of_name, to, end_of_name);
	assert_int_equal(system(command), 0);
}

static void
a_crash_after_it_leaves_all_of_it(void **state)
{
	struct db *db = open_to_write(), *after;
	char *copy = unit_path(folder, "copy.db");

	(void)state;
	for (int i = 1; i <= 3; i++) {
		assert_int_equal(db_begin(db), 0);
		insert(db, ROWS / 10);
		assert_int_equal(db_commit(db), 0);
		/* The index of the WAL is lost: its frames are read, and their
		 * checksums compared. */
		copy_file(copy, "");
		copy_file(copy, "-wal");
		after = db_open(copy, DB_WRITE, 1000);
		assert_non_null(after);
		assert_rows(after, i * ROWS / 10);
		db_close(after);
	}
	db_close(db);
	free(copy);
}

/* In a cache of 16 pages, so that most are written before the commit. */
static struct db *
open_narrow(void)
{
	struct db *db = open_to_write();

	assert_int_equal(sqlite_keep(db, 64), 0);
	return db;
}

static void
pages_written_early_are_no_harm_when_they_are_rolled_back(void **state)
{
	struct db *a = open_narrow(), *b = open_to_write();

	(void)state;
	for (int i = 1; i <= 4; i++) {
		assert_int_equal(db_begin(a), 0);
		insert(a, ROWS / 4);
		db_rollback(a);
		assert_int_equal(db_begin(b), 0);
		insert(b, 10);
		assert_int_equal(db_commit(b), 0);
		assert_rows(a, i * 10);
		assert_rows(b, i * 10);
	}
	db_close(a);
	db_close(b);
}

static void
pages_written_early_and_again_are_committed(void **state)
{
	struct db *a = open_narrow(), *b = open_to_write();

	(void)state;
	assert_int_equal(db_begin(a), 0);
	insert(a, ROWS / 4);
	assert_int_equal(
	    db_run(a, "UPDATE t SET n = n + 1, s = lower(s)", DB_NONE), 0);
	assert_int_equal(db_commit(a), 0);
	assert_rows(a, ROWS / 4);
	assert_rows(b, ROWS / 4);
	sqlite_checkpoint(a, 0);
	assert_int_equal(db_begin(b), 0);
	insert(b, 1);
	assert_int_equal(db_commit(b), 0);
	assert_rows(a, ROWS / 4 + 1);
	db_close(a);
	db_close(b);
}

static void
a_commit_that_cannot_be_written_is_none(void **state)
{
	struct db *a = open_to_write(), *b = open_to_write();
	struct rlimit was, few;

	(void)state;
	assert_int_equal(db_begin(a), 0);
	insert(a, 10);
	assert_int_equal(db_commit(a), 0);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	few = was;
	few.rlim_cur = 300000;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &few), 0);
	assert_int_equal(db_begin(a), 0);
	insert(a, ROWS / 4);
	assert_int_equal(db_commit(a), -1);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	assert_rows(b, 10);
	assert_int_equal(db_begin(b), 0);
	insert(b, 1);
	assert_int_equal(db_commit(b), 0);
	assert_rows(a, 11);
	assert_int_equal(db_begin(a), 0);
	insert(a, ROWS / 4);
	assert_int_equal(db_commit(a), 0);
	assert_rows(b, 11 + ROWS / 4);
	db_close(a);
	db_close(b);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_commit_takes_few_calls),
		TEST(a_crash_after_it_leaves_all_of_it),
		TEST(pages_written_early_are_no_harm_when_they_are_rolled_back),
		TEST(pages_written_early_and_again_are_committed),
		TEST(a_commit_that_cannot_be_written_is_none),
	};

	return cmocka_run_group_tests_name("sqlite_gather", tests, NULL, NULL);
}
