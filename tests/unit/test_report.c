/*
 * Reports: what is counted, once, on which day; and how fast customers were
 * answered.
 */
#include "fixture.h"

#include "lib/zone/zone.h"

#include "session/session.h"

#include "inbox/conversation/conversation.h"
#include "inbox/report/report.h"
#include "inbox/report/report_count.h"
#include "inbox/report/report_move.h"
#include "inbox/report/report_times.h"

#define NOW FIXTURE_NOW /* 2026-01-30T12:00:00Z */

/* What was said in conversation 1, by c the customer, a Ann, b Bob, p the phone
 * app, m a machine; r a customer's reaction, h history. */
static int64_t
say(struct fixture *fx, char who, int64_t at)
{
	static int64_t n;
	const char *outbound =
	    strchr("abpm", who) != NULL ? "outbound" : "inbound";

	fixture_do(fx,
	    pool_printf(fx->pool,
		"INSERT INTO messages(workspace_id, conversation_id, number_id,"
		" wamid, direction, source, type, content, context, preview,"
		" status, sent_by, counts_unread, sent_at, created_at) VALUES"
		" (1, 1, 1, 'report%lld', '%s', '%s', '%s', '{}', %s, 'x',"
		" 'sent', %s, %d, %lld, %lld)",
		(long long)n++, outbound,
		who == 'h'		   ? "history"
		: who == 'p'		   ? "echo"
		: who == 'c' || who == 'r' ? "live"
					   : "api",
		who == 'r' ? "reaction" : "text",
		who == 'm' ? "'{\"automatic\":true}'" : "NULL",
		who == 'a'   ? "1"
		: who == 'b' ? "2"
		: who == 'm' ? "0"
			     : "NULL",
		who == 'c' || who == 'r', (long long)at, (long long)at));
	return at;
}

static void
count(struct fixture *fx)
{
	int n = 0, rc;

	while ((rc = report_count_step(fx->db, fx->pool)) == 1)
		assert_true(n++ < 1000);
	assert_int_equal(rc, 0);
}

static int64_t
day_of(const char *date)
{
	int64_t day = -1;

	assert_int_equal(zone_date_parse(date, &day), 0);
	return day;
}

static struct report
report_of(struct fixture *fx, enum report_by by, const char *zone_name,
    const char *from, const char *to)
{
	struct zone *zone = zone_open(zone_name);
	struct report_ask ask = {
		.by = by, .from = day_of(from), .to = day_of(to), .zone = zone
	};
	struct report r;

	assert_non_null(zone);
	count(fx);
	session_serve(fx->member, 1, 1);
	assert_int_equal(report_read(fx->member, fx->pool, &ask, &r), 1);
	zone_close(zone);
	return r;
}

static int
setup_empty(void **state)
{
	int rc = fixture_begin_members(state);

	if (rc == 0) {
		struct fixture *fx = *state;

		count(fx);
		fixture_do(fx, "DELETE FROM report_counts;"
			       "DELETE FROM messages WHERE workspace_id = 1");
		assert_int_equal(
		    session_seal(fx->member, &report_statements), 0);
	}
	return rc;
}

static void
each_is_counted_once_and_by_whom(void **state)
{
	struct fixture *fx = *state;
	struct report r;

	say(fx, 'c', NOW);
	say(fx, 'c', NOW + 10);
	say(fx, 'r', NOW + 11);
	say(fx, 'h', NOW + 12);
	say(fx, 'm', NOW + 13);
	count(fx);
	say(fx, 'a', NOW + 70);
	say(fx, 'b', NOW + 80);
	say(fx, 'c', NOW + 100);
	say(fx, 'p', NOW + 140);
	r = report_of(fx, REPORT_BY_MEMBER, "UTC", "2026-01-30", "2026-01-30");
	assert_int_equal(r.n, 3);
	assert_int_equal(r.sums[0].key, 0);
	assert_int_equal(r.sums[0].received, 3);
	assert_int_equal(r.sums[0].sent, 1); /* the phone app */
	assert_int_equal(r.sums[0].automatic, 1);
	assert_int_equal(r.sums[0].answers, 1);
	assert_int_equal(r.sums[0].median, 40);
	assert_string_equal(r.sums[1].name, "Ann");
	assert_int_equal(r.sums[1].sent, 1);
	assert_int_equal(r.sums[1].median, 70);
	assert_string_equal(r.sums[2].name, "Bob");
	assert_int_equal(r.sums[2].sent, 1);
	assert_int_equal(r.sums[2].answers, 0);
	assert_int_equal(r.sums[2].median, -1);
	assert_int_equal(r.total.answers, 2);
	assert_int_equal(r.total.median, 40);
	assert_int_equal(r.total.p90, 70);
	/* again: nothing */
	r = report_of(fx, REPORT_BY_NUMBER, "UTC", "2026-01-30", "2026-01-30");
	assert_int_equal(r.n, 1);
	assert_string_equal(r.sums[0].number, "1001");
	assert_int_equal(r.sums[0].received, 3);
}

