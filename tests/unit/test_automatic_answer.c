/*
 * What is answered while a workspace is closed: to whom, and how often.
 */
#include "fixture.h"

#include "inbox/message/followed.h"
#include "inbox/node/restored.h"
#include "inbox/outbox/automatic_answer.h"

/* FIXTURE_NOW is a Friday, 12:00 UTC: closed since 11:00, until Monday 9:00. */
#define HOURS                                                                  \
	"{\"weekdays\":[{\"day\":\"monday\",\"from\":\"09:00\","               \
	"\"to\":\"17:00\"},{\"day\":\"friday\",\"from\":\"09:00\","            \
	"\"to\":\"11:00\"}]}"
#define NOW    FIXTURE_NOW
#define HOUR   3600
#define MONDAY (NOW + 2 * 86400 + 21 * HOUR) /* 09:00 */

#define ANSWERS                                                                \
	"SELECT COUNT(*) FROM messages WHERE"                                  \
	" context LIKE '%\"automatic\":true%' AND direction = 'outbound'"
#define WAITS "SELECT COALESCE(MAX(unanswered_since), 0) FROM conversations"

static void
open_at(struct fixture *fx, const char *hours)
{
	fixture_do(
	    fx, pool_printf(fx->pool,
		    "INSERT INTO workspace_settings VALUES (1, 'UTC', '%s',"
		    " 'We are closed.', 0) ON CONFLICT (workspace_id) DO UPDATE"
		    " SET opening_hours = excluded.opening_hours",
		    hours));
}

static int
step(struct fixture *fx, int64_t now)
{
	int rc, n = 0;

	while ((rc = automatic_answer_step(fx->db, fx->pool, now)) == 1)
		assert_true(n++ < 100);
	assert_int_equal(rc, 0);
	return (int)fixture_int(fx, ANSWERS);
}

static void
write_to_us(struct fixture *fx, const char *wamid, int64_t at)
{
	struct event ev = fixture_event(wamid, "4915112345678", at, "Hi");

	assert_int_equal(fixture_apply(fx, &ev), 1);
}

static int
setup_closed(void **state)
{
	int rc = fixture_begin(state);

	if (rc == 0) {
		open_at(*state, HOURS);
		step(*state, NOW - HOUR);
	}
	return rc;
}

static void
who_writes_while_it_is_closed_is_answered_once(void **state)
{
	struct fixture *fx = *state;

	write_to_us(fx, "a", NOW);
	assert_int_equal(step(fx, NOW + 1), 1);
	assert_string_equal(
	    fixture_text(fx,
		"SELECT m.text || ' ' || m.status || ' ' || o.state"
		" FROM messages m JOIN outbox o"
		" ON o.message_id = m.id WHERE o.kind = 'message'"),
	    "We are closed. queued queued");
	/* it answers nobody */
	assert_int_equal(fixture_int(fx, WAITS), NOW);
	write_to_us(fx, "b", NOW + 60);
	write_to_us(fx, "c", NOW + 86400);
	assert_int_equal(step(fx, NOW + 86400), 1);
	/* Monday's evening is another time */
	write_to_us(fx, "d", MONDAY + 8 * HOUR - 1);
	assert_int_equal(step(fx, MONDAY + 8 * HOUR + 5), 1);
	write_to_us(fx, "e", MONDAY + 8 * HOUR);
	assert_int_equal(step(fx, MONDAY + 8 * HOUR + 5), 2);
	assert_int_equal(fixture_int(fx, WAITS), NOW);
}

static void
nobody_is_answered_who_need_not_be(void **state)
{
	static const char *const why[] = {
		/* what came is no message of a customer, or an old one */
		"UPDATE messages SET type = 'reaction'",
		"UPDATE messages SET type = 'call'",
		"UPDATE messages SET source = 'history'",
		"UPDATE messages SET counts_unread = 0",
		"UPDATE messages SET sent_at = sent_at - 601",
		/* the conversation */
		"UPDATE conversations SET group_id = 'g'",
		"UPDATE conversations SET blocked = 2",
		"UPDATE conversations SET phone = NULL, user_id = NULL",
		"UPDATE conversations SET window_refused_at = 1769774400",
		"UPDATE numbers SET moving_to = 1",
		"INSERT INTO number_queues VALUES (1, 100000)",
		/* nobody wants it */
		"UPDATE workspace_settings SET automatic_answer = NULL",
		"UPDATE workspace_settings SET opening_hours = NULL",
	};
	struct fixture *fx = *state;

	for (size_t i = 0; i < sizeof(why) / sizeof(why[0]); i++) {
		write_to_us(fx, "a", NOW);
		fixture_do(fx, why[i]);
		if (step(fx, NOW) != 0)
			fail_msg("answered: %s", why[i]);
		fixture_do(fx, "DELETE FROM messages;"
			       "UPDATE conversations SET group_id = NULL,"
			       " blocked = 0, phone = '+4915112345678',"
			       " window_refused_at = 0,"
			       " last_customer_message_at = NULL;"
			       "UPDATE numbers SET moving_to = NULL;"
			       "DELETE FROM number_queues;"
			       "UPDATE workspace_settings SET"
			       " automatic_answer = 'We are closed.'");
		open_at(fx, HOURS);
		step(fx, NOW);
	}
	write_to_us(fx, "a", NOW);
	assert_int_equal(step(fx, NOW), 1);
}

