/*
 * A clock that is behind, ahead, or was: what it wrote is mended, and what the
 * provider says stands.
 */
#include "fixture.h"
#include "rows.h"

#include "lib/sql/statements.h"

#include "inbox/node/retime.h"

#include "process/drain/skew.h"

#define APPLY(ev) assert_int_equal(fixture_apply(fx, &(ev)), 1)
#define DAY	  86400

static int
begin(void **state)
{
	struct fixture *fx;

	fixture_begin(state);
	fx = *state;
	assert_int_equal(db_prepare_all(fx->db, &retime_statements), 0);
	return 0;
}

static struct event
timed(const char *wamid, int64_t at, const char *text)
{
	struct event ev = fixture_event(wamid, "16505551234", at, text);

	ev.timed = 1;
	return ev;
}

static int
mend(struct fixture *fx, int64_t now)
{
	int n;

	assert_int_equal(db_begin(fx->db), 0);
	n = retime_messages(fx->db, fx->pool, now);
	assert_int_equal(db_commit(fx->db), 0);
	return n;
}

/* A message of ours, by a clock that says AT. */
static void
put_ours(struct fixture *fx, const char *wamid, int64_t at)
{
	fixture_do(fx,
	    pool_printf(fx->pool,
		"INSERT INTO messages(workspace_id, conversation_id, number_id,"
		" wamid, direction, source, type, content, preview, status,"
		" sent_at, created_at) VALUES (1, 1, 1, '%s', 'outbound',"
		" 'api', 'text', '{}', 'ours %s', 'sent', %lld, %lld)",
		wamid, wamid, (long long)at, (long long)at));
}

/* ---------------------------------------------------------------- behind */

static void
what_the_provider_says_stands_and_comes_again_to_mend(void **state)
{
	struct fixture *fx = *state;
	struct event late = timed("a", FIXTURE_NOW + 30 * DAY, "hi");
	struct event wrong = timed("a", FIXTURE_NOW, "hi");

	/* as it was once stored, when ours was the clock that counted */
	wrong.timed = 0;
	APPLY(wrong);
	APPLY(late);
	APPLY(wrong);
	assert_int_equal(fixture_int(fx, "SELECT sent_at FROM messages"),
	    FIXTURE_NOW + 30 * DAY);
	assert_int_equal(
	    fixture_int(fx, "SELECT window_ends FROM conversations"),
	    FIXTURE_NOW + 31 * DAY);
	assert_int_equal(fixture_int(fx, "SELECT last_message_at"
					 " FROM conversations"),
	    FIXTURE_NOW + 30 * DAY);
}

static void
signs_of_a_clock(void **state)
{
	struct skew s = { 0 };

	(void)state;
	assert_int_equal(skew_is_right(&s, FIXTURE_NOW), 0);
	skew_see(&s, FIXTURE_NOW - 5, FIXTURE_NOW);
	assert_int_equal(skew_is_right(&s, FIXTURE_NOW), 1);
	/* old ones, delivered again, say nothing */
	skew_see(&s, FIXTURE_NOW - 3 * DAY, FIXTURE_NOW);
	assert_int_equal(skew_off(&s, FIXTURE_NOW), 0);
	/* behind: also when the next is one that agrees by chance */
	skew_see(&s, FIXTURE_NOW + 30 * DAY, FIXTURE_NOW);
	assert_int_equal(skew_off(&s, FIXTURE_NOW), -30 * DAY);
	skew_see(&s, FIXTURE_NOW, FIXTURE_NOW);
	assert_int_equal(skew_is_right(&s, FIXTURE_NOW), 0);
	/* set right */
	assert_int_equal(skew_off(&s, FIXTURE_NOW + 30 * DAY), 0);
	assert_int_equal(skew_is_right(&s, FIXTURE_NOW + 30 * DAY + 9), 1);
	/* one that was wrong does not stand against three */
	for (int i = 0; i < 2; i++)
		skew_see(&s, FIXTURE_NOW, FIXTURE_NOW);
	assert_int_equal(skew_is_right(&s, FIXTURE_NOW), 1);
	/* ahead: the provider sent it before we did */
	skew_see_sent(&s, FIXTURE_NOW + 36000, FIXTURE_NOW);
	assert_int_equal(skew_off(&s, FIXTURE_NOW + 36000), 36000);
	assert_int_equal(skew_is_right(&s, FIXTURE_NOW + 36000), 0);
	skew_see_sent(&s, FIXTURE_NOW, FIXTURE_NOW + 2);
	assert_int_equal(skew_off(&s, FIXTURE_NOW), 0);
}

static void
signs_outlive_the_run(void **state)
{
	struct fixture *fx = *state;
	struct skew s = { 0 }, next = { 0 };

	assert_int_equal(skew_load(&s, fx->db), 0);
	skew_see(&s, FIXTURE_NOW + DAY, FIXTURE_NOW);
	assert_int_equal(skew_save(&s, fx->db), 0);
	assert_int_equal(skew_load(&next, fx->db), 0);
	assert_int_equal(skew_off(&next, FIXTURE_NOW), -DAY);
}

/* ----------------------------------------------------------------- ahead */

