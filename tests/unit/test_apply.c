/*
 * Whose an event is, and what becomes of those that are no message.
 */
#include "fixture.h"

#include "inbox/customer/customer_memo.h"
#include "inbox/node/delivery_state.h"

static void
unknown_number_waits_to_be_registered(void **state)
{
	struct fixture *fx = *state;
	struct event ev = fixture_event("a", "16505551234", 10, "hi");

	ev.phone_number_id = "999";
	assert_int_equal(fixture_apply(fx, &ev), 0);
	assert_string_equal(fx->reason, "number 999 is not registered");
	assert_int_equal(
	    fixture_int(fx, "SELECT COUNT(*) FROM conversations"), 0);
}

static void
unknown_number_goes_to_the_default_workspace(void **state)
{
	struct fixture *fx = *state;
	struct event ev = fixture_event("a", "16505551234", 10, "hi");

	ev.phone_number_id = "999";
	fx->apply.default_workspace = 1;
	assert_int_equal(fixture_apply(fx, &ev), 1);
	assert_int_equal(fixture_apply(fx, &ev), 1);
	assert_string_equal(
	    fixture_text(fx,
		"SELECT workspace_id || ' ' ||"
		" registered FROM numbers WHERE phone_number_id = '999'"),
	    "1 0");
	ev.phone_number_id = "998";
	fx->apply.default_workspace = 77;
	assert_int_equal(fixture_apply(fx, &ev), 0);
	assert_non_null(strstr(fx->reason, "DEFAULT_WORKSPACE"));
}

/* It could be the other's: only the installation's own comes by itself. */
static void
unknown_number_waits_where_two_could_mean_it(void **state)
{
	struct fixture *fx = *state;
	struct event ev = fixture_event("a", "16505551234", 10, "hi");

	fixture_do(
	    fx, "INSERT INTO workspaces(name, created_at) VALUES ('b', 1);");
	fx->apply.default_workspace = 1;
	fx->apply.phone_number_id = "555";
	ev.phone_number_id = "999";
	assert_int_equal(fixture_apply(fx, &ev), 0);
	assert_string_equal(fx->reason, "number 999 is not registered");
	assert_int_equal(fixture_int(fx, "SELECT COUNT(*) FROM numbers"), 1);
	ev.phone_number_id = "555";
	assert_int_equal(fixture_apply(fx, &ev), 1);
	assert_int_equal(fixture_int(fx, "SELECT workspace_id FROM numbers"
					 " WHERE phone_number_id = '555'"),
	    1);
}

static void
number_that_moves_takes_nothing(void **state)
{
	struct fixture *fx = *state;
	struct event ev = fixture_event("a", "16505551234", 10, "hi");

	fixture_do(fx,
	    "INSERT INTO workspaces(name, created_at) VALUES ('b', 1);"
	    "UPDATE numbers SET moving_to = 2;");
	assert_int_equal(fixture_apply(fx, &ev), 0);
	assert_non_null(strstr(fx->reason, "number 100 is being moved"));
	ev.phone_number_id = NULL;
	assert_int_equal(fixture_apply(fx, &ev), 0);
	fixture_do(
	    fx, "UPDATE numbers SET moving_to = NULL, workspace_id = 2;");
	assert_int_equal(fixture_apply(fx, &ev), 1);
	assert_int_equal(
	    fixture_int(fx, "SELECT workspace_id FROM conversations"), 2);
}

static void
account_that_is_learnt_wakes_what_waited(void **state)
{
	struct fixture *fx = *state;
	struct event notice = { .kind = EVENT_NOTICE,
		.waba_id = "w7",
		.at = 5,
		.field = "account_update",
		.raw = "{\"a\":1}" };
	struct event ev = fixture_event("a", "16505551234", 10, "hi");
	const struct delivery_state_hindrance why = { .reason = "x",
		.waits_for = "account w7" };

	fixture_do(
	    fx, "INSERT INTO workspaces(name, created_at) VALUES ('b', 1);");
	fx->apply.default_workspace = 1;
	assert_int_equal(fixture_apply(fx, &notice), 0);
	assert_string_equal(fx->reason, "account w7 has no workspace");
	assert_int_equal(db_begin(fx->db), 0);
	assert_int_equal(
	    delivery_state_wait(fx->db, "n", 1, &why, FIXTURE_NOW), 0);
	assert_int_equal(db_commit(fx->db), 0);
	ev.waba_id = "w7";
	assert_int_equal(fixture_apply(fx, &ev), 1);
	assert_int_equal(
	    fixture_int(fx, "SELECT due_at FROM held"), FIXTURE_NOW);
	assert_int_equal(fixture_apply(fx, &notice), 1);
}

