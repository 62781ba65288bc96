/*
 * What a member does with a conversation.
 */
#include "office.h"

#include "inbox/conversation/conversation.h"

static struct conversation
get(struct office *o, int64_t id)
{
	struct conversation c;

	assert_int_equal(1, conversation_get(o->db, o->pool, id, &c));
	return c;
}

static void
a_conversation_is_shown_whole(void **state)
{
	struct conversation c = get(*state, 1);

	assert_string_equal("+16505551234", c.phone);
	assert_string_equal("1001", c.phone_number_id);
	assert_string_equal("Sheena Nelson", c.contact_name);
	assert_int_equal(2, c.n_tags);
	assert_string_equal("late", c.tags[0]);
	assert_int_equal(2, c.unread_count);
	assert_int_equal(1769774300, c.last_message_at);
	assert_string_equal("Colour?", c.preview);
	assert_null(c.user_id);
	assert_int_equal(0, c.assigned_to);
	assert_int_equal(0, get(*state, 3).contact_id);
}

static void
what_changes_nothing_touches_nothing(void **state)
{
	struct office *o = *state;

	for (int64_t now = NOW; now < NOW + 2; now++) {
		assert_int_equal(0, conversation_mark_read(o->db, 1, now));
		assert_int_equal(
		    0, conversation_set_status(o->db, 1, "archived", now));
		assert_int_equal(0, conversation_assign(o->db, 1, 2, now));
		assert_int_equal(0, conversation_link(o->db, 1, 2, now));
		assert_int_equal(NOW, get(o, 1).updated_at);
	}
	assert_int_equal(0, get(o, 1).unread_count);
	assert_int_equal(1, get(o, 1).is_read);
	assert_string_equal("archived", get(o, 1).status);
	assert_string_equal("Bob", get(o, 1).assigned_name);
	assert_int_equal(2, get(o, 1).contact_id);
	assert_int_equal(0, conversation_mark_unread(o->db, 2, NOW + 5));
	assert_int_equal(1, get(o, 2).updated_at);
	assert_int_equal(0, conversation_mark_unread(o->db, 1, NOW + 5));
	assert_int_equal(0, conversation_mark_unread(o->db, 1, NOW + 9));
	assert_int_equal(NOW + 5, get(o, 1).updated_at);
	assert_int_equal(1, get(o, 1).unread_count);
}

static void
by_hand_stays_by_hand(void **state)
{
	struct office *o = *state;

	assert_int_equal(0, conversation_link(o->db, 1, 0, NOW));
	assert_int_equal(0, get(o, 1).contact_id);
	assert_int_equal(
	    1, office_number(o,
		   "SELECT count(*) FROM"
		   " conversations WHERE id = 1 AND link = 'person'"));
}

static void
others_stay_untouched(void **state)
{
	struct office *o = *state;
	struct conversation c;

	assert_int_equal(0, conversation_mark_read(o->db, 100, NOW));
	assert_int_equal(
	    0, conversation_set_status(o->db, 100, "archived", NOW));
	assert_int_equal(0, conversation_link(o->db, 100, 1, NOW));
	assert_int_equal(0, conversation_assign(o->db, 100, 1, NOW));
	assert_int_equal(0, conversation_assign(o->db, 1, 100, NOW));
	assert_int_equal(0, conversation_link(o->db, 1, 100, NOW));
	assert_int_equal(0, conversation_get(o->db, o->pool, 100, &c));
	assert_int_equal(1, office_number(o, "SELECT updated_at FROM"
					     " conversations WHERE id = 100"));
	assert_int_equal(0, get(o, 1).assigned_to);
	assert_int_equal(1, get(o, 1).contact_id);
}

static void
stats_are_the_workspaces(void **state)
{
	struct office *o = *state;
	struct conversation_stats s;

	assert_int_equal(0, conversation_stats(o->db, NOW, &s));
	assert_int_equal(4, s.total);
	assert_int_equal(2, s.unread);
	assert_int_equal(0, s.archived);
	assert_int_equal(2, s.window_closed);
	assert_int_equal(
	    0, conversation_stats(o->db, NOW + CONVERSATION_WINDOW, &s));
	assert_int_equal(4, s.window_closed);
}

/* They are counted by the hour, and yet to the second. */
static void
windows_close_to_the_second(void **state)
{
	static const int64_t ends[] = { NOW, NOW + 1, NOW + 3599, NOW + 3600,
		NOW + 3601, NOW + 86400, NOW - 1, NOW - 3600 };
	struct office *o = *state;
	struct conversation_stats s;

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		const char *set = pool_printf(o->pool,
		    "UPDATE conversations"
		    " SET last_customer_message_at ="
		    " %lld - 86400, window_refused_at = 0"
		    " WHERE workspace_id = 1 AND id <= 2",
		    (long long)ends[i]);

		assert_int_equal(0, db_script(o->all, set));
		for (int64_t now = NOW - 3600; now <= NOW + 3600; now += 1800)
			for (int64_t at = now - 1; at <= now + 1; at++) {
				assert_int_equal(
				    0, conversation_stats(o->db, at, &s));
				assert_int_equal(s.total - s.window_closed,
				    ends[i] > at ? 2 : 0);
			}
	}
}

int
main(void)
{
#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(f, office_setup, office_teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_conversation_is_shown_whole),
		TEST(what_changes_nothing_touches_nothing),
		TEST(by_hand_stays_by_hand),
		TEST(others_stay_untouched),
		TEST(stats_are_the_workspaces),
		TEST(windows_close_to_the_second),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
