/*
 * The session's cache: it is never a moment behind, whoever commits; it is
 * nobody else's; it does not grow.
 */
#include "fixture.h"

#include <sqlite3.h>

#include "session/session.h"
#include "session/session_cache.h"

#include "inbox/conversation/conversation.h"
#include "inbox/conversation/list/conversation_list.h"

static void
begin(struct fixture *fx, int64_t now)
{
	assert_int_equal(session_begin_cached(fx->member, now), 0);
}

static void
end(struct fixture *fx)
{
	session_end_read(fx->member);
}

/* What is kept of conversation ID at NOW, or "". */
static const char *
kept(struct fixture *fx, int64_t id, int64_t now)
{
	const char *text;

	begin(fx, now);
	text = session_cache_get(fx->member, id);
	text = text != NULL ? pool_copy(fx->pool, text) : "";
	end(fx);
	return text;
}

static void
keep(struct fixture *fx, int64_t id, const char *text, int64_t turns_at)
{
	begin(fx, FIXTURE_NOW);
	session_cache_put(fx->member, id, text, strlen(text), turns_at);
	end(fx);
}

/* As some other program would, that knows nothing of us. */
static void
write_elsewhere(struct fixture *fx, const char *sql)
{
	sqlite3 *other = NULL;
	char *why = NULL;

	assert_int_equal(sqlite3_open(fx->path, &other), SQLITE_OK);
	if (sqlite3_exec(other, sql, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s: %s", sql, why);
	sqlite3_close(other);
}

static void
any_commit_empties_it(void **state)
{
	static const char *const changes[] = {
		"UPDATE tags SET name = 'renamed' WHERE id = 1",
		"UPDATE users SET name = 'Robert' WHERE id = 2",
		"UPDATE numbers SET phone_number_id = '1009' WHERE id = 1",
		"UPDATE conversations SET updated_at = updated_at + 1"
		" WHERE id = 1",
		"DELETE FROM workspace_members WHERE user_id = 2",
		"UPDATE contacts SET updated_at = updated_at + 1 WHERE id = 1",
		/* another workspace's, and nothing of anybody's */
		"UPDATE conversations SET updated_at = updated_at + 1"
		" WHERE id = 100",
		"CREATE TABLE later(a)",
	};
	struct fixture *fx = *state;

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		keep(fx, 1, "one", 0);
		assert_string_equal(kept(fx, 1, FIXTURE_NOW), "one");
		assert_string_equal(kept(fx, 1, FIXTURE_NOW), "one");
		write_elsewhere(fx, changes[i]);
		if (*kept(fx, 1, FIXTURE_NOW) != '\0')
			fail_msg("kept after: %s", changes[i]);
		assert_string_equal(kept(fx, 1, FIXTURE_NOW), "");
		assert_string_equal(kept(fx, 1, FIXTURE_NOW), "");
	}
	keep(fx, 1, "one", 0);
	assert_int_equal(session_begin_step(fx->member), 0);
	assert_null(session_cache_get(fx->member, 1));
	assert_int_equal(
	    conversation_mark_unread(fx->member, 1, FIXTURE_NOW), 0);
	assert_int_equal(session_commit(fx->member), 0);
	assert_string_equal(kept(fx, 1, FIXTURE_NOW), "");
}

static void
one_state_is_seen_to_its_end(void **state)
{
	struct fixture *fx = *state;

	keep(fx, 1, "one", 0);
	begin(fx, FIXTURE_NOW);
	write_elsewhere(fx, "UPDATE tags SET name = 'renamed' WHERE id = 1");
	assert_string_equal(session_cache_get(fx->member, 1), "one");
	session_cache_put(fx->member, 2, "two", 3, 0);
	end(fx);
	assert_string_equal(kept(fx, 1, FIXTURE_NOW), "");
	assert_string_equal(kept(fx, 2, FIXTURE_NOW), "");
}

static void
nothing_is_kept_elsewhere(void **state)
{
	struct fixture *fx = *state;

	session_cache_put(fx->member, 1, "one", 3, 0);
	assert_int_equal(session_begin_read(fx->member), 0);
	session_cache_put(fx->member, 1, "one", 3, 0);
	end(fx);
	assert_int_equal(session_begin(fx->member), 0);
	session_cache_put(fx->member, 1, "one", 3, 0);
	session_rollback(fx->member);
	assert_string_equal(kept(fx, 1, FIXTURE_NOW), "");
	keep(fx, 1, "one", 0);
	assert_null(session_cache_get(fx->member, 1));
	assert_int_equal(session_begin_read(fx->member), 0);
	assert_null(session_cache_get(fx->member, 1));
	end(fx);
}

static void
another_workspace_has_its_own(void **state)
{
	struct fixture *fx = *state;

	keep(fx, 1, "one", 0);
	session_serve(fx->member, 100, 100);
	assert_string_equal(kept(fx, 1, FIXTURE_NOW), "");
	keep(fx, 1, "not ours", 0);
	session_serve(fx->member, 1, 1);
	assert_string_equal(kept(fx, 1, FIXTURE_NOW), "one");
	session_serve(fx->member, 0, 0);
	assert_string_equal(kept(fx, 1, FIXTURE_NOW), "");
}

static void
time_turns_it(void **state)
{
	struct fixture *fx = *state;

	keep(fx, 1, "open", FIXTURE_NOW + 5);
	assert_string_equal(kept(fx, 1, FIXTURE_NOW + 4), "open");
	assert_string_equal(kept(fx, 1, FIXTURE_NOW + 5), "");
	keep(fx, 2, "closed", FIXTURE_NOW);
	assert_string_equal(kept(fx, 2, FIXTURE_NOW + 9), "closed");
	/* the clock was set back */
	assert_string_equal(kept(fx, 2, FIXTURE_NOW - 1), "");
}

static void
it_is_bounded(void **state)
{
	static char text[SESSION_CACHE_MAX + 1];
	struct fixture *fx = *state;
	int n = 0;

	memset(text, 'x', SESSION_CACHE_MAX);
	keep(fx, 1, text, 0);
	assert_string_equal(kept(fx, 1, FIXTURE_NOW), "");
	text[700] = '\0';
	for (int64_t id = 1; id <= 2000; id++)
		keep(fx, id, text, 0);
	for (int64_t id = 1; id <= 2000; id++)
		n += *kept(fx, id, FIXTURE_NOW) != '\0';
	assert_between(n, 1, SESSION_CACHE_MAX / 700);
	assert_string_equal(kept(fx, 2000, FIXTURE_NOW), text);
}

/* What is kept for QUESTION of the user who is served, or "". */
static const char *
answered(struct fixture *fx, const char *question, int64_t now)
{
	const char *text;
	size_t len = 0;

	begin(fx, now);
	text = session_cache_answer(fx->member, question, &len);
	text = text != NULL ? pool_text(fx->pool, text, len) : "";
	end(fx);
	return text;
}

static void
answer(struct fixture *fx, const char *question, const char *text)
{
	for (int i = 0; i < 2; i++) {
		assert_string_equal(answered(fx, question, FIXTURE_NOW), "");
		begin(fx, FIXTURE_NOW);
		session_cache_put_answer(
		    fx->member, question, text, strlen(text));
		end(fx);
	}
}

static void
an_answer_is_for_who_asked_the_same_in_that_second(void **state)
{
	struct fixture *fx = *state;

	answer(fx, "/a?", "one");
	assert_string_equal(answered(fx, "/a?", FIXTURE_NOW), "one");
	assert_string_equal(answered(fx, "/a?", FIXTURE_NOW), "one");
	assert_string_equal(answered(fx, "/a?b", FIXTURE_NOW), "");
	assert_string_equal(answered(fx, "/a?", FIXTURE_NOW + 1), "");
	assert_string_equal(answered(fx, "/a?", FIXTURE_NOW - 1), "");
	session_serve(fx->member, 1, 2);
	assert_string_equal(answered(fx, "/a?", FIXTURE_NOW), "");
	session_serve(fx->member, 100, 1);
	assert_string_equal(answered(fx, "/a?", FIXTURE_NOW), "");
	session_serve(fx->member, 0, 0);
	assert_string_equal(answered(fx, "/a?", FIXTURE_NOW), "");
	session_serve(fx->member, 1, 1);
	assert_string_equal(answered(fx, "/a?", FIXTURE_NOW), "one");
	write_elsewhere(fx, "UPDATE tags SET name = 'renamed' WHERE id = 1");
	assert_string_equal(answered(fx, "/a?", FIXTURE_NOW), "");
	assert_string_equal(answered(fx, "/a?", FIXTURE_NOW), "");
	/* not where another state may be seen */
	assert_int_equal(session_begin_read(fx->member), 0);
	session_cache_put_answer(fx->member, "/a?", "one", 3);
	end(fx);
	assert_string_equal(answered(fx, "/a?", FIXTURE_NOW), "");
	session_cache_put_answer(fx->member, "/a?", "one", 3);
	assert_string_equal(answered(fx, "/a?", FIXTURE_NOW), "");
	answer(fx, "/a?", "one");
	session_rest(fx->member, 0);
	assert_string_equal(answered(fx, "/a?", FIXTURE_NOW), "");
}

static void
few_answers_are_kept(void **state)
{
	static char text[SESSION_CACHE_ANSWER_MAX + 1];
	struct fixture *fx = *state;
	char question[] = "/a?";
	int n = 0;

	memset(text, 'x', SESSION_CACHE_ANSWER_MAX);
	answer(fx, "/a?", text);
	assert_string_equal(answered(fx, "/a?", FIXTURE_NOW), "");
	text[SESSION_CACHE_ANSWER_MAX - 3] = '\0';
	for (question[1] = 'a'; question[1] <= 'z'; question[1]++)
		answer(fx, question, text);
	for (question[1] = 'a'; question[1] <= 'z'; question[1]++)
		n += *answered(fx, question, FIXTURE_NOW) != '\0';
	assert_between(n, 1, 4);
	assert_string_equal(answered(fx, "/z?", FIXTURE_NOW), text);
}

static struct conversation_list_filter
of_status(const char *status)
{
	return (struct conversation_list_filter){
		.status = status,
		.unread = CONVERSATION_LIST_ANY,
		.assigned_to = CONVERSATION_LIST_ANY,
		.linked = CONVERSATION_LIST_ANY,
		.window = CONVERSATION_LIST_ANY,
		.now = FIXTURE_NOW,
		.after = CONVERSATION_LIST_TOP,
	};
}

static int
read_status(
    struct fixture *fx, const char *status, struct conversation *page, int max)
{
	struct conversation_list_filter f = of_status(status);
	int complete;

	return conversation_list_read(
	    fx->member, fx->pool, &f, page, max, &complete);
}

static int
read_list(struct fixture *fx, struct conversation *page, int max)
{
	return read_status(fx, NULL, page, max);
}

static void
a_list_reads_what_is_missing(void **state)
{
	struct fixture *fx = *state;
	struct conversation page[4];

	keep(fx, 2, "two", 0);
	begin(fx, FIXTURE_NOW);
	assert_int_equal(read_list(fx, page, 4), 3);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(page[i].id, i + 1);
		assert_int_equal(page[i].is_cached, i == 1);
		assert_true(page[i].last_message_at > 0);
		assert_int_equal(page[i].status != NULL, i != 1);
	}
	end(fx);
	/* in the list or not is no question of the cache */
	write_elsewhere(fx, "UPDATE conversations SET last_message_at = 0"
			    " WHERE id = 2");
	keep(fx, 2, "two", 0);
	begin(fx, FIXTURE_NOW);
	assert_int_equal(read_list(fx, page, 4), 2);
	end(fx);
}