/* A token of one number forges nothing of another; one of an account speaks
 * for the numbers that are known to be of it. */
static void
token_speaks_for_its_own_number_only(void **state)
{
	static const struct {
		const char *credential, *number, *account;
		int applied;
	} cases[] = {
		{ "token-1", "100", "w1", 1 },
		{ "token-of-200", "100", "w1", 0 },
		{ "token-of-200 secret-1", "100", "w1", 0 },
		{ "token-of-200", "200", "w1", 1 },
		{ "token-of-20", "200", "w1", 0 },
		{ "token-of-2000", "200", "w1", 0 },
		{ "token-of-", "200", "w1", 0 },
		{ "token-of-700", "200", "700", 1 },
		{ "token-of-700", "100", "700", 0 }, /* by its own words */
		{ "token-of-200", "100", "700", 0 },
		{ "token-of-200", NULL, NULL, 1 }, /* the flat form */
		{ "none", "100", NULL, 1 },
	};
	struct fixture *fx = *state;

	fixture_do(fx,
	    "INSERT INTO workspaces(name, created_at) VALUES ('b', 1);"
	    "INSERT INTO numbers(workspace_id, phone_number_id, waba_id,"
	    " created_at) VALUES (2, '200', '700', 1);");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct event ev = fixture_event(
		    pool_printf(fx->pool, "w%zu", i), "16505551234", 10, "hi");

		ev.phone_number_id = cases[i].number;
		ev.waba_id = cases[i].account;
		fx->apply.credential = cases[i].credential;
		if (fixture_apply(fx, &ev) != cases[i].applied)
			fail_msg(
			    "%s of %s", cases[i].credential, cases[i].number);
		if (!cases[i].applied)
			assert_non_null(strstr(fx->reason, "may not deliver"));
	}
	/* Nor does it say whose account its number is of. */
	assert_string_equal(
	    fixture_text(fx, "SELECT group_concat(waba_id) FROM (SELECT waba_id"
			     " FROM numbers ORDER BY id)"),
	    "w1,700");
	assert_int_equal(fixture_int(fx, "SELECT number_id FROM messages"
					 " WHERE wamid = 'w10'"),
	    2);
}

/* What it says of an account is of its number's, whatever account it names. */
static void
account_event_by_a_token_of_a_number_stays_with_it(void **state)
{
	struct fixture *fx = *state;
	struct event ev = { .kind = EVENT_NOTICE,
		.waba_id = "w1",
		.at = 5,
		.field = "account_update",
		.raw = "{}" };

	fixture_do(fx,
	    "INSERT INTO workspaces(name, created_at) VALUES ('b', 1);"
	    "UPDATE numbers SET waba_id = 'w1';"
	    "INSERT INTO numbers(workspace_id, phone_number_id,"
	    " created_at) VALUES (2, '200', 1);");
	fx->apply.credential = "token-of-200";
	assert_int_equal(fixture_apply(fx, &ev), 1);
	assert_int_equal(
	    fixture_int(fx, "SELECT workspace_id FROM workspace_events"), 2);
	fx->apply.credential = "token-of-999";
	assert_int_equal(fixture_apply(fx, &ev), 0);
	assert_string_equal(
	    fx->reason, "token-of-999 may not deliver for account w1");
}

static void
flat_form_goes_to_the_configured_or_only_number(void **state)
{
	struct fixture *fx = *state;
	struct event ev = fixture_event("a", "16505551234", 10, "hi");

	ev.phone_number_id = NULL;
	assert_int_equal(fixture_apply(fx, &ev), 1);
	fixture_do(fx, "INSERT INTO numbers(workspace_id, phone_number_id,"
		       " created_at) VALUES (1, '200', 1);");
	ev.wamid = "b";
	assert_int_equal(fixture_apply(fx, &ev), 0);
	assert_non_null(fx->reason);
	fx->apply.phone_number_id = "200";
	assert_int_equal(fixture_apply(fx, &ev), 1);
	assert_int_equal(fixture_int(fx, "SELECT number_id FROM messages"
					 " WHERE wamid = 'b'"),
	    2);
}