static void
what_nobody_waited_for_is_no_answer(void **state)
{
	struct fixture *fx = *state;

	say(fx, 'a', NOW);     /* we begin */
	say(fx, 'r', NOW + 5); /* a reaction */
	say(fx, 'a', NOW + 10);
	say(fx, 'c', NOW + 20);
	fixture_do(fx,
	    pool_printf(fx->pool,
		"INSERT INTO activities(workspace_id, conversation_id, user_id,"
		" kind, text, at) VALUES (1, 1, 2, 'state', 'closed', %d),"
		" (1, 1, 2, 'state', 'open', %d)",
		NOW + 30, NOW + 31));
	say(fx, 'a', NOW + 40); /* it was closed */
	say(fx, 'c', NOW + 50);
	say(fx, 'b', NOW + 57);
	assert_int_equal(
	    report_of(fx, REPORT_BY_MEMBER, "UTC", "2026-01-30", "2026-01-30")
		.total.answers,
	    1);
	assert_string_equal(
	    fixture_text(fx, "SELECT user_id || ':' || answer_seconds || closed"
			     " FROM report_counts WHERE answers > 0"),
	    "2:7,1");
}

static void
a_day_is_that_of_the_zone(void **state)
{
	static const struct {
		const char *zone;
		const char *date;
		int64_t first, last; /* of the day, in UTC */
	} cases[] = {
		{ "UTC", "2026-01-30", NOW - 43200, NOW + 43199 },
		{ "Asia/Kathmandu", "2026-01-30", NOW - 43200 - 20700,
		    NOW + 43199 - 20700 },
		/* 25 hours, and 23 */
		{ "Europe/Berlin", "2026-10-25", 1792879200, 1792969199 },
		{ "Europe/Berlin", "2026-03-29", 1774738800, 1774821599 },
		/* 24.5 hours */
		{ "Australia/Lord_Howe", "2026-04-05", 1775307600, 1775395799 },
	};
	struct fixture *fx = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct report r;

		fixture_do(fx, "DELETE FROM report_counts");
		say(fx, 'c', cases[i].first - 1);
		say(fx, 'c', cases[i].first);
		say(fx, 'c', cases[i].last);
		say(fx, 'c', cases[i].last + 1);
		r = report_of(fx, REPORT_BY_DAY, cases[i].zone, cases[i].date,
		    cases[i].date);
		if (r.n != 1 || r.sums[0].received != 2)
			fail_msg("%s %s: %lld", cases[i].zone, cases[i].date,
			    (long long)r.sums[0].received);
	}
}

static void
days_without_a_word_are_there_and_late_ones_count(void **state)
{
	struct fixture *fx = *state;
	struct report r;

	say(fx, 'c', NOW);
	count(fx);
	say(fx, 'c', NOW - 2 * 86400); /* comes late */
	r = report_of(fx, REPORT_BY_DAY, "UTC", "2026-01-27", "2026-01-31");
	assert_int_equal(r.n, 5);
	assert_int_equal(r.sums[0].received, 0);
	assert_int_equal(r.sums[1].received, 1);
	assert_int_equal(r.sums[3].received, 1);
	assert_int_equal(r.total.received, 2);
	assert_int_equal(r.sums[4].key, day_of("2026-01-31"));
	/* Apia had no 2011-12-30 */
	say(fx, 'c', 1325239199); /* 23:59:59 of the 29th */
	say(fx, 'c', 1325239200); /* 0:00 of the 31st */
	r = report_of(
	    fx, REPORT_BY_DAY, "Pacific/Apia", "2011-12-29", "2011-12-31");
	assert_int_equal(r.sums[0].received, 1);
	assert_int_equal(r.sums[1].received, 0);
	assert_int_equal(r.sums[2].received, 1);
}

static void
conversations_are_counted_when_they_begin_and_are_closed(void **state)
{
	struct fixture *fx = *state;
	struct report r;

	fixture_do(fx,
	    pool_printf(fx->pool,
		"INSERT INTO conversations(workspace_id, number_id, phone,"
		" created_at, updated_at) VALUES (1, 1, '+4915', %d, 1);"
		"INSERT INTO activities(workspace_id, conversation_id, user_id,"
		" kind, text, at) VALUES (1, 1, 1, 'state', 'closed', %d),"
		" (1, 1, 1, 'note', 'closed', %d), (1, 1, NULL, 'state', "
		"'open',"
		" %d), (1, 999, 2, 'state', 'closed', %d)",
		NOW, NOW, NOW, NOW, NOW));
	r = report_of(fx, REPORT_BY_MEMBER, "UTC", "2026-01-30", "2026-01-30");
	assert_int_equal(r.total.started, 1);
	assert_int_equal(r.total.closed, 2);
	assert_int_equal(r.sums[1].closed, 1);
}

static void
another_workspace_is_not_seen(void **state)
{
	struct fixture *fx = *state;

	fixture_do(fx,
	    pool_printf(fx->pool,
		"INSERT INTO report_counts VALUES (100, 1, %d, 1, 7, 7, 7, 7,"
		" 7, 7, '7,')",
		NOW / 900));
	assert_int_equal(
	    report_of(fx, REPORT_BY_DAY, "UTC", "2026-01-30", "2026-01-30")
		.total.received,
	    0);
}

