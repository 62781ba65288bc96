/*
 * Messages into the outbox.
 */
#include "post.h"

#include "inbox/media/upload.h"

static void
a_message_and_its_row_are_queued(void **state)
{
	struct office *o = *state;
	struct conversation c;
	struct submission post;

	assert_int_equal(SUBMIT_QUEUED, post_at(o, 1, &text, NOW, &post));
	assert_int_equal(1, post.conversation_id);
	assert_int_equal(1,
	    office_number(o,
		"SELECT count(*) FROM messages WHERE id = 101 AND"
		" conversation_id = 1 AND number_id = 1 AND wamid IS NULL AND"
		" direction = 'outbound' AND source = 'api' AND"
		" status = 'queued' AND sent_by = 1 AND context IS NULL AND"
		" sent_at = 1769774400"));
	assert_int_equal(101, post.message_id);
	assert_int_equal(
	    1, office_number(o,
		   "SELECT count(*) FROM outbox WHERE message_id = 101 AND"
		   " workspace_id = 1 AND number_id = 1 AND conversation_id = "
		   "1 AND"
		   " kind = 'message' AND state = 'queued' AND attempts = 0 AND"
		   " due_at = 1769774400 AND upload_id IS NULL AND request <> "
		   "''"));
	assert_int_equal(1, conversation_get(o->db, o->pool, 1, &c));
	assert_string_equal("It does.", c.preview);
	assert_int_equal(NOW, c.last_message_at);
	assert_int_equal(2, c.unread_count);
	assert_int_equal(1769774300, c.last_customer_message_at);
	assert_int_equal(
	    101, office_number(o, "SELECT max(rowid) FROM message_words"
				  " WHERE message_words MATCH 'does AND it'"));
}

static void
the_window_closes_after_a_day(void **state)
{
	const int64_t end = 1769774300 + CONVERSATION_WINDOW;
	struct office *o = *state;
	struct submission post;

	assert_int_equal(SUBMIT_CLOSED, post_at(o, 1, &text, end, &post));
	assert_int_equal(end, post.closed_at);
	assert_int_equal(SUBMIT_QUEUED, post_at(o, 1, &text, end - 1, &post));
	assert_int_equal(SUBMIT_QUEUED, post_at(o, 1, &template, end, &post));
	/* The customer never wrote. */
	assert_int_equal(SUBMIT_CLOSED, post_at(o, 3, &text, NOW, &post));
	assert_int_equal(0, post.closed_at);
	assert_int_equal(SUBMIT_QUEUED, post_at(o, 3, &template, NOW, &post));
}

static void
a_reply_names_what_it_answers(void **state)
{
	struct office *o = *state;
	struct compose c = text;
	struct submission post;

	c.reply_to = 2;
	assert_int_equal(SUBMIT_QUEUED, post_at(o, 1, &c, NOW, &post));
	assert_int_equal(
	    1, office_number(o,
		   "SELECT context = '{\"wamid\":\"w2\"}' FROM messages"
		   " WHERE id = 101"));
	assert_int_equal(
	    1, office_number(o,
		   "SELECT request LIKE '%\"context\":{\"message_id\":\"w2\"}%'"
		   " FROM outbox WHERE message_id = 101"));
}

static void
it_stands_behind_what_it_answers_though_our_clock_is_behind(void **state)
{
	struct office *o = *state;
	struct compose c = { .type = "reaction",
		.content = "{\"emoji\":\"+\"}",
		.preview = "Reacted +",
		.reaction_to = 1,
		.emoji = "+" };
	struct submission post;

	assert_int_equal(
	    SUBMIT_QUEUED, post_at(o, 1, &text, NOW - 30 * 86400, &post));
	assert_int_equal(
	    1, office_number(o,
		   "SELECT last_message_id = 101 AND last_message_at ="
		   " (SELECT max(sent_at) FROM messages WHERE id < 101"
		   "  AND conversation_id = 1) FROM conversations"
		   " WHERE id = 1"));
	/* and a reaction goes with its message */
	assert_int_equal(
	    SUBMIT_QUEUED, post_at(o, 1, &c, NOW - 30 * 86400, &post));
	assert_int_equal(
	    1, office_number(o,
		   "SELECT r.at = m.sent_at FROM reactions r, messages m"
		   " WHERE r.sender = 'business' AND r.emoji = '+'"
		   " AND m.id = 102"));
}