static void
messages_from_the_future_come_back_to_their_place(void **state)
{
	struct fixture *fx = *state;
	struct event first = timed("a", FIXTURE_NOW, "first");
	struct event second = timed("b", FIXTURE_NOW + 60, "second");
	struct event third = timed("c", FIXTURE_NOW + 90, "third");
	const char *order = "SELECT group_concat(w, ' ') FROM (SELECT wamid"
			    " AS w FROM messages ORDER BY sent_at, id)";

	APPLY(first);
	put_ours(fx, "x", FIXTURE_NOW + 36000);
	put_ours(fx, "y", FIXTURE_NOW + 36001);
	APPLY(second);
	put_ours(fx, "z", FIXTURE_NOW + 36060);
	APPLY(third);
	put_ours(fx, "last", FIXTURE_NOW + 36090);
	assert_int_equal(
	    fixture_int(fx, "SELECT last_message_at FROM conversations"),
	    FIXTURE_NOW + 36090);
	assert_int_equal(mend(fx, FIXTURE_NOW + 100), 4);
	assert_string_equal(fixture_text(fx, order), "a x y b z c last");
	assert_string_equal(
	    fixture_text(fx,
		"SELECT last_message_preview || ' ' || last_message_at"
		" FROM conversations"),
	    "ours last 1769774500");
	assert_int_equal(mend(fx, FIXTURE_NOW + 100), 0);
	/* clients hear of it */
	assert_true(fixture_int(fx, "SELECT COUNT(*) FROM changes WHERE type ="
				    " 'message.updated'") >= 4);
}

static void
window_that_was_refused_in_the_future_opens(void **state)
{
	struct fixture *fx = *state;
	struct event first = timed("a", FIXTURE_NOW, "first");

	APPLY(first);
	put_ours(fx, "x", FIXTURE_NOW + 36000);
	fixture_do(fx, "UPDATE messages SET status = 'failed',"
		       " error_code = 131047 WHERE wamid = 'x'");
	assert_int_equal(
	    fixture_int(fx, "SELECT window_refused_at FROM conversations"),
	    FIXTURE_NOW + 36000);
	mend(fx, FIXTURE_NOW + 10);
	assert_int_equal(
	    fixture_int(fx, "SELECT window_refused_at FROM conversations"),
	    FIXTURE_NOW + 10);
}

/* What the customer said since then counts. */
static void
marketing_that_was_refused_in_the_future_is_so_since_now(void **state)
{
	struct fixture *fx = *state;
	struct event first = timed("a", FIXTURE_NOW, "first");
	const char *at = "SELECT marketing_at FROM conversations";

	APPLY(first);
	put_ours(fx, "x", FIXTURE_NOW + 36000);
	fixture_do(fx, "UPDATE messages SET status = 'failed',"
		       " error_code = 131050 WHERE wamid = 'x'");
	assert_int_equal(fixture_int(fx, at), FIXTURE_NOW + 36000);
	mend(fx, FIXTURE_NOW + 10);
	assert_int_equal(fixture_int(fx, at), FIXTURE_NOW + 10);
}

static void
reaction_of_ours_from_the_future_is_followed(void **state)
{
	struct fixture *fx = *state;
	struct event first = timed("a", FIXTURE_NOW, "first");

	APPLY(first);
	put_ours(fx, "x", FIXTURE_NOW + 36000);
	fixture_do(fx,
	    "UPDATE messages SET type = 'reaction',"
	    " content = '{\"message_id\":\"a\",\"emoji\":\"+\"}'"
	    " WHERE wamid = 'x';"
	    "INSERT INTO reactions VALUES (1, 1, 'a', 'business', '+',"
	    " 1769810400, '')");
	mend(fx, FIXTURE_NOW + 10);
	assert_int_equal(
	    fixture_int(fx, "SELECT at FROM reactions"), FIXTURE_NOW + 10);
}

