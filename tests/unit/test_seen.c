/*
 * What a member has seen of a conversation, and what is unread for him.
 */
#include "fixture.h"

#include "session/session.h"

#include "inbox/conversation/conversation.h"
#include "inbox/conversation/list/conversation_unseen.h"
#include "inbox/conversation/merge.h"
#include "inbox/own/seen.h"
#include "inbox/workspace/change.h"

enum { ANN = 1, BOB = 2 };

/* The customer of CONVERSATION writes, or we do. */
static void
write_to(struct fixture *fx, int conversation, int id, int inbound, int at)
{
	fixture_do(fx,
	    pool_printf(fx->pool,
		"INSERT INTO messages(id, workspace_id, conversation_id,"
		" number_id, direction, source, type, content, preview, text,"
		" status, counts_unread, opens_window, sent_at, created_at)"
		" VALUES (%d, 1, %d, 1, '%s', 'live', 'text', '', '', 'x',"
		" 'received', %d, %d, %d, 1)",
		id, conversation, inbound ? "inbound" : "outbound", inbound,
		inbound, at));
}

/* How many are unread, -2: there is no such conversation. */
static int
unread(struct fixture *fx, int64_t conversation)
{
	struct seen_mark s;
	int rc = seen_get(fx->member, conversation, &s);

	assert_int_not_equal(rc, -1);
	return rc == 0 ? -2 : (int)s.unread;
}

static void
what_comes_after_the_mark_is_unread(void **state)
{
	struct fixture *fx = *state;

	assert_int_equal(unread(fx, 1), 2);
	assert_int_equal(seen_put(fx->member, 1, 1), 1);
	assert_int_equal(unread(fx, 1), 1);
	assert_int_equal(seen_put(fx->member, 1, 0), 1);
	assert_int_equal(unread(fx, 1), 0);
	/* Ours is not, and what came late is, three of one second all are. */
	write_to(fx, 1, 200, 0, FIXTURE_NOW);
	assert_int_equal(unread(fx, 1), 0);
	write_to(fx, 1, 201, 1, FIXTURE_NOW - 3600);
	write_to(fx, 1, 202, 1, FIXTURE_NOW);
	write_to(fx, 1, 203, 1, FIXTURE_NOW);
	assert_int_equal(unread(fx, 1), 3);
	assert_int_equal(seen_put(fx->member, 1, 202), 1);
	assert_int_equal(unread(fx, 1), 1);
	/* A tab that is behind takes nothing back. */
	assert_int_equal(seen_put(fx->member, 1, 200), 1);
	assert_int_equal(unread(fx, 1), 1);
	/* No message of it, none at all, no conversation. */
	assert_int_equal(seen_put(fx->member, 1, 3), 0);
	assert_int_equal(seen_put(fx->member, 1, 999), 0);
	assert_int_equal(seen_put(fx->member, 100, 0), 0);
	assert_int_equal(seen_put(fx->member, 100, 100), 0);
	assert_int_equal(unread(fx, 100), -2);
}

static void
it_is_taken_back_to_the_last_of_the_customer(void **state)
{
	struct fixture *fx = *state;

	write_to(fx, 1, 200, 0, FIXTURE_NOW);
	assert_int_equal(seen_put(fx->member, 1, 0), 1);
	assert_int_equal(seen_take_back(fx->member, 1), 0);
	assert_int_equal(unread(fx, 1), 1);
	assert_int_equal(seen_take_back(fx->member, 1), 0);
	assert_int_equal(unread(fx, 1), 1);
	/* Of a customer who wrote nothing. */
	assert_int_equal(seen_take_back(fx->member, 3), 0);
	assert_int_equal(unread(fx, 3), 0);
	assert_int_equal(seen_take_back(fx->member, 100), 0);
	assert_int_equal(fixture_int(fx, "SELECT COUNT(*) FROM seen_marks"), 1);
}

static void
what_one_has_seen_is_his_alone(void **state)
{
	struct fixture *fx = *state;
	struct change c[8];
	int64_t first, last;

	assert_int_equal(change_range(fx->member, &first, &last), 0);
	assert_int_equal(seen_put(fx->member, 1, 0), 1);
	assert_int_equal(seen_all(fx->member), 0);
	assert_int_equal(change_read(fx->member, fx->pool, last, c, 8), 2);
	assert_string_equal(c[0].type, "seen.updated");
	assert_int_equal(c[0].id, 1);
	assert_string_equal(c[1].type, "seen.updated");
	assert_int_equal(c[1].id, 0);
	session_serve(fx->member, 1, BOB);
	assert_int_equal(unread(fx, 1), 2);
	assert_int_equal(change_read(fx->member, fx->pool, last, c, 8), 2);
	assert_null(c[0].type);
	assert_null(c[1].type);
	session_serve(fx->member, 1, 0);
	assert_int_equal(unread(fx, 1), -2);
}

static void
all_at_once_voids_what_was_before(void **state)
{
	struct fixture *fx = *state;

	assert_int_equal(seen_put(fx->member, 1, 1), 1);
	assert_int_equal(seen_all(fx->member), 0);
	assert_int_equal(unread(fx, 1), 0);
	assert_int_equal(unread(fx, 2), 0);
	write_to(fx, 2, 200, 1, FIXTURE_NOW);
	assert_int_equal(unread(fx, 2), 1);
	assert_int_equal(unread(fx, 1), 0);
	/* The void mark goes with the next that is made. */
	assert_int_equal(seen_put(fx->member, 2, 0), 1);
	assert_int_equal(
	    fixture_int(fx, "SELECT SUM(conversation_id) FROM seen_marks"), 2);
	/* One back below the base is one back. */
	assert_int_equal(seen_take_back(fx->member, 1), 0);
	assert_int_equal(unread(fx, 1), 1);
}

