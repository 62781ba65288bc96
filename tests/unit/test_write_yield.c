/*
 * When a transaction ends because of others.
 */
#include "unit.h"

#include <pthread.h>

#include "base/log.h"

#include "lib/sql/db.h"

#include "process/drain/write_yield.h"

#define LONG_MS 10000

static char *dir, *path;

static int
begin(void **state)
{
	log_open("test", LOG_LEVEL_WARN);
	dir = unit_dir();
	path = unit_path(dir, "t.db");
	*state = db_open(path, DB_CREATE, 1000);
	assert_non_null(*state);
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

static void *
write_one(void *unused)
{
	struct db *db = db_open(path, DB_WRITE, 5000);

	(void)unused;
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(db_commit(db), 0);
	db_close(db);
	return NULL;
}

static void
alone_it_goes_on_to_the_end(void **state)
{
	struct write_yield share = { 0 };

	write_yield_begin(&share);
	usleep(10000);
	assert_int_equal(write_yield_is_up(&share, *state, LONG_MS), 0);
	assert_int_equal(write_yield_is_up(&share, *state, 10), 1);
}

static void
with_others_it_is_short_and_so_are_those_after(void **state)
{
	struct db *db = *state;
	struct write_yield share = { 0 };
	pthread_t other;

	assert_int_equal(db_begin(db), 0);
	write_yield_begin(&share);
	assert_int_equal(pthread_create(&other, NULL, write_one, NULL), 0);
	while (!write_yield_is_up(&share, db, LONG_MS))
		usleep(1000);
	assert_int_equal(db_commit(db), 0);
	write_yield_give(&share, db);
	pthread_join(other, NULL);
	write_yield_begin(&share);
	usleep(10000);
	assert_int_equal(write_yield_is_up(&share, db, LONG_MS), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    alone_it_goes_on_to_the_end, begin, end),
		cmocka_unit_test_setup_teardown(
		    with_others_it_is_short_and_so_are_those_after, begin, end),
	};

	return cmocka_run_group_tests_name("share", tests, NULL, NULL);
}
