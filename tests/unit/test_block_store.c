/*
 * Who is to be blocked and unblocked: what members ask for while the provider
 * is being asked, and what stays of it when conversations are merged, moved or
 * deleted.
 */
#include "fixture.h"

#include "session/session.h"

#include "inbox/conversation/block.h"
#include "inbox/conversation/block_listed.h"
#include "inbox/conversation/block_store.h"
#include "inbox/conversation/conversation.h"
#include "inbox/conversation/merge.h"

#define NOW   FIXTURE_NOW
#define ERROR "{\"code\":1,\"title\":\"No\",\"detail\":null}"

static void
prepare(struct fixture *fx)
{
	assert_int_equal(db_prepare_all(fx->db, &block_store_statements), 0);
	assert_int_equal(session_seal(fx->member, &conversation_statements), 0);
	fixture_do(fx, "UPDATE conversations SET phone = '+1650' || id,"
		       " last_customer_message_at = 1769774400");
}

/* A member asks; the processor is woken when it says 1. */
static enum block_result
ask(struct fixture *fx, int64_t id, int on)
{
	const char *why = NULL;
	enum block_result result;

	assert_int_equal(session_begin(fx->member), 0);
	result = on ? block_begin(fx->member, fx->pool, id, NOW + 1, &why)
		    : block_end(fx->member, fx->pool, id, NOW + 1);
	assert_int_equal(session_commit(fx->member), 0);
	assert_int_equal(
	    why != NULL, result == BLOCK_CLOSED || result == BLOCK_CONFLICT);
	return result;
}

/* What a member sees; "" nothing. */
static const char *
state_of(struct fixture *fx, int64_t id)
{
	struct block_state b = { 0 };

	assert_int_not_equal(block_get(fx->member, fx->pool, id, &b), -1);
	return b.state == NULL ? "" : b.state;
}

static int
due(struct fixture *fx, int64_t now, struct block_row *b)
{
	int64_t number_id = 0;
	int rc = block_store_number(fx->db, 0, now, &number_id);

	return rc != 1 ? rc
		       : block_store_due(fx->db, fx->pool, number_id, now, b);
}

static void
what_is_asked_for_is_done_once_the_provider_says_so(void **state)
{
	struct fixture *fx = *state;
	struct block_row b = { 0 };

	prepare(fx);
	assert_int_equal(due(fx, NOW + 9, &b), 0);
	assert_int_equal(ask(fx, 1, 1), BLOCK_ASKED);
	assert_int_equal(ask(fx, 1, 1), BLOCK_DONE);
	assert_string_equal(state_of(fx, 1), "blocking");
	assert_int_equal(due(fx, NOW, &b), 0);
	assert_int_equal(due(fx, NOW + 1, &b), 1);
	assert_string_equal(b.who, "+16501");
	assert_string_equal(b.phone_number_id, "1001");
	assert_int_equal(b.on, 1);
	assert_int_equal(block_store_later(fx->db, &b, NOW + 5, ERROR), 0);
	assert_int_equal(due(fx, NOW + 4, &b), 0);
	assert_int_equal(due(fx, NOW + 5, &b), 1);
	assert_int_equal(b.attempts, 1);
	assert_int_equal(block_store_done(fx->db, &b, NOW + 6), 0);
	assert_string_equal(state_of(fx, 1), "blocked");
	assert_int_equal(
	    fixture_int(fx, "SELECT blocked FROM conversations WHERE id = 1"),
	    2);
	assert_int_equal(ask(fx, 1, 0), BLOCK_ASKED);
	assert_int_equal(due(fx, NOW + 1, &b), 1);
	assert_int_equal(b.on, 0);
	assert_int_equal(block_store_done(fx->db, &b, NOW + 7), 0);
	assert_string_equal(state_of(fx, 1), "unblocked");
	assert_int_equal(
	    fixture_int(fx, "SELECT blocked FROM conversations WHERE id = 1"),
	    1);
	assert_int_equal(ask(fx, 1, 0), BLOCK_DONE);
}

static void
an_answer_to_what_was_asked_before_settles_nothing(void **state)
{
	struct fixture *fx = *state;
	struct block_row first = { 0 }, b = { 0 };

	prepare(fx);
	assert_int_equal(ask(fx, 1, 1), BLOCK_ASKED);
	assert_int_equal(due(fx, NOW + 1, &first), 1);
	assert_int_equal(ask(fx, 1, 0), BLOCK_ASKED);
	assert_int_equal(block_store_done(fx->db, &first, NOW + 2), 0);
	assert_string_equal(state_of(fx, 1), "unblocking");
	assert_int_equal(block_store_refused(fx->db, &first, ERROR), 0);
	assert_int_equal(block_store_later(fx->db, &first, NOW + 99, ERROR), 0);
	assert_string_equal(state_of(fx, 1), "unblocking");
	/* It is known to be blocked now: a refusal leaves it so. */
	assert_int_equal(due(fx, NOW + 1, &b), 1);
	assert_int_equal(block_store_refused(fx->db, &b, ERROR), 0);
	assert_string_equal(state_of(fx, 1), "blocked");
	/* Both at once: who asked last. */
	assert_int_equal(ask(fx, 1, 0), BLOCK_ASKED);
	assert_int_equal(due(fx, NOW + 1, &first), 1);
	assert_int_equal(ask(fx, 1, 1), BLOCK_ASKED);
	assert_int_equal(block_store_done(fx->db, &first, NOW + 3), 0);
	assert_string_equal(state_of(fx, 1), "blocking");
}

