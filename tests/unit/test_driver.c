/*
 * The driver table: what db.h does alike for every engine.  Beside SQLite a
 * second engine is in this process, of a few lines: a list of numbers, which
 * fails when it is told to.
 */
#include "unit.h"

#include <sys/wait.h>

#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/pool.h"

#include "lib/sql/driver.h"
#include "lib/sql/sqlite.h"

#define N_MAX 8

static const char put[] = "put $1", list[] = "list", nonsense[] = "?";

/* The engine and what was done with it. */
struct toy {
	struct db db;
	int64_t number[N_MAX];
	int n, kept; /* now, and when the transaction began */
	int64_t bound;
	int at;	     /* of the reader */
	int failing; /* the next call answers -1 */
	int lost;
	int64_t deadline;
	int rests, unused; /* of those that were told so */
	int prepared, finished, resets, rollbacks;
};

static struct toy *
toy_of(struct db *db)
{
	return (struct toy *)db;
}

static int
try_toy(struct db *db, const char *what)
{
	if (!toy_of(db)->failing)
		return 0;
	toy_of(db)->failing = 0;
	return db_fail(db, what);
}

static void
fail_toy(struct db *db, struct db_failure *f)
{
	f->error = DB_FULL;
	strcpy(f->code, "42");
	f->text = "no more numbers";
	f->advice = "type something";
	f->lost = toy_of(db)->lost;
}

static void
close_toy(struct db *db)
{
	assert_int_equal(toy_of(db)->finished, toy_of(db)->prepared);
	free(db);
}

static struct db_rows *
prepare_toy(struct db *db, const char *sql)
{
	struct db_rows *r;

	if (sql == nonsense) {
		db_fail(db, sql);
		return NULL;
	}
	r = xcalloc(sizeof(*r));
	r->db = db;
	r->sql = sql;
	if (strchr(sql, '$') != NULL)
		db_rows_has(r, 1);
	toy_of(db)->prepared++;
	return r;
}

static void
finish_toy(struct db_rows *r)
{
	toy_of(r->db)->finished++;
	free(r);
}

static int
bind_toy(struct db_rows *r, const struct db_arg *arg)
{
	toy_of(r->db)->bound = arg->i;
	return 0;
}

static int
step_toy(struct db_rows *r)
{
	struct toy *t = toy_of(r->db);

	if (try_toy(r->db, r->sql) == -1)
		return -1;
	if (r->sql != put)
		return t->at++ < t->n;
	t->number[t->n++] = t->bound;
	return 0;
}

static void
reset_toy(struct db_rows *r)
{
	toy_of(r->db)->at = 0;
	toy_of(r->db)->resets++;
}

static void
column_toy(struct db_rows *r, int i, enum db_type wanted, struct db_arg *column)
{
	(void)i;
	(void)wanted;
	*column = db_int(toy_of(r->db)->number[toy_of(r->db)->at - 1]);
}

static void
deadline_toy(struct db *db, int64_t at_ms)
{
	toy_of(db)->deadline = at_ms;
}

static void
rest_toy(struct db *db, int unused)
{
	toy_of(db)->rests++;
	toy_of(db)->unused += unused;
}

static int64_t
count_toy(struct db *db, enum db_counter counter)
{
	(void)counter;
	return toy_of(db)->n;
}

static int
begin_toy(struct db *db, enum db_begin how)
{
	(void)how;
	toy_of(db)->kept = toy_of(db)->n;
	return try_toy(db, "begin");
}

static int
commit_toy(struct db *db)
{
	return try_toy(db, "commit");
}

static void
rollback_toy(struct db *db)
{
	toy_of(db)->n = toy_of(db)->kept;
	toy_of(db)->rollbacks++;
}

static struct db *open_toy(const char *, enum db_mode, int);

static const struct db_driver toy_driver = {
	.name = "toy",
	.open = open_toy,
	.close = close_toy,
	.fail = fail_toy,
	.prepare = prepare_toy,
	.finish = finish_toy,
	.bind = bind_toy,
	.step = step_toy,
	.reset = reset_toy,
	.column = column_toy,
	.deadline = deadline_toy,
	.count = count_toy,
	.begin = begin_toy,
	.commit = commit_toy,
	.rollback = rollback_toy,
	.rest = rest_toy,
};

