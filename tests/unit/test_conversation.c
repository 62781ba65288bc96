/*
 * What a member does with a conversation.
 */
#include "fixture.h"

#include "inbox/conversation/conversation.h"

static struct conversation
get(struct fixture *fx, int64_t id)
{
	struct conversation c;

	assert_int_equal(conversation_get(fx->member, fx->pool, id, &c), 1);
	return c;
}

static void
a_conversation_is_shown_whole(void **state)
{
	struct conversation c = get(*state, 1);

	assert_string_equal(c.phone, "+16505551234");
	assert_string_equal(c.phone_number_id, "1001");
	assert_string_equal(c.contact_name, "Sheena Nelson");
	assert_int_equal(c.n_tags, 2);
	assert_string_equal(c.tags[0], "late");
	assert_int_equal(c.unread_count, 2);
	assert_int_equal(c.last_message_at, 1769774300);
	assert_string_equal(c.preview, "Colour?");
	assert_null(c.user_id);
	assert_int_equal(c.assigned_to, 0);
	assert_int_equal(get(*state, 3).contact_id, 0);
}

/* Of a message that another client stored, without a preview. */
static void
a_long_text_of_anybody_is_cut_in_the_list(void **state)
{
	struct fixture *fx = *state;

	fixture_do(fx,
	    "INSERT INTO messages(workspace_id, conversation_id, number_id,"
	    " wamid, direction, source, type, content, preview, text, status,"
	    " sent_at, created_at) SELECT 1, 1, number_id, 'long', 'inbound',"
	    " 'live', 'text', '', '', replace(printf('%0120d', 0), '0', 'ü'),"
	    " 'received', 1769774399, 1 FROM conversations WHERE id = 1");
	assert_int_equal(strlen(get(fx, 1).preview), 200);
}

static void
what_changes_nothing_touches_nothing(void **state)
{
	struct fixture *fx = *state;

	for (int64_t now = FIXTURE_NOW; now < FIXTURE_NOW + 2; now++) {
		assert_int_equal(conversation_mark_read(fx->member, 1, now), 0);
		assert_int_equal(
		    conversation_set_state(fx->member, 1, "closed", 0, now), 0);
		assert_int_equal(conversation_assign(fx->member, 1, 2, now), 0);
		assert_int_equal(conversation_link(fx->member, 1, 2, now), 0);
		assert_int_equal(get(fx, 1).updated_at, FIXTURE_NOW);
	}
	assert_int_equal(get(fx, 1).unread_count, 0);
	assert_int_equal(get(fx, 1).is_read, 1);
	assert_string_equal(get(fx, 1).status, "archived");
	assert_string_equal(get(fx, 1).assigned_name, "Bob");
	assert_int_equal(get(fx, 1).contact_id, 2);
	assert_int_equal(
	    conversation_mark_unread(fx->member, 2, FIXTURE_NOW + 5), 0);
	assert_int_equal(get(fx, 2).updated_at, 1);
	assert_int_equal(
	    conversation_mark_unread(fx->member, 1, FIXTURE_NOW + 5), 0);
	assert_int_equal(
	    conversation_mark_unread(fx->member, 1, FIXTURE_NOW + 9), 0);
	assert_int_equal(get(fx, 1).updated_at, FIXTURE_NOW + 5);
	assert_int_equal(get(fx, 1).unread_count, 1);
}

static void
by_hand_stays_by_hand(void **state)
{
	struct fixture *fx = *state;

	assert_int_equal(conversation_link(fx->member, 1, 0, FIXTURE_NOW), 0);
	assert_int_equal(get(fx, 1).contact_id, 0);
	assert_int_equal(
	    fixture_int(fx, "SELECT count(*) FROM"
			    " conversations WHERE id = 1 AND link = 'person'"),
	    1);
}

static void
others_stay_untouched(void **state)
{
	struct fixture *fx = *state;
	struct conversation c;

	assert_int_equal(
	    conversation_mark_read(fx->member, 100, FIXTURE_NOW), 0);
	assert_int_equal(
	    conversation_set_state(fx->member, 100, "closed", 0, FIXTURE_NOW),
	    0);
	assert_int_equal(conversation_link(fx->member, 100, 1, FIXTURE_NOW), 0);
	assert_int_equal(
	    conversation_assign(fx->member, 100, 1, FIXTURE_NOW), 0);
	assert_int_equal(
	    conversation_assign(fx->member, 1, 100, FIXTURE_NOW), 0);
	assert_int_equal(conversation_link(fx->member, 1, 100, FIXTURE_NOW), 0);
	assert_int_equal(conversation_get(fx->member, fx->pool, 100, &c), 0);
	assert_int_equal(fixture_int(fx, "SELECT updated_at FROM"
					 " conversations WHERE id = 100"),
	    1);
	assert_int_equal(get(fx, 1).assigned_to, 0);
	assert_int_equal(get(fx, 1).contact_id, 1);
}

static void
stats_are_the_workspaces(void **state)
{
	struct fixture *fx = *state;
	struct conversation_stats s;

	assert_int_equal(conversation_stats(fx->member, FIXTURE_NOW, &s), 0);
	assert_int_equal(s.total, 4);
	assert_int_equal(s.unread, 2);
	assert_int_equal(s.archived, 0);
	assert_int_equal(s.window_closed, 2);
	assert_int_equal(conversation_stats(
			     fx->member, FIXTURE_NOW + CONVERSATION_WINDOW, &s),
	    0);
	assert_int_equal(s.window_closed, 4);
}

/* They are counted by the hour, and yet to the second. */
static void
windows_close_to_the_second(void **state)
{
	static const int64_t ends[] = { FIXTURE_NOW, FIXTURE_NOW + 1,
		FIXTURE_NOW + 3599, FIXTURE_NOW + 3600, FIXTURE_NOW + 3601,
		FIXTURE_NOW + 86400, FIXTURE_NOW - 1, FIXTURE_NOW - 3600 };
	struct fixture *fx = *state;
	struct conversation_stats s;

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		const char *set = pool_printf(fx->pool,
		    "UPDATE conversations"
		    " SET last_customer_message_at ="
		    " %lld - 86400, window_refused_at = 0"
		    " WHERE workspace_id = 1 AND id <= 2",
		    (long long)ends[i]);

		assert_int_equal(db_script(fx->db, set), 0);
		for (int64_t now = FIXTURE_NOW - 3600;
		     now <= FIXTURE_NOW + 3600; now += 1800)
			for (int64_t at = now - 1; at <= now + 1; at++) {
				assert_int_equal(
				    conversation_stats(fx->member, at, &s), 0);
				assert_int_equal(s.total - s.window_closed,
				    ends[i] > at ? 2 : 0);
			}
	}
}

int
main(void)
{
#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(f, fixture_begin_members, fixture_end)
	const struct CMUnitTest tests[] = {
		TEST(a_conversation_is_shown_whole),
		TEST(what_changes_nothing_touches_nothing),
		TEST(a_long_text_of_anybody_is_cut_in_the_list),
		TEST(by_hand_stays_by_hand),
		TEST(others_stay_untouched),
		TEST(stats_are_the_workspaces),
		TEST(windows_close_to_the_second),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