/* When its first is kept, an index leads, and the others are read one by one;
 * the last of MAX says only that there are more. */
static void
a_list_whose_first_is_kept_reads_the_others(void **state)
{
	struct fixture *fx = *state;
	struct conversation page[4];
	struct conversation_list_filter f = of_status("active");
	int complete;

	keep(fx, 1, "one", 0);
	keep(fx, 3, "three", 0);
	begin(fx, FIXTURE_NOW);
	for (int max = 1; max <= 4; max++) {
		int n = conversation_list_read(
		    fx->member, fx->pool, &f, page, max, &complete);

		assert_int_equal(n, max < 3 ? max : 3);
		for (int i = 0; i < n; i++) {
			assert_int_equal(page[i].id, i + 1);
			int is_read = i == 1 && i != max - 1;

			assert_int_equal(page[i].is_cached, !is_read);
			assert_true(page[i].last_message_at > 0);
			assert_int_equal(
			    page[i].phone_number_id != NULL, is_read);
		}
	}
	f.after =
	    (struct conversation_list_place){ page[0].last_message_at, 1 };
	assert_int_equal(conversation_list_read(
			     fx->member, fx->pool, &f, page, 4, &complete),
	    2);
	assert_int_equal(page[0].id, 2);
	assert_int_equal(page[1].is_cached, 1);
	end(fx);
	write_elsewhere(fx, "UPDATE conversations SET last_message_preview"
			    " = 'new' WHERE id = 1");
	begin(fx, FIXTURE_NOW);
	f.after = CONVERSATION_LIST_TOP;
	assert_int_equal(conversation_list_read(
			     fx->member, fx->pool, &f, page, 4, &complete),
	    3);
	assert_string_equal(page[0].preview, "new");
	assert_int_equal(page[2].is_cached, 0);
	end(fx);
}

