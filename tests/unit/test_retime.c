/*
 * A clock that is behind, ahead, or was: what it wrote is mended, and what the
 * provider says stands.
 */
#include "rig.h"
#include "rows.h"

#include "lib/sql/statements.h"

#include "inbox/node/retime.h"

#include "process/drain/skew.h"

#define APPLY(ev) assert_int_equal(rig_apply(g, &(ev)), 1)
#define DAY	  86400

static int
begin(void **state)
{
	struct rig *g;

	rig_begin(state);
	g = *state;
	assert_int_equal(db_prepare_all(g->db, &retime_statements), 0);
	return 0;
}

static struct event
timed(const char *wamid, int64_t at, const char *text)
{
	struct event ev = rig_event(wamid, "16505551234", at, text);

	ev.timed = 1;
	return ev;
}

static int
mend(struct rig *g, int64_t now)
{
	int n;

	assert_int_equal(db_begin(g->db), 0);
	n = retime_messages(g->db, g->pool, now);
	assert_int_equal(db_commit(g->db), 0);
	return n;
}

/* A message of ours, by a clock that says AT. */
static void
put_ours(struct rig *g, const char *wamid, int64_t at)
{
	rig_do(g,
	    pool_printf(g->pool,
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
	struct rig *g = *state;
	struct event late = timed("a", RIG_NOW + 30 * DAY, "hi");
	struct event wrong = timed("a", RIG_NOW, "hi");

	/* as it was once stored, when ours was the clock that counted */
	wrong.timed = 0;
	APPLY(wrong);
	APPLY(late);
	APPLY(wrong);
	assert_int_equal(
	    rig_int(g, "SELECT sent_at FROM messages"), RIG_NOW + 30 * DAY);
	assert_int_equal(rig_int(g, "SELECT window_ends FROM conversations"),
	    RIG_NOW + 31 * DAY);
	assert_int_equal(rig_int(g, "SELECT last_message_at"
				    " FROM conversations"),
	    RIG_NOW + 30 * DAY);
}

static void
signs_of_a_clock(void **state)
{
	struct skew s = { 0 };

	(void)state;
	assert_int_equal(skew_is_right(&s, RIG_NOW), 0);
	skew_see(&s, RIG_NOW - 5, RIG_NOW);
	assert_int_equal(skew_is_right(&s, RIG_NOW), 1);
	/* old ones, delivered again, say nothing */
	skew_see(&s, RIG_NOW - 3 * DAY, RIG_NOW);
	assert_int_equal(skew_off(&s, RIG_NOW), 0);
	/* behind: also when the next is one that agrees by chance */
	skew_see(&s, RIG_NOW + 30 * DAY, RIG_NOW);
	assert_int_equal(skew_off(&s, RIG_NOW), -30 * DAY);
	skew_see(&s, RIG_NOW, RIG_NOW);
	assert_int_equal(skew_is_right(&s, RIG_NOW), 0);
	/* set right */
	assert_int_equal(skew_off(&s, RIG_NOW + 30 * DAY), 0);
	assert_int_equal(skew_is_right(&s, RIG_NOW + 30 * DAY + 9), 1);
	/* one that was wrong does not stand against three */
	for (int i = 0; i < 2; i++)
		skew_see(&s, RIG_NOW, RIG_NOW);
	assert_int_equal(skew_is_right(&s, RIG_NOW), 1);
	/* ahead: the provider sent it before we did */
	skew_see_sent(&s, RIG_NOW + 36000, RIG_NOW);
	assert_int_equal(skew_off(&s, RIG_NOW + 36000), 36000);
	assert_int_equal(skew_is_right(&s, RIG_NOW + 36000), 0);
	skew_see_sent(&s, RIG_NOW, RIG_NOW + 2);
	assert_int_equal(skew_off(&s, RIG_NOW), 0);
}

static void
signs_outlive_the_run(void **state)
{
	struct rig *g = *state;
	struct skew s = { 0 }, next = { 0 };

	assert_int_equal(skew_load(&s, g->db), 0);
	skew_see(&s, RIG_NOW + DAY, RIG_NOW);
	assert_int_equal(skew_save(&s, g->db), 0);
	assert_int_equal(skew_load(&next, g->db), 0);
	assert_int_equal(skew_off(&next, RIG_NOW), -DAY);
}

/* ----------------------------------------------------------------- ahead */

static void
messages_from_the_future_come_back_to_their_place(void **state)
{
	struct rig *g = *state;
	struct event first = timed("a", RIG_NOW, "first");
	struct event second = timed("b", RIG_NOW + 60, "second");
	struct event third = timed("c", RIG_NOW + 90, "third");
	const char *order = "SELECT group_concat(w, ' ') FROM (SELECT wamid"
			    " AS w FROM messages ORDER BY sent_at, id)";

	APPLY(first);
	put_ours(g, "x", RIG_NOW + 36000);
	put_ours(g, "y", RIG_NOW + 36001);
	APPLY(second);
	put_ours(g, "z", RIG_NOW + 36060);
	APPLY(third);
	put_ours(g, "last", RIG_NOW + 36090);
	assert_int_equal(
	    rig_int(g, "SELECT last_message_at FROM conversations"),
	    RIG_NOW + 36090);
	assert_int_equal(mend(g, RIG_NOW + 100), 4);
	assert_string_equal(rig_text(g, order), "a x y b z c last");
	assert_string_equal(
	    rig_text(g, "SELECT last_message_preview || ' ' || last_message_at"
			" FROM conversations"),
	    "ours last 1700000100");
	assert_int_equal(mend(g, RIG_NOW + 100), 0);
	/* clients hear of it */
	assert_true(rig_int(g, "SELECT COUNT(*) FROM changes WHERE type ="
			       " 'message.updated'") >= 4);
}

static void
window_that_was_refused_in_the_future_opens(void **state)
{
	struct rig *g = *state;
	struct event first = timed("a", RIG_NOW, "first");

	APPLY(first);
	put_ours(g, "x", RIG_NOW + 36000);
	rig_do(g, "UPDATE messages SET status = 'failed',"
		  " error_code = 131047 WHERE wamid = 'x'");
	assert_int_equal(
	    rig_int(g, "SELECT window_refused_at FROM conversations"),
	    RIG_NOW + 36000);
	mend(g, RIG_NOW + 10);
	assert_int_equal(
	    rig_int(g, "SELECT window_refused_at FROM conversations"),
	    RIG_NOW + 10);
}

static void
reaction_of_ours_from_the_future_is_followed(void **state)
{
	struct rig *g = *state;
	struct event first = timed("a", RIG_NOW, "first");

	APPLY(first);
	put_ours(g, "x", RIG_NOW + 36000);
	rig_do(g, "UPDATE messages SET type = 'reaction',"
		  " content = '{\"message_id\":\"a\",\"emoji\":\"+\"}'"
		  " WHERE wamid = 'x';"
		  "INSERT INTO reactions VALUES (1, 1, 'a', 'business', '+',"
		  " 1700036000, '')");
	mend(g, RIG_NOW + 10);
	assert_int_equal(rig_int(g, "SELECT at FROM reactions"), RIG_NOW + 10);
}

static void
due_times_that_cannot_be_are_now(void **state)
{
	struct rig *g = *state;
	const char *all =
	    "SELECT (SELECT group_concat(due_at) FROM held) || ' ' ||"
	    " (SELECT group_concat(due_at) FROM outbox) || ' ' ||"
	    " (SELECT group_concat(answer_by) FROM outbox) || ' ' ||"
	    " (SELECT due_at FROM media) || ' ' ||"
	    " (SELECT until FROM number_pauses) || ' ' ||"
	    " (SELECT COUNT(*) FROM tickets)";

	rig_do(g,
	    "INSERT INTO spool_cursors(node, delivery_id, seen_at)"
	    " VALUES ('n', 1, 1);"
	    "INSERT INTO held(node, delivery_id, state, reason, attempts,"
	    " due_at, updated_at) VALUES"
	    " ('n', 1, 'deferred', 'x', 1, 1700086300, 1),"
	    " ('n', 2, 'deferred', 'x', 1, 1700087000, 1);"
	    "INSERT INTO outbox(workspace_id, number_id, conversation_id,"
	    " message_id, kind, state, due_at, answer_by, created_at) VALUES"
	    " (1, 1, 1, 1, 'message', 'queued', 1700087000, NULL, 1),"
	    " (1, 1, 1, 2, 'message', 'sending', 1, 1700036000, 1);"
	    "INSERT INTO media(workspace_id, message_id, number_id, media_id,"
	    " state, due_at, created_at)"
	    " VALUES (1, 1, 1, 'm', 'pending', 1700300000, 1);"
	    "INSERT INTO number_pauses(number_id, until, reason, attempts)"
	    " VALUES (1, 1700004000, 'x', 1);"
	    "INSERT INTO tickets(hash, workspace_id, token_id, expires_at)"
	    " VALUES (x'00', 1, 1, 1700036000)");
	assert_int_equal(db_begin(g->db), 0);
	assert_int_equal(retime_due(g->db, RIG_NOW), 6);
	assert_int_equal(retime_due(g->db, RIG_NOW), 0);
	assert_int_equal(db_commit(g->db), 0);
	assert_string_equal(rig_text(g, all),
	    "1700086300,1700000000 1700000000,1 1700000000 1700000000"
	    " 1700000000 0");
}

#define T(name) cmocka_unit_test_setup_teardown(name, begin, rig_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_the_provider_says_stands_and_comes_again_to_mend),
		T(signs_of_a_clock),
		T(signs_outlive_the_run),
		T(messages_from_the_future_come_back_to_their_place),
		T(window_that_was_refused_in_the_future_opens),
		T(reaction_of_ours_from_the_future_is_followed),
		T(due_times_that_cannot_be_are_now),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
