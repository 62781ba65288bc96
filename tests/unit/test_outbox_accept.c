/* A message that the provider has taken, whoever says so first. */
#include "queued.h"

static void
a_status_settles_what_was_lost(void **state)
{
	struct fixture *fx = *state;
	struct outbox_row row;
	const char *word;

	queued_say(fx, 1, 1);
	row = queued_leave(fx, FIXTURE_NOW);
	word = outbox_callback(fx->pool, &row);
	queued_status(fx, word, "wamid.1", "delivered");
	assert_string_equal(queued_state(fx, 1), "done delivered wamid.1 -");
	queued_status(fx, word, "wamid.1", "sent");
	queued_status(fx, word, "wamid.2", "read");
	assert_string_equal(queued_state(fx, 1), "done delivered wamid.1 -");
	/* Our own answer comes late and changes nothing, whatever it is. */
	IN_TRANSACTION(fx, outbox_failed(fx->db, &row,
			       &(struct outbox_error){ 7, "{}", "refused" }));
	IN_TRANSACTION(fx, outbox_later(fx->db, &row, FIXTURE_NOW,
			       &(struct outbox_error){ .reason = "later" }));
	IN_TRANSACTION(
	    fx, outbox_done(fx->db, &row, &queued_answer, FIXTURE_NOW));
	assert_string_equal(queued_state(fx, 1), "done delivered wamid.1 -");
}

static void
a_status_settles_what_was_given_up(void **state)
{
	struct fixture *fx = *state;
	struct outbox_row row;

	queued_say(fx, 1, 1);
	row = queued_leave(fx, FIXTURE_NOW);
	IN_TRANSACTION(fx, outbox_expire(fx->db, FIXTURE_NOW + 600));
	queued_status(fx, outbox_callback(fx->pool, &row), "wamid.1", "read");
	assert_string_equal(queued_state(fx, 1), "done read wamid.1 -");
}

static void
a_strange_callback_settles_nothing(void **state)
{
	static const char *const strange[] = { "waspool-1", "waspool-1-1",
		"waspool-1-1-", "waspool-2-1-1769774400",
		"waspool-1-2-1769774400", "waspool-1-1-1769774399",
		"waspool-1-1-1769774400-", "waspool-1-1-1769774400 ",
		"waspool--1-1-1769774400", "Waspool-1-1-1769774400",
		"waspool-1-1-99999999999999999999999", "", NULL };
	struct fixture *fx = *state;

	queued_say(fx, 1, 1);
	queued_leave(fx, FIXTURE_NOW);
	for (size_t i = 0; i < sizeof(strange) / sizeof(strange[0]); i++)
		queued_status(fx, strange[i], "wamid.1", "read");
	assert_string_equal(queued_state(fx, 1), "sending sending - -");
	/* Another number's status, in the same words. */
	fixture_do(fx,
	    "INSERT INTO workspaces(name, created_at) VALUES ('b', 1);"
	    "INSERT INTO numbers(workspace_id, phone_number_id, created_at)"
	    " VALUES (2, '200', 1);");
	struct event ev = fixture_status("wamid.1", "read", FIXTURE_NOW);
	ev.phone_number_id = "200";
	ev.callback = "waspool-1-1-1769774400";
	assert_int_equal(fixture_apply(fx, &ev), 1);
	assert_string_equal(queued_state(fx, 1), "sending sending - -");
	queued_status(fx, ev.callback, "wamid.1", "read");
	assert_string_equal(queued_state(fx, 1), "done read wamid.1 -");
}

static void
statuses_that_came_first_count(void **state)
{
	struct fixture *fx = *state;
	struct outbox_row row;

	queued_say(fx, 1, 1);
	row = queued_leave(fx, FIXTURE_NOW);
	queued_status(fx, NULL, "wamid.1", "read");
	assert_string_equal(queued_state(fx, 1), "sending sending - -");
	IN_TRANSACTION(
	    fx, outbox_done(fx->db, &row, &queued_answer, FIXTURE_NOW));
	assert_string_equal(queued_state(fx, 1), "done read wamid.1 -");
}