static void
who_comes_has_seen_what_there_was(void **state)
{
	struct fixture *fx = *state;

	session_serve(fx->member, 1, BOB);
	assert_int_equal(seen_put(fx->member, 2, 0), 1);
	fixture_do(fx, "DELETE FROM workspace_members WHERE user_id = 2");
	assert_int_equal(fixture_int(fx, "SELECT COUNT(*) FROM seen_marks"), 0);
	write_to(fx, 1, 200, 1, FIXTURE_NOW);
	fixture_do(
	    fx, "INSERT INTO workspace_members VALUES (1, 2, 'agent', 1)");
	assert_int_equal(unread(fx, 1), 0);
	write_to(fx, 1, 201, 1, FIXTURE_NOW);
	assert_int_equal(unread(fx, 1), 1);
}

/* Too many marks for one transaction. */
static void
of_who_leaves_many_marks_go_in_steps(void **state)
{
	struct fixture *fx = *state;

	fixture_do(fx,
	    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
	    " WHERE i < 1500) INSERT INTO seen_marks(workspace_id, user_id,"
	    " conversation_id, message_id, base_id)"
	    " SELECT 1, 2, 1000 + i, 1, 0 FROM n");
	fixture_do(fx, "DELETE FROM workspace_members WHERE user_id = 2");
	assert_int_equal(
	    fixture_int(fx, "SELECT COUNT(*) FROM seen_marks"), 1500);
	fixture_jobs(fx);
	assert_int_equal(fixture_int(fx, "SELECT COUNT(*) FROM seen_marks"), 0);
}

static void
merge(struct fixture *fx)
{
	assert_int_equal(db_begin(fx->db), 0);
	assert_int_equal(
	    merge_conversations(fx->db, fx->pool, 1, 1, 2, FIXTURE_NOW), 0);
	assert_int_equal(db_commit(fx->db), 0);
}

/* Of 1 (messages 1 and 2) and 2 (3). */
static void
a_merge_takes_nothing_unseen_for_seen(void **state)
{
	static const struct {
		int64_t one, other; /* seen up to; -1 none */
		int unread;
	} cases[] = {
		{ -1, -1, 3 },
		{ 2, -1, 3 },
		{ 1, -1, 3 },
		{ -1, 3, 2 },
		{ 2, 3, 0 },
		{ 1, 3, 2 },
	};
	struct fixture *fx = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fixture_end(state);
		fixture_begin_members(state);
		fx = *state;
		if (cases[i].one >= 0)
			assert_int_equal(
			    seen_put(fx->member, 1, cases[i].one), 1);
		if (cases[i].other >= 0)
			assert_int_equal(
			    seen_put(fx->member, 2, cases[i].other), 1);
		merge(fx);
		assert_true(unread(fx, 1) >= cases[i].unread);
		assert_int_equal(
		    fixture_int(fx, "SELECT COUNT(*) FROM seen_marks"
				    " WHERE conversation_id = 2"),
		    0);
		session_serve(fx->member, 1, BOB);
		assert_int_equal(unread(fx, 1), 3);
	}
}

static void
a_list_of_them_is_looked_for_in_pieces(void **state)
{
	struct fixture *fx = *state;
	struct conversation_list_filter f = { .status = "active",
		.unread = CONVERSATION_LIST_ANY,
		.assigned_to = CONVERSATION_LIST_ANY,
		.linked = CONVERSATION_LIST_ANY,
		.window = CONVERSATION_LIST_ANY,
		.now = FIXTURE_NOW,
		.after = CONVERSATION_LIST_TOP };
	struct conversation_list_place next;
	struct conversation page[10];
	int n, pages = 0, found = 0;

	fixture_do(fx,
	    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
	    " WHERE i < 2100) INSERT INTO conversations(id, workspace_id,"
	    " number_id, phone, created_at, updated_at, last_message_at,"
	    " last_message_id, stored_message_id)"
	    " SELECT 1000 + i, 1, 1, '+1' || i, 1, 1, 1800000000 + i, 1, 1"
	    " FROM n");
	fixture_words(fx);
	assert_int_equal(seen_put(fx->member, 2, 0), 1);
	write_to(fx, 2000, 5000, 1, 1900000000);
	do {
		n = conversation_unseen_read(
		    fx->member, fx->pool, &f, page, 10, &next);
		assert_int_not_equal(n, -1);
		if (n > 0 && found == 0)
			assert_int_equal(page[0].id, 2000);
		if (n > 0 && pages > 0)
			assert_int_equal(page[n - 1].id, 1);
		found += n;
		pages++;
		f.after = next;
	} while (next.id != 0);
	assert_int_equal(found, 2);
	assert_int_equal(pages, 3);
	f.after = CONVERSATION_LIST_TOP;
	assert_int_equal(
	    conversation_unseen_read(fx->member, fx->pool, &f, page, 1, &next),
	    1);
	assert_int_equal(next.id, 2000);
}

int
main(void)
{
#define MEMBERS(f)                                                             \
	cmocka_unit_test_setup_teardown(f, fixture_begin_members, fixture_end)
	const struct CMUnitTest tests[] = {
		MEMBERS(what_comes_after_the_mark_is_unread),
		MEMBERS(it_is_taken_back_to_the_last_of_the_customer),
		MEMBERS(what_one_has_seen_is_his_alone),
		MEMBERS(all_at_once_voids_what_was_before),
		MEMBERS(who_comes_has_seen_what_there_was),
		MEMBERS(of_who_leaves_many_marks_go_in_steps),
		MEMBERS(a_merge_takes_nothing_unseen_for_seen),
		MEMBERS(a_list_of_them_is_looked_for_in_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
