/* What is to be sent, until the provider has taken it. */
#include "queued.h"

#include "inbox/outbox/outbox_list.h"

#define UNKNOWN_TITLE "outcome unknown"

static void
a_conversation_goes_one_by_one(void **state)
{
	struct fixture *fx = *state;
	struct outbox_row row;

	queued_say(fx, 1, 1);
	queued_say(fx, 2, 1);
	queued_say(fx, 3, 2);
	assert_string_equal(queued_ids(fx, FIXTURE_NOW - 1, NULL), "");
	assert_string_equal(queued_ids(fx, FIXTURE_NOW, NULL), "1 3");
	row = queued_leave(fx, FIXTURE_NOW);
	assert_string_equal(queued_state(fx, 1), "sending sending - -");
	assert_string_equal(queued_ids(fx, FIXTURE_NOW, NULL), "3");
	IN_TRANSACTION(
	    fx, outbox_done(fx->db, &row, &queued_answer, FIXTURE_NOW));
	assert_string_equal(queued_state(fx, 1), "done sent wamid.1 -");
	assert_string_equal(queued_ids(fx, FIXTURE_NOW, NULL), "2 3");
}

static void
one_that_waits_holds_up_its_conversation(void **state)
{
	struct fixture *fx = *state;
	struct outbox_row row;

	queued_say(fx, 1, 1);
	queued_say(fx, 2, 1);
	row = queued_leave(fx, FIXTURE_NOW);
	IN_TRANSACTION(fx, outbox_later(fx->db, &row, FIXTURE_NOW + 9,
			       &(struct outbox_error){ .reason = "later" }));
	assert_string_equal(queued_state(fx, 1), "queued queued - -");
	assert_string_equal(queued_ids(fx, FIXTURE_NOW + 8, NULL), "");
	assert_string_equal(queued_ids(fx, FIXTURE_NOW + 9, NULL), "1");
}

static void
a_lost_one_holds_up_nobody(void **state)
{
	struct fixture *fx = *state;
	struct outbox_row row;

	queued_say(fx, 1, 1);
	queued_say(fx, 2, 1);
	row = queued_leave(fx, FIXTURE_NOW);
	/* A run that dies says nothing: the answer's time must pass. */
	assert_string_equal(
	    queued_ids(fx, FIXTURE_NOW + OUTBOX_ANSWER_S - 1, NULL), "");
	assert_string_equal(
	    queued_ids(fx, FIXTURE_NOW + OUTBOX_ANSWER_S, NULL), "2");
	IN_TRANSACTION(
	    fx, outbox_lost(fx->db, &row, FIXTURE_NOW,
		    &(struct outbox_error){ .reason = "no answer" }));
	assert_string_equal(queued_ids(fx, FIXTURE_NOW, NULL), "2");
	assert_string_equal(queued_state(fx, 1), "sending sending - -");
	assert_int_equal(outbox_has_expired(fx->db, FIXTURE_NOW + 599), 0);
	assert_int_equal(outbox_has_expired(fx->db, FIXTURE_NOW + 600), 1);
	IN_TRANSACTION(fx, outbox_expire(fx->db, FIXTURE_NOW + 600));
	assert_non_null(strstr(queued_state(fx, 1), "failed failed - "));
	assert_non_null(strstr(queued_state(fx, 1), UNKNOWN_TITLE));
	assert_string_equal(queued_state(fx, 2), "queued queued - -");
}

static void
reads_are_neither_held_up_nor_hold_up(void **state)
{
	struct fixture *fx = *state;
	struct outbox_row *rows;

	queued_say(fx, 1, 1);
	queued_say(fx, 5, 1);
	fixture_do(fx,
	    "INSERT INTO messages(id, workspace_id, conversation_id,"
	    " number_id, wamid, direction, source, type, content, preview,"
	    " status, sent_at, created_at) VALUES (3, 1, 1, 1, 'in',"
	    " 'inbound', 'live', 'text', '{}', 'x', 'received', 1, 1),"
	    " (4, 1, 1, 1, 'in2', 'inbound', 'live', 'text', '{}', 'x',"
	    " 'received', 1, 1);"
	    "INSERT INTO outbox(id, workspace_id, number_id, conversation_id,"
	    " message_id, kind, state, due_at, created_at) VALUES"
	    " (3, 1, 1, 1, 3, 'read', 'queued', 1, 1),"
	    " (4, 1, 1, 1, 4, 'read', 'queued', 1, 1);");
	assert_string_equal(queued_ids(fx, FIXTURE_NOW, &rows), "3 4 1");
	assert_int_equal(rows[1].is_read, 1);
	assert_string_equal(rows[1].wamid, "in2");
	IN_TRANSACTION(
	    fx, outbox_done(fx->db, &rows[1], &queued_answer, FIXTURE_NOW));
	assert_string_equal(queued_ids(fx, FIXTURE_NOW, NULL), "1");
	assert_string_equal(queued_state(fx, 3), "done received in -");
	assert_string_equal(queued_state(fx, 4), "done received in2 -");
}

