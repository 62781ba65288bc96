/*
 * Searches take turns: a member's one at a time, and few wait.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "unit.h"

#include "base/clock.h"

#include "session/session.h"

#include "api/search_turn.h"

#define THREADS 8 /* six search or wait, four of a workspace, three of one */
#define LATER	(clock_ticks_ms() + 60000)

static const struct member ann = { .workspace_id = 1, .user_id = 1 };
static const struct member ben = { .workspace_id = 1, .user_id = 2 };
static const struct member eve = { .workspace_id = 2, .user_id = 3 };

/* Not waiting, it is its turn or not. */
static int
takes(struct search_turn *turn, const struct member *who)
{
	return search_turn_take(turn, who, THREADS, 0);
}

static void
a_member_searches_once_at_a_time(void **state)
{
	struct search_turn a, b, again;

	(void)state;
	assert_true(takes(&a, &ann));
	assert_false(takes(&again, &ann));
	assert_true(takes(&b, &eve));
	search_turn_give(&a);
	assert_true(takes(&again, &ann));
	assert_false(takes(&a, &ann));
	search_turn_give(&again);
	search_turn_give(&b);
}

struct waiter {
	pthread_t thread;
	struct search_turn turn;
	int taken;
};

static atomic_int refused;

static void *
wait_for_turn(void *arg)
{
	struct waiter *w = arg;

	w->taken = search_turn_take(&w->turn, &ann, THREADS, LATER);
	if (w->taken)
		search_turn_give(&w->turn);
	else
		atomic_fetch_add(&refused, 1);
	return NULL;
}

/* Of four more, two wait.  The others are refused at once, however long they
 * would have waited, and what is left is for others. */
static void
few_wait_and_others_find_room(void **state)
{
	struct waiter w[4];
	struct search_turn a, b;
	int taken = 0;

	(void)state;
	assert_true(takes(&a, &ann));
	for (int i = 0; i < 4; i++)
		pthread_create(&w[i].thread, NULL, wait_for_turn, &w[i]);
	while (atomic_load(&refused) < 2)
		sched_yield();
	assert_true(takes(&b, &ben));
	search_turn_give(&b);
	assert_true(takes(&b, &eve));
	search_turn_give(&b);
	search_turn_give(&a);
	for (int i = 0; i < 4; i++) {
		pthread_join(w[i].thread, NULL);
		taken += w[i].taken;
	}
	assert_int_equal(taken, 2);
	assert_int_equal(atomic_load(&refused), 2);
}

static atomic_int inside[4];

static void *
search_often(void *arg)
{
	const struct member *who = arg;
	struct search_turn turn;

	for (int i = 0; i < 200; i++)
		if (search_turn_take(&turn, who, THREADS, LATER)) {
			if (atomic_fetch_add(&inside[who->user_id], 1) != 0)
				return arg;
			atomic_fetch_sub(&inside[who->user_id], 1);
			search_turn_give(&turn);
		}
	return NULL;
}

static void
never_two_at_once_of_one_member(void **state)
{
	const struct member *const all[] = { &ann, &ben, &eve };
	pthread_t threads[9];
	void *two;

	(void)state;
	for (int i = 0; i < 9; i++)
		pthread_create(
		    &threads[i], NULL, search_often, (void *)all[i % 3]);
	for (int i = 0; i < 9; i++) {
		pthread_join(threads[i], &two);
		assert_null(two);
	}
}

/* With few threads too somebody may search. */
static void
one_thread_is_enough(void **state)
{
	(void)state;
	for (int threads = 1; threads <= 4; threads++) {
		struct search_turn a, b;

		assert_true(search_turn_take(&a, &ann, threads, 0));
		assert_false(search_turn_take(&b, &ann, threads, 0));
		search_turn_give(&a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_member_searches_once_at_a_time),
		cmocka_unit_test(few_wait_and_others_find_room),
		cmocka_unit_test(never_two_at_once_of_one_member),
		cmocka_unit_test(one_thread_is_enough),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
