/*
 * Opening hours: when it is open, since when it is closed, until when, on the
 * days on which clocks are moved, too.
 */
#include "unit.h"

#include "base/clock.h"
#include "base/pool.h"

#include "lib/json/json.h"
#include "lib/zone/zone.h"

#include "inbox/hours/opening_hours.h"

#define WEEK                                                                   \
	"\"weekdays\":[{\"day\":\"monday\",\"from\":\"09:00\",\"to\":\"12:"    \
	"00\"},"                                                               \
	"{\"day\":\"monday\",\"from\":\"13:00\",\"to\":\"18:00\"},"            \
	"{\"day\":\"friday\",\"from\":\"22:00\",\"to\":\"02:00\"}]"

static int64_t
at(const char *text)
{
	int64_t t = 0;

	assert_int_equal(clock_parse(text, &t), 0);
	return t;
}

struct expected {
	const char *now;
	int open;
	const char *since; /* NULL: longer ago than is looked */
	const char *until; /* NULL: later */
};

static void
check(const char *zone_name, const char *json, const struct expected *e)
{
	struct pool *pool = pool_new();
	struct opening_hours *h = pool_alloc(pool, sizeof(*h));
	struct zone *z = zone_open(zone_name);
	struct opening_state s;
	int64_t now = at(e->now);
	const char *why = opening_hours_read(
	    pool, json_parse(pool, json, strlen(json), NULL), h);

	if (why != NULL)
		fail_msg("%s: %s", json, why);
	assert_non_null(z);
	opening_hours_look(h, z, now, &s);
	if (s.open != e->open)
		fail_msg("%s: open %d", e->now, s.open);
	if (!e->open)
		assert_int_equal(s.since,
		    e->since != NULL ? at(e->since)
				     : now - OPENING_LOOK * (int64_t)ZONE_DAY);
	if (s.until != (e->until != NULL ? at(e->until) : 0))
		fail_msg("%s: until %s", e->now, clock_text(pool, s.until));
	zone_close(z);
	pool_free(pool);
}

#define CHECK_ALL(ZONE, JSON, CASES)                                           \
	for (size_t i = 0; i < sizeof(CASES) / sizeof(*(CASES)); i++)          \
	check(ZONE, JSON, &(CASES)[i])

static void
a_week_has_its_spans(void **state)
{
	/* 2026-01-05 is a Monday; Berlin is an hour ahead */
	static const struct expected cases[] = {
		{ "2026-01-05T08:00:00+01:00", 0, "2026-01-03T02:00:00+01:00",
		    "2026-01-05T09:00:00+01:00" },
		{ "2026-01-05T09:00:00+01:00", 1, NULL,
		    "2026-01-05T12:00:00+01:00" },
		{ "2026-01-05T12:00:00+01:00", 0, "2026-01-05T12:00:00+01:00",
		    "2026-01-05T13:00:00+01:00" },
		{ "2026-01-05T17:59:59+01:00", 1, NULL,
		    "2026-01-05T18:00:00+01:00" },
		/* over midnight */
		{ "2026-01-10T01:59:59+01:00", 1, NULL,
		    "2026-01-10T02:00:00+01:00" },
		{ "2026-01-10T02:00:00+01:00", 0, "2026-01-10T02:00:00+01:00",
		    "2026-01-12T09:00:00+01:00" },
	};

	(void)state;
	CHECK_ALL("Europe/Berlin", "{" WEEK "}", cases);
}

static void
a_named_date_is_as_it_says(void **state)
{
	static const struct expected cases[] = {
		/* Monday, closed */
		{ "2026-01-05T10:00:00Z", 0, "2026-01-03T02:00:00Z",
		    "2026-01-06T10:00:00Z" },
		/* Tuesday, open for once */
		{ "2026-01-06T10:30:00Z", 1, NULL, "2026-01-06T11:00:00Z" },
		/* Friday's night goes on into a date that is closed */
		{ "2026-01-10T01:00:00Z", 1, NULL, "2026-01-10T02:00:00Z" },
	};

	(void)state;
	CHECK_ALL("UTC",
	    "{" WEEK ",\"dates\":[{\"date\":\"2026-01-05\"},"
	    "{\"date\":\"2026-01-06\",\"from\":\"10:00\",\"to\":\"11:00\"},"
	    "{\"date\":\"2026-01-10\"}]}",
	    cases);
}

static void
clocks_that_move_move_the_hours(void **state)
{
	static const char *const night =
	    "{\"weekdays\":[{\"day\":\"saturday\",\"from\":\"22:00\","
	    "\"to\":\"02:30\"}]}";
	static const char *const sunday =
	    "{\"weekdays\":[{\"day\":\"sunday\",\"from\":\"02:15\","
	    "\"to\":\"10:00\"}]}";
	/* 02:30 never is: the span ends when the clock is put forward */
	static const struct expected spring[] = {
		{ "2026-03-29T00:59:59Z", 1, NULL, "2026-03-29T01:00:00Z" },
		{ "2026-03-29T01:00:00Z", 0, "2026-03-29T01:00:00Z",
		    "2026-04-04T20:00:00Z" },
	};
	/* 02:30 is twice: the first counts */
	static const struct expected autumn[] = {
		{ "2026-10-25T00:29:59Z", 1, NULL, "2026-10-25T00:30:00Z" },
		{ "2026-10-25T00:30:00Z", 0, "2026-10-25T00:30:00Z",
		    "2026-10-31T21:00:00Z" },
	};
	/* at Lord Howe 02:00 becomes 02:30, and from UTC+10:30 UTC+11 */
	static const struct expected howe[] = {
		{ "2026-10-03T15:29:59Z", 0, "2026-09-26T23:30:00Z",
		    "2026-10-03T15:30:00Z" },
		{ "2026-10-03T15:30:00Z", 1, NULL, "2026-10-03T23:00:00Z" },
	};

	(void)state;
	CHECK_ALL("Europe/Berlin", night, spring);
	CHECK_ALL("Europe/Berlin", night, autumn);
	CHECK_ALL("Australia/Lord_Howe", sunday, howe);
}

