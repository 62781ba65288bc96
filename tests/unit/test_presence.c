/*
 * Who is at which conversation at this moment.
 */
#include "unit.h"

#include "base/pool.h"

#include "api/realtime/presence.h"

#define W 7 /* a workspace */

static struct pool *pool;
static int64_t now_ms;

static enum presence_answer
say(int64_t workspace, int64_t user, int64_t conversation,
    enum presence_state state)
{
	struct presence p = { .workspace_id = workspace,
		.user_id = user,
		.conversation_id = conversation,
		.state = state,
		.name = "Ann" };

	return presence_put(&p, now_ms);
}

static int
count_of(int64_t workspace)
{
	struct presence *list;

	return presence_list(pool, workspace, now_ms, &list);
}

/* Each test begins when all of the ones before is over. */
static int
begin(void **state)
{
	(void)state;
	pool = pool_new();
	now_ms += 1000000;
	return 0;
}

static int
end(void **state)
{
	(void)state;
	pool_free(pool);
	return 0;
}

static void
it_is_over_after_ten_seconds(void **state)
{
	struct presence *list;

	(void)state;
	assert_int_equal(say(W, 1, 5, PRESENCE_VIEWING), PRESENCE_SAID);
	now_ms += PRESENCE_MS - 1;
	assert_int_equal(say(W, 1, 5, PRESENCE_ANSWERING), PRESENCE_SAID);
	now_ms += PRESENCE_MS - 1;
	assert_int_equal(presence_list(pool, W, now_ms, &list), 1);
	assert_int_equal(list[0].user_id, 1);
	assert_int_equal(list[0].conversation_id, 5);
	assert_int_equal(list[0].state, PRESENCE_ANSWERING);
	assert_string_equal(list[0].name, "Ann");
	assert_int_equal(list[0].until_ms, now_ms + 1);
	now_ms++;
	assert_int_equal(count_of(W), 0);
}

static void
who_goes_is_gone_at_once(void **state)
{
	struct presence gone[PRESENCE_OF_MEMBER];

	(void)state;
	assert_int_equal(say(W, 1, 5, PRESENCE_AWAY), PRESENCE_SAME);
	say(W, 1, 5, PRESENCE_VIEWING);
	say(W, 1, 6, PRESENCE_VIEWING);
	say(W, 2, 5, PRESENCE_VIEWING);
	assert_int_equal(say(W, 1, 5, PRESENCE_AWAY), PRESENCE_SAID);
	assert_int_equal(say(W, 1, 5, PRESENCE_AWAY), PRESENCE_SAME);
	assert_int_equal(count_of(W), 2);
	assert_int_equal(presence_leave(W + 256, 1, now_ms, gone), 0);
	assert_int_equal(presence_leave(W, 1, now_ms, gone), 1);
	assert_int_equal(gone[0].conversation_id, 6);
	assert_int_equal(gone[0].state, PRESENCE_AWAY);
	assert_int_equal(count_of(W), 1);
}

/* Two workspaces of one list, too. */
static void
a_workspace_hears_of_its_own(void **state)
{
	(void)state;
	say(W, 1, 5, PRESENCE_VIEWING);
	say(W + 256, 1, 5, PRESENCE_VIEWING);
	say(W + 256, 1, 6, PRESENCE_VIEWING);
	assert_int_equal(count_of(W), 1);
	assert_int_equal(count_of(W + 256), 2);
	assert_int_equal(count_of(W + 512), 0);
}

static void
a_member_is_at_eight_at_most(void **state)
{
	struct presence *list;

	(void)state;
	for (int i = 0; i < 12; i++, now_ms++)
		assert_int_equal(
		    say(W, 1, 100 + i, PRESENCE_VIEWING), PRESENCE_SAID);
	assert_int_equal(
	    presence_list(pool, W, now_ms, &list), PRESENCE_OF_MEMBER);
	for (int i = 0; i < PRESENCE_OF_MEMBER; i++)
		assert_true(list[i].conversation_id >= 104);
}

static void
who_says_too_much_is_told(void **state)
{
	int said = 0;

	(void)state;
	for (int i = 0; i < 100; i++)
		said += say(W, 1, 5, PRESENCE_VIEWING) == PRESENCE_SAID;
	assert_int_equal(said, PRESENCE_BURST);
	assert_int_equal(say(W, 2, 5, PRESENCE_VIEWING), PRESENCE_SAID);
	now_ms += 1000;
	for (int i = 0; i < 100; i++)
		said += say(W, 1, 5, PRESENCE_VIEWING) == PRESENCE_SAID;
	assert_int_equal(said, PRESENCE_BURST + PRESENCE_RATE);
}

static void
what_is_kept_is_bounded(void **state)
{
	int full = 0;

	(void)state;
	for (int i = 0; i < 300; i++)
		full += say(W, i, 5, PRESENCE_VIEWING) == PRESENCE_FULL;
	assert_int_equal(full, 300 - PRESENCE_OF_WORKSPACE);
	assert_int_equal(count_of(W), PRESENCE_OF_WORKSPACE);
	/* Who is there stays, and may say more. */
	assert_int_equal(say(W, 0, 5, PRESENCE_ANSWERING), PRESENCE_SAID);
	for (int w = 1000, i = 0; i < PRESENCE_MAX + 100; i++, w += i % 50 == 0)
		full += say(w, i, 5, PRESENCE_VIEWING) == PRESENCE_FULL;
	assert_int_equal(
	    full, 300 - PRESENCE_OF_WORKSPACE + PRESENCE_OF_WORKSPACE + 100);
	now_ms += PRESENCE_MS;
	assert_int_equal(say(9999, 1, 5, PRESENCE_VIEWING), PRESENCE_SAID);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(it_is_over_after_ten_seconds),
		TEST(who_goes_is_gone_at_once),
		TEST(a_workspace_hears_of_its_own),
		TEST(a_member_is_at_eight_at_most),
		TEST(who_says_too_much_is_told),
		TEST(what_is_kept_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
