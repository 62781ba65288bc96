/*
 * Whom a message goes to.
 */
#include "post.h"

#include "lib/sql/sqlite.h"

static void
a_removed_number_cannot_send(void **state)
{
	struct office *o = *state;
	struct submission post;

	run(o, "DELETE FROM numbers WHERE id = 1");
	assert_int_equal(SUBMIT_CONFLICT, post_at(o, 1, &text, NOW, &post));
	assert_int_equal(SUBMIT_WRONG,
	    post_to(o, &(struct submit_to){ .phone = "+16505551234" },
		&template, &post));
	assert_string_equal("phone_number_id", post.field);
}

static void
several_numbers_are_told_apart(void **state)
{
	struct office *o = *state;
	struct submit_to to = { .phone = "+16505551234" };
	struct submission post;

	run(o, "INSERT INTO numbers(id, workspace_id, phone_number_id,"
	       " display_phone, created_at)"
	       " VALUES (2, 1, '1002', '+1 650 555 0002', 1)");
	assert_int_equal(SUBMIT_WRONG, post_to(o, &to, &text, &post));
	assert_string_equal("phone_number_id", post.field);
	assert_non_null(strstr(post.why, "1001, 1002 (+1 650 555 0002)"));
	to.default_number_id = "2001";
	assert_int_equal(SUBMIT_WRONG, post_to(o, &to, &text, &post));
	to.default_number_id = "1001";
	assert_int_equal(SUBMIT_QUEUED, post_to(o, &to, &text, &post));
	assert_int_equal(1, post.conversation_id);
	to.phone_number_id = "1002";
	assert_int_equal(SUBMIT_CLOSED, post_to(o, &to, &text, &post));
	assert_int_equal(SUBMIT_QUEUED, post_to(o, &to, &template, &post));
	assert_int_equal(101, post.conversation_id);
	assert_int_equal(2,
	    office_number(o, "SELECT number_id FROM messages WHERE id = 102"));
}

static void
a_new_customer_gets_a_conversation(void **state)
{
	struct office *o = *state;
	struct submit_to to = { .phone = "+4915112345678" };
	struct conversation c;
	struct submission post;

	run(o, "DELETE FROM conversations WHERE id = 2;"
	       "DELETE FROM identities WHERE conversation_id = 2");
	assert_int_equal(SUBMIT_CLOSED, post_to(o, &to, &text, &post));
	assert_int_equal(
	    4, office_number(o, "SELECT count(*) FROM conversations"));
	assert_int_equal(SUBMIT_QUEUED, post_to(o, &to, &template, &post));
	assert_int_equal(
	    1, conversation_get(o->db, o->pool, post.conversation_id, &c));
	assert_string_equal("+4915112345678", c.phone);
	assert_int_equal(2, c.contact_id);
	assert_string_equal("Template: hello", c.preview);
	assert_int_equal(1, c.is_read);
	assert_int_equal(
	    1, office_number(o,
		   "SELECT count(*) FROM identities WHERE conversation_id = "
		   "101 AND"
		   " workspace_id = 1 AND number_id = 1 AND kind = 'alias' AND"
		   " value = '4915112345678'"));
	assert_int_equal(
	    4, office_number(
		   o, "SELECT total FROM counters WHERE workspace_id = 1"));
	assert_int_equal(SUBMIT_QUEUED, post_to(o, &to, &template, &post));
	assert_int_equal(101, post.conversation_id);
}

static void
a_user_id_is_enough(void **state)
{
	struct office *o = *state;
	struct submit_to to = { .user_id = "US.1349" };
	struct conversation c;
	struct submission post;

	assert_int_equal(SUBMIT_CLOSED, post_to(o, &to, &text, &post));
	assert_int_equal(SUBMIT_QUEUED, post_to(o, &to, &template, &post));
	assert_int_equal(SUBMIT_QUEUED, post_to(o, &to, &template, &post));
	assert_int_equal(101, post.conversation_id);
	assert_int_equal(1, conversation_get(o->db, o->pool, 101, &c));
	assert_string_equal("US.1349", c.user_id);
	assert_null(c.phone);
	run(o, "INSERT INTO identities(workspace_id, number_id, kind, value, "
	       "conversation_id, created_at) VALUES"
	       " (1, 1, 'parent_user_id', 'US.ENT.7', 1, 1)");
	to.user_id = "US.ENT.7";
	assert_int_equal(SUBMIT_QUEUED, post_to(o, &to, &text, &post));
	assert_int_equal(1, post.conversation_id);
}

