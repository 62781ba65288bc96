/*
 * The PostgreSQL driver when its server is lost: killed, stopped, started
 * again, a standby.  What was committed is there once, what was not is not, and
 * nothing waits for ever.
 */
#include "unit.h"

#include <pthread.h>
#include <signal.h>

#include "base/clock.h"
#include "base/pool.h"

#include "lib/sql/pgsql/pgsql_handle.h"

#include "pg/pg_server.h"

#define LONG_MS	 60000
#define SHORT_MS 300

static struct pg_server *server;

static const char count_rows[] = "SELECT COUNT(*) FROM t";
static const char put[] = "INSERT INTO t(id) VALUES ($1)";
static const char who[] = "SELECT CAST(pg_backend_pid() AS BIGINT)";

static struct db *
open_at(const char *target, int wait_ms)
{
	struct db *db = db_open_by(&pgsql_driver, target, DB_WRITE, wait_ms);

	assert_non_null(db);
	return db;
}

static struct db *
open_waiting(int wait_ms)
{
	return open_at(pg_server_target(server), wait_ms);
}

static void
run_script(const char *sql)
{
	struct db *db = open_waiting(LONG_MS);

	assert_int_equal(db_script(db, sql), 0);
	db_close(db);
}

static int
begin(void **state)
{
	run_script("DROP TABLE IF EXISTS t; CREATE TABLE t(id bigint"
		   " PRIMARY KEY)");
	*state = open_waiting(LONG_MS);
	return 0;
}

static int
end(void **state)
{
	db_close(*state);
	return 0;
}

static int64_t
number(struct db *db, const char *sql)
{
	int64_t n = -1;

	assert_int_equal(db_get_int(db, sql, DB_NONE, &n), 1);
	return n;
}

static int
put_row(struct db *db, int64_t id)
{
	return db_run(db, put, DB_ARGS(db_int(id)));
}

static void
put_and_commit(struct db *db, int64_t id)
{
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(put_row(db, id), 0);
	assert_int_equal(db_commit(db), 0);
}

/* Until SQL, asked on a connection of its own, is not 0. */
static void
wait_for(const char *sql)
{
	struct db *db = open_waiting(LONG_MS);

	for (int64_t end_ms = clock_ticks_ms() + LONG_MS;
	     number(db, sql) == 0;) {
		assert_true(clock_ticks_ms() < end_ms);
		usleep(5000);
	}
	db_close(db);
}

/* The backend of DB is away, and all know it. */
static void
cut(struct db *db)
{
	int64_t pid = number(db, who);
	char sql[160];

	snprintf(sql, sizeof(sql), "SELECT pg_terminate_backend(%lld)",
	    (long long)pid);
	run_script(sql);
	snprintf(sql, sizeof(sql),
	    "SELECT CASE WHEN EXISTS (SELECT 1 FROM pg_stat_activity"
	    " WHERE pid = %lld) THEN 0 ELSE 1 END",
	    (long long)pid);
	wait_for(sql);
}

static void
a_cut_between_transactions_is_not_noticed(void **state)
{
	struct db *db = *state;

	put_and_commit(db, 1);
	cut(db);
	assert_int_equal(number(db, count_rows), 1);
	cut(db);
	put_and_commit(db, 2);
	db_seal(db);
	cut(db);
	put_and_commit(db, 3);
	assert_int_equal(number(db, count_rows), 3);
}

static void
a_transaction_that_is_cut_is_not_there(void **state)
{
	struct db *db = *state;

	assert_int_equal(db_begin(db), 0);
	assert_int_equal(put_row(db, 1), 0);
	cut(db);
	assert_int_equal(put_row(db, 2), -1);
	assert_int_equal(db_error(db), DB_BUSY);
	/* Not on another connection, outside of a transaction. */
	assert_int_equal(put_row(db, 3), -1);
	assert_int_equal(db_error(db), DB_BUSY);
	assert_int_equal(db_savepoint(db), -1);
	assert_int_equal(db_commit(db), -1);
	assert_int_equal(db_error(db), DB_BUSY);
	assert_int_equal(number(db, count_rows), 0);
	put_and_commit(db, 1);
	assert_int_equal(db_begin_read(db), 0);
	cut(db);
	assert_int_equal(db_run(db, count_rows, DB_NONE), -1);
	db_end_read(db);
	assert_int_equal(number(db, count_rows), 1);
}

static void
a_server_that_started_again_is_used_again(void **state)
{
	struct db *db = *state;

	put_and_commit(db, 1);
	pg_server_kill(server);
	assert_int_equal(db_run(db, count_rows, DB_NONE), -1);
	assert_int_equal(db_error(db), DB_BUSY);
	assert_int_equal(db_begin(db), -1);
	assert_int_equal(db_error(db), DB_BUSY);
	assert_int_equal(pg_server_start_again(server), 0);
	assert_int_equal(number(db, count_rows), 1);
	put_and_commit(db, 2);
	assert_int_equal(number(db, count_rows), 2);
}

/* A backend that is stopped keeps its connection, and says nothing. */
static void
a_backend_that_says_nothing_is_given_up(void **state)
{
	struct db *db = *state;
	pid_t pid = (pid_t)number(db, who);
	int64_t before = clock_ticks_ms();

	assert_int_equal(db_begin_read(db), 0);
	assert_int_equal(number(db, count_rows), 0);
	assert_int_equal(kill(pid, SIGSTOP), 0);
	pgsql_of(db)->answer_ms = SHORT_MS;
	assert_int_equal(db_run(db, count_rows, DB_NONE), -1);
	pgsql_of(db)->answer_ms = LONG_MS;
	assert_int_equal(db_error(db), DB_BUSY);
	assert_between(clock_ticks_ms() - before, SHORT_MS, LONG_MS);
	db_end_read(db);
	/* Another one serves. */
	put_and_commit(db, 1);
	assert_int_equal(number(db, count_rows), 1);
	assert_int_equal(kill(pid, SIGCONT), 0);
}