static void
a_person_retries_what_failed(void **state)
{
	struct fixture *fx = *state;
	struct outbox_row row;
	const char *old;

	queued_say(fx, 1, 1);
	IN_TRANSACTION(fx, outbox_retry(fx->db, 1, FIXTURE_NOW + 1));
	assert_string_equal(queued_state(fx, 1), "queued queued - -");
	row = queued_leave(fx, FIXTURE_NOW);
	old = outbox_callback(fx->pool, &row);
	queued_status(fx, old, "wamid.1", "failed");
	assert_string_equal(queued_state(fx, 1), "done failed wamid.1 -");
	IN_TRANSACTION(fx, outbox_retry(fx->db, 1, FIXTURE_NOW + 1));
	assert_string_equal(queued_state(fx, 1), "queued queued - -");
	/* The same failure, delivered again. */
	queued_status(fx, old, "wamid.1", "failed");
	assert_string_equal(queued_state(fx, 1), "queued queued - -");
	assert_string_equal(queued_ids(fx, FIXTURE_NOW + 1, NULL), "1");
}

static const char *
emoji(struct fixture *fx)
{
	return fixture_text(fx, "SELECT emoji FROM reactions");
}

/* The customer has only what has not failed. */
static void
a_reaction_that_failed_is_none(void **state)
{
	struct fixture *fx = *state;
	struct outbox_row row;

	queued_say(fx, 1, 1);
	fixture_do(
	    fx, pool_printf(fx->pool,
		    "UPDATE messages SET type = 'reaction', content ="
		    " '{\"message_id\":\"w\",\"emoji\":\"A\"}';"
		    "INSERT INTO reactions VALUES (1, 1, 'w', 'business',"
		    " 'A', %d, '')",
		    FIXTURE_NOW));
	IN_TRANSACTION(fx, outbox_cancel(fx->db, 1));
	assert_string_equal(emoji(fx), "");
	IN_TRANSACTION(fx, outbox_retry(fx->db, 1, FIXTURE_NOW));
	assert_string_equal(emoji(fx), "A");
	row = queued_leave(fx, FIXTURE_NOW);
	IN_TRANSACTION(fx, outbox_failed(fx->db, &row,
			       &(struct outbox_error){ 0, "{}", "refused" }));
	assert_string_equal(emoji(fx), "");
	IN_TRANSACTION(fx, outbox_retry(fx->db, 1, FIXTURE_NOW));
	queued_leave(fx, FIXTURE_NOW);
	IN_TRANSACTION(fx, outbox_expire(fx->db, FIXTURE_NOW + 600));
	assert_string_equal(emoji(fx), "");
	/* It had arrived; and failed later. */
	queued_status(fx, outbox_callback(fx->pool, &row), "wamid.1", "sent");
	assert_string_equal(emoji(fx), "A");
	queued_status(fx, NULL, "wamid.1", "failed");
	assert_string_equal(emoji(fx), "");
	/* One since, of the business's phone, is not ours to take. */
	fixture_do(fx, "UPDATE reactions SET emoji = 'B', at = at + 1,"
		       " wamid = 'x'");
	queued_status(fx, NULL, "wamid.1", "failed");
	assert_string_equal(emoji(fx), "B");
}

static void
a_person_cancels_what_is_queued(void **state)
{
	struct fixture *fx = *state;
	struct outbox_item *items;
	struct outbox_row *rows;
	int n;

	queued_say(fx, 1, 1);
	queued_say(fx, 2, 2);
	queued_ids(fx, FIXTURE_NOW, &rows);
	IN_TRANSACTION(fx, outbox_cancel(fx->db, 1));
	assert_non_null(strstr(queued_state(fx, 1), "canceled"));
	/* Somebody had just looked at it. */
	assert_int_equal(db_begin(fx->db), 0);
	assert_int_equal(outbox_sending(fx->db, &rows[0], FIXTURE_NOW), 0);
	assert_int_equal(outbox_sending(fx->db, &rows[1], FIXTURE_NOW), 1);
	assert_int_equal(outbox_cancel(fx->db, 2), 0);
	assert_int_equal(db_commit(fx->db), 0);
	assert_int_equal(outbox_list(fx->db, fx->pool, 0, NULL, 0, 10,
			     FIXTURE_NOW, &items, &n),
	    0);
	assert_int_equal(n, 2);
	assert_string_equal(items[1].state, "sending");
	assert_string_equal(items[1].to, "+491510000002");
	assert_int_equal(outbox_list(fx->db, fx->pool, 1, "failed", 0, 10,
			     FIXTURE_NOW, &items, &n),
	    0);
	assert_int_equal(n, 1);
	assert_int_equal(outbox_list(fx->db, fx->pool, 2, NULL, 0, 10,
			     FIXTURE_NOW, &items, &n),
	    0);
	assert_int_equal(n, 0);
	assert_int_equal(outbox_list(fx->db, fx->pool, 0, "done", 0, 10,
			     FIXTURE_NOW, &items, &n),
	    0);
	assert_int_equal(n, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, queued_begin, fixture_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_conversation_goes_one_by_one),
		TEST(one_that_waits_holds_up_its_conversation),
		TEST(a_lost_one_holds_up_nobody),
		TEST(reads_are_neither_held_up_nor_hold_up),
		TEST(a_person_retries_what_failed),
		TEST(a_person_cancels_what_is_queued),
		TEST(a_reaction_that_failed_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
