/* A message that the provider has taken, whoever says so first. */
#include "outbox.h"

static void
a_status_settles_what_was_lost(void **state)
{
	struct rig *g = *state;
	struct outbox_row row;
	const char *word;

	outbox_say(g, 1, 1);
	row = outbox_leave(g, RIG_NOW);
	word = outbox_callback(g->pool, &row);
	outbox_status(g, word, "wamid.1", "delivered");
	assert_string_equal(outbox_state(g, 1), "done delivered wamid.1 -");
	outbox_status(g, word, "wamid.1", "sent");
	outbox_status(g, word, "wamid.2", "read");
	assert_string_equal(outbox_state(g, 1), "done delivered wamid.1 -");
	/* Our own answer comes late and changes nothing, whatever it is. */
	IN_TRANSACTION(g, outbox_failed(g->db, &row,
			      &(struct outbox_error){ 7, "{}", "refused" }));
	IN_TRANSACTION(g, outbox_later(g->db, &row, RIG_NOW,
			      &(struct outbox_error){ .reason = "later" }));
	IN_TRANSACTION(g, outbox_done(g->db, &row, &outbox_answer, RIG_NOW));
	assert_string_equal(outbox_state(g, 1), "done delivered wamid.1 -");
}

static void
a_status_settles_what_was_given_up(void **state)
{
	struct rig *g = *state;
	struct outbox_row row;

	outbox_say(g, 1, 1);
	row = outbox_leave(g, RIG_NOW);
	IN_TRANSACTION(g, outbox_expire(g->db, RIG_NOW + 600));
	outbox_status(g, outbox_callback(g->pool, &row), "wamid.1", "read");
	assert_string_equal(outbox_state(g, 1), "done read wamid.1 -");
}

static void
a_strange_callback_settles_nothing(void **state)
{
	static const char *const strange[] = { "waspool-1", "waspool-1-1",
		"waspool-1-1-", "waspool-2-1-1700000000",
		"waspool-1-2-1700000000", "waspool-1-1-1699999999",
		"waspool-1-1-1700000000-", "waspool-1-1-1700000000 ",
		"waspool--1-1-1700000000", "Waspool-1-1-1700000000",
		"waspool-1-1-99999999999999999999999", "", NULL };
	struct rig *g = *state;

	outbox_say(g, 1, 1);
	outbox_leave(g, RIG_NOW);
	for (size_t i = 0; i < sizeof(strange) / sizeof(strange[0]); i++)
		outbox_status(g, strange[i], "wamid.1", "read");
	assert_string_equal(outbox_state(g, 1), "sending sending - -");
	/* Another number's status, in the same words. */
	rig_do(g,
	    "INSERT INTO workspaces(name, created_at) VALUES ('b', 1);"
	    "INSERT INTO numbers(workspace_id, phone_number_id, created_at)"
	    " VALUES (2, '200', 1);");
	struct event ev = rig_status("wamid.1", "read", RIG_NOW);
	ev.phone_number_id = "200";
	ev.callback = "waspool-1-1-1700000000";
	assert_int_equal(rig_apply(g, &ev), 1);
	assert_string_equal(outbox_state(g, 1), "sending sending - -");
	outbox_status(g, ev.callback, "wamid.1", "read");
	assert_string_equal(outbox_state(g, 1), "done read wamid.1 -");
}

static void
statuses_that_came_first_count(void **state)
{
	struct rig *g = *state;
	struct outbox_row row;

	outbox_say(g, 1, 1);
	row = outbox_leave(g, RIG_NOW);
	outbox_status(g, NULL, "wamid.1", "read");
	assert_string_equal(outbox_state(g, 1), "sending sending - -");
	IN_TRANSACTION(g, outbox_done(g->db, &row, &outbox_answer, RIG_NOW));
	assert_string_equal(outbox_state(g, 1), "done read wamid.1 -");
}

static void
an_echo_that_came_first_makes_room(void **state)
{
	struct rig *g = *state;
	struct outbox_row row;
	struct event echo = rig_echo("wamid.1", "491510000001", RIG_NOW + 5);

	echo.type = "image";
	echo.media.id = "m1";
	outbox_say(g, 1, 1);
	row = outbox_leave(g, RIG_NOW);
	assert_int_equal(rig_apply(g, &echo), 1);
	assert_int_equal(rig_int(g, "SELECT count(*) FROM messages"), 2);
	IN_TRANSACTION(g, outbox_done(g->db, &row, &outbox_answer, RIG_NOW));
	assert_string_equal(outbox_state(g, 1), "done sent wamid.1 -");
	assert_int_equal(rig_int(g, "SELECT count(*) FROM messages"), 1);
	assert_int_equal(rig_int(g, "SELECT count(*) FROM media"), 0);
	assert_int_equal(rig_int(g, "SELECT last_message_id FROM conversations"
				    " WHERE id = 1"),
	    1);
	assert_int_equal(rig_int(g, "SELECT count(*) FROM message_words"
				    " WHERE message_words MATCH 'echo'"),
	    0);
	/* And again, afterwards. */
	assert_int_equal(rig_apply(g, &echo), 1);
	assert_int_equal(rig_int(g, "SELECT count(*) FROM messages"), 1);
	assert_string_equal(outbox_state(g, 1), "done sent wamid.1 -");
}

/* The provider names an id that a customer's message has. */
static void
a_customers_message_stays_whatever_the_answer_says(void **state)
{
	static const char *const inbound =
	    "SELECT direction || ' ' || wamid || ' ' || text FROM messages"
	    " WHERE direction = 'inbound'";
	struct rig *g = *state;
	struct outbox_row row;

	rig_do(g,
	    "INSERT INTO messages(id, workspace_id, conversation_id,"
	    " number_id, wamid, direction, source, type, content, preview,"
	    " text, status, sent_at, created_at) VALUES (7, 1, 1, 1,"
	    " 'wamid.1', 'inbound', 'live', 'text', '{}', 'x', 'words',"
	    " 'received', 1, 1)");
	outbox_say(g, 8, 1);
	row = outbox_leave(g, RIG_NOW);
	IN_TRANSACTION(g, outbox_done(g->db, &row, &outbox_answer, RIG_NOW));
	assert_string_equal(rig_text(g, inbound), "inbound wamid.1 words");
	assert_string_equal(outbox_state(g, 8), "done sent - -");
}

static void
the_answer_says_who_the_customer_is(void **state)
{
	static const struct outbox_taken brazil = { .wamid = "wamid.1",
		.input = "+5511987654321",
		.wa_id = "551187654321",
		.user_id = "BR.1" };
	struct rig *g = *state;
	struct outbox_row row;

	rig_do(g, "INSERT INTO identities(workspace_id, number_id, kind, "
		  "value, conversation_id, created_at) VALUES"
		  " (1, 1, 'user_id', 'BR.1', 2, 1);");
	outbox_say(g, 1, 1);
	row = outbox_leave(g, RIG_NOW);
	IN_TRANSACTION(g, outbox_done(g->db, &row, &brazil, RIG_NOW));
	assert_string_equal(
	    rig_text(g,
		"SELECT group_concat(kind || ' ' ||"
		" value || ' ' || conversation_id, ', ') FROM (SELECT * FROM"
		" identities ORDER BY kind)"),
	    "alias 5511987654321 1, user_id BR.1 1,"
	    " wa_id 551187654321 1, wa_id 5511987654321 1");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, outbox_begin, rig_end)

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