/* ---------------------------------------------- a commit without an answer */

/* Each COMMIT stands where its answer would be. */
static void *
kill_in_commit(void *unused)
{
	(void)unused;
	wait_for("SELECT COUNT(*) FROM pg_stat_activity"
		 " WHERE wait_event = 'SyncRep'");
	pg_server_kill(server);
	return NULL;
}

static void
a_server_killed_in_a_commit_has_it_once_or_not_at_all(void **state)
{
	struct db *db = open_waiting(LONG_MS);
	pthread_t killer;

	put_and_commit(*state, 1);
	pg_server_hold_commits(server, 1);
	assert_int_equal(
	    pthread_create(&killer, NULL, kill_in_commit, NULL), 0);
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(put_row(db, 2), 0);
	assert_int_equal(db_commit(db), -1);
	assert_int_equal(db_error(db), DB_BUSY);
	pthread_join(killer, NULL);
	assert_int_equal(pg_server_start_again(server), 0);
	pg_server_hold_commits(server, 0);
	/* Here it was on disk.  A second try meets what is there. */
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(number(db, count_rows), 2);
	assert_int_equal(put_row(db, 2), -1);
	assert_int_equal(db_error(db), DB_CONSTRAINT);
	db_rollback(db);
	put_and_commit(db, 3);
	assert_int_equal(number(db, count_rows), 3);
	db_close(db);
}

/* Whoever read before the commit is done would take it for lost, and do all of
 * it again. */
static void
behind_a_commit_without_an_answer_its_end_is_seen(void **state)
{
	struct db *db = *state;

	pg_server_hold_commits(server, 1);
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(put_row(db, 1), 0);
	pgsql_of(db)->answer_ms = SHORT_MS;
	assert_int_equal(db_commit(db), -1);
	assert_int_equal(db_error(db), DB_BUSY);
	pgsql_of(db)->answer_ms = LONG_MS;
	pgsql_of(db)->wait_ms = SHORT_MS;
	/* Still under way: not even a reader is let by. */
	assert_int_equal(db_run(db, count_rows, DB_NONE), -1);
	assert_int_equal(db_error(db), DB_BUSY);
	assert_int_equal(db_begin_read(db), -1);
	assert_int_equal(db_error(db), DB_BUSY);
	pg_server_hold_commits(server, 0);
	pgsql_of(db)->wait_ms = LONG_MS;
	assert_int_equal(db_begin_read(db), 0);
	assert_int_equal(number(db, count_rows), 1);
	db_end_read(db);
	put_and_commit(db, 2);
}

/* ----------------------------------------------------------------- standby */

static void
a_standby_is_read_and_not_written(void **state)
{
	struct pg_server *standby = pg_server_start_standby(server);
	struct pool *pool = pool_new();
	struct db *db, *both;

	assert_non_null(standby);
	put_and_commit(*state, 1);
	/* Nobody can write there, so nobody takes it who wants to. */
	assert_null(db_open_by(
	    &pgsql_driver, pg_server_target(standby), DB_WRITE, LONG_MS));
	both = open_at(
	    pool_printf(pool,
		"user=waspool dbname=postgres connect_timeout=60 host=%s,%s",
		pg_server_folder(standby), pg_server_folder(server)),
	    LONG_MS);
	put_and_commit(both, 2);
	/* But for who says that any will do. */
	db = open_at(pool_printf(pool, "%s target_session_attrs=any",
			 pg_server_target(standby)),
	    LONG_MS);
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(put_row(db, 3), -1);
	assert_int_equal(db_error(db), DB_BUSY);
	db_rollback(db);
	db_close(db);
	/* Which follows, and is there when the first one is not. */
	db = db_open_by(
	    &pgsql_driver, pg_server_target(standby), DB_READ, LONG_MS);
	assert_non_null(db);
	for (int64_t end_ms = clock_ticks_ms() + LONG_MS;
	     number(db, count_rows) != 2;) {
		assert_true(clock_ticks_ms() < end_ms);
		usleep(5000);
	}
	pg_server_kill(server);
	assert_int_equal(number(db, count_rows), 2);
	assert_int_equal(db_begin(both), -1);
	assert_int_equal(db_error(both), DB_BUSY);
	assert_int_equal(db_script(db, "SELECT pg_promote(true, 60)"), 0);
	/* The other host of the two takes writes now. */
	put_and_commit(both, 3);
	assert_int_equal(number(both, count_rows), 3);
	db_close(db);
	db_close(both);
	pool_free(pool);
	pg_server_stop(standby);
	assert_int_equal(pg_server_start_again(server), 0);
}

static int
run(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
	static const struct CMUnitTest tests[] = {
		TEST(a_cut_between_transactions_is_not_noticed),
		TEST(a_transaction_that_is_cut_is_not_there),
		TEST(a_server_that_started_again_is_used_again),
		TEST(a_backend_that_says_nothing_is_given_up),
		TEST(a_server_killed_in_a_commit_has_it_once_or_not_at_all),
		TEST(behind_a_commit_without_an_answer_its_end_is_seen),
		TEST(a_standby_is_read_and_not_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

int
main(void)
{
	return pg_server_serve(&server, run);
}
