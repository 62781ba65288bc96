/*
 * Why a message waits, as a member sees it.
 */
#include "fixture.h"

#include "lib/sql/statements.h"

#include "session/session.h"

#include "inbox/message/wait_reason.h"
#include "inbox/outbox/submit.h"

/* Messages 11, 12 and 13 are queued: two of conversation 1, one of 2. */
static int
begin(void **state)
{
	struct fixture *fx;

	fixture_begin_members(state);
	fx = *state;
	assert_int_equal(session_seal(fx->member, &wait_reason_statements), 0);
	for (int i = 11; i <= 13; i++)
		assert_int_equal(
		    db_script(fx->db,
			pool_printf(fx->pool,
			    "INSERT INTO messages(id, workspace_id,"
			    " conversation_id, number_id, direction, source,"
			    " type, content, preview, status, sent_at,"
			    " created_at) VALUES (%d, 1, %d, 1, 'outbound',"
			    " 'api', 'text', '{}', 'x', 'queued', 1, 1);"
			    "INSERT INTO outbox(id, workspace_id, number_id,"
			    " conversation_id, message_id, kind,"
			    " state, due_at, created_at) VALUES (%d, 1, 1, %d,"
			    " %d, 'message', 'queued', %d, %d);",
			    i, i < 13 ? 1 : 2, i, i < 13 ? 1 : 2, i,
			    FIXTURE_NOW, FIXTURE_NOW)),
		    0);
	return 0;
}

/* "paused 60 words" */
static const char *
why(struct fixture *fx, int64_t id, int64_t now)
{
	struct wait_reason w;
	int rc = wait_reason_of_message(fx->member, fx->pool, id, now, &w);

	assert_int_not_equal(rc, -1);
	assert_int_equal(rc, w.reason != NULL);
	if (rc == 0)
		return "-";
	return pool_printf(fx->pool, "%s %lld %s", w.reason,
	    w.until != 0 ? (long long)(w.until - FIXTURE_NOW) : 0,
	    w.detail != NULL ? w.detail : "-");
}

static const char *
why_number(struct fixture *fx, int64_t id)
{
	struct wait_reason_number n;
	int rc =
	    wait_reason_get_number(fx->member, fx->pool, id, FIXTURE_NOW, &n);

	assert_int_not_equal(rc, -1);
	if (rc == 0)
		return "none";
	return n.waiting.reason != NULL ? n.waiting.reason : "-";
}

static void
each_message_says_why_it_waits(void **state)
{
	static const struct {
		const char *happens, *first, *second, *other, *number;
	} cases[] = {
		{ "", "-", "behind 0 -", "-", "-" },
		{ "UPDATE outbox SET due_at = due_at - 5", "queue 0 -",
		    "behind 0 -", "queue 0 -", "-" },
		{ "UPDATE outbox SET due_at = due_at + 9, reason = '131000 Oh',"
		  " error_code = 131000"
		  " WHERE id = 11",
		    "retry 9 131000 Oh", "behind 0 -", "-", "-" },
		{ "UPDATE outbox SET due_at = due_at + 9, reason ="
		  " '131056 Pair', error_code = 131056 WHERE id = 11",
		    "pair_rate 9 131056 Pair", "behind 0 -", "-", "-" },
		{ "INSERT INTO number_pauses(number_id, until, reason,"
		  " attempts, key_mark) VALUES (1, 1769774460, '10 No', 1, "
		  "'k')",
		    "paused 60 10 No", "paused 60 10 No", "paused 60 10 No",
		    "paused" },
		/* one message was refused: the others of its conversation */
		{ "UPDATE number_pauses SET row_id = 11", "paused 60 10 No",
		    "paused 60 10 No", "-", "-" },
		{ "UPDATE number_pauses SET row_id = NULL, key_mark = NULL",
		    "rate_limit 60 10 No", "rate_limit 60 10 No",
		    "rate_limit 60 10 No", "rate_limit" },
		/* no word of where keys lie */
		{ "UPDATE number_pauses SET key_mark = 'none', reason ="
		  " 'write it to /etc'",
		    "no_key 60 -", "no_key 60 -", "no_key 60 -", "no_key" },
		{ "UPDATE number_pauses SET until = until - 60", "-",
		    "behind 0 -", "-", "-" },
	};
	struct fixture *fx = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(
		    db_script(fx->db, pool_printf(fx->pool,
					  "UPDATE outbox SET due_at = %d;%s",
					  FIXTURE_NOW, cases[i].happens)),
		    0);
		assert_string_equal(why(fx, 11, FIXTURE_NOW), cases[i].first);
		assert_string_equal(why(fx, 12, FIXTURE_NOW), cases[i].second);
		assert_string_equal(why(fx, 13, FIXTURE_NOW), cases[i].other);
		assert_string_equal(why_number(fx, 1), cases[i].number);
	}
	assert_string_equal(why(fx, 2, FIXTURE_NOW), "-"); /* a customer's */
}

static void
nobody_sees_why_others_wait(void **state)
{
	struct fixture *fx = *state;
	struct wait_reason_number list[9];

	assert_int_equal(
	    db_script(fx->db,
		pool_printf(fx->pool,
		    "INSERT INTO number_pauses(number_id, until, reason,"
		    " attempts, key_mark) VALUES (100, %d, 'SECRET', 1, 'k');",
		    FIXTURE_NOW + 60)),
	    0);
	assert_string_equal(why(fx, 100, FIXTURE_NOW), "-");
	assert_string_equal(why_number(fx, 100), "none");
	for (int i = wait_reason_list_numbers(
			 fx->member, fx->pool, 0, FIXTURE_NOW, list, 9) -
		     1;
	     i >= 0; i--)
		assert_null(list[i].waiting.reason);
}

/* One change, however many wait. */
static void
a_pause_is_one_change_of_its_number(void **state)
{
	static const struct {
		const char *happens;
		int changes;
	} cases[] = {
		{ "INSERT INTO number_pauses(number_id, until, reason,"
		  " attempts) VALUES (1, 5, 'fast', 1)",
		    1 },
		{ "UPDATE number_pauses SET until = 6, attempts = 2", 0 },
		{ "UPDATE number_pauses SET until = 7, key_mark = 'k'", 1 },
		{ "UPDATE number_pauses SET until = 7, attempts = 3", 0 },
		{ "UPDATE number_pauses SET reason = 'other'", 1 },
		{ "UPDATE number_pauses SET row_id = 11", 1 },
		{ "DELETE FROM number_pauses", 1 },
		{ "INSERT INTO number_pauses(number_id, until, reason,"
		  " attempts) VALUES (77, 5, 'of nobody', 1)",
		    0 },
	};
	struct fixture *fx = *state;

	assert_int_equal(db_script(fx->db, "DELETE FROM number_pauses"), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t before =
		    fixture_int(fx, "SELECT count(*) FROM changes");

		assert_int_equal(db_script(fx->db, cases[i].happens), 0);
		assert_int_equal(
		    fixture_int(fx, "SELECT count(*) FROM changes") - before,
		    cases[i].changes);
	}
	assert_int_equal(
	    fixture_int(fx, "SELECT count(*) FROM changes WHERE type ="
			    " 'number.updated' AND object_id = 1"
			    " AND workspace_id = 1"),
	    5);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, fixture_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_message_says_why_it_waits),
		TEST(nobody_sees_why_others_wait),
		TEST(a_pause_is_one_change_of_its_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
