/*
 * Query strings, as the provider and strangers send them.
 */
#include "unit.h"

#include "base/pool.h"

#include "lib/fcgi/http.h"

static void
the_first_parameter_of_a_name_is_found(void **state)
{
	static const struct {
		const char *query, *name, *value; /* NULL: absent */
		int rc;
	} cases[] = {
		{ "hub.mode=subscribe&x=1", "hub.mode", "subscribe", 1 },
		{ "x=1&hub%2Emode=subscribe", "hub.mode", "subscribe", 1 },
		{ "a=1&a=2", "a", "1", 1 },
		{ "a=b%20c+d%2B", "a", "b c d+", 1 },
		{ "a", "a", "", 1 },
		{ "a=", "a", "", 1 },
		{ "=a&&b=c", "b", "c", 1 },
		{ "a=b=c", "a", "b=c", 1 },
		{ "", "a", NULL, 0 },
		{ "ab=1", "a", NULL, 0 },
		{ "a=%zz", "a", NULL, -1 },
		{ "b=%4&a=1", "a", NULL, -1 },
	};
	struct pool *pool = pool_new();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *value = NULL;

		assert_int_equal(http_param(pool, cases[i].query, cases[i].name,
				     &value, NULL),
		    cases[i].rc);
		if (cases[i].rc == 1)
			assert_string_equal(value, cases[i].value);
	}
	pool_free(pool);
}

static void
a_nul_in_a_value_counts_in_its_length(void **state)
{
	struct pool *pool = pool_new();
	const char *value;
	size_t len;

	(void)state;
	assert_int_equal(http_param(pool, "t=ab%00c", "t", &value, &len), 1);
	assert_int_equal(len, 4);
	pool_free(pool);
}

static int
count(void *arg, const char *name, const char *value)
{
	int *n = arg;

	(void)name;
	(void)value;
	return ++*n == 3 ? 7 : 0;
}

static void
all_parameters_are_shown_until_one_is_enough(void **state)
{
	struct pool *pool = pool_new();
	int n = 0;

	(void)state;
	assert_int_equal(http_params(pool, "a=1&b=2", count, &n), 0);
	assert_int_equal(n, 2);
	n = 0;
	assert_int_equal(http_params(pool, "a&b&c&d", count, &n), 7);
	n = 0;
	assert_int_equal(http_params(pool, "a=%00", count, &n), -1);
	pool_free(pool);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_parameter_of_a_name_is_found),
		cmocka_unit_test(a_nul_in_a_value_counts_in_its_length),
		cmocka_unit_test(all_parameters_are_shown_until_one_is_enough),
	};

	return cmocka_run_group_tests_name("http_param", tests, NULL, NULL);
}
