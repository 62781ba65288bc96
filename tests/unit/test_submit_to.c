/*
 * Whom a message goes to.
 */
#include "post.h"

#include "lib/sql/sqlite.h"

static void
a_removed_number_cannot_send(void **state)
{
	struct fixture *fx = *state;
	struct submission post;

	fixture_do(fx, "DELETE FROM numbers WHERE id = 1");
	assert_int_equal(
	    post_at(fx, 1, &post_text, FIXTURE_NOW, &post), SUBMIT_CONFLICT);
	assert_int_equal(
	    post_to(fx, &(struct submit_to){ .phone = "+16505551234" },
		&post_template, &post),
	    SUBMIT_WRONG);
	assert_string_equal(post.field, "phone_number_id");
}

static void
several_numbers_are_told_apart(void **state)
{
	struct fixture *fx = *state;
	struct submit_to to = { .phone = "+16505551234" };
	struct submission post;

	fixture_do(fx, "INSERT INTO numbers(id, workspace_id, phone_number_id,"
		       " display_phone, created_at)"
		       " VALUES (2, 1, '1002', '+1 650 555 0002', 1)");
	assert_int_equal(post_to(fx, &to, &post_text, &post), SUBMIT_WRONG);
	assert_string_equal(post.field, "phone_number_id");
	assert_non_null(strstr(post.why, "1001, 1002 (+1 650 555 0002)"));
	to.default_number_id = "2001";
	assert_int_equal(post_to(fx, &to, &post_text, &post), SUBMIT_WRONG);
	to.default_number_id = "1001";
	assert_int_equal(post_to(fx, &to, &post_text, &post), SUBMIT_QUEUED);
	assert_int_equal(post.conversation_id, 1);
	to.phone_number_id = "1002";
	assert_int_equal(post_to(fx, &to, &post_text, &post), SUBMIT_CLOSED);
	assert_int_equal(
	    post_to(fx, &to, &post_template, &post), SUBMIT_QUEUED);
	assert_int_equal(post.conversation_id, 101);
	assert_int_equal(
	    fixture_int(fx, "SELECT number_id FROM messages WHERE id = 102"),
	    2);
}

static void
a_new_customer_gets_a_conversation(void **state)
{
	struct fixture *fx = *state;
	struct submit_to to = { .phone = "+4915112345678" };
	struct conversation c;
	struct submission post;

	fixture_do(fx, "DELETE FROM conversations WHERE id = 2;"
		       "DELETE FROM identities WHERE conversation_id = 2");
	assert_int_equal(post_to(fx, &to, &post_text, &post), SUBMIT_CLOSED);
	assert_int_equal(
	    fixture_int(fx, "SELECT count(*) FROM conversations"), 4);
	assert_int_equal(
	    post_to(fx, &to, &post_template, &post), SUBMIT_QUEUED);
	assert_int_equal(
	    conversation_get(fx->member, fx->pool, post.conversation_id, &c),
	    1);
	assert_string_equal(c.phone, "+4915112345678");
	assert_int_equal(c.contact_id, 2);
	assert_string_equal(c.preview, "Template: hello");
	assert_int_equal(c.is_read, 1);
	assert_int_equal(
	    fixture_int(fx,
		"SELECT count(*) FROM identities WHERE conversation_id = "
		"101 AND"
		" workspace_id = 1 AND number_id = 1 AND kind = 'alias' AND"
		" value = '4915112345678'"),
	    1);
	assert_int_equal(
	    fixture_int(
		fx, "SELECT total FROM counters WHERE workspace_id = 1"),
	    4);
	assert_int_equal(
	    post_to(fx, &to, &post_template, &post), SUBMIT_QUEUED);
	assert_int_equal(post.conversation_id, 101);
}

static void
a_user_id_is_enough(void **state)
{
	struct fixture *fx = *state;
	struct submit_to to = { .user_id = "US.1349" };
	struct conversation c;
	struct submission post;

	assert_int_equal(post_to(fx, &to, &post_text, &post), SUBMIT_CLOSED);
	assert_int_equal(
	    post_to(fx, &to, &post_template, &post), SUBMIT_QUEUED);
	assert_int_equal(
	    post_to(fx, &to, &post_template, &post), SUBMIT_QUEUED);
	assert_int_equal(post.conversation_id, 101);
	assert_int_equal(conversation_get(fx->member, fx->pool, 101, &c), 1);
	assert_string_equal(c.user_id, "US.1349");
	assert_null(c.phone);
	fixture_do(fx,
	    "INSERT INTO identities(workspace_id, number_id, kind, value, "
	    "conversation_id, created_at) VALUES"
	    " (1, 1, 'parent_user_id', 'US.ENT.7', 1, 1)");
	to.user_id = "US.ENT.7";
	assert_int_equal(post_to(fx, &to, &post_text, &post), SUBMIT_QUEUED);
	assert_int_equal(post.conversation_id, 1);
}

/* As people write a number, and as the provider knows its account. */
static void
an_account_is_found_by_country_rules(void **state)
{
	struct fixture *fx = *state;
	struct submit_to to = { .phone = "+5511987654321" };
	struct submission post;

	fixture_do(fx,
	    "UPDATE conversations SET phone = '+551187654321'"
	    " WHERE id = 1; UPDATE identities SET value = '551187654321'"
	    " WHERE conversation_id = 1");
	assert_int_equal(post_to(fx, &to, &post_text, &post), SUBMIT_QUEUED);
	assert_int_equal(post.conversation_id, 1);
	/* The number itself is better than a variant of it. */
	fixture_do(fx,
	    "INSERT INTO identities(workspace_id, number_id, kind, value, "
	    "conversation_id, created_at) VALUES"
	    " (1, 1, 'alias', '5511987654321', 2, 1)");
	assert_int_equal(
	    post_to(fx, &to, &post_template, &post), SUBMIT_QUEUED);
	assert_int_equal(post.conversation_id, 2);
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
		"INSERT INTO my_outbox(kind, message_id, due_at,"
		" created_at) VALUES ('message', 100, 1, 1)",
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
		"UPDATE my_outbox SET state = 'done'",
		"INSERT INTO my_uploads(path) VALUES ('x')",
		"DELETE FROM my_identities",
	};
	struct fixture *fx = *state;
	char *shown = NULL;

	for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++)
		assert_int_equal(
		    sqlite_try(fx->member_db, fx->pool, tries[i], &shown), 0);
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		assert_int_equal(
		    sqlite_try(fx->member_db, fx->pool, refused[i], &shown),
		    -1);
	assert_int_equal(fixture_int(fx, "SELECT count(*) FROM messages"
					 " WHERE status <> 'queued'"),
	    5);
	assert_int_equal(
	    fixture_int(fx, "SELECT count(*) FROM conversations"), 5);
	assert_int_equal(fixture_int(fx, "SELECT count(*) FROM outbox"), 1);
	assert_int_equal(fixture_int(fx, "SELECT count(*) FROM identities"), 4);
	assert_int_equal(fixture_int(fx, "SELECT count(*) FROM reactions"), 3);
}

int
main(void)
{
#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(f, fixture_begin_members, fixture_end)
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