static void
account_event_goes_to_the_account(void **state)
{
	struct fixture *fx = *state;
	struct event ev = { .kind = EVENT_NOTICE,
		.waba_id = "w2",
		.at = 5,
		.field = "account_update",
		.raw = "{\"a\":1}" };

	fixture_do(fx,
	    "INSERT INTO workspaces(name, created_at) VALUES ('b', 1);"
	    "INSERT INTO numbers(workspace_id, phone_number_id, waba_id,"
	    " created_at) VALUES (2, '200', 'w2', 1);");
	assert_int_equal(fixture_apply(fx, &ev), 1);
	assert_int_equal(fixture_apply(fx, &ev), 1);
	assert_string_equal(
	    fixture_text(fx,
		"SELECT COUNT(*) || ' ' ||"
		" workspace_id || ' ' || COALESCE(number_id, '-') || raw"
		" FROM workspace_events"),
	    "1 2 -{\"a\":1}");
	ev.waba_id = "nobody";
	assert_int_equal(fixture_apply(fx, &ev), 0);
	fixture_do(fx,
	    "DELETE FROM workspace_events; DELETE FROM numbers"
	    " WHERE workspace_id = 2; DELETE FROM counters"
	    " WHERE workspace_id = 2; DELETE FROM workspaces WHERE id = 2;");
	assert_int_equal(fixture_apply(fx, &ev), 1);
}

static void
number_learns_its_account(void **state)
{
	struct fixture *fx = *state;
	struct event ev = fixture_status("x", "sent", 5);

	ev.waba_id = "w";
	ev.display_phone_number = "+1 650";
	assert_int_equal(fixture_apply(fx, &ev), 1);
	ev.display_phone_number = NULL;
	assert_int_equal(fixture_apply(fx, &ev), 1);
	assert_string_equal(fixture_text(fx, "SELECT waba_id || display_phone"
					     " FROM numbers"),
	    "w+1 650");
}

static void
identity_change_is_remembered_before_the_customer_writes(void **state)
{
	struct fixture *fx = *state;
	struct event change = { .kind = EVENT_IDENTITY,
		.at = 5,
		.phone_number_id = "100",
		.customer.user_id = "US.1",
		.customer.new_user_id = "US.2" };
	struct event old = fixture_event("a", NULL, 3, "before");
	struct event new = fixture_event("b", NULL, 7, "after");

	old.customer.user_id = "US.1";
	new.customer.user_id = "US.2";
	assert_int_equal(fixture_apply(fx, &change), 1);
	assert_int_equal(fixture_int(fx, "SELECT last_message_at"
					 " FROM conversations"),
	    0);
	assert_int_equal(fixture_apply(fx, &new), 1);
	assert_int_equal(fixture_apply(fx, &old), 1);
	assert_string_equal(
	    fixture_text(fx, "SELECT COUNT(*) || ' ' || user_id"
			     " || ' ' || unread_count FROM conversations"),
	    "1 US.2 2");
}

static void
message_without_id_is_stored_once_too(void **state)
{
	struct fixture *fx = *state;
	struct event a = fixture_event(NULL, "16505551234", 10, "hi");
	struct event b = fixture_event(NULL, "16505551234", 11, "hi");

	fixture_apply(fx, &a);
	fixture_apply(fx, &a);
	fixture_apply(fx, &b);
	assert_int_equal(fixture_int(fx, "SELECT COUNT(*) FROM messages"), 2);
}

static void
group_says_who_wrote(void **state)
{
	struct fixture *fx = *state;
	struct event ev = fixture_event("a", "16505551234", 10, "hi");

	ev.customer.group_id = "g";
	fixture_apply(fx, &ev);
	assert_string_equal(
	    fixture_text(fx, "SELECT sender FROM messages"), "16505551234");
}

