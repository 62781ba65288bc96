/*
 * Who waits for an answer since when, and what is set aside until when.
 */
#include "fixture.h"

#include "inbox/conversation/conversation.h"
#include "inbox/conversation/merge.h"
#include "inbox/conversation/set_aside.h"

#define WAITS                                                                  \
	"SELECT COALESCE((SELECT unanswered_since FROM conversations"          \
	" WHERE id = 1), 0)"
#define LISTED                                                                 \
	"SELECT COALESCE((SELECT since FROM unanswered"                        \
	" WHERE conversation_id = 1), 0)"

/* What is said, at which time: of the customer, or of us. */
static void
say(struct fixture *fx, const char *wamid, char who, int64_t at)
{
	struct event ev = who == 'o' ? fixture_echo(wamid, "4915", at)
				     : fixture_event(wamid, "4915", at, "Hi");

	if (who == 'h') {
		ev.source = EVENT_HISTORY;
		ev.counts_unread = ev.opens_window = 0;
	}
	assert_int_equal(fixture_apply(fx, &ev), 1);
}

static int64_t
waits(struct fixture *fx)
{
	int64_t since = fixture_int(fx, WAITS);

	assert_int_equal(fixture_int(fx, LISTED), since);
	return since;
}

static void
a_customer_waits_since_the_first_message_behind_our_last(void **state)
{
	struct fixture *fx = *state;

	say(fx, "a", 'c', 100);
	assert_int_equal(waits(fx), 100);
	say(fx, "b", 'c', 200);
	assert_int_equal(waits(fx), 100);
	say(fx, "c", 'o', 300);
	assert_int_equal(waits(fx), 0);
	say(fx, "d", 'c', 300); /* stored later: said later */
	assert_int_equal(waits(fx), 300);
	say(fx, "e", 'h', 400);
	assert_int_equal(waits(fx), 300);
}

/* The same five messages in each order end the same. */
static void
the_order_in_which_messages_come_does_not_matter(void **state)
{
	static const int order[][5] = { { 0, 1, 2, 3, 4 }, { 4, 3, 2, 1, 0 },
		{ 2, 0, 4, 1, 3 }, { 3, 4, 0, 2, 1 }, { 1, 3, 0, 4, 2 },
		{ 4, 0, 1, 2, 3 }, { 0, 4, 3, 1, 2 } };
	static const char who[] = "ccocc";
	struct fixture *fx = *state;

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		char wamid[] = "n0";

		if (i > 0)
			fixture_do(fx, "DELETE FROM messages;"
				       "UPDATE conversations SET"
				       " unanswered_since = NULL,"
				       " last_message_at = 0");
		for (int k = 0; k < 5; k++) {
			int n = order[i][k];

			wamid[0] = (char)('a' + i);
			wamid[1] = (char)('0' + n);
			say(fx, wamid, who[n], 100 + n * 10);
		}
		assert_int_equal(waits(fx), 130);
	}
}

static void
an_answer_that_failed_is_none(void **state)
{
	struct fixture *fx = *state;
	struct event failed = fixture_status("b", "failed", 160);

	say(fx, "a", 'c', 100);
	say(fx, "b", 'o', 150);
	assert_int_equal(waits(fx), 0);
	assert_int_equal(fixture_apply(fx, &failed), 1);
	assert_int_equal(waits(fx), 100);
	say(fx, "c", 'o', 170);
	assert_int_equal(waits(fx), 0);
}

static void
a_reaction_waits_for_nothing(void **state)
{
	struct fixture *fx = *state;

	say(fx, "a", 'c', 100);
	say(fx, "b", 'o', 150);
	fixture_do(fx,
	    "INSERT INTO messages(workspace_id, conversation_id, number_id,"
	    " wamid, direction, source, type, content, preview, status,"
	    " counts_unread, sent_at, created_at) VALUES (1, 1, 1, 'r',"
	    " 'inbound', 'live', 'reaction', '{}', 'Ok', 'received', 1, 200,"
	    " 200)");
	assert_int_equal(waits(fx), 0);
	/* another client of the database says that it counts after all */
	fixture_do(fx, "UPDATE messages SET type = 'text', counts_unread = 0"
		       " WHERE wamid = 'r';"
		       "UPDATE messages SET counts_unread = 1"
		       " WHERE wamid = 'r'");
	assert_int_equal(waits(fx), 200);
}

static const char *
state_of(struct fixture *fx, int64_t id)
{
	struct conversation c;

	assert_int_equal(conversation_get(fx->member, fx->pool, id, &c), 1);
	return c.state;
}

static void
set(struct fixture *fx, const char *state, int64_t until, int64_t now)
{
	assert_int_equal(
	    conversation_set_state(fx->member, 1, state, until, now), 0);
	assert_string_equal(state_of(fx, 1), state);
}

