/* Times as text, there and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/pool.h"

#define N(table) (sizeof(table) / sizeof(*(table)))

static void
times_are_written_in_utc(void **state)
{
	struct pool *p = pool_new();

	(void)state;
	assert_string_equal(clock_text(p, 1769774400), "2026-01-30T12:00:00Z");
	assert_string_equal(clock_text(p, 1), "1970-01-01T00:00:01Z");
	assert_string_equal(clock_text(p, 951782400), "2000-02-29T00:00:00Z");
	assert_null(clock_text(p, 0));
	/* every day from 1839 to 2099, each at another time of day */
	for (int64_t at = -4133000000; at < 4102444800; at += 86399) {
		time_t t = (time_t)at;
		char text[32];
		struct tm tm;

		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ",
		    gmtime_r(&t, &tm));
		assert_string_equal(text, clock_text(p, at));
	}
	assert_string_equal(
	    clock_text(p, INT64_C(253402300799)), "9999-12-31T23:59:59Z");
	assert_null(clock_text(p, INT64_C(253402300800)));
	pool_free(p);
}

static void
now_has_milliseconds(void **state)
{
	char text[CLOCK_TEXT_MS];
	struct pool *p = pool_new();
	int64_t before = clock_now(), at;
	struct tm tm = { 0 };

	(void)state;
	clock_text_ms(text);
	assert_int_equal(strlen(text), sizeof(text) - 1);
	assert_int_equal(text[19], '.');
	assert_int_equal(text[23], 'Z');
	assert_string_equal(
	    strptime(text, "%Y-%m-%dT%H:%M:%S", &tm), text + 19);
	at = timegm(&tm);
	assert_true(at >= before && at <= clock_now());
	pool_free(p);
}

static void
the_time_zone_of_the_machine_does_not_matter(void **state)
{
	struct pool *p = pool_new();

	(void)state;
	setenv("TZ", "America/New_York", 1);
	tzset();
	assert_string_equal(clock_text(p, 1782864000), "2026-07-01T00:00:00Z");
	pool_free(p);
}

static void
spans_have_one_unit(void **state)
{
	static const struct {
		const char *s;
		int rc;
		int64_t seconds;
	} cases[] = {
		{ "0", 0, 0 },
		{ "90", 0, 90 },
		{ "90s", 0, 90 },
		{ "15m", 0, 900 },
		{ "72h", 0, 259200 },
		{ "7d", 0, 604800 },
		{ "", -1, 0 },
		{ "h", -1, 0 },
		{ "-1h", -1, 0 },
		{ "1.5h", -1, 0 },
		{ "1h30m", -1, 0 },
		{ "1 h", -1, 0 },
		{ "1w", -1, 0 },
		{ "9223372036854775807d", -1, 0 },
		{ "99999999999999999999", -1, 0 },
	};
	int64_t seconds;
	size_t i;

	(void)state;
	for (i = 0; i < N(cases); i++) {
		if (clock_parse_span(cases[i].s, &seconds) != cases[i].rc)
			fail_msg("\"%s\"", cases[i].s);
		if (cases[i].rc == 0)
			assert_int_equal(seconds, cases[i].seconds);
	}
}

static void
a_wait_is_doubled_up_to_its_limit(void **state)
{
	static const struct {
		int64_t attempts;
		int64_t least;
		unsigned chance;
		int64_t seconds;
	} cases[] = {
		{ 0, 5, 0, 5 },
		{ 1, 5, 0, 10 },
		{ 9, 5, 0, 2560 },
		{ 10, 5, 0, 3600 },
		{ INT64_MAX, 5, 0, 3600 },
		{ -1, 5, 0, 5 },
		{ 10, 5, 1801, 5401 },
		{ 10, 5, 1802, 3600 },
		{ 0, 4000, 0, 3600 },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++)
		assert_int_equal(clock_back_off(cases[i].least, 3600,
				     cases[i].attempts, cases[i].chance),
		    cases[i].seconds);
}

static void
ticks_never_go_back(void **state)
{
	int64_t a = clock_ticks_ms(), b;
	int i;

	(void)state;
	for (i = 0; i < 1000; i++, a = b) {
		b = clock_ticks_ms();
		assert_true(b >= a);
	}
	assert_true(clock_now() > 1700000000);
}

static void
a_condition_is_waited_for_by_ticks(void **state)
{
	pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
	int64_t until_ms = clock_ticks_ms() + 20;
	pthread_cond_t cond;

	(void)state;
	clock_cond_init(&cond);
	pthread_mutex_lock(&mutex);
	while (clock_cond_wait(&cond, &mutex, until_ms) == 0)
		;
	pthread_mutex_unlock(&mutex);
	assert_true(clock_ticks_ms() >= until_ms);
	pthread_cond_destroy(&cond);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_written_in_utc),
		cmocka_unit_test(now_has_milliseconds),
		cmocka_unit_test(the_time_zone_of_the_machine_does_not_matter),
		cmocka_unit_test(spans_have_one_unit),
		cmocka_unit_test(a_wait_is_doubled_up_to_its_limit),
		cmocka_unit_test(ticks_never_go_back),
		cmocka_unit_test(a_condition_is_waited_for_by_ticks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