static void
a_refusal_leaves_it_as_it_was(void **state)
{
	struct fixture *fx = *state;
	struct block_row b = { 0 };

	prepare(fx);
	assert_int_equal(ask(fx, 1, 1), BLOCK_ASKED);
	assert_int_equal(due(fx, NOW + 1, &b), 1);
	assert_int_equal(block_store_refused(fx->db, &b, ERROR), 0);
	assert_string_equal(state_of(fx, 1), "refused");
	assert_int_equal(
	    fixture_int(fx, "SELECT blocked FROM conversations WHERE id = 1"),
	    1);
	assert_int_equal(due(fx, NOW + 99, &b), 0);
	assert_int_equal(ask(fx, 1, 0), BLOCK_DONE);
	assert_string_equal(state_of(fx, 1), "unblocked");
	/* Asked for twice, of which neither worked: the second is the last. */
	assert_int_equal(ask(fx, 1, 1), BLOCK_ASKED);
	assert_int_equal(ask(fx, 1, 0), BLOCK_ASKED);
	assert_int_equal(due(fx, NOW + 1, &b), 1);
	assert_int_equal(block_store_refused(fx->db, &b, ERROR), 0);
	assert_string_equal(state_of(fx, 1), "unblocked");
}

static void
who_cannot_be_blocked_is_not_asked_for(void **state)
{
	struct fixture *fx = *state;

	prepare(fx);
	assert_int_equal(ask(fx, 100, 1), BLOCK_NOT_FOUND);
	assert_int_equal(ask(fx, 100, 0), BLOCK_NOT_FOUND);
	fixture_do(fx, "UPDATE conversations SET group_id = 'G' WHERE id = 1;"
		       "UPDATE conversations SET phone = NULL, user_id = NULL"
		       " WHERE id = 2;"
		       "UPDATE conversations SET last_customer_message_at ="
		       " 1769774400 - 86399 WHERE id = 3;"
		       "UPDATE conversations SET last_customer_message_at ="
		       " NULL WHERE id = 4");
	assert_int_equal(ask(fx, 1, 1), BLOCK_CONFLICT);
	assert_int_equal(ask(fx, 2, 1), BLOCK_CONFLICT);
	assert_int_equal(ask(fx, 3, 1), BLOCK_CLOSED);
	assert_int_equal(ask(fx, 4, 1), BLOCK_CLOSED);
	assert_int_equal(fixture_int(fx, "SELECT COUNT(*) FROM blocks"), 0);
}

static void
each_step_is_a_change_of_the_conversation(void **state)
{
	static const char changes[] =
	    "SELECT COUNT(*) FROM changes WHERE workspace_id = 1"
	    " AND type = 'conversation.updated' AND object_id = 1";
	struct fixture *fx = *state;
	struct block_row b = { 0 };
	int64_t n;

	prepare(fx);
	n = fixture_int(fx, changes);
	ask(fx, 1, 1);
	ask(fx, 1, 1);
	assert_int_equal(fixture_int(fx, changes), n + 1);
	due(fx, NOW + 1, &b);
	block_store_later(fx->db, &b, NOW + 5, ERROR);
	block_store_later(fx->db, &b, NOW + 9, ERROR);
	assert_int_equal(fixture_int(fx, changes), n + 2);
	block_store_done(fx->db, &b, NOW + 9);
	assert_int_equal(fixture_int(fx, changes), n + 3);
}

static void
a_merged_conversation_keeps_both_blocks(void **state)
{
	struct fixture *fx = *state;

	prepare(fx);
	assert_int_equal(db_prepare_all(fx->db, &merge_statements), 0);
	fixture_do(fx, "UPDATE conversations SET user_id = 'US.2', phone = NULL"
		       " WHERE id = 2");
	assert_int_equal(ask(fx, 2, 1), BLOCK_ASKED);
	assert_int_equal(ask(fx, 1, 1), BLOCK_ASKED);
	fixture_do(
	    fx, "UPDATE blocks SET state = 'refused' WHERE who = '+16501'");
	assert_int_equal(
	    merge_conversations(fx->db, fx->pool, 1, 1, 2, NOW + 2), 0);
	assert_string_equal(state_of(fx, 1), "blocking");
	assert_int_equal(
	    fixture_int(fx, "SELECT blocked FROM conversations WHERE id = 1"),
	    2);
	/* Both are unblocked together. */
	assert_int_equal(ask(fx, 1, 0), BLOCK_ASKED);
	assert_string_equal(
	    fixture_text(fx, "SELECT group_concat(who || state, ' ') FROM"
			     " (SELECT * FROM blocks ORDER BY who)"),
	    "+16501unblocked US.2unblocking");
}

