/*
 * Zones: what a clock somewhere shows, also on the days on which it is put
 * forward or back, and where a date was skipped.
 */
#include "unit.h"

#include <stdio.h>

#include "lib/zone/zone.h"
#include "lib/zone/zone_link.h"

#define HOUR 3600

static int64_t
day_of(const char *date)
{
	int64_t day = -1;

	assert_int_equal(zone_date_parse(date, &day), 0);
	return day;
}

/* What the clock shows: the date, and seconds of the day. */
static int64_t
local(const char *date, int hour, int minute)
{
	return day_of(date) * ZONE_DAY + hour * HOUR + minute * 60;
}

static void
days_have_their_length(void **state)
{
	static const struct {
		const char *zone;
		const char *date;
		int64_t minutes;
	} cases[] = {
		{ "UTC", "2026-03-29", 24 * 60 },
		{ "Europe/Berlin", "2026-03-29", 23 * 60 },
		{ "Europe/Berlin", "2026-10-25", 25 * 60 },
		{ "America/New_York", "2026-03-08", 23 * 60 },
		/* half an hour */
		{ "Australia/Lord_Howe", "2026-10-04", 23 * 60 + 30 },
		{ "Australia/Lord_Howe", "2026-04-05", 24 * 60 + 30 },
		/* at midnight: no 00:00, and 23:00 twice */
		{ "America/Havana", "2026-03-08", 23 * 60 },
		{ "America/Sao_Paulo", "2018-11-04", 23 * 60 },
		{ "America/Sao_Paulo", "2018-02-17", 25 * 60 },
		/* a date that was skipped */
		{ "Pacific/Apia", "2011-12-29", 24 * 60 },
		{ "Pacific/Apia", "2011-12-30", 0 },
		{ "Pacific/Apia", "2011-12-31", 24 * 60 },
		{ "Asia/Kathmandu", "2026-01-01", 24 * 60 },
		/* by the rule, far behind what the database lists */
		{ "Europe/Berlin", "2090-03-26", 23 * 60 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct zone *z = zone_open(cases[i].zone);
		int64_t day = day_of(cases[i].date);
		int64_t begin = zone_instant(z, day * ZONE_DAY);
		int64_t end = zone_instant(z, (day + 1) * ZONE_DAY);

		assert_non_null(z);
		if (end - begin != cases[i].minutes * 60)
			fail_msg("%s %s: %lld s", cases[i].zone, cases[i].date,
			    (long long)(end - begin));
		if (end > begin) {
			assert_int_equal(zone_day(z, begin), day);
			assert_int_equal(zone_day(z, end - 1), day);
			assert_true(zone_day(z, begin - 1) < day);
		}
		zone_close(z);
	}
}

static void
a_time_that_is_twice_is_the_first(void **state)
{
	struct zone *z = zone_open("Europe/Berlin");
	int64_t at = zone_instant(z, local("2026-10-25", 2, 30));

	(void)state;
	/* still summer: UTC and two hours */
	assert_int_equal(at, local("2026-10-25", 0, 30));
	assert_int_equal(zone_local(z, at + HOUR), local("2026-10-25", 2, 30));
	zone_close(z);
}

static void
a_time_that_never_is_is_when_the_clock_was_put_forward(void **state)
{
	struct zone *z = zone_open("Europe/Berlin");

	(void)state;
	assert_int_equal(zone_instant(z, local("2026-03-29", 2, 30)),
	    local("2026-03-29", 1, 0));
	assert_int_equal(zone_instant(z, local("2026-03-29", 3, 0)),
	    local("2026-03-29", 1, 0));
	assert_int_equal(zone_instant(z, local("2026-03-29", 1, 59)),
	    local("2026-03-29", 0, 59));
	zone_close(z);
}

static void
only_names_of_the_database_are_zones(void **state)
{
	static const char *const none[] = { "", "Mars/Olympus", "europe/berlin",
		"XYZ3", "CET-1CEST", "+01:00", "Z", "/usr/share/zoneinfo/UTC",
		"../zoneinfo/UTC", "Europe/../UTC", "Europe", "Europe/",
		"posix/UTC", "right/UTC", "zone.tab", "tzdata.zi",
		"Europe//Rome", "Europe/Berlin ", "Europe/Berlin\n",
		"Europe/BerlinBerlinBerlinBerlinBerlinBerlinBerlinBerlinBerlinB"
		"erlin" };

	(void)state;
	assert_null(zone_open(NULL));
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		if (zone_open(none[i]) != NULL)
			fail_msg("%s is a zone", none[i]);
}

/* A database as Debian 13's, without tzdata-legacy. */
static void
an_old_name_is_what_it_is_called_now(void **state)
{
	char *dir = unit_dir(), *zi = unit_path(dir, "tzdata.zi");
	char target[ZONE_LINK_MAX + 1];
	FILE *f = fopen(zi, "w");

	(void)state;
	fputs("# version 2026f\n"
	      "R d 1916 o - Jun 14 23s 1 S\n"
	      "Z Asia/Kolkata 5:53:28 - LMT 1854 Jun 28\n"
	      "5:30 - IST\n"
	      "L America/Argentina/Buenos_Aires America/Buenos_Aires\n"
	      "L Asia/Kolkata Asia/Calcutta\n"
	      "L Europe/Kyiv Europe/Kiev",
	    f);
	fclose(f);
	assert_int_equal(zone_link_find(zi, "Asia/Calcutta", target), 1);
	assert_string_equal(target, "Asia/Kolkata");
	assert_int_equal(zone_link_find(zi, "Europe/Kiev", target), 1);
	assert_string_equal(target, "Europe/Kyiv");
	assert_int_equal(zone_link_find(zi, "Asia/Kolkata", target), 0);
	assert_int_equal(zone_link_find(zi, "Asia/Calcut", target), 0);
	assert_int_equal(zone_link_find(zi, "LMT", target), 0);
	assert_int_equal(zone_link_find(dir, "Asia/Calcutta", target), 0);
	remove(zi);
	assert_int_equal(zone_link_find(zi, "Asia/Calcutta", target), 0);
	free(zi);
	unit_clear(dir);
}

/* Names as browsers say them, whatever package has their files. */
static void
a_browser_s_name_is_a_zone(void **state)
{
	static const char *const names[] = { "Africa/Asmera",
		"America/Buenos_Aires", "America/Godthab",
		"America/Indianapolis", "Asia/Calcutta", "Asia/Katmandu",
		"Asia/Rangoon", "Asia/Saigon", "Atlantic/Faeroe", "Europe/Kiev",
		"Pacific/Enderbury", "Pacific/Ponape" };
	struct zone *z;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		z = zone_open(names[i]);
		if (z == NULL)
			fail_msg("%s is none", names[i]);
		zone_close(z);
	}
	z = zone_open("Asia/Calcutta");
	assert_int_equal(zone_local(z, 0), 5 * HOUR + HOUR / 2);
	zone_close(z);
}

static void
dates_are_dates(void **state)
{
	static const char *const none[] = { "", "2026-02-29", "2026-13-01",
		"2026-1-01", "1969-12-31", "2026-01-01T", " 026-01-01",
		"2026/01/01", "+026-01-01", "10000-01-01" };
	char text[ZONE_DATE_TEXT];
	int64_t day;

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		if (zone_date_parse(none[i], &day) == 0)
			fail_msg("%s is a date", none[i]);
	zone_date_write(text, day_of("2028-02-29"));
	assert_string_equal(text, "2028-02-29");
	assert_int_equal(zone_weekday(day_of("2026-03-29")), 6);
	assert_int_equal(zone_weekday(day_of("1970-01-01")), 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(days_have_their_length),
		cmocka_unit_test(a_time_that_is_twice_is_the_first),
		cmocka_unit_test(
		    a_time_that_never_is_is_when_the_clock_was_put_forward),
		cmocka_unit_test(only_names_of_the_database_are_zones),
		cmocka_unit_test(an_old_name_is_what_it_is_called_now),
		cmocka_unit_test(a_browser_s_name_is_a_zone),
		cmocka_unit_test(dates_are_dates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
