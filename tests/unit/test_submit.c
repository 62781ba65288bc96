/*
 * Messages into the outbox.
 */
#include "post.h"

#include "whatsapp/compose/compose.h"

#include "session/session.h"
#include "session/session_db.h"

#include "inbox/media/upload.h"

static void
a_message_and_its_row_are_queued(void **state)
{
	struct fixture *fx = *state;
	struct conversation c;
	struct submission post;

	assert_int_equal(
	    post_at(fx, 1, &post_text, FIXTURE_NOW, &post), SUBMIT_QUEUED);
	assert_int_equal(post.conversation_id, 1);
	assert_int_equal(
	    fixture_int(fx,
		"SELECT count(*) FROM messages WHERE id = 101 AND"
		" conversation_id = 1 AND number_id = 1 AND wamid IS NULL AND"
		" direction = 'outbound' AND source = 'api' AND"
		" status = 'queued' AND sent_by = 1 AND context IS NULL AND"
		" sent_at = 1769774400"),
	    1);
	assert_int_equal(post.message_id, 101);
	assert_int_equal(
	    fixture_int(fx,
		"SELECT count(*) FROM outbox WHERE message_id = 101 AND"
		" workspace_id = 1 AND number_id = 1 AND conversation_id = "
		"1 AND"
		" kind = 'message' AND state = 'queued' AND attempts = 0 AND"
		" due_at = 1769774400 AND upload_id IS NULL"),
	    1);
	assert_int_equal(conversation_get(fx->member, fx->pool, 1, &c), 1);
	assert_string_equal(c.preview, "It does.");
	assert_int_equal(c.last_message_at, FIXTURE_NOW);
	assert_int_equal(c.unread_count, 2);
	assert_int_equal(c.last_customer_message_at, 1769774300);
	fixture_words(fx);
	assert_int_equal(
	    fixture_int(fx, "SELECT max(rowid) FROM message_words"
			    " WHERE message_words MATCH '\"1.0.does\""
			    " AND \"1.0.it\"'"),
	    101);
}

static void
the_window_closes_after_a_day(void **state)
{
	const int64_t end = 1769774300 + CONVERSATION_WINDOW;
	struct fixture *fx = *state;
	struct submission post;

	assert_int_equal(post_at(fx, 1, &post_text, end, &post), SUBMIT_CLOSED);
	assert_int_equal(end, post.closed_at);
	assert_int_equal(
	    post_at(fx, 1, &post_text, end - 1, &post), SUBMIT_QUEUED);
	assert_int_equal(
	    post_at(fx, 1, &post_template, end, &post), SUBMIT_QUEUED);
	/* The customer never wrote. */
	assert_int_equal(
	    post_at(fx, 3, &post_text, FIXTURE_NOW, &post), SUBMIT_CLOSED);
	assert_int_equal(post.closed_at, 0);
	assert_int_equal(
	    post_at(fx, 3, &post_template, FIXTURE_NOW, &post), SUBMIT_QUEUED);
}

/* Conversation 1 wants none since AT, 0 does; the template is of CATEGORY. */
static void
wants(struct fixture *fx, int64_t at, const char *category)
{
	fixture_do(fx, "DELETE FROM marketing_choices; DELETE FROM templates");
	if (at != 0)
		fixture_do(fx,
		    pool_printf(fx->pool,
			"INSERT INTO marketing_choices VALUES (1, 1, 'stopped',"
			" %lld, 0, NULL)",
			(long long)at));
	fixture_do(fx,
	    pool_printf(fx->pool,
		"INSERT INTO templates(workspace_id, number_id, name, language,"
		" status, components, category, read_at) VALUES"
		" (1, 1, 'hello', 'en', 'APPROVED', '[]', %s, 1)",
		category));
}