/* How many places of the top of list NAME are kept; -1: none of them. */
static int
top_of(struct fixture *fx, const char *name, int asked)
{
	const struct session_cache_place *top;
	int n = -1;

	begin(fx, FIXTURE_NOW);
	top = session_cache_top(fx->member, name, asked, &n);
	for (int i = 0; i < n; i++)
		assert_int_equal(top[i].id, 7 + i);
	end(fx);
	return top != NULL ? n : -1;
}

static void
a_top_is_kept_as_far_as_it_is_known(void **state)
{
	const struct session_cache_place places[] = { { 90, 7 }, { 80, 8 } };
	struct fixture *fx = *state;

	assert_int_equal(top_of(fx, "active", 1), -1);
	begin(fx, FIXTURE_NOW);
	session_cache_put_top(fx->member, "active", 2, places, 2);
	session_cache_put_top(fx->member, "archived", 9, places, 1);
	end(fx);
	assert_int_equal(top_of(fx, "active", 1), 1);
	assert_int_equal(top_of(fx, "active", 2), 2);
	assert_int_equal(top_of(fx, "active", 3), -1); /* there may be more */
	assert_int_equal(top_of(fx, "archived", 99), 1);
	assert_int_equal(top_of(fx, "other", 1), -1);
	begin(fx, FIXTURE_NOW);
	session_cache_put_top(fx->member, "active", 3, places, 2);
	end(fx);
	assert_int_equal(top_of(fx, "active", 99), 2);
	session_serve(fx->member, 100, 100);
	assert_int_equal(top_of(fx, "active", 1), -1);
	session_serve(fx->member, 1, 2); /* a colleague */
	assert_int_equal(top_of(fx, "active", 2), 2);
	write_elsewhere(fx, "UPDATE users SET name = 'Rob' WHERE id = 2");
	assert_int_equal(top_of(fx, "active", 1), -1);
}