static void
counts_of_a_number_go_with_it(void **state)
{
	struct fixture *fx = *state;

	fixture_do(fx,
	    "INSERT INTO report_counts VALUES (1, 1, 5, 0, 1, 2, 3, 4, 5, 1,"
	    " '7,'), (1, 1, 6, 2, 1, 0, 0, 0, 0, 0, ''),"
	    " (100, 1, 5, 0, 10, 20, 30, 40, 50, 1, '8,'),"
	    " (1, 2, 5, 0, 1, 0, 0, 0, 0, 0, '')");
	assert_int_equal(db_begin(fx->db), 0);
	assert_int_equal(report_move(fx->db, 1, 100, 1), 1);
	assert_int_equal(report_move(fx->db, 1, 100, 1), 1);
	assert_int_equal(report_move(fx->db, 1, 100, 1), 0);
	assert_int_equal(db_commit(fx->db), 0);
	assert_string_equal(
	    fixture_text(fx,
		"SELECT group_concat(workspace_id || ':' || slot || ':' ||"
		" received || ':' || sent || ':' || automatic || ':' ||"
		" started || ':' || closed || ':' || answers || ':' ||"
		" answer_seconds, ' ') FROM (SELECT * FROM report_counts"
		" ORDER BY workspace_id, slot)"),
	    "1:5:1:0:0:0:0:0: 100:5:11:22:33:44:55:2:8,7, 100:6:1:0:0:0:0:0:");
}

static void
times_of_a_moved_number_stay_within_their_bound(void **state)
{
	struct fixture *fx = *state;

	fixture_do(fx, "INSERT INTO report_counts VALUES"
		       " (1, 1, 5, 0, 0, 0, 0, 0, 0, 1, '7,'),"
		       " (100, 1, 5, 0, 0, 0, 0, 0, 0, 30000,"
		       " replace(hex(zeroblob(15000)), '00', '8,8,'))");
	assert_int_equal(report_move(fx->db, 1, 100, 1), 1);
	assert_string_equal(
	    fixture_text(fx, "SELECT answers || ':' || LENGTH(answer_seconds)"
			     " FROM report_counts WHERE workspace_id = 100"),
	    "30001:60000");
}

static void
a_step_that_fails_counts_nothing(void **state)
{
	struct fixture *fx = *state;

	say(fx, 'c', NOW);
	fixture_do(fx, "CREATE TRIGGER full BEFORE INSERT ON report_counts"
		       " BEGIN SELECT RAISE(ABORT, 'full'); END");
	assert_int_equal(report_count_step(fx->db, fx->pool), -1);
	fixture_do(fx, "DROP TRIGGER full");
	assert_int_equal(
	    report_of(fx, REPORT_BY_DAY, "UTC", "2026-01-30", "2026-01-30")
		.total.received,
	    1);
}

static void
times_are_ranked(void **state)
{
	struct pool *pool = pool_new();
	struct report_times *t = report_times_new(pool);
	int64_t median, p90;

	(void)state;
	for (int i = 10; i >= 1; i--)
		report_times_add(t, 1, i);
	report_times_add(t, 0, 1000);
	assert_int_equal(report_times_get(t, 1, &median, &p90), 1);
	assert_int_equal(median, 5);
	assert_int_equal(p90, 9);
	assert_int_equal(report_times_get(t, 0, &median, &p90), 1);
	assert_int_equal(median, 1000);
	assert_int_equal(report_times_get(t, -1, &median, &p90), 1);
	assert_int_equal(median, 6);
	assert_int_equal(report_times_get(t, 2, &median, &p90), 0);
	/* more than are kept: within a thousandth */
	t = report_times_new(pool);
	for (int i = 0; i < 3 * REPORT_TIMES_MAX; i++)
		report_times_add(t, 0, i);
	assert_int_equal(report_times_get(t, -1, &median, &p90), 1);
	assert_true(llabs(median - 3 * REPORT_TIMES_MAX / 2) < 3000);
	assert_true(llabs(p90 - 27LL * REPORT_TIMES_MAX / 10) < 3000);
	pool_free(pool);
}

#define EMPTY(f) cmocka_unit_test_setup_teardown(f, setup_empty, fixture_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EMPTY(each_is_counted_once_and_by_whom),
		EMPTY(what_nobody_waited_for_is_no_answer),
		EMPTY(a_day_is_that_of_the_zone),
		EMPTY(days_without_a_word_are_there_and_late_ones_count),
		EMPTY(conversations_are_counted_when_they_begin_and_are_closed),
		EMPTY(another_workspace_is_not_seen),
		EMPTY(counts_of_a_number_go_with_it),
		EMPTY(times_of_a_moved_number_stay_within_their_bound),
		EMPTY(a_step_that_fails_counts_nothing),
		cmocka_unit_test(times_are_ranked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
