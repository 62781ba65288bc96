/* Items are prepared in their order, in a thread beside or at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "process/drain/ahead.h"

#define MANY 1000

struct preparing {
	int prepared[MANY];
	int n;	  /* so many were */
	int upto; /* no more than that */
};

static int
prepare_next(void *arg, int i)
{
	struct preparing *p = arg;

	if (i >= p->upto)
		return 0;
	p->prepared[i] = ++p->n;
	return 1;
}

static void
all_are_prepared_in_order(void **state)
{
	(void)state;
	for (int beside = 0; beside < 2; beside++) {
		struct preparing p = { .upto = MANY };
		struct ahead a;

		ahead_begin(&a, MANY, prepare_next, &p, beside);
		for (int i = 0; i < MANY; i++) {
			assert_int_equal(ahead_wait(&a, i), 1);
			assert_int_equal(p.prepared[i], i + 1);
		}
		assert_int_equal(ahead_wait(&a, MANY), 0);
		ahead_end(&a);
	}
}

static void
batch_ends_where_a_step_says_so(void **state)
{
	(void)state;
	for (int beside = 0; beside < 2; beside++) {
		struct preparing p = { .upto = 7 };
		struct ahead a;

		ahead_begin(&a, MANY, prepare_next, &p, beside);
		assert_int_equal(ahead_wait(&a, 7), 0);
		assert_int_equal(ahead_wait(&a, 6), 1);
		assert_int_equal(ahead_wait(&a, 900), 0);
		ahead_end(&a);
		assert_int_equal(p.n, 7);
	}
}

static void
nothing_runs_once_it_has_ended(void **state)
{
	(void)state;
	for (int k = 0; k < 100; k++) {
		struct preparing p = { .upto = MANY };
		struct ahead a;

		ahead_begin(&a, MANY, prepare_next, &p, 1);
		assert_int_equal(ahead_wait(&a, k), 1);
		ahead_end(&a);
		assert_in_range(p.n, k + 1, MANY);
	}
}

static void
no_item_is_no_batch(void **state)
{
	struct preparing p = { .upto = MANY };
	struct ahead a;

	(void)state;
	ahead_begin(&a, 0, prepare_next, &p, 1);
	assert_int_equal(ahead_wait(&a, 0), 0);
	ahead_end(&a);
	assert_int_equal(p.n, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_are_prepared_in_order),
		cmocka_unit_test(batch_ends_where_a_step_says_so),
		cmocka_unit_test(nothing_runs_once_it_has_ended),
		cmocka_unit_test(no_item_is_no_batch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