/* It is not asked for again until somebody commits. */
static void
a_list_keeps_its_top(void **state)
{
	struct fixture *fx = *state;
	struct conversation page[4];
	int n = 0;

	keep(fx, 1, "one", 0);
	begin(fx, FIXTURE_NOW);
	assert_int_equal(read_status(fx, "active", page, 3), 3);
	assert_non_null(session_cache_top(fx->member, "active", 3, &n));
	assert_int_equal(n, 3);
	assert_int_equal(read_status(fx, "active", page, 4), 3);
	assert_non_null(session_cache_top(fx->member, "active", 99, &n));
	assert_int_equal(read_status(fx, "active", page, 2), 2);
	end(fx);
	write_elsewhere(fx, "UPDATE conversations SET last_message_at = 1"
			    " WHERE id = 1");
	keep(fx, 2, "two", 0);
	begin(fx, FIXTURE_NOW);
	assert_int_equal(read_status(fx, "active", page, 4), 3);
	assert_int_equal(page[0].id, 2);
	assert_int_equal(page[2].id, 1);
	end(fx);
}

static int
sign_in(struct fixture *fx, const char *token, int64_t now)
{
	struct member who = { .user_id = 0 };
	int rc;

	begin(fx, now);
	rc = session_sign_in(fx->member, fx->pool, token, now, &who);
	end(fx);
	if (rc == 1)
		assert_int_equal(who.user_id, *token == 'z' ? 100 : 1);
	return rc;
}

