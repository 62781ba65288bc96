/*
 * What failed goes again; what was read is told.
 */
#include "post.h"

#include "lib/fcgi/http.h"

#include "api/action.h"
#include "api/resource/conversations.h"

static void
what_failed_goes_again(void **state)
{
	struct fixture *fx = *state;
	struct submission post;

	assert_int_equal(
	    post_at(fx, 1, &post_text, FIXTURE_NOW, &post), SUBMIT_QUEUED);
	assert_int_equal(
	    post_retry(fx, 101, FIXTURE_NOW, &post), SUBMIT_CONFLICT);
	assert_non_null(strstr(post.why, "queued"));
	fixture_do(fx,
	    "UPDATE messages SET status = 'failed', wamid = 'w101',"
	    " error = '{}' WHERE id = 101; UPDATE outbox SET"
	    " state = 'done', attempts = 3, reason = 'x', sending_at = 5"
	    " WHERE message_id = 101");
	assert_int_equal(
	    post_retry(fx, 101, FIXTURE_NOW + 60, &post), SUBMIT_QUEUED);
	assert_int_equal(post.message_id, 101);
	assert_int_equal(post.conversation_id, 1);
	assert_int_equal(
	    fixture_int(fx,
		"SELECT count(*) FROM messages WHERE id = 101 AND"
		" status = 'queued' AND wamid IS NULL AND error IS NULL"),
	    1);
	assert_int_equal(
	    fixture_int(fx,
		"SELECT count(*) FROM outbox WHERE message_id = 101 AND"
		" state = 'queued' AND attempts = 0 AND reason IS NULL AND"
		" sending_at IS NULL AND due_at = 1769774460"),
	    1);
	/* Inbound ones, and what is already gone again. */
	assert_int_equal(
	    post_retry(fx, 2, FIXTURE_NOW, &post), SUBMIT_CONFLICT);
	assert_int_equal(
	    post_retry(fx, 101, FIXTURE_NOW, &post), SUBMIT_CONFLICT);
	assert_int_equal(
	    post_retry(fx, 999, FIXTURE_NOW, &post), SUBMIT_NOT_FOUND);
}

static void
what_failed_needs_the_window_too(void **state)
{
	struct fixture *fx = *state;
	struct submission post;

	assert_int_equal(
	    post_at(fx, 1, &post_text, FIXTURE_NOW, &post), SUBMIT_QUEUED);
	assert_int_equal(
	    post_at(fx, 1, &post_template, FIXTURE_NOW, &post), SUBMIT_QUEUED);
	fixture_do(fx,
	    "UPDATE messages SET status = 'failed' WHERE source = 'api';"
	    "UPDATE outbox SET state = 'failed' WHERE workspace_id = 1");
	assert_int_equal(
	    post_retry(fx, 101, FIXTURE_NOW + CONVERSATION_WINDOW, &post),
	    SUBMIT_CLOSED);
	assert_int_equal(
	    post_retry(fx, 102, FIXTURE_NOW + CONVERSATION_WINDOW, &post),
	    SUBMIT_QUEUED);
}

static int64_t
receipts(struct fixture *fx)
{
	return fixture_int(fx, "SELECT count(*) FROM outbox"
			       " WHERE workspace_id = 1 AND kind = 'read'");
}

static void
receipt(struct fixture *fx, int64_t now)
{
	assert_int_equal(db_begin(fx->member_db), 0);
	assert_int_equal(submit_read_receipt(fx->member, 1, now), 0);
	assert_int_equal(db_commit(fx->member_db), 0);
}

static void
the_newest_is_told_as_read_once(void **state)
{
	struct fixture *fx = *state;
	struct submission post;

	assert_int_equal(
	    post_at(fx, 1, &post_text, FIXTURE_NOW, &post), SUBMIT_QUEUED);
	receipt(fx, FIXTURE_NOW + 40 * 86400);
	assert_int_equal(receipts(fx), 0);
	receipt(fx, FIXTURE_NOW);
	receipt(fx, FIXTURE_NOW);
	assert_int_equal(receipts(fx), 1);
	assert_int_equal(
	    fixture_int(fx,
		"SELECT count(*) FROM outbox WHERE kind = 'read' AND"
		" message_id = 2 AND state = 'queued'"),
	    1);
	fixture_do(fx, "UPDATE outbox SET state = 'done' WHERE kind = 'read'");
	receipt(fx, FIXTURE_NOW);
	assert_int_equal(receipts(fx), 1);
}

static void
an_outbox_that_refuses_leaves_the_conversation_read(void **state)
{
	struct fixture *fx = *state;
	struct http_answer answer = { .status = 0 };
	struct conversation c;
	struct action a = {
		.pool = fx->pool,
		.answer = &answer,
		.session = fx->member,
		.now = FIXTURE_NOW,
		.id = 1,
	};

	fixture_do(fx, "CREATE TRIGGER refuse BEFORE INSERT ON outbox"
		       " BEGIN SELECT RAISE(ABORT, 'refused'); END");
	assert_int_equal(db_begin(fx->member_db), 0);
	assert_int_equal(conversations_read(&a), 0);
	assert_int_equal(db_commit(fx->member_db), 0);
	assert_int_equal(answer.status, 200);
	assert_int_equal(a.wake, 0);
	assert_int_equal(receipts(fx), 0);
	assert_int_equal(conversation_get(fx->member, fx->pool, 1, &c), 1);
	assert_int_equal(c.unread_count, 0);
	fixture_do(fx,
	    "DROP TRIGGER refuse; UPDATE conversations SET is_read = 0"
	    " WHERE id = 1");
	assert_int_equal(db_begin(fx->member_db), 0);
	assert_int_equal(conversations_read(&a), 0);
	assert_int_equal(db_commit(fx->member_db), 0);
	assert_int_equal(a.wake, 1);
	assert_int_equal(receipts(fx), 1);
}

int
main(void)
{
#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(f, fixture_begin_members, fixture_end)
	const struct CMUnitTest tests[] = {
		TEST(what_failed_goes_again),
		TEST(what_failed_needs_the_window_too),
		TEST(the_newest_is_told_as_read_once),
		TEST(an_outbox_that_refuses_leaves_the_conversation_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