static void
marketing_is_refused_to_who_wants_none(void **state)
{
	struct fixture *fx = *state;
	struct submission post;
	int64_t id;

	wants(fx, 0, "'MARKETING'");
	assert_int_equal(
	    post_at(fx, 1, &post_template, FIXTURE_NOW, &post), SUBMIT_QUEUED);
	id = post.message_id;
	wants(fx, FIXTURE_NOW - 60, "'MARKETING'");
	assert_int_equal(
	    post_at(fx, 1, &post_template, FIXTURE_NOW, &post), SUBMIT_STOPPED);
	assert_non_null(strstr(post.why, "2026-01-30T11:59:00Z"));
	assert_int_equal(
	    post_at(fx, 1, &post_text, FIXTURE_NOW, &post), SUBMIT_QUEUED);
	/* Another customer. */
	assert_int_equal(
	    post_at(fx, 2, &post_template, FIXTURE_NOW, &post), SUBMIT_QUEUED);
	/* Again. */
	fixture_do(fx,
	    pool_printf(fx->pool,
		"UPDATE messages SET status = 'failed' WHERE id = %lld;"
		"UPDATE outbox SET state = 'failed' WHERE message_id = %lld",
		(long long)id, (long long)id));
	assert_int_equal(
	    post_retry(fx, id, FIXTURE_NOW, &post), SUBMIT_STOPPED);
	wants(fx, FIXTURE_NOW - 60, "'UTILITY'");
	assert_int_equal(
	    post_at(fx, 1, &post_template, FIXTURE_NOW, &post), SUBMIT_QUEUED);
	assert_int_equal(post_retry(fx, id, FIXTURE_NOW, &post), SUBMIT_QUEUED);
	wants(fx, FIXTURE_NOW - 60, "NULL");
	assert_int_equal(
	    post_at(fx, 1, &post_template, FIXTURE_NOW, &post), SUBMIT_QUEUED);
	wants(fx, FIXTURE_NOW - 60, "'marketing'");
	assert_int_equal(
	    post_at(fx, 1, &post_template, FIXTURE_NOW, &post), SUBMIT_STOPPED);
}

static void
a_reply_names_what_it_answers(void **state)
{
	struct fixture *fx = *state;
	struct compose c = post_text;
	struct submission post;

	c.reply_to = 2;
	assert_int_equal(post_at(fx, 1, &c, FIXTURE_NOW, &post), SUBMIT_QUEUED);
	assert_int_equal(
	    fixture_int(fx,
		"SELECT context = '{\"wamid\":\"w2\"}' FROM messages"
		" WHERE id = 101"),
	    1);
}

static void
it_stands_behind_what_it_answers_though_our_clock_is_behind(void **state)
{
	struct fixture *fx = *state;
	struct compose c = { .message = { .type = "reaction",
				 .content = "{\"emoji\":\"+\"}" },
		.preview = "Reacted +",
		.reaction_to = 1,
		.emoji = "+" };
	struct submission post;

	assert_int_equal(
	    post_at(fx, 1, &post_text, FIXTURE_NOW - 30 * 86400, &post),
	    SUBMIT_QUEUED);
	assert_int_equal(
	    fixture_int(fx, "SELECT last_message_id = 101 AND last_message_at ="
			    " (SELECT max(sent_at) FROM messages WHERE id < 101"
			    "  AND conversation_id = 1) FROM conversations"
			    " WHERE id = 1"),
	    1);
	/* and a reaction goes with its message */
	assert_int_equal(
	    post_at(fx, 1, &c, FIXTURE_NOW - 30 * 86400, &post), SUBMIT_QUEUED);
	assert_int_equal(
	    fixture_int(fx,
		"SELECT r.at = m.sent_at FROM reactions r, messages m"
		" WHERE r.sender = 'business' AND r.emoji = '+'"
		" AND m.id = 102"),
	    1);
}

static void
targets_are_of_the_same_conversation(void **state)
{
	static const int64_t bad[] = { 3, 100, 101, 999, -1 };
	struct fixture *fx = *state;
	struct compose c;
	struct submission post;

	/* 101: ours, that the provider does not know yet */
	assert_int_equal(
	    post_at(fx, 1, &post_text, FIXTURE_NOW, &post), SUBMIT_QUEUED);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		c = post_text;
		c.reply_to = bad[i];
		assert_int_equal(
		    post_at(fx, 1, &c, FIXTURE_NOW, &post), SUBMIT_WRONG);
		assert_string_equal(post.field, "reply_to");
		c = (struct compose){ .message = { .type = "reaction",
					  .content = "{}" },
			.preview = "Reacted",
			.reaction_to = bad[i] };
		assert_int_equal(
		    post_at(fx, 1, &c, FIXTURE_NOW, &post), SUBMIT_WRONG);
		assert_string_equal(post.field, "reaction.message_id");
	}
	assert_int_equal(fixture_int(fx, "SELECT count(*) FROM messages"
					 " WHERE source = 'api'"),
	    1);
}

/* Lines about a group, or a number that went to somebody else. */
static void
what_only_we_know_of_is_not_answered(void **state)
{
	struct fixture *fx = *state;
	struct compose c = post_text;
	struct submission post;

	fixture_do(fx, "UPDATE messages SET wamid = 'none.2' WHERE id = 2");
	c.reply_to = 2;
	assert_int_equal(post_at(fx, 1, &c, FIXTURE_NOW, &post), SUBMIT_WRONG);
	assert_string_equal(post.field, "reply_to");
}