static struct db *
open_toy(const char *target, enum db_mode mode, int wait_ms)
{
	(void)mode;
	(void)wait_ms;
	return db_handle_new(&toy_driver, sizeof(struct toy), target);
}

static int
begin(void **state)
{
	log_open("test", LOG_LEVEL_WARN);
	*state = db_open_by(&toy_driver, "toy", DB_CREATE, 0);
	assert_non_null(*state);
	return 0;
}

static int
end(void **state)
{
	db_close(*state);
	return 0;
}

static int
sum(struct db *db, const char *sql)
{
	struct db_rows *r = db_query(db, sql, DB_NONE);
	int n = 0, rc;

	while ((rc = db_next(r)) == 1)
		n += (int)db_col_int(r, 0);
	db_end(r);
	return rc == -1 ? -1 : n;
}

static int committed;

static void
note_commit(void *arg)
{
	(void)arg;
	committed++;
}

/* The same address is a statement of each: it is known by its handle, too. */
static void
two_engines_live_in_one_process(void **state)
{
	static const char one[] = "SELECT 1 UNION ALL SELECT 2";
	char *dir = unit_dir(), *path = unit_path(dir, "t.db");
	struct db *toy = *state, *db = db_open(path, DB_CREATE, 1000);

	assert_non_null(db);
	assert_string_equal(db->driver->name, "SQLite");
	assert_int_equal(db_run(toy, put, DB_ARGS(db_int(40))), 0);
	assert_int_equal(sum(db, one), 3);
	assert_int_equal(sum(toy, one), 40);
	assert_int_equal(sum(db, one), 3);
	assert_int_equal(db_begin(toy), 0);
	assert_int_equal(db_begin(db), 0);
	db_rollback(toy);
	assert_int_equal(db_commit(db), 0);
	db_close(db);
	free(path);
	unit_clear(dir);
}

static void
a_statement_is_prepared_once_and_ended_by_the_close(void **state)
{
	static const char *const sql[] = { put, list };
	struct db *db = *state;

	assert_int_equal(db_prepare(db, sql, 2), 0);
	assert_int_equal(db_prepare(db, sql, 2), 0);
	assert_int_equal(db_run(db, put, DB_ARGS(db_int(1))), 0);
	assert_int_equal(sum(db, list), 1);
	assert_int_equal(toy_of(db)->prepared, 2);
}

static void
rows_that_nobody_read_are_let_go(void **state)
{
	struct db *db = *state;
	int resets;

	assert_int_equal(db_run(db, put, DB_ARGS(db_int(1))), 0);
	assert_int_equal(db_run(db, put, DB_ARGS(db_int(2))), 0);
	resets = toy_of(db)->resets;
	assert_int_equal(db_next(db_query(db, list, DB_NONE)), 1);
	assert_int_equal(sum(db, list), 3);
	assert_int_equal(toy_of(db)->resets, resets + 2);
}

static void
what_fails_is_told_in_our_words(void **state)
{
	struct db *db = *state;

	assert_int_equal(db_prepare(db, (const char *[]){ nonsense }, 1), -1);
	assert_int_equal(db_error(db), DB_FULL);
	assert_int_equal(db_run(db, nonsense, DB_NONE), -1);
	toy_of(db)->failing = 1;
	assert_int_equal(sum(db, list), -1);
	assert_int_equal(sum(db, list), 0); /* and not for ever */
}

/* An engine that never looks at the clock begins nothing behind it. */
static void
nothing_begins_after_the_deadline(void **state)
{
	struct db *db = *state;
	int64_t now = clock_ticks_ms();

	assert_int_equal(db_run(db, put, DB_ARGS(db_int(7))), 0);
	db_deadline(db, now + 60000);
	assert_int_equal(toy_of(db)->deadline, now + 60000);
	assert_int_equal(sum(db, list), 7);
	db_deadline(db, now);
	assert_int_equal(sum(db, list), -1);
	assert_int_equal(db_error(db), DB_DEADLINE);
	db_deadline(db, 0);
	assert_int_equal(toy_of(db)->deadline, 0);
	assert_int_equal(sum(db, list), 7);
}

