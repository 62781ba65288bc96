/* What is to be sent, until the provider has taken it. */
#include "outbox.h"

#define UNKNOWN_TITLE "outcome unknown"

static void
a_conversation_goes_one_by_one(void **state)
{
	struct rig *g = *state;
	struct outbox_row row;

	outbox_say(g, 1, 1);
	outbox_say(g, 2, 1);
	outbox_say(g, 3, 2);
	assert_string_equal(outbox_ids(g, RIG_NOW - 1, NULL), "");
	assert_string_equal(outbox_ids(g, RIG_NOW, NULL), "1 3");
	row = outbox_leave(g, RIG_NOW);
	assert_string_equal(outbox_state(g, 1), "sending sending - -");
	assert_string_equal(outbox_ids(g, RIG_NOW, NULL), "3");
	IN_TRANSACTION(g, outbox_done(g->db, &row, &outbox_answer, RIG_NOW));
	assert_string_equal(outbox_state(g, 1), "done sent wamid.1 -");
	assert_string_equal(outbox_ids(g, RIG_NOW, NULL), "2 3");
}

static void
one_that_waits_holds_up_its_conversation(void **state)
{
	struct rig *g = *state;
	struct outbox_row row;

	outbox_say(g, 1, 1);
	outbox_say(g, 2, 1);
	row = outbox_leave(g, RIG_NOW);
	IN_TRANSACTION(g, outbox_later(g->db, &row, RIG_NOW + 9,
			      &(struct outbox_error){ .reason = "later" }));
	assert_string_equal(outbox_state(g, 1), "queued queued - -");
	assert_string_equal(outbox_ids(g, RIG_NOW + 8, NULL), "");
	assert_string_equal(outbox_ids(g, RIG_NOW + 9, NULL), "1");
}

static void
a_lost_one_holds_up_nobody(void **state)
{
	struct rig *g = *state;
	struct outbox_row row;

	outbox_say(g, 1, 1);
	outbox_say(g, 2, 1);
	row = outbox_leave(g, RIG_NOW);
	/* A run that dies says nothing: the answer's time must pass. */
	assert_string_equal(
	    outbox_ids(g, RIG_NOW + OUTBOX_ANSWER_S - 1, NULL), "");
	assert_string_equal(
	    outbox_ids(g, RIG_NOW + OUTBOX_ANSWER_S, NULL), "2");
	IN_TRANSACTION(g, outbox_lost(g->db, &row, RIG_NOW,
			      &(struct outbox_error){ .reason = "no answer" }));
	assert_string_equal(outbox_ids(g, RIG_NOW, NULL), "2");
	assert_string_equal(outbox_state(g, 1), "sending sending - -");
	assert_int_equal(outbox_has_expired(g->db, RIG_NOW + 599), 0);
	assert_int_equal(outbox_has_expired(g->db, RIG_NOW + 600), 1);
	IN_TRANSACTION(g, outbox_expire(g->db, RIG_NOW + 600));
	assert_non_null(strstr(outbox_state(g, 1), "failed failed - "));
	assert_non_null(strstr(outbox_state(g, 1), UNKNOWN_TITLE));
	assert_string_equal(outbox_state(g, 2), "queued queued - -");
}

