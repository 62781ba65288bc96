/*
 * The query string of a request, as a map.
 */
#include "unit.h"

#include "base/pool.h"

#include "api/query.h"

#define WORDS "status tag q cursor limit"

static void
the_first_fault_is_the_one_that_is_said(void **state)
{
	static const struct {
		const char *raw;
		enum query_fault fault;
		const char *name;
	} cases[] = {
		{ "", QUERY_FINE, NULL },
		{ "&&", QUERY_FINE, NULL },
		{ "q=1&status=all&tag=a&tag=b", QUERY_FINE, NULL },
		{ "q", QUERY_FINE, NULL },
		{ "%71=1", QUERY_FINE, NULL },
		{ "q=&q=1", QUERY_FINE, NULL },
		{ "x=1", QUERY_UNKNOWN, "x" },
		{ "=1", QUERY_UNKNOWN, "" },
		{ "qq=1", QUERY_UNKNOWN, "qq" },
		{ "q+cursor=1", QUERY_UNKNOWN, "q cursor" },
		{ "q=1&y=1&x=1&q=2", QUERY_TWICE, "q" },
		{ "y=1&q=1&q=2", QUERY_UNKNOWN, "y" },
		{ "q=&y=1&q=1&q=2", QUERY_TWICE, "q" },
		{ "q=1&y=1&%zz&q=2", QUERY_UNKNOWN, "y" },
		{ "q=%ff&q=2", QUERY_NOT_UTF8, "q" },
		{ "limit=1&limit=2&q=%ff", QUERY_TWICE, "limit" },
		{ "q=1&%zz", QUERY_ENCODING, NULL },
		{ "q=%", QUERY_ENCODING, NULL },
		{ "x=1&%zz", QUERY_UNKNOWN, "x" },
		{ "x=1&q=%00", QUERY_ENCODING, NULL },
		{ "%00=1", QUERY_ENCODING, NULL },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *name = NULL;
		enum query_fault fault = query_check(
		    query_parse(*state, cases[i].raw, WORDS), "tag", &name);

		if (fault != cases[i].fault)
			fail_msg("%s: %d", cases[i].raw, (int)fault);
		if (cases[i].name != NULL)
			assert_string_equal(name, cases[i].name);
	}
}

static void
values_are_found_by_name(void **state)
{
	struct query *q = query_parse(
	    *state, "q=a+b%2Bc&tag=x&tag=&tag=y&t%61g=z&limit=", WORDS);
	const char *values[2];

	assert_string_equal(query_get(q, "q"), "a b+c");
	assert_int_equal(query_all(q, "tag", values, 2), 3);
	assert_string_equal(values[0], "x");
	assert_string_equal(values[1], "y");
	assert_null(query_get(q, "limit"));
	assert_string_equal(query_sent(q, "limit"), "");
	assert_null(query_get(q, "status"));
	assert_null(query_sent(q, "status"));
	assert_null(query_get(q, "cursor"));
	assert_null(query_get(q, "unheard-of"));
}

static void
behind_an_unknown_name_nothing_is_lost(void **state)
{
	struct query *q = query_parse(*state, "x=1&q=2", WORDS);

	assert_string_equal(query_get(q, "q"), "2");
	q = query_parse(*state, "q=1&%zz&limit=2", WORDS);
	assert_string_equal(query_get(q, "q"), "1");
	assert_null(query_get(q, "limit"));
}

static void
without_words_all_is_unknown(void **state)
{
	const char *name = NULL;

	assert_int_equal(
	    query_check(query_parse(*state, "", ""), "", &name), QUERY_FINE);
	assert_int_equal(query_check(query_parse(*state, "a=1", ""), "", &name),
	    QUERY_UNKNOWN);
}

/* Each parameter was once decoded again for each other one: 500 empty ones took
 * 95 million instructions. */
static void
many_parameters_take_as_much_as_they_are_long(void **state)
{
	enum { N = 300000 };
	char *raw = pool_alloc(*state, N * 3 + 1);
	const char *name;
	struct query *q;

	for (size_t i = 0; i < N; i++)
		memcpy(raw + i * 3, "q=&", 3);
	q = query_parse(*state, raw, WORDS);
	assert_int_equal(query_check(q, "tag", &name), QUERY_FINE);
	assert_null(query_get(q, "q"));
}

static int
setup(void **state)
{
	*state = pool_new();
	return 0;
}

static int
teardown(void **state)
{
	pool_free(*state);
	return 0;
}

#define T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_first_fault_is_the_one_that_is_said),
		T(values_are_found_by_name),
		T(behind_an_unknown_name_nothing_is_lost),
		T(without_words_all_is_unknown),
		T(many_parameters_take_as_much_as_they_are_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