static void
a_reaction_shows_and_goes(void **state)
{
	struct fixture *fx = *state;
	struct compose c = { .message = { .type = "reaction",
				 .content = "{\"emoji\":\"❤\"}" },
		.preview = "Reacted ❤",
		.reaction_to = 1,
		.emoji = "❤" };
	struct submission post;

	assert_int_equal(post_at(fx, 1, &c, FIXTURE_NOW, &post), SUBMIT_QUEUED);
	assert_int_equal(
	    fixture_int(fx,
		"SELECT count(*) FROM reactions WHERE workspace_id = 1 AND"
		" number_id = 1 AND target_wamid = 'w1' AND emoji = '❤' AND"
		" sender = 'business' AND at = 1769774400"),
	    1);
	assert_int_equal(
	    fixture_int(fx, "SELECT content ="
			    " '{\"message_id\":\"w1\",\"emoji\":\"❤\"}' AND"
			    " type = 'reaction' FROM messages WHERE id = 101"),
	    1);
	/* In the same second. */
	c.emoji = "";
	assert_int_equal(post_at(fx, 1, &c, FIXTURE_NOW, &post), SUBMIT_QUEUED);
	assert_int_equal(
	    fixture_int(fx,
		"SELECT emoji = '' FROM reactions"
		" WHERE workspace_id = 1 AND target_wamid = 'w1' AND"
		" sender = 'business'"),
	    1);
	assert_int_equal(
	    fixture_int(fx,
		"SELECT emoji = '👎' FROM reactions WHERE workspace_id = 100"),
	    1);
}

static void
an_upload_becomes_the_messages_file(void **state)
{
	struct fixture *fx = *state;
	struct compose c = { .message = { .type = "image", .content = "{}" },
		.preview = "Photo",
		.upload = 7,
		.upload_as = "image",
		.upload_field = "media.upload" };
	struct submission post;

	fixture_do(fx,
	    "INSERT INTO uploads(id, workspace_id, user_id, mime_type, "
	    "filename,"
	    " size, path, created_at) VALUES"
	    " (7, 1, 1, 'image/jpeg', 'cat.jpg', 300, 'ab/cd', 5),"
	    " (8, 100, 100, 'image/jpeg', 'SECRET', 300, 'se/cret', 5),"
	    " (9, 1, 2, 'application/zip', 'x.zip', 300, 'ab/ef', 5)");
	assert_int_equal(post_at(fx, 1, &c, FIXTURE_NOW, &post), SUBMIT_QUEUED);
	assert_int_equal(
	    fixture_int(
		fx, "SELECT upload_id FROM outbox WHERE message_id = 101"),
	    7);
	assert_int_equal(
	    fixture_int(fx,
		"SELECT count(*) FROM media WHERE message_id = 101 AND"
		" workspace_id = 1 AND number_id = 1 AND state = 'stored' AND"
		" path = 'ab/cd' AND mime_type = 'image/jpeg' AND"
		" filename = 'cat.jpg' AND size = 300"),
	    1);
	for (c.upload = 8; c.upload <= 10; c.upload++) {
		assert_int_equal(
		    post_at(fx, 1, &c, FIXTURE_NOW, &post), SUBMIT_WRONG);
		assert_string_equal(post.field, "media.upload");
	}
	assert_int_equal(fixture_int(fx, "SELECT count(*) FROM media"
					 " WHERE workspace_id = 1"),
	    2);
}

static void
others_are_not_written_to(void **state)
{
	struct fixture *fx = *state;
	struct submit_to to = { .phone = "+4915", .phone_number_id = "2001" };
	struct submission post;

	assert_int_equal(
	    post_at(fx, 100, &post_text, FIXTURE_NOW, &post), SUBMIT_NOT_FOUND);
	assert_int_equal(
	    post_retry(fx, 100, FIXTURE_NOW, &post), SUBMIT_NOT_FOUND);
	assert_int_equal(submit_read_receipt(fx->member, 100, FIXTURE_NOW), 0);
	assert_int_equal(post_to(fx, &to, &post_template, &post), SUBMIT_WRONG);
	assert_string_equal(post.field, "phone_number_id");
	assert_non_null(strstr(post.why, "1001"));
	assert_null(strstr(post.why, "2001"));
	session_serve(fx->member, 0, 0);
	assert_int_equal(
	    post_at(fx, 1, &post_text, FIXTURE_NOW, &post), SUBMIT_NOT_FOUND);
	assert_int_equal(fixture_int(fx, "SELECT count(*) FROM outbox"), 1);
}

static void
an_archived_conversation_stays_archived(void **state)
{
	struct fixture *fx = *state;
	struct conversation c;
	struct submission post;

	assert_int_equal(
	    conversation_set_state(fx->member, 1, "closed", 0, FIXTURE_NOW), 0);
	assert_int_equal(
	    post_at(fx, 1, &post_text, FIXTURE_NOW, &post), SUBMIT_QUEUED);
	assert_int_equal(conversation_get(fx->member, fx->pool, 1, &c), 1);
	assert_string_equal(c.status, "archived");
}

/* Each row is followed by another writer's, of the same conversation, number
 * or workspace: the highest id is not ours. */