static void
an_echo_that_came_first_makes_room(void **state)
{
	struct fixture *fx = *state;
	struct outbox_row row;
	struct event echo =
	    fixture_echo("wamid.1", "491510000001", FIXTURE_NOW + 5);

	echo.type = "image";
	echo.media.id = "m1";
	queued_say(fx, 1, 1);
	row = queued_leave(fx, FIXTURE_NOW);
	assert_int_equal(fixture_apply(fx, &echo), 1);
	assert_int_equal(fixture_int(fx, "SELECT count(*) FROM messages"), 2);
	IN_TRANSACTION(
	    fx, outbox_done(fx->db, &row, &queued_answer, FIXTURE_NOW));
	assert_string_equal(queued_state(fx, 1), "done sent wamid.1 -");
	assert_int_equal(fixture_int(fx, "SELECT count(*) FROM messages"), 1);
	assert_int_equal(fixture_int(fx, "SELECT count(*) FROM media"), 0);
	assert_int_equal(
	    fixture_int(fx, "SELECT last_message_id FROM conversations"
			    " WHERE id = 1"),
	    1);
	assert_int_equal(
	    fixture_int(fx, "SELECT count(*) FROM message_words"
			    " WHERE message_words MATCH '\"1.0.echo\"'"),
	    0);
	/* And again, afterwards. */
	assert_int_equal(fixture_apply(fx, &echo), 1);
	assert_int_equal(fixture_int(fx, "SELECT count(*) FROM messages"), 1);
	assert_string_equal(queued_state(fx, 1), "done sent wamid.1 -");
}

/* The provider names an id that a customer's message has. */
static void
a_customers_message_stays_whatever_the_answer_says(void **state)
{
	static const char *const inbound =
	    "SELECT direction || ' ' || wamid || ' ' || text FROM messages"
	    " WHERE direction = 'inbound'";
	struct fixture *fx = *state;
	struct outbox_row row;

	fixture_do(fx,
	    "INSERT INTO messages(id, workspace_id, conversation_id,"
	    " number_id, wamid, direction, source, type, content, preview,"
	    " text, status, sent_at, created_at) VALUES (7, 1, 1, 1,"
	    " 'wamid.1', 'inbound', 'live', 'text', '{}', 'x', 'words',"
	    " 'received', 1, 1)");
	queued_say(fx, 8, 1);
	row = queued_leave(fx, FIXTURE_NOW);
	IN_TRANSACTION(
	    fx, outbox_done(fx->db, &row, &queued_answer, FIXTURE_NOW));
	assert_string_equal(fixture_text(fx, inbound), "inbound wamid.1 words");
	assert_string_equal(queued_state(fx, 8), "done sent - -");
}

static void
the_answer_says_who_the_customer_is(void **state)
{
	static const struct outbox_taken brazil = { .wamid = "wamid.1",
		.input = "+5511987654321",
		.wa_id = "551187654321",
		.user_id = "BR.1" };
	struct fixture *fx = *state;
	struct outbox_row row;

	fixture_do(fx, "INSERT INTO identities(workspace_id, number_id, kind, "
		       "value, conversation_id, created_at) VALUES"
		       " (1, 1, 'user_id', 'BR.1', 2, 1);");
	queued_say(fx, 1, 1);
	row = queued_leave(fx, FIXTURE_NOW);
	IN_TRANSACTION(fx, outbox_done(fx->db, &row, &brazil, FIXTURE_NOW));
	assert_string_equal(
	    fixture_text(fx,
		"SELECT group_concat(kind || ' ' ||"
		" value || ' ' || conversation_id, ', ') FROM (SELECT * FROM"
		" identities ORDER BY kind)"),
	    "alias 5511987654321 1, user_id BR.1 1,"
	    " wa_id 551187654321 1, wa_id 5511987654321 1");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, queued_begin, fixture_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_status_settles_what_was_lost),
		TEST(a_status_settles_what_was_given_up),
		TEST(a_strange_callback_settles_nothing),
		TEST(statuses_that_came_first_count),
		TEST(an_echo_that_came_first_makes_room),
		TEST(a_customers_message_stays_whatever_the_answer_says),
		TEST(the_answer_says_who_the_customer_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