static void
a_message_of_the_customer_opens_whatever_it_is(void **state)
{
	static const char *const states[] = { "closed", "pending", "snoozed" };
	struct fixture *fx = *state;

	for (int i = 0; i < 3; i++) {
		set(fx, states[i], FIXTURE_NOW + 900, FIXTURE_NOW);
		fixture_do(fx,
		    "INSERT INTO messages(workspace_id, conversation_id,"
		    " number_id, wamid, direction, source, type, content,"
		    " preview, status, counts_unread, sent_at, created_at)"
		    " SELECT 1, 1, 1, 'x' || COUNT(*), 'inbound', 'live',"
		    " 'text', '{}', 'Hi', 'received', 1, 1800000000, 1"
		    " FROM messages");
		assert_string_equal(state_of(fx, 1), "open");
		assert_int_equal(fixture_int(fx, "SELECT COUNT(*) FROM"
						 " set_aside"),
		    0);
	}
}

static void
what_is_snoozed_opens_at_its_time_and_is_unread(void **state)
{
	struct fixture *fx = *state;
	int64_t at = FIXTURE_NOW + 60;

	assert_int_equal(conversation_mark_read(fx->member, 1, FIXTURE_NOW), 0);
	set(fx, "snoozed", at, FIXTURE_NOW);
	assert_int_equal(set_aside_wake(fx->db, at - 1), 0);
	assert_string_equal(state_of(fx, 1), "snoozed");
	assert_int_equal(set_aside_wake(fx->db, at), 1);
	assert_int_equal(set_aside_wake(fx->db, at), 0);
	assert_string_equal(state_of(fx, 1), "open");
	assert_int_equal(
	    fixture_int(fx, "SELECT unread_count FROM conversations"
			    " WHERE id = 1 AND is_read = 0"),
	    1);
	/* one that is pending has no time */
	set(fx, "snoozed", at, at);
	set(fx, "pending", 0, at);
	assert_int_equal(set_aside_wake(fx->db, at + 99999), 0);
	assert_string_equal(state_of(fx, 1), "pending");
}

static void
what_is_closed_waits_for_no_answer(void **state)
{
	struct fixture *fx = *state;

	fixture_do(fx, "UPDATE conversations SET unanswered_since = -1");
	assert_int_equal(waits(fx), 1769600000);
	set(fx, "pending", 0, FIXTURE_NOW);
	assert_int_equal(waits(fx), 1769600000);
	set(fx, "closed", 0, FIXTURE_NOW);
	assert_int_equal(waits(fx), 0);
	fixture_do(fx, "UPDATE conversations SET unanswered_since = -1");
	assert_int_equal(waits(fx), 0);
	set(fx, "open", 0, FIXTURE_NOW);
	assert_int_equal(waits(fx), 0);
}

/* Two turn out to be one: what was done with the one that goes is kept, and it
 * comes back as the other would. */
static void
a_merge_keeps_what_was_done_and_set_aside(void **state)
{
	struct fixture *fx = *state;

	assert_int_equal(conversation_set_state(fx->member, 2, "snoozed",
			     FIXTURE_NOW + 60, FIXTURE_NOW),
	    0);
	set(fx, "closed", 0, FIXTURE_NOW);
	assert_int_equal(db_begin(fx->db), 0);
	assert_int_equal(
	    merge_conversations(fx->db, fx->pool, 1, 1, 2, FIXTURE_NOW), 0);
	assert_int_equal(db_commit(fx->db), 0);
	assert_string_equal(state_of(fx, 1), "snoozed");
	assert_int_equal(
	    fixture_int(fx, "SELECT COUNT(*) FROM activities"
			    " WHERE conversation_id = 1 AND kind = 'state'"),
	    2);
	assert_int_equal(fixture_int(fx, LISTED), waits(fx));
	assert_int_equal(set_aside_wake(fx->db, FIXTURE_NOW + 60), 1);
	assert_string_equal(state_of(fx, 1), "open");
}

static void
nobody_sets_aside_what_is_anothers(void **state)
{
	struct fixture *fx = *state;
	int64_t other = fixture_int(fx, "SELECT id FROM conversations"
					" WHERE workspace_id = 2 LIMIT 1");

	assert_int_equal(conversation_set_state(fx->member, other, "snoozed",
			     FIXTURE_NOW + 60, FIXTURE_NOW),
	    0);
	assert_int_equal(
	    conversation_set_state(fx->member, 999, "pending", 0, FIXTURE_NOW),
	    0);
	assert_int_equal(fixture_int(fx, "SELECT COUNT(*) FROM set_aside"), 0);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, fixture_begin, fixture_end)
#define MEMBERS(f)                                                             \
	cmocka_unit_test_setup_teardown(f, fixture_begin_members, fixture_end)
	const struct CMUnitTest tests[] = {
		TEST(a_customer_waits_since_the_first_message_behind_our_last),
		TEST(the_order_in_which_messages_come_does_not_matter),
		TEST(an_answer_that_failed_is_none),
		TEST(a_reaction_waits_for_nothing),
		MEMBERS(a_message_of_the_customer_opens_whatever_it_is),
		MEMBERS(what_is_snoozed_opens_at_its_time_and_is_unread),
		MEMBERS(what_is_closed_waits_for_no_answer),
		MEMBERS(a_merge_keeps_what_was_done_and_set_aside),
		MEMBERS(nobody_sets_aside_what_is_anothers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
