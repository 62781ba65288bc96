/*
 * Drafts: one of each member in a conversation, which nobody else sees.
 */
#include "fixture.h"

#include "session/session.h"

#include "inbox/conversation/merge.h"
#include "inbox/own/draft.h"
#include "inbox/workspace/change.h"

enum { ANN = 1, BOB = 2 };

/* Writes as whom the session serves: what became of it. */
static enum draft_result
put(struct fixture *fx, int64_t conversation, const char *text, int64_t version)
{
	struct draft d = { .conversation_id = conversation,
		.text = text,
		.version = version,
		.updated_at = FIXTURE_NOW };

	return draft_put(fx->member, &d);
}

/* TEXT of the draft, "" there is none; and its version. */
static const char *
text_of(struct fixture *fx, int64_t conversation, int64_t *version)
{
	struct draft d = { .text = "" };

	assert_int_not_equal(
	    draft_get(fx->member, fx->pool, conversation, &d), -1);
	*version = d.version;
	return d.text;
}

static void
of_two_tabs_the_later_is_told(void **state)
{
	struct fixture *fx = *state;
	int64_t first, second;

	assert_int_equal(put(fx, 1, "Hel", 0), DRAFT_DONE);
	text_of(fx, 1, &first);
	assert_int_equal(put(fx, 1, "Hello", first), DRAFT_DONE);
	assert_int_equal(put(fx, 1, "Help", first), DRAFT_CHANGED);
	assert_int_equal(put(fx, 1, "Help", 0), DRAFT_CHANGED);
	assert_string_equal(text_of(fx, 1, &second), "Hello");
	assert_int_equal(draft_delete(fx->member, 1, first), DRAFT_CHANGED);
	assert_int_equal(draft_delete(fx->member, 1, second), DRAFT_DONE);
	assert_int_equal(draft_delete(fx->member, 1, second), DRAFT_DONE);
	/* One who has not heard that it is gone does not bring it back. */
	assert_int_equal(put(fx, 1, "Hello!", second), DRAFT_CHANGED);
	assert_int_equal(put(fx, 1, "Anew", 0), DRAFT_DONE);
	text_of(fx, 1, &first);
	assert_true(first > second);
}

static void
nobody_else_sees_it(void **state)
{
	struct fixture *fx = *state;
	struct change changes[8];
	int64_t version, after, last;
	int n;

	assert_int_equal(change_range(fx->member, &last, &after), 0);
	assert_int_equal(put(fx, 1, "for Ann", 0), DRAFT_DONE);
	session_serve(fx->member, 1, BOB);
	assert_string_equal(text_of(fx, 1, &version), "");
	assert_int_equal(put(fx, 1, "for Bob", 0), DRAFT_DONE);
	n = change_read(fx->member, fx->pool, after, changes, 8);
	assert_int_equal(n, 2);
	assert_null(changes[0].type);
	assert_int_equal(changes[0].conversation_id, 0);
	assert_int_equal(changes[0].id, 0);
	assert_string_equal(changes[1].type, "draft.updated");
	assert_int_equal(changes[1].id, 1);
	assert_int_equal(changes[1].user_id, BOB);
	assert_int_equal(draft_delete(fx->member, 1, 0), DRAFT_DONE);
	session_serve(fx->member, 1, ANN);
	assert_string_equal(text_of(fx, 1, &version), "for Ann");
	/* Nor does one write into another workspace. */
	assert_int_equal(put(fx, 100, "x", 0), DRAFT_DONE);
	assert_int_equal(fixture_int(fx, "SELECT COUNT(*) FROM drafts"), 1);
	session_serve(fx->member, 1, 0);
	assert_int_equal(put(fx, 1, "of nobody", 0), DRAFT_DONE);
	assert_int_equal(fixture_int(fx, "SELECT COUNT(*) FROM drafts"), 1);
}

