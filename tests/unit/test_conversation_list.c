/*
 * Lists of conversations: order, places, filters (their combinations are
 * tests/e2e/test_filters.py).
 */
#include "office.h"

#include "inbox/contact/contact.h"
#include "inbox/conversation/conversation.h"
#include "inbox/conversation/conversation_list.h"

static struct conversation_list_filter
any(void)
{
	return (struct conversation_list_filter){
		.unread = CONVERSATION_LIST_ANY,
		.assigned_to = CONVERSATION_LIST_ANY,
		.linked = CONVERSATION_LIST_ANY,
		.window = CONVERSATION_LIST_ANY,
		.now = NOW,
		.after = CONVERSATION_LIST_TOP,
	};
}

/* The ids of the list as one number, 1 2 3 being 123. */
static int64_t
ids(struct office *o, const struct conversation_list_filter *f)
{
	struct conversation page[10];
	int n = conversation_list_read(o->db, o->pool, f, page, 10);
	int64_t all = 0;

	assert_true(n >= 0);
	for (int i = 0; i < n; i++)
		all = all * 10 + page[i].id;
	return all;
}

static void
newest_first_and_no_empty_ones(void **state)
{
	struct conversation_list_filter f = any();

	assert_int_equal(123, ids(*state, &f));
	f.status = "active";
	assert_int_equal(123, ids(*state, &f));
	f.status = "archived";
	assert_int_equal(0, ids(*state, &f));
}

static void
ids_decide_within_a_second(void **state)
{
	struct office *o = *state;
	struct conversation_list_filter f = any();
	struct conversation page[1];
	int64_t all = 0;

	assert_int_equal(0,
	    db_script(o->all,
		"UPDATE conversations SET"
		" last_message_at = 7, status = CASE id WHEN 2 THEN 'archived'"
		" ELSE 'active' END"));
	while (conversation_list_read(o->db, o->pool, &f, page, 1) == 1) {
		all = all * 10 + page[0].id;
		f.after.last_message_at = page[0].last_message_at;
		f.after.id = page[0].id;
	}
	assert_int_equal(4321, all);
	f = any();
	f.linked = 0;
	assert_int_equal(43, ids(o, &f));
}

static void
each_filter(void **state)
{
	struct office *o = *state;
	struct conversation_list_filter f = any();

	assert_int_equal(0, conversation_assign(o->db, 2, 1, NOW));
	f.assigned_to = 1;
	assert_int_equal(2, ids(o, &f));
	f.assigned_to = 0;
	assert_int_equal(13, ids(o, &f));
	f.assigned_to = 100;
	assert_int_equal(0, ids(o, &f));
	f = any();
	f.unread = 1;
	assert_int_equal(12, ids(o, &f));
	f.unread = 0;
	assert_int_equal(3, ids(o, &f));
	f = any();
	f.linked = 1;
	assert_int_equal(12, ids(o, &f));
	f.linked = 0;
	assert_int_equal(3, ids(o, &f));
	f = any();
	f.number_id = 1;
	assert_int_equal(123, ids(o, &f));
	f.number_id = 100;
	assert_int_equal(0, ids(o, &f));
	f = any();
	f.tags[0] = 1;
	f.n_tags = 1;
	assert_int_equal(12, ids(o, &f));
	f.tags[1] = 2;
	f.n_tags = 2;
	assert_int_equal(1, ids(o, &f));
	f.tags[0] = 2;
	f.tags[1] = 1;
	assert_int_equal(1, ids(o, &f));
	f = any();
	f.q = "jorg";
	assert_int_equal(2, ids(o, &f));
}

/* What each row of a tag's list says of the others is what the contact has. */
static void
tags_come_go_and_are_not_mistaken(void **state)
{
	struct office *o = *state;
	struct conversation_list_filter f = any();

	f.n_tags = 2;
	f.tags[0] = 1;
	f.tags[1] = 2;
	assert_int_equal(0, contact_untag(o->db, 1, "late", NOW));
	assert_int_equal(0, ids(o, &f));
	assert_int_equal(0, contact_tag(o->db, 2, "late", NOW));
	assert_int_equal(2, ids(o, &f));
	assert_int_equal(0, contact_tag(o->db, 2, "other", NOW));
	assert_int_equal(2, ids(o, &f));
	f.q = "jorg";
	assert_int_equal(2, ids(o, &f));
	f.q = NULL;
	assert_int_equal(
	    0, db_script(o->all,
		   "INSERT INTO tags(id, workspace_id, name, created_at)"
		   " VALUES (12, 1, 'twelve', 1), (21, 1, 'twenty-one', 1);"
		   "INSERT INTO contact_tags VALUES (1, 1, 21), (1, 1, 12);"));
	assert_int_equal(2, ids(o, &f));
	f.tags[0] = 21;
	f.tags[1] = 12;
	assert_int_equal(1, ids(o, &f));
	assert_int_equal(
	    1, office_number(o, "SELECT COUNT(*) FROM contacts WHERE id = 1"
				" AND tag_ids = ' 1  12  21 '"));
	assert_int_equal(
	    0, db_script(o->all, "DELETE FROM tags WHERE id IN (1, 12)"));
	assert_int_equal(0, ids(o, &f));
	f.n_tags = 1;
	assert_int_equal(1, ids(o, &f));
	assert_int_equal(
	    0, office_number(o,
		   "SELECT COUNT(*) FROM conversation_tags AS t JOIN"
		   " conversations AS c ON c.id = conversation_id JOIN"
		   " contacts AS p ON p.id = c.contact_id"
		   " WHERE t.tag_ids <> p.tag_ids"));
	assert_int_equal(0, db_script(o->all, "DELETE FROM contact_tags"));
	assert_int_equal(0, ids(o, &f));
	assert_int_equal(
	    0, office_number(o,
		   "SELECT COUNT(*) + (SELECT COUNT(tag_ids) FROM contacts"
		   " WHERE workspace_id = 1) FROM conversation_tags"
		   " WHERE workspace_id = 1"));
}

static void
the_window_closes_after_a_day(void **state)
{
	struct conversation_list_filter f = any();

	f.window = 1;
	assert_int_equal(12, ids(*state, &f));
	f.window = 0;
	assert_int_equal(3, ids(*state, &f));
	f.now = 1769700000 + 86400;
	assert_int_equal(23, ids(*state, &f));
	f.now--;
	assert_int_equal(3, ids(*state, &f));
	f.window = 1;
	assert_int_equal(12, ids(*state, &f));
}

static void
numbers_are_the_workspaces(void **state)
{
	struct office *o = *state;
	int64_t id = 0;

	assert_int_equal(1, conversation_list_number(o->db, "1001", &id));
	assert_int_equal(1, id);
	assert_int_equal(0, conversation_list_number(o->db, "2001", &id));
}

int
main(void)
{
#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(f, office_setup, office_teardown)
	const struct CMUnitTest tests[] = {
		TEST(newest_first_and_no_empty_ones),
		TEST(ids_decide_within_a_second),
		TEST(each_filter),
		TEST(tags_come_go_and_are_not_mistaken),
		TEST(the_window_closes_after_a_day),
		TEST(numbers_are_the_workspaces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
