/*
 * How often a key may be tried, and how many hash at a time.
 */
#include <pthread.h>

#include "unit.h"

#include "base/clock.h"
#include "base/pool.h"

#include "api/sign_in/hash_turn.h"
#include "api/sign_in/try_limit.h"

static void
after_a_burst_one_by_one(void **state)
{
	struct try_limit *l = try_limit_new(3, 1000);

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(try_limit_take(l, "ann", 5000), 0);
	assert_int_equal(try_limit_take(l, "ann", 5000), 1000);
	assert_int_equal(try_limit_take(l, "ann", 5400), 600);
	assert_int_equal(try_limit_take(l, "ann", 6000), 0);
	assert_int_equal(try_limit_take(l, "ann", 6000), 1000);
	assert_int_equal(try_limit_take(l, "bob", 6000), 0);
	/* When nothing was tried for long, all of the burst is there. */
	for (int i = 0; i < 3; i++)
		assert_int_equal(try_limit_take(l, "ann", 99000), 0);
	assert_true(try_limit_take(l, "ann", 99000) > 0);
	free(l);
}

static void
a_right_one_does_not_count(void **state)
{
	struct try_limit *l = try_limit_new(2, 1000);

	(void)state;
	for (int i = 0; i < 50; i++) {
		assert_int_equal(try_limit_take(l, "ann", 5000), 0);
		try_limit_give(l, "ann");
	}
	assert_int_equal(try_limit_take(l, "ann", 5000), 0);
	assert_int_equal(try_limit_take(l, "ann", 5000), 0);
	assert_int_equal(try_limit_take(l, "ann", 5000), 1000);
	free(l);
}

/* A thousand others, of whom none is there, do not make one forgotten. */
static void
many_keys_forget_none(void **state)
{
	struct try_limit *l = try_limit_new(2, 1000000);
	char key[32];
	int slowed = 0;

	(void)state;
	try_limit_take(l, "ann", 5000);
	try_limit_take(l, "ann", 5000);
	for (int i = 0; i < 1000; i++) {
		snprintf(key, sizeof(key), "nobody%d@example.com", i);
		slowed += try_limit_take(l, key, 5000) != 0;
	}
	assert_true(try_limit_take(l, "ann", 5000) > 0);
	assert_true(slowed < 10);
	free(l);
}

static void *
wait_for_turn(void *arg)
{
	int *got = arg;

	*got = hash_turn_take(clock_ticks_ms() + 60000);
	return NULL;
}

static void
one_after_the_other(void **state)
{
	pthread_t thread;
	int got = 0;

	(void)state;
	hash_turn_open(1);
	assert_int_equal(hash_turn_take(clock_ticks_ms() + 60000), 1);
	/* Who waits is told when it takes too long. */
	assert_int_equal(hash_turn_take(clock_ticks_ms() + 1), 0);
	assert_int_equal(pthread_create(&thread, NULL, wait_for_turn, &got), 0);
	hash_turn_give();
	pthread_join(thread, NULL);
	assert_int_equal(got, 1);
	hash_turn_give();
}

static void
all_who_wait_get_their_turn(void **state)
{
	pthread_t threads[HASH_TURN_QUEUE];
	int got[HASH_TURN_QUEUE] = { 0 };

	(void)state;
	hash_turn_open(1);
	assert_int_equal(hash_turn_take(clock_ticks_ms() + 60000), 1);
	for (int i = 0; i < HASH_TURN_QUEUE; i++)
		assert_int_equal(
		    pthread_create(&threads[i], NULL, wait_for_turn, &got[i]),
		    0);
	for (int i = 0; i < HASH_TURN_QUEUE; i++)
		hash_turn_give();
	for (int i = 0; i < HASH_TURN_QUEUE; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(got[i], 1);
	}
	assert_int_equal(hash_turn_take(clock_ticks_ms() + 1), 0);
	hash_turn_give();
	assert_int_equal(hash_turn_take(clock_ticks_ms() + 1), 1);
	hash_turn_give();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(after_a_burst_one_by_one),
		cmocka_unit_test(a_right_one_does_not_count),
		cmocka_unit_test(many_keys_forget_none),
		cmocka_unit_test(one_after_the_other),
		cmocka_unit_test(all_who_wait_get_their_turn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