static void
nobody_and_nothing_cannot_be_applied(void **state)
{
	struct fixture *fx = *state;
	struct event nobody = fixture_event("a", NULL, 10, "hi");
	struct event nothing = fixture_status(NULL, "read", 10);

	assert_int_equal(fixture_apply(fx, &nobody), 0);
	assert_string_equal(fx->reason, "the event names no customer");
	assert_int_equal(fixture_apply(fx, &nothing), 0);
	assert_string_equal(fx->reason, "the event names no message");
}

/* An answer without a context is found by its token: the newest message that
 * has it, of this customer. */
static void
a_forms_answer_names_the_message_that_asked(void **state)
{
	struct fixture *fx = *state;
	struct event asked = fixture_event("q1", "16505551234", 10, "Book");
	struct event answer = fixture_event("a1", "16505551234", 20, "Sent");

	asked.inbound = 0;
	asked.source = EVENT_ECHO;
	asked.type = "interactive";
	asked.content = "{\"type\":\"flow\",\"action\":{\"name\":\"flow\","
			"\"parameters\":{\"flow_token\":\"t-5\"}}}";
	assert_int_equal(fixture_apply(fx, &asked), 1);
	asked.wamid = "q2";
	asked.at = 12;
	assert_int_equal(fixture_apply(fx, &asked), 1);
	asked.wamid = "q3";
	asked.customer.wa_id = "16505559999";
	assert_int_equal(fixture_apply(fx, &asked), 1);
	answer.type = "interactive";
	answer.content = "{\"type\":\"nfm_reply\",\"nfm_reply\":{"
			 "\"response_json\":\"{\\\"flow_token\\\":\\\"t-5\\\","
			 "\\\"day\\\":\\\"Friday\\\"}\"}}";
	assert_int_equal(fixture_apply(fx, &answer), 1);
	answer.wamid = "a2";
	answer.context = "{\"from\":\"1\"}";
	assert_int_equal(fixture_apply(fx, &answer), 1);
	answer.wamid = "a3";
	answer.context = "{\"wamid\":\"other\"}";
	assert_int_equal(fixture_apply(fx, &answer), 1);
	answer.wamid = "a4";
	answer.context = NULL;
	answer.content = "{\"nfm_reply\":{\"response_json\":"
			 "\"{\\\"flow_token\\\":\\\"unused\\\"}\"}}";
	assert_int_equal(fixture_apply(fx, &answer), 1);
	assert_string_equal(
	    fixture_text(fx,
		"SELECT group_concat(wamid || ' ' || coalesce(context, '-'),"
		" ' ') FROM (SELECT * FROM messages WHERE"
		" direction = 'inbound' ORDER BY wamid)"),
	    "a1 {\"wamid\":\"q2\"} a2 {\"wamid\":\"q2\",\"from\":\"1\"} "
	    "a3 {\"wamid\":\"other\"} a4 -");
}

/* In the transaction of the caller, as the drain does. */
static void
apply_within(struct fixture *fx, const struct event *ev)
{
	struct delivery_state_hindrance why = { 0 };

	assert_int_equal(
	    apply_event(&fx->apply, fx->pool, ev, FIXTURE_NOW, &why), 1);
}

/* A call that shows first the account and then the user id makes one customer
 * of two; who just wrote is found where both are now. */
static void
a_call_that_joins_two_is_known_to_the_next_message(void **state)
{
	struct fixture *fx = *state;
	struct event call = fixture_event("wacid.1", "16505551234", 10, "Call");
	struct event hi = fixture_event("w1", NULL, 12, "hi");

	call.kind = EVENT_CALL;
	call.type = "call";
	call.state = "ringing";
	call.content = "{\"state\":\"ringing\"}";
	hi.customer.user_id = "US.1";
	assert_int_equal(db_begin(fx->db), 0);
	fx->apply.customers = customer_memo_new(fx->pool, NULL);
	apply_within(fx, &call);
	apply_within(fx, &hi);
	call.customer = hi.customer;
	apply_within(fx, &call);
	hi.wamid = "w2";
	hi.at = 14;
	apply_within(fx, &hi);
	assert_int_equal(customer_memo_drop(fx->db, fx->apply.customers), 0);
	fx->apply.customers = NULL;
	assert_int_equal(db_commit(fx->db), 0);
	assert_int_equal(
	    fixture_int(fx, "SELECT COUNT(*) FROM conversations"), 1);
	assert_string_equal(
	    fixture_text(fx,
		"SELECT group_concat(m.wamid || ' ' || c.phone || ' ' ||"
		" c.user_id_at, ', ') FROM messages AS m JOIN conversations AS"
		" c ON c.id = m.conversation_id ORDER BY m.sent_at"),
	    "wacid.1 +16505551234 14, w1 +16505551234 14,"
	    " w2 +16505551234 14");
}