/* As people write a number, and as the provider knows its account. */
static void
an_account_is_found_by_country_rules(void **state)
{
	struct office *o = *state;
	struct submit_to to = { .phone = "+5511987654321" };
	struct submission post;

	run(o, "UPDATE conversations SET phone = '+551187654321'"
	       " WHERE id = 1; UPDATE identities SET value = '551187654321'"
	       " WHERE conversation_id = 1");
	assert_int_equal(SUBMIT_QUEUED, post_to(o, &to, &text, &post));
	assert_int_equal(1, post.conversation_id);
	/* The number itself is better than a variant of it. */
	run(o, "INSERT INTO identities(workspace_id, number_id, kind, value, "
	       "conversation_id, created_at) VALUES"
	       " (1, 1, 'alias', '5511987654321', 2, 1)");
	assert_int_equal(SUBMIT_QUEUED, post_to(o, &to, &template, &post));
	assert_int_equal(2, post.conversation_id);
}

/* What the triggers refuse whoever asks. */
static void
members_write_nothing_but_what_they_send(void **state)
{
	static const char *const tries[] = {
		"INSERT INTO my_messages(conversation_id, type, content,"
		" preview, sent_at, created_at)"
		" VALUES (100, 'text', '{}', 'x', 1, 1)",
		"INSERT INTO my_conversations(number_id, phone, created_at)"
		" VALUES (100, '+1', 1)",
		"INSERT INTO my_outbox(kind, message_id, request, due_at,"
		" created_at) VALUES ('message', 100, '{}', 1, 1)",
		"INSERT INTO my_identities(kind, value, conversation_id,"
		" created_at) VALUES ('alias', '1', 100, 1)",
		"INSERT INTO my_identities(kind, value, conversation_id,"
		" created_at) VALUES ('wa_id', '1', 1, 1)",
		"INSERT INTO my_reactions(number_id, target_wamid, emoji, at)"
		" VALUES (100, 'w1', '!', 9)",
		"UPDATE my_messages SET status = 'queued' WHERE id = 2",
	};
	static const char *const refused[] = {
		"UPDATE my_messages SET content = '{}'",
		"DELETE FROM my_messages",
		"DELETE FROM my_outbox",
		"UPDATE my_outbox SET request = '{}'",
		"INSERT INTO my_uploads(path) VALUES ('x')",
		"DELETE FROM my_identities",
	};
	struct office *o = *state;
	char *shown = NULL;

	for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++)
		assert_int_equal(
		    0, sqlite_try(o->db, o->pool, tries[i], &shown));
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		assert_int_equal(
		    -1, sqlite_try(o->db, o->pool, refused[i], &shown));
	assert_int_equal(5, office_number(o, "SELECT count(*) FROM messages"
					     " WHERE status <> 'queued'"));
	assert_int_equal(
	    5, office_number(o, "SELECT count(*) FROM conversations"));
	assert_int_equal(1, office_number(o, "SELECT count(*) FROM outbox"));
	assert_int_equal(
	    4, office_number(o, "SELECT count(*) FROM identities"));
	assert_int_equal(3, office_number(o, "SELECT count(*) FROM reactions"));
}

int
main(void)
{
#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(f, office_setup, office_teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_removed_number_cannot_send),
		TEST(several_numbers_are_told_apart),
		TEST(a_new_customer_gets_a_conversation),
		TEST(a_user_id_is_enough),
		TEST(an_account_is_found_by_country_rules),
		TEST(members_write_nothing_but_what_they_send),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