static void
it_answers_a_message_of_its_conversation(void **state)
{
	struct fixture *fx = *state;
	struct draft d = { .conversation_id = 1, .text = "x", .reply_to = 2 };

	assert_int_equal(draft_put(fx->member, &d), DRAFT_DONE);
	assert_int_equal(draft_get(fx->member, fx->pool, 1, &d), 1);
	assert_int_equal(d.reply_to, 2);
	d.reply_to = 3;
	assert_int_equal(draft_put(fx->member, &d), DRAFT_DONE);
	assert_int_equal(draft_get(fx->member, fx->pool, 1, &d), 1);
	assert_int_equal(d.reply_to, 0);
}

static void
a_member_has_500_at_most(void **state)
{
	struct fixture *fx = *state;
	int64_t version;

	fixture_do(fx,
	    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
	    " WHERE i < 499) INSERT INTO drafts(workspace_id, user_id,"
	    " conversation_id, text, version, updated_at)"
	    " SELECT 1, 1, 1000 + i, 'x', 1, 1 FROM n");
	assert_int_equal(put(fx, 1, "the last", 0), DRAFT_DONE);
	assert_int_equal(put(fx, 2, "one more", 0), DRAFT_FULL);
	text_of(fx, 1, &version);
	assert_int_equal(put(fx, 1, "the last!", version), DRAFT_DONE);
	session_serve(fx->member, 1, BOB);
	assert_int_equal(put(fx, 2, "of another", 0), DRAFT_DONE);
}

static void
a_merge_keeps_both(void **state)
{
	struct fixture *fx = *state;
	int64_t before, version;

	assert_int_equal(put(fx, 1, "to the one", 0), DRAFT_DONE);
	assert_int_equal(put(fx, 2, "to the other", 0), DRAFT_DONE);
	text_of(fx, 2, &before);
	session_serve(fx->member, 1, BOB);
	assert_int_equal(put(fx, 2, "Bob's", 0), DRAFT_DONE);
	assert_int_equal(db_begin(fx->db), 0);
	assert_int_equal(
	    merge_conversations(fx->db, fx->pool, 1, 1, 2, FIXTURE_NOW), 0);
	assert_int_equal(db_commit(fx->db), 0);
	assert_string_equal(text_of(fx, 1, &version), "Bob's");
	session_serve(fx->member, 1, ANN);
	assert_string_equal(
	    text_of(fx, 1, &version), "to the one\nto the other");
	assert_true(version > before);
	assert_int_equal(fixture_int(fx, "SELECT COUNT(*) FROM drafts"), 2);
}

static void
it_goes_with_its_member_and_its_conversation(void **state)
{
	struct fixture *fx = *state;

	assert_int_equal(put(fx, 1, "a", 0), DRAFT_DONE);
	assert_int_equal(put(fx, 2, "b", 0), DRAFT_DONE);
	session_serve(fx->member, 1, BOB);
	assert_int_equal(put(fx, 1, "c", 0), DRAFT_DONE);
	fixture_do(fx, "DELETE FROM workspace_members WHERE user_id = 2");
	assert_int_equal(fixture_int(fx, "SELECT COUNT(*) FROM drafts"), 2);
	fixture_do(fx, "DELETE FROM conversations WHERE id = 2");
	assert_int_equal(fixture_int(fx, "SELECT COUNT(*) FROM drafts"), 1);
}

int
main(void)
{
#define MEMBERS(f)                                                             \
	cmocka_unit_test_setup_teardown(f, fixture_begin_members, fixture_end)
	const struct CMUnitTest tests[] = {
		MEMBERS(of_two_tabs_the_later_is_told),
		MEMBERS(nobody_else_sees_it),
		MEMBERS(it_answers_a_message_of_its_conversation),
		MEMBERS(a_member_has_500_at_most),
		MEMBERS(a_merge_keeps_both),
		MEMBERS(it_goes_with_its_member_and_its_conversation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