/* The card comes twice, with other ids: they are one customer by then. */
static void
a_card_that_comes_again_is_nobody_elses(void **state)
{
	struct fixture *fx = *state;
	struct event card = fixture_event("w1", "16505551234", 10, "Card");

	assert_int_equal(fixture_apply(fx, &card), 1);
	card.customer = (struct customer){ .user_id = "US.1" };
	card.shared = "16505551234";
	assert_int_equal(fixture_apply(fx, &card), 1);
	assert_int_equal(fixture_apply(fx, &card), 1);
	assert_string_equal(
	    fixture_text(fx,
		"SELECT group_concat(m.wamid || ' ' || COALESCE(c.user_id,"
		" 'nowhere')) FROM messages AS m LEFT JOIN conversations AS c"
		" ON c.id = m.conversation_id"),
	    "w1 US.1");
}

/* The phone is another's by then: a customer who calls shows it all the same,
 * and of the caller nothing is left once the call says who it was. */
static void
a_call_that_moves_leaves_no_empty_conversation(void **state)
{
	struct fixture *fx = *state;
	struct event moved = fixture_event("w1", NULL, 30, "moved");
	struct event call = fixture_event("wacid.1", NULL, 20, NULL);

	moved.customer.user_id = "US.1";
	moved.customer.new_wa_id = "16505550000";
	assert_int_equal(fixture_apply(fx, &moved), 1);
	call.kind = EVENT_CALL;
	call.type = "call";
	for (int i = 0; i < 4; i++) {
		call.customer =
		    (struct customer){ .wa_id =
					   i % 2 == 0 ? "16505551234" : NULL,
			    .user_id = i % 2 == 0 ? NULL : "US.1" };
		call.wamid = i < 2 ? "wacid.1" : "wacid.2";
		call.at = i < 2 ? 20 : 40;
		call.content = i % 2 == 0 ? "{\"state\":\"ringing\"}"
					  : "{\"state\":\"answered\"}";
		call.customer.at = call.at;
		assert_int_equal(fixture_apply(fx, &call), 1);
	}
	assert_string_equal(
	    fixture_text(fx, "SELECT group_concat(user_id || ' ' || (SELECT"
			     " COUNT(*) FROM messages AS m WHERE"
			     " m.conversation_id = c.id)) FROM conversations"
			     " AS c"),
	    "US.1 3");
	assert_int_equal(
	    fixture_int(fx, "SELECT COUNT(*) FROM conversations"), 1);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, fixture_begin, fixture_end)
	const struct CMUnitTest tests[] = {
		T(unknown_number_waits_to_be_registered),
		T(unknown_number_goes_to_the_default_workspace),
		T(token_speaks_for_its_own_number_only),
		T(account_event_by_a_token_of_a_number_stays_with_it),
		T(unknown_number_waits_where_two_could_mean_it),
		T(number_that_moves_takes_nothing),
		T(account_that_is_learnt_wakes_what_waited),
		T(flat_form_goes_to_the_configured_or_only_number),
		T(account_event_goes_to_the_account),
		T(number_learns_its_account),
		T(identity_change_is_remembered_before_the_customer_writes),
		T(message_without_id_is_stored_once_too),
		T(group_says_who_wrote),
		T(nobody_and_nothing_cannot_be_applied),
		T(a_forms_answer_names_the_message_that_asked),
		T(a_call_that_joins_two_is_known_to_the_next_message),
		T(a_card_that_comes_again_is_nobody_elses),
		T(a_call_that_moves_leaves_no_empty_conversation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