static void
what_another_writer_adds_is_not_taken_for_ours(void **state)
{
	struct fixture *fx = *state;
	struct submit_to to = { .phone = "+4917012345678" };
	const struct upload u = { .mime_type = "image/png",
		.filename = "ours",
		.path = "aa/aa",
		.size = 1 };
	struct submission post;
	int64_t id = 0;

	fixture_do(fx,
	    "CREATE TRIGGER change_message_more AFTER INSERT ON messages"
	    " WHEN new.source = 'api' BEGIN INSERT INTO messages("
	    " workspace_id, conversation_id, number_id, direction, source,"
	    " type, content, preview, status, sent_at, created_at) VALUES ("
	    " new.workspace_id, new.conversation_id, new.number_id,"
	    " 'outbound', 'echo', 'text', '{}', '', 'sent', 1, 1); END;"
	    "DROP TRIGGER change_conversation_new;"
	    "CREATE TRIGGER change_conversation_new AFTER INSERT"
	    " ON conversations WHEN new.phone = '+4917012345678' BEGIN"
	    " INSERT INTO conversations(workspace_id, number_id, phone,"
	    " created_at, updated_at) VALUES (new.workspace_id,"
	    " new.number_id, '+1', 1, 1); END;"
	    "DROP TRIGGER files_upload_new;"
	    "CREATE TRIGGER files_upload_new AFTER INSERT ON uploads"
	    " WHEN new.filename = 'ours' BEGIN INSERT INTO uploads("
	    " workspace_id, user_id, mime_type, filename, size, path,"
	    " created_at) VALUES (new.workspace_id, 2, 'image/png',"
	    " 'theirs', 1, 'bb/bb', 1); END;");
	/* As programs do: opened behind a change of the schema. */
	session_close(fx->member);
	fx->member = session_open(fx->path, 1000);
	fx->member_db = session_db(fx->member);
	session_serve(fx->member, 1, 1);
	assert_int_equal(
	    post_at(fx, 1, &post_text, FIXTURE_NOW, &post), SUBMIT_QUEUED);
	assert_int_equal(post.message_id, 101);
	assert_int_equal(fixture_int(fx, "SELECT max(id) FROM messages"), 102);
	assert_int_equal(fixture_int(fx, "SELECT message_id FROM outbox"
					 " WHERE workspace_id = 1"),
	    101);
	assert_int_equal(
	    post_to(fx, &to, &post_template, &post), SUBMIT_QUEUED);
	assert_int_equal(post.conversation_id, 101);
	assert_int_equal(
	    fixture_int(fx, "SELECT max(id) FROM conversations"), 102);
	assert_int_equal(upload_put(fx->member, &u, FIXTURE_NOW, &id), 0);
	assert_int_equal(id, 1);
	assert_int_equal(fixture_int(fx, "SELECT max(id) FROM uploads"), 2);
}

static void
an_insert_that_makes_nothing_is_told(void **state)
{
	static const char *const sql[] = {
		"INSERT INTO my_messages(conversation_id, type, content,"
		" preview, sent_at, created_at)"
		" VALUES ($1, 'text', '{}', '', 1, 1)"
	};
	struct fixture *fx = *state;
	int64_t id = 0;

	assert_int_equal(db_prepare(fx->member_db, sql, 1), 0);
	assert_int_equal(
	    db_insert(fx->member_db, sql[0], DB_ARGS(db_int(1)), &id), 1);
	assert_int_equal(id, 101);
	/* Another workspace's; then nobody is served. */
	assert_int_equal(
	    db_insert(fx->member_db, sql[0], DB_ARGS(db_int(100)), &id), 0);
	session_serve(fx->member, 0, 0);
	assert_int_equal(
	    db_insert(fx->member_db, sql[0], DB_ARGS(db_int(1)), &id), 0);
	assert_int_equal(fixture_int(fx, "SELECT max(id) FROM messages"), 101);
}

int
main(void)
{
#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(f, fixture_begin_members, fixture_end)
	const struct CMUnitTest tests[] = {
		TEST(a_message_and_its_row_are_queued),
		TEST(the_window_closes_after_a_day),
		TEST(marketing_is_refused_to_who_wants_none),
		TEST(a_reply_names_what_it_answers),
		TEST(
		    it_stands_behind_what_it_answers_though_our_clock_is_behind),
		TEST(targets_are_of_the_same_conversation),
		TEST(what_only_we_know_of_is_not_answered),
		TEST(a_reaction_shows_and_goes),
		TEST(an_upload_becomes_the_messages_file),
		TEST(others_are_not_written_to),
		TEST(an_archived_conversation_stays_archived),
		TEST(what_another_writer_adds_is_not_taken_for_ours),
		TEST(an_insert_that_makes_nothing_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