static void
targets_are_of_the_same_conversation(void **state)
{
	static const int64_t bad[] = { 3, 100, 101, 999, -1 };
	struct office *o = *state;
	struct compose c;
	struct submission post;

	/* 101: ours, that the provider does not know yet */
	assert_int_equal(SUBMIT_QUEUED, post_at(o, 1, &text, NOW, &post));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		c = text;
		c.reply_to = bad[i];
		assert_int_equal(SUBMIT_WRONG, post_at(o, 1, &c, NOW, &post));
		assert_string_equal("reply_to", post.field);
		c = (struct compose){ .type = "reaction",
			.content = "{}",
			.preview = "Reacted",
			.reaction_to = bad[i] };
		assert_int_equal(SUBMIT_WRONG, post_at(o, 1, &c, NOW, &post));
		assert_string_equal("reaction.message_id", post.field);
	}
	assert_int_equal(1, office_number(o, "SELECT count(*) FROM messages"
					     " WHERE source = 'api'"));
}

static void
a_reaction_shows_and_goes(void **state)
{
	struct office *o = *state;
	struct compose c = { .type = "reaction",
		.content = "{\"emoji\":\"❤\"}",
		.preview = "Reacted ❤",
		.reaction_to = 1,
		.emoji = "❤" };
	struct submission post;

	assert_int_equal(SUBMIT_QUEUED, post_at(o, 1, &c, NOW, &post));
	assert_int_equal(
	    1, office_number(o,
		   "SELECT count(*) FROM reactions WHERE workspace_id = 1 AND"
		   " number_id = 1 AND target_wamid = 'w1' AND emoji = '❤' AND"
		   " sender = 'business' AND at = 1769774400"));
	assert_int_equal(
	    1, office_number(o,
		   "SELECT content ="
		   " '{\"message_id\":\"w1\",\"emoji\":\"❤\"}' AND"
		   " type = 'reaction' FROM messages WHERE id = 101"));
	/* In the same second. */
	c.emoji = "";
	assert_int_equal(SUBMIT_QUEUED, post_at(o, 1, &c, NOW, &post));
	assert_int_equal(
	    1, office_number(o,
		   "SELECT emoji = '' FROM reactions"
		   " WHERE workspace_id = 1 AND target_wamid = 'w1' AND"
		   " sender = 'business'"));
	assert_int_equal(1,
	    office_number(o,
		"SELECT emoji = '👎' FROM reactions WHERE workspace_id = 100"));
}

static void
an_upload_becomes_the_messages_file(void **state)
{
	struct office *o = *state;
	struct compose c = { .type = "image",
		.content = "{}",
		.preview = "Photo",
		.upload = 7 };
	struct submission post;

	run(o, "INSERT INTO uploads VALUES"
	       " (7, 1, 1, 'image/jpeg', 'cat.jpg', 300, 'ab/cd', 5),"
	       " (8, 100, 100, 'image/jpeg', 'SECRET', 300, 'se/cret', 5),"
	       " (9, 1, 2, 'application/zip', 'x.zip', 300, 'ab/ef', 5)");
	assert_int_equal(SUBMIT_QUEUED, post_at(o, 1, &c, NOW, &post));
	assert_int_equal(
	    7, office_number(
		   o, "SELECT upload_id FROM outbox WHERE message_id = 101"));
	assert_int_equal(1,
	    office_number(o,
		"SELECT count(*) FROM media WHERE message_id = 101 AND"
		" workspace_id = 1 AND number_id = 1 AND state = 'stored' AND"
		" path = 'ab/cd' AND mime_type = 'image/jpeg' AND"
		" filename = 'cat.jpg' AND size = 300"));
	for (c.upload = 8; c.upload <= 10; c.upload++) {
		assert_int_equal(SUBMIT_WRONG, post_at(o, 1, &c, NOW, &post));
		assert_string_equal("media.upload", post.field);
	}
	assert_int_equal(2, office_number(o, "SELECT count(*) FROM media"
					     " WHERE workspace_id = 1"));
}