static void
a_date_that_was_skipped_is_not_open(void **state)
{
	/* Apia had no Friday 2011-12-30 */
	static const struct expected cases[] = {
		{ "2011-12-30T09:59:59Z", 0, "2011-12-24T00:00:00Z",
		    "2012-01-05T18:00:00Z" },
		{ "2011-12-30T10:00:00Z", 0, "2011-12-24T00:00:00Z",
		    "2012-01-05T18:00:00Z" },
	};

	(void)state;
	/* UTC-10 (summer) before, UTC+14 since then */
	CHECK_ALL("Pacific/Apia",
	    "{\"weekdays\":[{\"day\":\"friday\",\"from\":\"08:00\","
	    "\"to\":\"14:00\"}]}",
	    cases);
}

static void
spans_that_follow_one_another_are_one(void **state)
{
	static const struct expected cases[] = {
		{ "2026-01-05T12:00:00Z", 1, NULL, "2026-01-07T00:00:00Z" },
		{ "2026-01-07T00:00:00Z", 0, "2026-01-07T00:00:00Z",
		    "2026-01-12T00:00:00Z" },
	};
	static const struct expected always[] = {
		{ "2026-01-05T12:00:00Z", 1, NULL, NULL },
	};
	static const struct expected never[] = {
		{ "2026-01-05T12:00:00Z", 0, NULL, NULL },
	};

	(void)state;
	CHECK_ALL("UTC",
	    "{\"weekdays\":[{\"day\":\"monday\",\"from\":\"00:00\","
	    "\"to\":\"24:00\"},{\"day\":\"tuesday\",\"from\":\"00:00\","
	    "\"to\":\"00:00\"}]}",
	    cases);
	CHECK_ALL("UTC",
	    "{\"weekdays\":["
	    "{\"day\":\"monday\",\"from\":\"00:00\",\"to\":\"24:00\"},"
	    "{\"day\":\"tuesday\",\"from\":\"00:00\",\"to\":\"24:00\"},"
	    "{\"day\":\"wednesday\",\"from\":\"00:00\",\"to\":\"24:00\"},"
	    "{\"day\":\"thursday\",\"from\":\"00:00\",\"to\":\"24:00\"},"
	    "{\"day\":\"friday\",\"from\":\"00:00\",\"to\":\"24:00\"},"
	    "{\"day\":\"saturday\",\"from\":\"00:00\",\"to\":\"24:00\"},"
	    "{\"day\":\"sunday\",\"from\":\"00:00\",\"to\":\"24:00\"}]}",
	    always);
	CHECK_ALL("UTC", "{}", never);
}

static void
what_is_no_hours_says_why(void **state)
{
	static const struct {
		const char *json;
		const char *why;
	} cases[] = {
		{ "[]", "is not an object" },
		{ "{\"week\":[]}",
		    "has a member that is neither weekdays nor dates" },
		{ "{\"weekdays\":{}}", "weekdays is not a list" },
		{ "{\"weekdays\":[7]}", "weekdays[0] is not an object" },
		{ "{\"weekdays\":[{\"day\":\"Monday\"}]}",
		    "weekdays[0].day is not monday, tuesday, … or sunday" },
		{ "{\"weekdays\":[{\"day\":\"monday\",\"from\":\"9:00\","
		  "\"to\":\"12:00\"}]}",
		    "weekdays[0].from is no time, as 09:30" },
		{ "{\"weekdays\":[{\"day\":\"monday\",\"from\":\"24:00\","
		  "\"to\":\"12:00\"}]}",
		    "weekdays[0].from is no time, as 09:30" },
		{ "{\"weekdays\":[{\"day\":\"monday\",\"from\":\"09:00\","
		  "\"to\":\"24:01\"}]}",
		    "weekdays[0].to is no time, as 18:00 or 24:00" },
		{ "{\"weekdays\":[{\"day\":\"monday\",\"from\":\"09:00\"}]}",
		    "weekdays[0].to is no time, as 18:00 or 24:00" },
		{ "{\"weekdays\":[{\"day\":\"monday\",\"x\":1}]}",
		    "weekdays[0] has an unknown member" },
		{ "{\"dates\":[{\"date\":\"2026-02-30\"}]}",
		    "dates[0].date is no date, as 2026-12-24" },
		{ "{\"dates\":[{\"date\":\"2026-02-03\"},{\"date\":"
		  "\"2026-02-03\",\"from\":\"09:00\",\"to\":\"10:00\"}]}",
		    "dates[0] is closed and named once more" },
	};
	struct pool *pool = pool_new();
	struct opening_hours *h = pool_alloc(pool, sizeof(*h));

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *why = opening_hours_read(pool,
		    json_parse(
			pool, cases[i].json, strlen(cases[i].json), NULL),
		    h);

		assert_non_null(why);
		assert_string_equal(why, cases[i].why);
	}
	pool_free(pool);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_week_has_its_spans),
		cmocka_unit_test(a_named_date_is_as_it_says),
		cmocka_unit_test(clocks_that_move_move_the_hours),
		cmocka_unit_test(a_date_that_was_skipped_is_not_open),
		cmocka_unit_test(spans_that_follow_one_another_are_one),
		cmocka_unit_test(what_is_no_hours_says_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
