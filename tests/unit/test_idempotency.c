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
	struct office *o = *state;
	struct submission post;

	assert_int_equal(SUBMIT_QUEUED, post_at(o, 1, &text, NOW, &post));
	assert_int_equal(SUBMIT_CONFLICT, retry(o, 101, NOW, &post));
	assert_non_null(strstr(post.why, "queued"));
	run(o, "UPDATE messages SET status = 'failed', wamid = 'w101',"
	       " error = '{}' WHERE id = 101; UPDATE outbox SET"
	       " state = 'done', attempts = 3, reason = 'x', sending_at = 5"
	       " WHERE message_id = 101");
	assert_int_equal(SUBMIT_QUEUED, retry(o, 101, NOW + 60, &post));
	assert_int_equal(101, post.message_id);
	assert_int_equal(1, post.conversation_id);
	assert_int_equal(
	    1, office_number(o,
		   "SELECT count(*) FROM messages WHERE id = 101 AND"
		   " status = 'queued' AND wamid IS NULL AND error IS NULL"));
	assert_int_equal(
	    1, office_number(o,
		   "SELECT count(*) FROM outbox WHERE message_id = 101 AND"
		   " state = 'queued' AND attempts = 0 AND reason IS NULL AND"
		   " sending_at IS NULL AND due_at = 1769774460"));
	/* Inbound ones, and what is already gone again. */
	assert_int_equal(SUBMIT_CONFLICT, retry(o, 2, NOW, &post));
	assert_int_equal(SUBMIT_CONFLICT, retry(o, 101, NOW, &post));
	assert_int_equal(SUBMIT_NOT_FOUND, retry(o, 999, NOW, &post));
}

static void
what_failed_needs_the_window_too(void **state)
{
	struct office *o = *state;
	struct submission post;

	assert_int_equal(SUBMIT_QUEUED, post_at(o, 1, &text, NOW, &post));
	assert_int_equal(SUBMIT_QUEUED, post_at(o, 1, &template, NOW, &post));
	run(o, "UPDATE messages SET status = 'failed' WHERE source = 'api';"
	       "UPDATE outbox SET state = 'failed' WHERE workspace_id = 1");
	assert_int_equal(
	    SUBMIT_CLOSED, retry(o, 101, NOW + CONVERSATION_WINDOW, &post));
	assert_int_equal(
	    SUBMIT_QUEUED, retry(o, 102, NOW + CONVERSATION_WINDOW, &post));
}

static int64_t
receipts(struct office *o)
{
	return office_number(o, "SELECT count(*) FROM outbox"
				" WHERE workspace_id = 1 AND kind = 'read'");
}

static void
receipt(struct office *o, int64_t now)
{
	assert_int_equal(0, db_begin(o->db));
	assert_int_equal(0, submit_read_receipt(o->db, 1, now));
	assert_int_equal(0, db_commit(o->db));
}

static void
the_newest_is_told_as_read_once(void **state)
{
	struct office *o = *state;
	struct submission post;

	assert_int_equal(SUBMIT_QUEUED, post_at(o, 1, &text, NOW, &post));
	receipt(o, NOW + 40 * 86400);
	assert_int_equal(0, receipts(o));
	receipt(o, NOW);
	receipt(o, NOW);
	assert_int_equal(1, receipts(o));
	assert_int_equal(
	    1, office_number(o,
		   "SELECT count(*) FROM outbox WHERE kind = 'read' AND"
		   " message_id = 2 AND request IS NULL AND state = 'queued'"));
	run(o, "UPDATE outbox SET state = 'done' WHERE kind = 'read'");
	receipt(o, NOW);
	assert_int_equal(1, receipts(o));
}

static void
an_outbox_that_refuses_leaves_the_conversation_read(void **state)
{
	struct office *o = *state;
	struct http_answer answer = { .status = 0 };
	struct conversation c;
	struct action a = {
		.pool = o->pool,
		.answer = &answer,
		.db = o->db,
		.now = NOW,
		.id = 1,
	};

	run(o, "CREATE TRIGGER refuse BEFORE INSERT ON outbox"
	       " BEGIN SELECT RAISE(ABORT, 'refused'); END");
	assert_int_equal(0, db_begin(o->db));
	assert_int_equal(0, conversations_read(&a));
	assert_int_equal(0, db_commit(o->db));
	assert_int_equal(200, answer.status);
	assert_int_equal(0, a.wake);
	assert_int_equal(0, receipts(o));
	assert_int_equal(1, conversation_get(o->db, o->pool, 1, &c));
	assert_int_equal(0, c.unread_count);
	run(o, "DROP TRIGGER refuse; UPDATE conversations SET is_read = 0"
	       " WHERE id = 1");
	assert_int_equal(0, db_begin(o->db));
	assert_int_equal(0, conversations_read(&a));
	assert_int_equal(0, db_commit(o->db));
	assert_int_equal(1, a.wake);
	assert_int_equal(1, receipts(o));
}

int
main(void)
{
#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(f, office_setup, office_teardown)
	const struct CMUnitTest tests[] = {
		TEST(what_failed_goes_again),
		TEST(what_failed_needs_the_window_too),
		TEST(the_newest_is_told_as_read_once),
		TEST(an_outbox_that_refuses_leaves_the_conversation_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