static void
what_came_before_it_was_closed_is_not_answered(void **state)
{
	struct fixture *fx = *state;

	write_to_us(fx, "a", NOW - HOUR - 1);
	assert_int_equal(step(fx, NOW - HOUR + 1), 0);
	/* nor what came before it was wanted */
	fixture_do(fx, "UPDATE workspace_settings SET opening_hours = NULL");
	step(fx, NOW);
	assert_string_equal(
	    fixture_text(fx, "SELECT name FROM followed"), "(none)");
	write_to_us(fx, "b", NOW);
	open_at(fx, HOURS);
	assert_int_equal(step(fx, NOW), 0);
	write_to_us(fx, "c", NOW);
	assert_int_equal(step(fx, NOW), 1);
}

static void
where_a_member_writes_nothing_is_said_by_itself(void **state)
{
	struct fixture *fx = *state;
	struct event echo = fixture_echo("o", "4915112345678", NOW - 60);

	write_to_us(fx, "a", NOW - 2 * HOUR);
	step(fx, NOW - HOUR);
	assert_int_equal(fixture_apply(fx, &echo), 1);
	write_to_us(fx, "b", NOW);
	assert_int_equal(step(fx, NOW), 0);
	/* a template is no conversation, and what failed said nothing */
	fixture_do(fx, "UPDATE messages SET type = 'template'"
		       " WHERE wamid = 'o'");
	write_to_us(fx, "c", NOW + 1);
	assert_int_equal(step(fx, NOW + 1), 1);
}

static void
after_a_rollback_it_is_answered_once(void **state)
{
	struct fixture *fx = *state;
	int64_t before;

	write_to_us(fx, "a", NOW);
	followed_get(fx->db, FOLLOWED_ANSWERS, &before);
	/* as when it is killed before the commit: nothing of it is there */
	fixture_do(fx, "BEGIN; DELETE FROM messages WHERE 0; ROLLBACK");
	assert_int_equal(step(fx, NOW), 1);
	/* and when its place is put back, as by an older copy */
	assert_int_equal(db_begin(fx->db), 0);
	assert_int_equal(followed_put(fx->db, FOLLOWED_ANSWERS, before), 0);
	assert_int_equal(db_commit(fx->db), 0);
	assert_int_equal(step(fx, NOW + 1), 1);
}

static void
many_are_answered_in_steps(void **state)
{
	struct fixture *fx = *state;

	for (int i = 0; i < 120; i++) {
		struct event ev = fixture_event(pool_printf(fx->pool, "w%d", i),
		    pool_printf(fx->pool, "49151%d", 1000 + i), NOW, "Hi");

		assert_int_equal(fixture_apply(fx, &ev), 1);
	}
	assert_int_equal(automatic_answer_step(fx->db, fx->pool, NOW), 1);
	assert_int_equal(fixture_int(fx, ANSWERS), 50);
	assert_int_equal(step(fx, NOW), 120);
	assert_int_equal(
	    fixture_int(fx, "SELECT COUNT(*) FROM unanswered"), 120);
}

static void
what_was_said_before_a_restore_is_left_alone(void **state)
{
	struct fixture *fx = *state;

	assert_int_equal(restored_answers(fx->db, NOW), 0);
	write_to_us(fx, "w1", NOW);
	assert_int_equal(step(fx, NOW + 1), 0);
	write_to_us(fx, "w2", NOW + 1);
	assert_int_equal(step(fx, NOW + 1), 1);
}

#define CLOSED(f) cmocka_unit_test_setup_teardown(f, setup_closed, fixture_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CLOSED(who_writes_while_it_is_closed_is_answered_once),
		CLOSED(nobody_is_answered_who_need_not_be),
		CLOSED(what_came_before_it_was_closed_is_not_answered),
		CLOSED(where_a_member_writes_nothing_is_said_by_itself),
		CLOSED(after_a_rollback_it_is_answered_once),
		CLOSED(many_are_answered_in_steps),
		CLOSED(what_was_said_before_a_restore_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