static void
a_token_is_no_longer_valid_than_it_is(void **state)
{
	struct fixture *fx = *state;

	for (int i = 0; i < 3; i++) {
		assert_int_equal(sign_in(fx, "ann", FIXTURE_NOW + i), 1);
		assert_int_equal(sign_in(fx, "zoe", FIXTURE_NOW + i), 1);
		assert_int_equal(sign_in(fx, "wrong", FIXTURE_NOW + i), 0);
	}
	assert_int_equal(sign_in(fx, "zoe", FIXTURE_NOW + 10), 0);
	write_elsewhere(fx, "UPDATE api_tokens SET revoked_at = 1"
			    " WHERE user_id = 1");
	assert_int_equal(sign_in(fx, "ann", FIXTURE_NOW + 3), 0);
	write_elsewhere(fx, "UPDATE api_tokens SET revoked_at = NULL"
			    " WHERE user_id = 1");
	assert_int_equal(sign_in(fx, "ann", FIXTURE_NOW + 3), 1);
	write_elsewhere(fx, "DELETE FROM workspace_members WHERE user_id = 1");
	assert_int_equal(sign_in(fx, "ann", FIXTURE_NOW + 3), 0);
}

static void
its_use_is_noted_each_hour(void **state)
{
	static const char used[] = "SELECT last_used_at FROM api_tokens"
				   " WHERE user_id = 1 AND revoked_at IS NULL";
	struct fixture *fx = *state;

	assert_int_equal(sign_in(fx, "ann", FIXTURE_NOW + 59), 1);
	assert_int_equal(fixture_int(fx, used), FIXTURE_NOW);
	assert_int_equal(sign_in(fx, "ann", FIXTURE_NOW + 3599), 1);
	assert_int_equal(fixture_int(fx, used), FIXTURE_NOW);
	assert_int_equal(sign_in(fx, "ann", FIXTURE_NOW + 3600), 1);
	assert_int_equal(fixture_int(fx, used), FIXTURE_NOW + 3600);
}

static int64_t
waiting(struct fixture *fx)
{
	struct conversation_stats c;

	begin(fx, FIXTURE_NOW);
	assert_int_equal(conversation_stats(fx->member, FIXTURE_NOW, &c), 0);
	end(fx);
	return c.unanswered;
}

static void
counts_are_of_the_state_and_the_workspace(void **state)
{
	struct fixture *fx = *state;
	int64_t before;

	write_elsewhere(fx, "UPDATE conversations SET unanswered_since = NULL");
	before = waiting(fx);
	assert_int_equal(waiting(fx), before);
	assert_string_not_equal(
	    kept(fx, SESSION_CACHE_COUNTS, FIXTURE_NOW), "");
	write_elsewhere(
	    fx, "UPDATE conversations SET unanswered_since = 5 WHERE id = 1");
	assert_int_equal(waiting(fx), before + 1);
	assert_int_equal(waiting(fx), before + 1);
	session_serve(fx->member, 100, 100);
	assert_int_equal(waiting(fx), 0);
	session_serve(fx->member, 1, 1);
	assert_int_equal(waiting(fx), before + 1);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(                                       \
	    name, fixture_begin_members, fixture_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(any_commit_empties_it),
		TEST(one_state_is_seen_to_its_end),
		TEST(nothing_is_kept_elsewhere),
		TEST(another_workspace_has_its_own),
		TEST(time_turns_it),
		TEST(it_is_bounded),
		TEST(an_answer_is_for_who_asked_the_same_in_that_second),
		TEST(few_answers_are_kept),
		TEST(a_list_reads_what_is_missing),
		TEST(a_list_whose_first_is_kept_reads_the_others),
		TEST(a_top_is_kept_as_far_as_it_is_known),
		TEST(a_list_keeps_its_top),
		TEST(a_token_is_no_longer_valid_than_it_is),
		TEST(its_use_is_noted_each_hour),
		TEST(counts_are_of_the_state_and_the_workspace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
