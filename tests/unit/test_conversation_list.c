/*
 * Lists of conversations: order, places, filters (their combinations are
 * tests/e2e/test_filters.py).
 */
#include "fixture.h"

#include "inbox/contact/contact.h"
#include "inbox/conversation/conversation.h"
#include "inbox/conversation/list/conversation_list.h"

static struct conversation_list_filter
any(void)
{
	return (struct conversation_list_filter){
		.unread = CONVERSATION_LIST_ANY,
		.assigned_to = CONVERSATION_LIST_ANY,
		.linked = CONVERSATION_LIST_ANY,
		.window = CONVERSATION_LIST_ANY,
		.now = FIXTURE_NOW,
		.after = CONVERSATION_LIST_TOP,
	};
}

/* The ids of the list as one number, 1 2 3 being 123. */
static int64_t
ids(struct fixture *fx, const struct conversation_list_filter *f)
{
	struct conversation page[10];
	int complete, n = conversation_list_read(
			  fx->member, fx->pool, f, page, 10, &complete);
	int64_t all = 0;

	assert_true(n >= 0);
	assert_true(complete);
	for (int i = 0; i < n; i++)
		all = all * 10 + page[i].id;
	return all;
}

static void
newest_first_and_no_empty_ones(void **state)
{
	struct conversation_list_filter f = any();

	assert_int_equal(ids(*state, &f), 123);
	f.status = "active";
	assert_int_equal(ids(*state, &f), 123);
	f.status = "archived";
	assert_int_equal(ids(*state, &f), 0);
}

static void
ids_decide_within_a_second(void **state)
{
	struct fixture *fx = *state;
	struct conversation_list_filter f = any();
	struct conversation page[1];
	int64_t all = 0;
	int complete;

	assert_int_equal(
	    db_script(fx->db,
		"UPDATE conversations SET"
		" last_message_at = 7, status = CASE id WHEN 2 THEN 'archived'"
		" ELSE 'active' END"),
	    0);
	while (conversation_list_read(
		   fx->member, fx->pool, &f, page, 1, &complete) == 1) {
		all = all * 10 + page[0].id;
		f.after.last_message_at = page[0].last_message_at;
		f.after.id = page[0].id;
	}
	assert_int_equal(all, 4321);
	f = any();
	f.linked = 0;
	assert_int_equal(ids(fx, &f), 43);
}

static void
each_filter(void **state)
{
	struct fixture *fx = *state;
	struct conversation_list_filter f = any();

	assert_int_equal(conversation_assign(fx->member, 2, 1, FIXTURE_NOW), 0);
	f.assigned_to = 1;
	assert_int_equal(ids(fx, &f), 2);
	f.assigned_to = 0;
	assert_int_equal(ids(fx, &f), 13);
	f.assigned_to = 100;
	assert_int_equal(ids(fx, &f), 0);
	f = any();
	f.unread = 1;
	assert_int_equal(ids(fx, &f), 12);
	f.unread = 0;
	assert_int_equal(ids(fx, &f), 3);
	f = any();
	f.linked = 1;
	assert_int_equal(ids(fx, &f), 12);
	f.linked = 0;
	assert_int_equal(ids(fx, &f), 3);
	f = any();
	f.number_id = 1;
	assert_int_equal(ids(fx, &f), 123);
	f.number_id = 100;
	assert_int_equal(ids(fx, &f), 0);
	f = any();
	f.tags[0] = 1;
	f.n_tags = 1;
	assert_int_equal(ids(fx, &f), 12);
	f.tags[1] = 2;
	f.n_tags = 2;
	assert_int_equal(ids(fx, &f), 1);
	f.tags[0] = 2;
	f.tags[1] = 1;
	assert_int_equal(ids(fx, &f), 1);
	f = any();
	f.q = "jorg";
	assert_int_equal(ids(fx, &f), 2);
}

/* What each row of a tag's list says of the others is what the contact has. */
static void
tags_come_go_and_are_not_mistaken(void **state)
{
	struct fixture *fx = *state;
	struct conversation_list_filter f = any();

	f.n_tags = 2;
	f.tags[0] = 1;
	f.tags[1] = 2;
	assert_int_equal(contact_untag(fx->member, 1, "late", FIXTURE_NOW), 0);
	assert_int_equal(ids(fx, &f), 0);
	assert_int_equal(contact_tag(fx->member, 2, "late", FIXTURE_NOW), 0);
	assert_int_equal(ids(fx, &f), 2);
	assert_int_equal(contact_tag(fx->member, 2, "other", FIXTURE_NOW), 0);
	assert_int_equal(ids(fx, &f), 2);
	f.q = "jorg";
	assert_int_equal(ids(fx, &f), 2);
	f.q = NULL;
	assert_int_equal(
	    db_script(fx->db,
		"INSERT INTO tags(id, workspace_id, name, created_at)"
		" VALUES (12, 1, 'twelve', 1), (21, 1, 'twenty-one', 1);"
		"INSERT INTO contact_tags VALUES (1, 1, 21), (1, 1, 12);"),
	    0);
	assert_int_equal(ids(fx, &f), 2);
	f.tags[0] = 21;
	f.tags[1] = 12;
	assert_int_equal(ids(fx, &f), 1);
	assert_int_equal(
	    fixture_int(fx, "SELECT COUNT(*) FROM contacts WHERE id = 1"
			    " AND tag_ids = ' 1  12  21 '"),
	    1);
	assert_int_equal(
	    db_script(fx->db, "DELETE FROM tags WHERE id IN (1, 12)"), 0);
	assert_int_equal(ids(fx, &f), 0);
	f.n_tags = 1;
	assert_int_equal(ids(fx, &f), 1);
	assert_int_equal(
	    fixture_int(fx, "SELECT COUNT(*) FROM conversation_tags AS t JOIN"
			    " conversations AS c ON c.id = conversation_id JOIN"
			    " contacts AS p ON p.id = c.contact_id"
			    " WHERE t.tag_ids <> p.tag_ids"),
	    0);
	assert_int_equal(db_script(fx->db, "DELETE FROM contact_tags"), 0);
	assert_int_equal(ids(fx, &f), 0);
	assert_int_equal(
	    fixture_int(fx,
		"SELECT COUNT(*) + (SELECT COUNT(tag_ids) FROM contacts"
		" WHERE workspace_id = 1) FROM conversation_tags"
		" WHERE workspace_id = 1"),
	    0);
}