static void
a_block_follows_the_account_that_it_is_of(void **state)
{
	struct fixture *fx = *state;

	prepare(fx);
	fixture_do(fx,
	    "INSERT INTO identities(workspace_id, number_id, kind, value,"
	    " conversation_id, created_at) VALUES (1, 1, 'wa_id', '16501', 1, "
	    "1),"
	    " (1, 1, 'wa_id', '16509', 1, 1)");
	assert_int_equal(ask(fx, 1, 1), BLOCK_ASKED);
	fixture_do(fx, "UPDATE identities SET conversation_id = 2"
		       " WHERE value = '16509'");
	assert_string_equal(state_of(fx, 2), "");
	fixture_do(fx, "UPDATE identities SET conversation_id = 2"
		       " WHERE value = '16501'");
	assert_string_equal(state_of(fx, 2), "blocking");
	assert_string_equal(state_of(fx, 1), "");
	assert_string_equal(
	    fixture_text(fx, "SELECT group_concat(blocked) FROM (SELECT blocked"
			     " FROM conversations WHERE id < 3 ORDER BY id)"),
	    "0,2");
}

static void
who_has_another_number_now_can_be_blocked_once_more(void **state)
{
	struct fixture *fx = *state;

	prepare(fx);
	assert_int_equal(ask(fx, 1, 1), BLOCK_ASKED);
	assert_int_equal(ask(fx, 1, 1), BLOCK_DONE);
	fixture_do(fx, "UPDATE conversations SET phone = '+1777' WHERE id = 1");
	assert_int_equal(ask(fx, 1, 1), BLOCK_ASKED);
	assert_int_equal(ask(fx, 1, 1), BLOCK_DONE);
	assert_int_equal(fixture_int(fx, "SELECT COUNT(*) FROM blocks"), 2);
	assert_int_equal(ask(fx, 1, 0), BLOCK_ASKED);
	assert_int_equal(
	    fixture_int(fx, "SELECT COUNT(*) FROM blocks"
			    " WHERE state = 'unblocking' AND asked = 2"),
	    2);
}

static void
a_conversation_that_is_gone_leaves_no_block(void **state)
{
	struct fixture *fx = *state;

	prepare(fx);
	assert_int_equal(ask(fx, 1, 1), BLOCK_ASKED);
	fixture_do(fx, "DELETE FROM conversations WHERE id = 1");
	assert_int_equal(fixture_int(fx, "SELECT COUNT(*) FROM blocks"), 0);
}

static void
a_number_that_is_being_moved_asks_later(void **state)
{
	struct fixture *fx = *state;
	struct block_row b = { 0 };

	prepare(fx);
	assert_int_equal(ask(fx, 1, 1), BLOCK_ASKED);
	fixture_do(fx, "UPDATE numbers SET moving_to = 100 WHERE id = 1");
	assert_int_equal(due(fx, NOW + 1, &b), 0);
}

/* The clock was a year ahead when the provider was asked. */
static void
a_list_ends_a_block_from_the_future(void **state)
{
	struct fixture *fx = *state;
	struct block_number n = { .id = 1, .workspace_id = 1 };

	prepare(fx);
	assert_int_equal(db_prepare_all(fx->db, &block_listed_statements), 0);
	assert_int_equal(ask(fx, 1, 1), BLOCK_ASKED);
	assert_int_equal(ask(fx, 2, 1), BLOCK_ASKED);
	/* The second was said a moment ago, while the list was on its way. */
	fixture_do(fx, "UPDATE blocks SET state = 'blocked',"
		       " asked_at = 1801310400, said_at = 1801310400"
		       " WHERE conversation_id = 1;"
		       "UPDATE blocks SET state = 'blocked',"
		       " said_at = 1769774410 WHERE conversation_id = 2");
	assert_int_equal(block_listed_begin(fx->db, &n, NOW + 5), 0);
	assert_int_equal(block_listed_end(fx->db, &n, NOW + 5), 0);
	assert_string_equal(state_of(fx, 1), "unblocked");
	assert_string_equal(state_of(fx, 2), "blocked");
}

int
main(void)
{
#define WITH(TEST)                                                             \
	cmocka_unit_test_setup_teardown(                                       \
	    TEST, fixture_begin_members, fixture_end)
	const struct CMUnitTest tests[] = {
		WITH(what_is_asked_for_is_done_once_the_provider_says_so),
		WITH(an_answer_to_what_was_asked_before_settles_nothing),
		WITH(a_refusal_leaves_it_as_it_was),
		WITH(who_cannot_be_blocked_is_not_asked_for),
		WITH(each_step_is_a_change_of_the_conversation),
		WITH(a_merged_conversation_keeps_both_blocks),
		WITH(a_block_follows_the_account_that_it_is_of),
		WITH(who_has_another_number_now_can_be_blocked_once_more),
		WITH(a_conversation_that_is_gone_leaves_no_block),
		WITH(a_number_that_is_being_moved_asks_later),
		WITH(a_list_ends_a_block_from_the_future),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