static void
due_times_that_cannot_be_are_now(void **state)
{
	struct fixture *fx = *state;
	const char *all =
	    "SELECT (SELECT group_concat(due_at) FROM held) || ' ' ||"
	    " (SELECT group_concat(due_at) FROM outbox) || ' ' ||"
	    " (SELECT group_concat(answer_by) FROM outbox) || ' ' ||"
	    " (SELECT due_at FROM media) || ' ' ||"
	    " (SELECT until FROM number_pauses) || ' ' ||"
	    " (SELECT due_at || ' ' || asked_at FROM blocks) || ' ' ||"
	    " (SELECT templates_due_at || ' ' || health_due_at || ' ' ||"
	    " blocks_due_at FROM numbers)"
	    " || ' ' ||"
	    " (SELECT asked_due_at FROM templates) || ' ' ||"
	    " (SELECT COUNT(*) FROM tickets)";

	fixture_do(fx,
	    "INSERT INTO spool_cursors(node, delivery_id, seen_at)"
	    " VALUES ('n', 1, 1);"
	    "INSERT INTO held(node, delivery_id, state, reason, attempts,"
	    " due_at, updated_at) VALUES"
	    " ('n', 1, 'deferred', 'x', 1, 1769860700, 1),"
	    " ('n', 2, 'deferred', 'x', 1, 1769861400, 1);"
	    "INSERT INTO outbox(workspace_id, number_id, conversation_id,"
	    " message_id, kind, state, due_at, answer_by, created_at) VALUES"
	    " (1, 1, 1, 1, 'message', 'queued', 1769861400, NULL, 1),"
	    " (1, 1, 1, 2, 'message', 'sending', 1, 1769810400, 1);"
	    "INSERT INTO media(workspace_id, message_id, number_id, media_id,"
	    " state, due_at, created_at)"
	    " VALUES (1, 1, 1, 'm', 'pending', 1770074400, 1);"
	    "INSERT INTO number_pauses(number_id, until, reason, attempts)"
	    " VALUES (1, 1769778400, 'x', 1);"
	    "INSERT INTO blocks(workspace_id, number_id, who, conversation_id,"
	    " state, asked_at, due_at) VALUES (1, 1, '+1', 1, 'unblocking',"
	    " 1769861400, 1769861400);"
	    "UPDATE numbers SET templates_due_at = 1769861400,"
	    " health_due_at = 1769861400, blocks_due_at = 1769861400;"
	    "INSERT INTO templates(workspace_id, number_id, name, language,"
	    " status, components, read_at, asked, asked_due_at) VALUES"
	    " (1, 1, 't', 'en', 'SUBMITTING', '[]', 1, 'create', 1769861400);"
	    "INSERT INTO tickets(hash, workspace_id, token_id, expires_at)"
	    " VALUES (x'00', 1, 1, 1769810400)");
	assert_int_equal(db_begin(fx->db), 0);
	assert_int_equal(retime_due(fx->db, FIXTURE_NOW), 11);
	assert_int_equal(retime_due(fx->db, FIXTURE_NOW), 0);
	assert_int_equal(db_commit(fx->db), 0);
	assert_string_equal(fixture_text(fx, all),
	    "1769860700,1769774400 1769774400,1 1769774400 1769774400"
	    " 1769774400 1769774400 1769774400 1769774400 1769774400"
	    " 1769774400 1769774400 0");
}

/* Who signed in, was invited or showed a code while it was a year ahead. */
static void
no_access_lasts_longer_than_it_may(void **state)
{
	struct fixture *fx = *state;
	const char *all =
	    "SELECT (SELECT group_concat(expires_at || ' ' || last_used_at)"
	    "  FROM api_tokens WHERE kind = 'session') || ' ' ||"
	    " (SELECT group_concat(email) FROM invitations) || ' ' ||"
	    " (SELECT group_concat(used_step) FROM (SELECT used_step"
	    "  FROM second_factors ORDER BY user_id))";

	fixture_do(fx,
	    "INSERT INTO users(id, email, name, created_at) VALUES"
	    " (71, 'a@example.org', 'Ann', 1), (72, 'b@example.org', 'Bob', 1);"
	    "INSERT INTO workspace_members(workspace_id, user_id, role,"
	    " created_at) VALUES (1, 71, 'agent', 1);"
	    "INSERT INTO api_tokens(workspace_id, user_id, hash, name,"
	    " created_at, last_used_at, expires_at, kind) VALUES"
	    " (1, 71, x'01', '', 1, 1769770800, 1772366400, 'session'),"
	    " (1, 71, x'02', '', 1, 1801310400, 1803902400, 'session'),"
	    " (1, 71, x'03', 'a token of a year', 1, 1, 1801310400, 'token');"
	    "INSERT INTO invitations(workspace_id, email, name, role, hash,"
	    " created_at, expires_at) VALUES"
	    " (1, 'now', 'N', 'agent', x'01', 1, 1770033600),"
	    " (1, 'ahead', 'A', 'agent', x'02', 1, 1801569600);"
	    "INSERT INTO second_factors(user_id, secret, used_step) VALUES"
	    " (71, x'00', 58992481), (72, x'00', 60043680)");
	assert_int_equal(db_begin(fx->db), 0);
	assert_int_equal(retime_access(fx->db, FIXTURE_NOW), 3);
	assert_int_equal(retime_access(fx->db, FIXTURE_NOW), 0);
	assert_int_equal(db_commit(fx->db), 0);
	assert_string_equal(fixture_text(fx, all),
	    "1772366400 1769770800,1772366700 1769774400 now"
	    " 58992481,58992480");
	assert_int_equal(
	    fixture_int(fx, "SELECT expires_at FROM api_tokens"
			    " WHERE kind = 'token' AND hash = x'03'"),
	    1801310400);
}

#define T(name) cmocka_unit_test_setup_teardown(name, begin, fixture_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_the_provider_says_stands_and_comes_again_to_mend),
		T(signs_of_a_clock),
		T(signs_outlive_the_run),
		T(messages_from_the_future_come_back_to_their_place),
		T(window_that_was_refused_in_the_future_opens),
		T(marketing_that_was_refused_in_the_future_is_so_since_now),
		T(reaction_of_ours_from_the_future_is_followed),
		T(due_times_that_cannot_be_are_now),
		T(no_access_lasts_longer_than_it_may),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