static void
the_window_closes_after_a_day(void **state)
{
	struct conversation_list_filter f = any();

	f.window = 1;
	assert_int_equal(ids(*state, &f), 12);
	f.window = 0;
	assert_int_equal(ids(*state, &f), 3);
	f.now = 1769700000 + 86400;
	assert_int_equal(ids(*state, &f), 23);
	f.now--;
	assert_int_equal(ids(*state, &f), 3);
	f.window = 1;
	assert_int_equal(ids(*state, &f), 12);
}

static void
numbers_are_the_workspaces(void **state)
{
	struct fixture *fx = *state;
	int64_t id = 0;

	assert_int_equal(conversation_list_number(fx->member, "1001", &id), 1);
	assert_int_equal(id, 1);
	assert_int_equal(conversation_list_number(fx->member, "2001", &id), 0);
}

/* 600 conversations, every seventh archived; one in five says walnut, the
 * oldest twelve say almond, and the older half says hazel: near the list's
 * beginning, far from it, and too few to go on. */
static void
add_talkers(struct fixture *fx)
{
	fixture_do(fx,
	    "WITH RECURSIVE n(i) AS (SELECT 1001 UNION ALL SELECT i + 1 FROM n"
	    " WHERE i < 1600) INSERT INTO conversations(id, workspace_id,"
	    " number_id, phone, created_at, updated_at)"
	    " SELECT i, 1, 1, '+4915' || i, i, i FROM n;"
	    "INSERT INTO messages(workspace_id, conversation_id, number_id,"
	    " direction, source, type, content, preview, text, status, sent_at,"
	    " created_at) SELECT 1, id, 1, 'inbound', 'live', 'text', '{}',"
	    " 'x', CASE WHEN id % 5 = 0 THEN 'walnut' ELSE 'other' END"
	    " || CASE WHEN id <= 1012 THEN ' almond' ELSE '' END"
	    " || CASE WHEN id <= 1300 THEN ' hazel' ELSE '' END,"
	    " 'received', id / 3, id FROM conversations WHERE id > 1000;"
	    "UPDATE conversations SET is_read = 0 WHERE id > 1000;"
	    "UPDATE conversations SET status = 'archived'"
	    " WHERE id > 1000 AND id % 7 = 0");
	fixture_words(fx);
}

/* All pages of what F finds are what a look at every message finds. */
static void
compare_found(
    struct fixture *fx, struct conversation_list_filter f, const char *status)
{
	const char *sql = pool_printf(fx->pool,
	    "SELECT m.conversation_id, c.last_message_at FROM messages m"
	    " JOIN conversations c ON c.id = m.conversation_id"
	    " WHERE c.id > 1000 AND m.text LIKE '%%%s%%' AND c.status LIKE '%s'"
	    " ORDER BY c.last_message_at DESC, c.id DESC",
	    f.q, status);
	struct conversation page[10];
	struct db_rows *r = db_query(fx->db, sql, DB_NONE);
	int complete, n, i, seen = 0;

	do {
		n = conversation_list_read(
		    fx->member, fx->pool, &f, page, 10, &complete);
		assert_true(n >= 0);
		for (i = 0; i < n; i++, seen++) {
			assert_int_equal(db_next(r), 1);
			assert_int_equal(page[i].id, db_col_int(r, 0));
			f.after.last_message_at = db_col_int(r, 1);
			f.after.id = page[i].id;
		}
	} while (n == 10);
	assert_int_equal(db_next(r), 0);
	assert_true(seen > 0);
	db_end(r);
}

static void
a_search_has_its_places_in_the_list(void **state)
{
	static const char *const words[] = { "walnut", "almond", "hazel" };
	struct fixture *fx = *state;

	add_talkers(fx);
	for (int i = 0; i < 3; i++) {
		struct conversation_list_filter f = any();

		f.q = words[i];
		compare_found(fx, f, "%");
		f.status = "active";
		compare_found(fx, f, "active");
		f.status = "archived";
		compare_found(fx, f, "archived");
		f.unread = 1;
		compare_found(fx, f, "archived");
	}
}

int
main(void)
{
#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(f, fixture_begin_members, fixture_end)
	const struct CMUnitTest tests[] = {
		TEST(newest_first_and_no_empty_ones),
		TEST(ids_decide_within_a_second),
		TEST(each_filter),
		TEST(tags_come_go_and_are_not_mistaken),
		TEST(the_window_closes_after_a_day),
		TEST(numbers_are_the_workspaces),
		TEST(a_search_has_its_places_in_the_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