static void
others_are_not_written_to(void **state)
{
	struct office *o = *state;
	struct submit_to to = { .phone = "+4915", .phone_number_id = "2001" };
	struct submission post;

	assert_int_equal(SUBMIT_NOT_FOUND, post_at(o, 100, &text, NOW, &post));
	assert_int_equal(SUBMIT_NOT_FOUND, retry(o, 100, NOW, &post));
	assert_int_equal(0, submit_read_receipt(o->db, 100, NOW));
	assert_int_equal(SUBMIT_WRONG, post_to(o, &to, &template, &post));
	assert_string_equal("phone_number_id", post.field);
	assert_non_null(strstr(post.why, "1001"));
	assert_null(strstr(post.why, "2001"));
	session_serve(o->member, 0, 0);
	assert_int_equal(SUBMIT_NOT_FOUND, post_at(o, 1, &text, NOW, &post));
	assert_int_equal(1, office_number(o, "SELECT count(*) FROM outbox"));
}

static void
an_archived_conversation_stays_archived(void **state)
{
	struct office *o = *state;
	struct conversation c;
	struct submission post;

	assert_int_equal(0, conversation_set_status(o->db, 1, "archived", NOW));
	assert_int_equal(SUBMIT_QUEUED, post_at(o, 1, &text, NOW, &post));
	assert_int_equal(1, conversation_get(o->db, o->pool, 1, &c));
	assert_string_equal("archived", c.status);
}

/* Each row is followed by another writer's, of the same conversation, number
 * or workspace: the highest id is not ours. */
static void
what_another_writer_adds_is_not_taken_for_ours(void **state)
{
	struct office *o = *state;
	struct submit_to to = { .phone = "+4917012345678" };
	const struct upload u = { .mime_type = "image/png",
		.filename = "ours",
		.path = "aa/aa",
		.size = 1 };
	struct submission post;
	int64_t id = 0;

	run(o, "DROP TRIGGER change_message_new;"
	       "CREATE TRIGGER change_message_new AFTER INSERT ON messages"
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
	session_close(o->member);
	o->member = session_open(o->path, 1000);
	o->db = session_handle(o->member);
	session_serve(o->member, 1, 1);
	assert_int_equal(SUBMIT_QUEUED, post_at(o, 1, &text, NOW, &post));
	assert_int_equal(101, post.message_id);
	assert_int_equal(102, office_number(o, "SELECT max(id) FROM messages"));
	assert_int_equal(101, office_number(o, "SELECT message_id FROM outbox"
					       " WHERE workspace_id = 1"));
	assert_int_equal(SUBMIT_QUEUED, post_to(o, &to, &template, &post));
	assert_int_equal(101, post.conversation_id);
	assert_int_equal(
	    102, office_number(o, "SELECT max(id) FROM conversations"));
	assert_int_equal(0, upload_put(o->db, &u, NOW, &id));
	assert_int_equal(1, id);
	assert_int_equal(2, office_number(o, "SELECT max(id) FROM uploads"));
}

static void
an_insert_that_makes_nothing_is_told(void **state)
{
	static const char *const sql[] = {
		"INSERT INTO my_messages(conversation_id, type, content,"
		" preview, sent_at, created_at)"
		" VALUES ($1, 'text', '{}', '', 1, 1)"
	};
	struct office *o = *state;
	int64_t id = 0;

	assert_int_equal(0, db_prepare(o->db, sql, 1));
	assert_int_equal(1, db_insert(o->db, sql[0], DB_ARGS(db_int(1)), &id));
	assert_int_equal(101, id);
	/* Another workspace's; then nobody is served. */
	assert_int_equal(
	    0, db_insert(o->db, sql[0], DB_ARGS(db_int(100)), &id));
	session_serve(o->member, 0, 0);
	assert_int_equal(0, db_insert(o->db, sql[0], DB_ARGS(db_int(1)), &id));
	assert_int_equal(101, office_number(o, "SELECT max(id) FROM messages"));
}

int
main(void)
{
#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(f, office_setup, office_teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_message_and_its_row_are_queued),
		TEST(the_window_closes_after_a_day),
		TEST(a_reply_names_what_it_answers),
		TEST(
		    it_stands_behind_what_it_answers_though_our_clock_is_behind),
		TEST(targets_are_of_the_same_conversation),
		TEST(a_reaction_shows_and_goes),
		TEST(an_upload_becomes_the_messages_file),
		TEST(others_are_not_written_to),
		TEST(an_archived_conversation_stays_archived),
		TEST(what_another_writer_adds_is_not_taken_for_ours),
		TEST(an_insert_that_makes_nothing_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