static void
what_is_unused_for_long_is_given_back(void **state)
{
	struct db *db = *state;
	int64_t now = 5000;

	db_rest(db, now); /* what was never used */
	db_rest(db, now + DB_UNUSED_MS - 1);
	assert_int_equal(toy_of(db)->unused, 1);
	db_rest(db, now + DB_UNUSED_MS);
	assert_int_equal(toy_of(db)->unused, 2);
	assert_int_equal(toy_of(db)->rests, 3);
}

static void
a_commit_that_fails_takes_all_back(void **state)
{
	struct db *db = *state;

	committed = 0;
	db_on_commit(db, note_commit, NULL);
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(db_run(db, put, DB_ARGS(db_int(1))), 0);
	assert_int_equal(db_written(db), 1);
	toy_of(db)->failing = 1;
	assert_int_equal(db_commit(db), -1);
	assert_int_equal(db_error(db), DB_FULL);
	assert_int_equal(committed, 0);
	assert_int_equal(sum(db, list), 0);
	db_rollback(db); /* nothing is open */
	assert_int_equal(toy_of(db)->rollbacks, 1);
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(db_commit(db), 0);
	assert_int_equal(committed, 1);
}

enum { TOO_FEW, TOO_MANY, LOST, NO_SQLITE };

/* Exit status of a process in which WHAT is done. */
static int
status_of(struct db *db, int what)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (freopen("/dev/null", "w", stderr) == NULL)
			_exit(99);
		toy_of(db)->lost = toy_of(db)->failing = what == LOST;
		if (what == NO_SQLITE)
			sqlite_truncate(db);
		else if (what == TOO_FEW)
			db_run(db, put, DB_NONE);
		else
			db_run(db, list,
			    what == LOST ? DB_NONE : DB_ARGS(db_int(1)));
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WEXITSTATUS(status);
}

static void
a_mistake_or_a_lost_database_ends_the_program(void **state)
{
	assert_int_equal(status_of(*state, TOO_FEW), EX_SOFTWARE);
	assert_int_equal(status_of(*state, TOO_MANY), EX_SOFTWARE);
	assert_int_equal(status_of(*state, LOST), EX_IOERR);
}

/* A program keeps SQLite's house without asking which engine it has; what only
 * SQLite can do is not done to another in silence. */
static void
another_engine_is_none_of_sqlite_s(void **state)
{
	struct db *db = *state;

	assert_int_equal(sqlite_keep(db, 1), 0);
	assert_int_equal(sqlite_unmap(db), 0);
	assert_int_equal(sqlite_flush_apart(db), 0);
	sqlite_checkpoint(db, 1);
	assert_int_equal(db_wanted(db), 0);
	db_let_others(db, 1);
	assert_int_equal(db_log_size(db), 0);
	assert_int_equal(status_of(db, NO_SQLITE), EX_SOFTWARE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    two_engines_live_in_one_process, begin, end),
		cmocka_unit_test_setup_teardown(
		    a_statement_is_prepared_once_and_ended_by_the_close, begin,
		    end),
		cmocka_unit_test_setup_teardown(
		    rows_that_nobody_read_are_let_go, begin, end),
		cmocka_unit_test_setup_teardown(
		    what_fails_is_told_in_our_words, begin, end),
		cmocka_unit_test_setup_teardown(
		    nothing_begins_after_the_deadline, begin, end),
		cmocka_unit_test_setup_teardown(
		    what_is_unused_for_long_is_given_back, begin, end),
		cmocka_unit_test_setup_teardown(
		    a_commit_that_fails_takes_all_back, begin, end),
		cmocka_unit_test_setup_teardown(
		    a_mistake_or_a_lost_database_ends_the_program, begin, end),
		cmocka_unit_test_setup_teardown(
		    another_engine_is_none_of_sqlite_s, begin, end),
	};

	return cmocka_run_group_tests_name("driver", tests, NULL, NULL);
}