static void
reads_are_neither_held_up_nor_hold_up(void **state)
{
	struct rig *g = *state;
	struct outbox_row *rows;

	outbox_say(g, 1, 1);
	outbox_say(g, 5, 1);
	rig_do(g,
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
	assert_string_equal(outbox_ids(g, RIG_NOW, &rows), "3 4 1");
	assert_int_equal(rows[1].is_read, 1);
	assert_string_equal(rows[1].wamid, "in2");
	IN_TRANSACTION(
	    g, outbox_done(g->db, &rows[1], &outbox_answer, RIG_NOW));
	assert_string_equal(outbox_ids(g, RIG_NOW, NULL), "1");
	assert_string_equal(outbox_state(g, 3), "done received in -");
	assert_string_equal(outbox_state(g, 4), "done received in2 -");
}

static void
a_person_retries_what_failed(void **state)
{
	struct rig *g = *state;
	struct outbox_row row;
	const char *old;

	outbox_say(g, 1, 1);
	IN_TRANSACTION(g, outbox_retry(g->db, 1, RIG_NOW + 1));
	assert_string_equal(outbox_state(g, 1), "queued queued - -");
	row = outbox_leave(g, RIG_NOW);
	old = outbox_callback(g->pool, &row);
	outbox_status(g, old, "wamid.1", "failed");
	assert_string_equal(outbox_state(g, 1), "done failed wamid.1 -");
	IN_TRANSACTION(g, outbox_retry(g->db, 1, RIG_NOW + 1));
	assert_string_equal(outbox_state(g, 1), "queued queued - -");
	/* The same failure, delivered again. */
	outbox_status(g, old, "wamid.1", "failed");
	assert_string_equal(outbox_state(g, 1), "queued queued - -");
	assert_string_equal(outbox_ids(g, RIG_NOW + 1, NULL), "1");
}

static const char *
emoji(struct rig *g)
{
	return rig_text(g, "SELECT emoji FROM reactions");
}

/* The customer has only what has not failed. */
static void
a_reaction_that_failed_is_none(void **state)
{
	struct rig *g = *state;
	struct outbox_row row;

	outbox_say(g, 1, 1);
	rig_do(g, pool_printf(g->pool,
		      "UPDATE messages SET type = 'reaction', content ="
		      " '{\"message_id\":\"w\",\"emoji\":\"A\"}';"
		      "INSERT INTO reactions VALUES (1, 1, 'w', 'business',"
		      " 'A', %d, '')",
		      RIG_NOW));
	IN_TRANSACTION(g, outbox_cancel(g->db, 1));
	assert_string_equal(emoji(g), "");
	IN_TRANSACTION(g, outbox_retry(g->db, 1, RIG_NOW));
	assert_string_equal(emoji(g), "A");
	row = outbox_leave(g, RIG_NOW);
	IN_TRANSACTION(g, outbox_failed(g->db, &row,
			      &(struct outbox_error){ 0, "{}", "refused" }));
	assert_string_equal(emoji(g), "");
	IN_TRANSACTION(g, outbox_retry(g->db, 1, RIG_NOW));
	outbox_leave(g, RIG_NOW);
	IN_TRANSACTION(g, outbox_expire(g->db, RIG_NOW + 600));
	assert_string_equal(emoji(g), "");
	/* It had arrived; and failed later. */
	outbox_status(g, outbox_callback(g->pool, &row), "wamid.1", "sent");
	assert_string_equal(emoji(g), "A");
	outbox_status(g, NULL, "wamid.1", "failed");
	assert_string_equal(emoji(g), "");
	/* One since, of the business's phone, is not ours to take. */
	rig_do(g, "UPDATE reactions SET emoji = 'B', at = at + 1,"
		  " wamid = 'x'");
	outbox_status(g, NULL, "wamid.1", "failed");
	assert_string_equal(emoji(g), "B");
}

static void
a_person_cancels_what_is_queued(void **state)
{
	struct rig *g = *state;
	struct outbox_item *items;
	struct outbox_row *rows;
	int n;

	outbox_say(g, 1, 1);
	outbox_say(g, 2, 2);
	outbox_ids(g, RIG_NOW, &rows);
	IN_TRANSACTION(g, outbox_cancel(g->db, 1));
	assert_non_null(strstr(outbox_state(g, 1), "canceled"));
	/* Somebody had just looked at it. */
	assert_int_equal(db_begin(g->db), 0);
	assert_int_equal(outbox_sending(g->db, &rows[0], RIG_NOW), 0);
	assert_int_equal(outbox_sending(g->db, &rows[1], RIG_NOW), 1);
	assert_int_equal(outbox_cancel(g->db, 2), 0);
	assert_int_equal(db_commit(g->db), 0);
	assert_int_equal(
	    outbox_list(g->db, g->pool, 0, NULL, 0, 10, RIG_NOW, &items, &n),
	    0);
	assert_int_equal(n, 2);
	assert_string_equal(items[1].state, "sending");
	assert_string_equal(items[1].to, "+491510000002");
	assert_int_equal(outbox_list(g->db, g->pool, 1, "failed", 0, 10,
			     RIG_NOW, &items, &n),
	    0);
	assert_int_equal(n, 1);
	assert_int_equal(
	    outbox_list(g->db, g->pool, 2, NULL, 0, 10, RIG_NOW, &items, &n),
	    0);
	assert_int_equal(n, 0);
	assert_int_equal(
	    outbox_list(g->db, g->pool, 0, "done", 0, 10, RIG_NOW, &items, &n),
	    0);
	assert_int_equal(n, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, outbox_begin, rig_end)

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
