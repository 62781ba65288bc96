/*
 * Broadcasts: what stands for a placeholder, how recipients are handed to the
 * outbox, and what their statuses do.
 */
#include "fixture.h"

#include "base/pool.h"
#include "base/text.h"

#include "session/session.h"
#include "session/session_db.h"

#include "inbox/broadcast/broadcast_due.h"
#include "inbox/broadcast/broadcast_fill.h"
#include "inbox/broadcast/broadcast_follow.h"
#include "inbox/broadcast/broadcast_send.h"

#define NOW  FIXTURE_NOW
#define MANY 400

static const struct {
	const char *template, *name, *filled; /* NULL: it is refused */
} fills[] = {
	{ "{\"a\":\"Hi {{contact.name}}!\"}", "Ann", "{\"a\":\"Hi Ann!\"}" },
	{ "{\"a\":\"{{ contact.name }}{{contact.phone}}\"}", "Ann",
	    "{\"a\":\"Ann+49\"}" },
	{ "{\"a\":\"{{contact.name|friend}}\"}", NULL, "{\"a\":\"friend\"}" },
	{ "{\"a\":\"{{contact.name|friend}}\"}", "Ann", "{\"a\":\"Ann\"}" },
	{ "{\"a\":\"{{contact.name|}}\"}", NULL, NULL },
	{ "{\"a\":\"{{contact.name}}\"}", NULL, NULL },
	{ "{\"a\":\"{{contact.name}}\"}", " \n ", NULL },
	{ "{\"a\":\"{{contact.age}}\"}", "Ann", NULL },
	{ "{\"a\":\"{{contact.names}}\"}", "Ann", NULL },
	{ "{\"a\":\"{{}}\"}", "Ann", NULL },
	{ "{\"a\":\"{{contact.name}}\"}", "\"},{\"\\x\n{{contact.phone}}",
	    "{\"a\":\"\\\"},{\\\"\\\\x {{contact.phone}}\"}" },
	{ "{\"a\":{\"b\":\"no {{ end\"}}", "Ann",
	    "{\"a\":{\"b\":\"no {{ end\"}}" },
	{ "{\"a\":{\"b\":{}}}", "Ann", "{\"a\":{\"b\":{}}}" },
};

static void
a_placeholder_becomes_what_is_known(void **state)
{
	struct fixture *fx = *state;

	for (size_t i = 0; i < sizeof(fills) / sizeof(fills[0]); i++) {
		struct broadcast_person person = { fills[i].name, "+49" };
		const char *why = NULL;
		const char *filled =
		    broadcast_fill(fx->pool, fills[i].template, &person, &why);

		assert_int_equal(filled == NULL, fills[i].filled == NULL);
		assert_int_equal(why != NULL, filled == NULL);
		if (filled != NULL)
			assert_string_equal(filled, fills[i].filled);
	}
}

/* ------------------------------------------------------------------- to
 * send */

static struct session *
open_sender(struct fixture *fx)
{
	struct session *s = broadcast_send_open(fx->path, 1000);

	assert_non_null(s);
	db_strict(session_db(s));
	assert_int_equal(
	    db_prepare_all(fx->db, &broadcast_follow_statements), 0);
	assert_int_equal(db_prepare_all(fx->db, &broadcast_due_statements), 0);
	return s;
}

/* Broadcast 1 of workspace 1 to phones +4930…0 to N - 1, as it is counting. */
static void
add_broadcast(struct fixture *fx, int n, const char *tag)
{
	fixture_do(fx,
	    pool_printf(fx->pool,
		"INSERT INTO broadcast_counts(workspace_id, broadcast_id)"
		" VALUES (1, 1);"
		"INSERT INTO broadcasts(id, workspace_id, from_number_id, name,"
		" state, tag_id, per_minute, created_at, started_by,"
		" started_at, template) VALUES (1, 1, 1, 'a', 'counting', %s,"
		" 60, 1, 1, 1, '{\"name\":\"hi\",\"language\":\"en\"}');"
		"INSERT INTO broadcast_follows(workspace_id, seq, until) "
		"SELECT 1,"
		" MAX(seq), 0 FROM changes WHERE workspace_id = 1;"
		"WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n"
		" WHERE i < 999) INSERT INTO broadcast_recipients(workspace_id,"
		" broadcast_id, who) SELECT 1, 1, '+49301' || (10000 + i)"
		" FROM n WHERE i < %d",
		tag, n));
}

static int
step(struct fixture *fx, struct session *s, int max, int *more)
{
	struct broadcast_due due = { 0 };
	int n = broadcast_due_list(fx->db, NOW, &due, 1);

	*more = 0;
	if (n == 0)
		return 0;
	assert_int_equal(n, 1);
	n = broadcast_send_step(s, fx->pool, &due, max, NOW, more);
	assert_int_not_equal(n, -1);
	return n;
}

static const char *
counts(struct fixture *fx)
{
	return fixture_text(fx, "SELECT waiting || ' ' || queued || ' ' || sent"
				" || ' ' || delivered || ' ' || read || ' '"
				" || failed || ' ' || skipped"
				" FROM broadcast_counts");
}

static const char *
state_of(struct fixture *fx)
{
	return fixture_text(fx, "SELECT state FROM broadcasts");
}

static void
few_are_in_the_outbox_at_once(void **state)
{
	struct fixture *fx = *state;
	struct session *s = open_sender(fx);
	int more;

	add_broadcast(fx, 50, "NULL");
	assert_int_equal(step(fx, s, 9, &more), 0);
	assert_int_equal(more, 1);
	assert_string_equal(state_of(fx), "running");
	assert_int_equal(step(fx, s, 9, &more), 9);
	assert_string_equal(counts(fx), "41 9 0 0 0 0 0");
	assert_int_equal(step(fx, s, 100, &more), BROADCAST_OPEN_MAX - 9);
	assert_int_equal(step(fx, s, 100, &more), 0);
	assert_string_equal(counts(fx), "30 20 0 0 0 0 0");
	assert_int_equal(
	    fixture_int(fx, "SELECT COUNT(*) FROM outbox o JOIN"
			    " broadcast_recipients r ON r.message_id ="
			    " o.message_id AND r.state = 'queued'"),
	    20);
	/* What a person wrote before is sent first, and no status is lost. */
	fixture_do(fx, "UPDATE messages SET status = 'delivered' WHERE id IN"
		       " (SELECT message_id FROM broadcast_recipients)");
	assert_int_equal(broadcast_follow_step(fx->db, NOW), 0);
	assert_string_equal(counts(fx), "30 0 0 20 0 0 0");
	assert_int_equal(broadcast_follow_step(fx->db, NOW), 0);
	broadcast_send_close(s);
}

static void
it_is_done_when_nobody_waits_and_none_is_queued(void **state)
{
	struct fixture *fx = *state;
	struct session *s = open_sender(fx);
	int more;

	add_broadcast(fx, 3, "NULL");
	step(fx, s, 9, &more);
	assert_int_equal(step(fx, s, 9, &more), 3);
	assert_int_equal(step(fx, s, 9, &more), 0);
	assert_string_equal(state_of(fx), "running");
	fixture_do(fx, "UPDATE messages SET status = 'sent' WHERE id IN"
		       " (SELECT message_id FROM broadcast_recipients)");
	broadcast_follow_step(fx->db, NOW);
	assert_int_equal(step(fx, s, 9, &more), 0);
	assert_string_equal(state_of(fx), "done");
	assert_int_equal(
	    fixture_int(fx, "SELECT ended_at FROM broadcasts"), NOW);
	/* Statuses go on, for a week. */
	fixture_do(fx, "UPDATE messages SET status = 'read' WHERE id IN"
		       " (SELECT message_id FROM broadcast_recipients)");
	broadcast_follow_step(fx->db, NOW + BROADCAST_FOLLOW_S - 1);
	assert_string_equal(counts(fx), "0 0 0 0 3 0 0");
	assert_int_equal(
	    fixture_int(fx, "SELECT COUNT(*) FROM broadcast_follows"), 1);
	broadcast_follow_step(fx->db, NOW + BROADCAST_FOLLOW_S + 3600);
	assert_int_equal(
	    fixture_int(fx, "SELECT COUNT(*) FROM broadcast_follows"), 0);
	broadcast_send_close(s);
}

static void
all_contacts_of_a_tag_come_in_small_steps(void **state)
{
	struct fixture *fx = *state;
	struct session *s = open_sender(fx);
	int more, steps = 0;

	fixture_do(
	    fx, pool_printf(fx->pool,
		    "WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL"
		    " SELECT i + 1 FROM n WHERE i < %d)"
		    " INSERT INTO contacts(id, workspace_id, phone, name,"
		    " created_at, updated_at) SELECT i, 1, '+4940' || i,"
		    " 'N', 1, 1 FROM n;"
		    "INSERT INTO contact_tags SELECT 1, id, 2 FROM"
		    " contacts WHERE id >= 1000",
		    1000 + MANY - 1));
	add_broadcast(fx, 0, "2");
	while (text_is(state_of(fx), "counting")) {
		step(fx, s, 9, &more);
		assert_int_equal(more, 1);
		steps++;
	}
	assert_true(steps >= 3 && steps <= 5);
	/* contact 1 has the tag, too; nobody of another workspace */
	assert_int_equal(
	    fixture_int(fx, "SELECT waiting FROM broadcast_counts"), MANY + 1);
	/* Nobody comes any more. */
	fixture_do(fx, "UPDATE broadcasts SET state = 'counting'");
	step(fx, s, 9, &more);
	assert_int_equal(
	    fixture_int(fx, "SELECT waiting FROM broadcast_counts"), MANY + 1);
	broadcast_send_close(s);
}

/* A third are closed, one a group's, one had nobody any more, one is another
 * workspace's; label 1000 is on all. */
static void
add_labelled(struct fixture *fx)
{
	fixture_do(fx,
	    pool_printf(fx->pool,
		"INSERT INTO marks VALUES (1000, 1, 'label', 'vip', NULL, 1);"
		"WITH RECURSIVE n(i) AS (SELECT 2000 UNION ALL SELECT i + 1"
		" FROM n WHERE i < %d)"
		" INSERT INTO conversations(id, workspace_id, number_id, phone,"
		" user_id, group_id, status, last_message_at, created_at,"
		" updated_at) SELECT i, 1, 1, CASE WHEN i > 2002 THEN"
		" '+4950' || i END, CASE i WHEN 2000 THEN 'DE.77' END,"
		" CASE i WHEN 2001 THEN 'g' END,"
		" CASE i %% 3 WHEN 0 THEN 'archived' ELSE 'active' END, 1, 1, 1"
		" FROM n;"
		"INSERT INTO conversation_marks SELECT workspace_id, id, 1000,"
		" 'label', status FROM conversations WHERE id >= 2000",
		2000 + MANY - 1));
}

static void
all_customers_of_a_label_come_in_small_steps(void **state)
{
	struct fixture *fx = *state;
	struct session *s = open_sender(fx);
	int more, steps = 0;

	add_labelled(fx);
	add_broadcast(fx, 0, "NULL");
	fixture_do(fx, "UPDATE broadcasts SET label_id = 1000");
	while (text_is(state_of(fx), "counting")) {
		step(fx, s, 9, &more);
		assert_int_equal(more, 1);
		/* What is closed meanwhile is no other one. */
		fixture_do(fx, "UPDATE conversations SET status = CASE status"
			       " WHEN 'active' THEN 'archived' ELSE 'active'"
			       " END WHERE id >= 2000");
		steps++;
	}
	assert_true(steps >= 3 && steps <= 5);
	assert_int_equal(
	    fixture_int(fx, "SELECT waiting FROM broadcast_counts"), MANY - 2);
	assert_int_equal(fixture_int(fx, "SELECT COUNT(*) FROM"
					 " broadcast_recipients WHERE who IN"
					 " ('DE.77', '+49502003')"),
	    2);
	broadcast_send_close(s);
}

/* Its conversations lose it a moment later. */
static void
a_label_that_was_deleted_has_nobody(void **state)
{
	struct fixture *fx = *state;
	struct session *s = open_sender(fx);
	int more;

	add_labelled(fx);
	add_broadcast(fx, 1, "2");
	fixture_do(fx, "UPDATE broadcasts SET label_id = 1000;"
		       "DELETE FROM marks WHERE id = 1000");
	assert_true(fixture_int(fx, "SELECT COUNT(*) FROM conversation_marks"
				    " WHERE mark_id = 1000") > 0);
	while (text_is(state_of(fx), "counting"))
		step(fx, s, 9, &more);
	assert_string_equal(counts(fx), "2 0 0 0 0 0 0");
	broadcast_send_close(s);
}

static const struct {
	int code;
	const char *state;
} refusals[] = { { 131026, "running" }, { 131049, "running" },
	{ 100, "running" }, { 132015, "paused" }, { 132016, "paused" },
	{ 131042, "paused" }, { 131048, "paused" }, { 368, "paused" } };

static void
a_refusal_that_all_would_get_pauses_it(void **state)
{
	struct fixture *fx = *state;
	struct session *s = open_sender(fx);
	int more;

	add_broadcast(fx, 20, "NULL");
	step(fx, s, 20, &more);
	assert_int_equal(step(fx, s, 20, &more), 20);
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		fixture_do(fx,
		    pool_printf(fx->pool,
			"UPDATE broadcasts SET state = 'running', reason = "
			"NULL;"
			"UPDATE messages SET status = 'failed', error_code = %d"
			" WHERE id = (SELECT MIN(message_id) FROM"
			" broadcast_recipients WHERE state = 'queued')",
			refusals[i].code));
		broadcast_follow_step(fx->db, NOW);
		assert_string_equal(state_of(fx), refusals[i].state);
		assert_int_equal(fixture_int(fx, "SELECT reason IS NULL FROM"
						 " broadcasts"),
		    text_is(refusals[i].state, "running"));
		/* It was noted: it pauses no second time. */
		fixture_do(fx, "UPDATE broadcasts SET state = 'running'");
		broadcast_follow_step(fx->db, NOW);
		assert_string_equal(state_of(fx), "running");
	}
	assert_string_equal(counts(fx), "0 12 0 0 0 8 0");
	/* What was tried again failed for spam, and is tried once more. */
	fixture_do(fx, "INSERT INTO broadcast_recipients(workspace_id,"
		       " broadcast_id, who) VALUES (1, 1, '+4930999');"
		       "UPDATE outbox SET error_code = 131048 WHERE id ="
		       " (SELECT MAX(id) FROM outbox)");
	assert_int_equal(step(fx, s, 1, &more), 0);
	assert_string_equal(state_of(fx), "paused");
	broadcast_send_close(s);
}

static void
all_that_are_refused_at_once_pause(void **state)
{
	struct fixture *fx = *state;
	struct session *s = open_sender(fx);
	int more;

	add_broadcast(fx, 20, "NULL");
	step(fx, s, 20, &more);
	assert_int_equal(step(fx, s, 20, &more), 20);
	fixture_do(fx,
	    "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n"
	    " WHERE i < 20) INSERT INTO broadcasts(id, workspace_id,"
	    " from_number_id, name, state, per_minute, created_at, started_at,"
	    " template) SELECT i, 1, 1, 'b', 'running', 60, 1, 1, '{}' FROM n;"
	    "INSERT INTO broadcast_counts(workspace_id, broadcast_id, queued)"
	    " SELECT 1, id, 1 FROM broadcasts WHERE id > 1;"
	    "UPDATE broadcast_counts SET queued = 1;"
	    "UPDATE broadcast_recipients SET broadcast_id = 1 + id"
	    " - (SELECT MIN(id) FROM broadcast_recipients);"
	    "UPDATE broadcasts SET shown_at = 1;"
	    "UPDATE messages SET status = 'failed', error_code = 131042");
	broadcast_follow_step(fx->db, NOW);
	assert_int_equal(
	    fixture_int(fx, "SELECT COUNT(*) FROM broadcasts"
			    " WHERE state = 'paused' AND shown_at > 1"),
	    20);
	assert_int_equal(fixture_int(fx, "SELECT COUNT(*) FROM broadcast_counts"
					 " WHERE failed = 1 AND queued = 0"),
	    20);
	broadcast_send_close(s);
}

/* N recipients, all of them queued: broadcast 1 is running. */
static void
add_queued(struct fixture *fx, int n)
{
	add_broadcast(fx, n, "NULL");
	fixture_do(fx,
	    "INSERT INTO messages(id, workspace_id, conversation_id, number_id,"
	    " direction, source, type, content, preview, status, sent_at,"
	    " created_at) SELECT 50000 + id, 1, 1, 1, 'outbound', 'api',"
	    " 'template', '{}', '', 'queued', 1, 1 FROM broadcast_recipients;"
	    "UPDATE broadcast_recipients SET state = 'queued',"
	    " message_id = 50000 + id;"
	    "UPDATE broadcasts SET state = 'running', counted = 1;"
	    "UPDATE broadcast_follows SET seq = (SELECT MAX(seq) FROM changes"
	    " WHERE workspace_id = 1)");
}

static void
set_status(struct fixture *fx, const char *status, int from, int to)
{
	fixture_do(
	    fx, pool_printf(fx->pool,
		    "UPDATE messages SET status = '%s' WHERE id IN (SELECT"
		    " message_id FROM broadcast_recipients ORDER BY id"
		    " LIMIT %d OFFSET %d)",
		    status, to - from, from));
}

/* As retention does when they are old: the newest stays. */
static void
purge_changes(struct fixture *fx)
{
	fixture_do(fx, "DELETE FROM changes WHERE seq < (SELECT MAX(c.seq)"
		       " FROM changes AS c WHERE c.workspace_id ="
		       " changes.workspace_id)");
}

static int
follow_all(struct fixture *fx, int64_t now)
{
	int steps = 1, more;

	while ((more = broadcast_follow_step(fx->db, now)) == 1 && steps < 99)
		steps++;
	assert_int_equal(more, 0);
	return steps;
}

static void
what_was_purged_before_it_was_read_is_counted_anew(void **state)
{
	struct fixture *fx = *state;
	struct session *s = open_sender(fx);

	add_queued(fx, 900);
	set_status(fx, "sent", 0, 300);
	assert_int_equal(follow_all(fx, NOW), 2);
	assert_string_equal(counts(fx), "0 600 300 0 0 0 0");
	set_status(fx, "delivered", 100, 700);
	set_status(fx, "played", 50, 150);
	set_status(fx, "failed", 890, 900);
	purge_changes(fx);
	/* It begins; what comes meanwhile, before its place and behind it, and
	 * a second purge, lose nothing. */
	assert_int_equal(broadcast_follow_step(fx->db, NOW), 1);
	assert_int_equal(broadcast_follow_step(fx->db, NOW), 1);
	assert_int_equal(broadcast_follow_step(fx->db, NOW), 1);
	assert_true(fixture_int(fx, "SELECT queued FROM broadcast_counts") > 0);
	set_status(fx, "read", 0, 1);
	set_status(fx, "read", 899, 900);
	broadcast_follow_step(fx->db, NOW);
	set_status(fx, "read", 1, 2);
	set_status(fx, "delivered", 700, 702);
	purge_changes(fx);
	assert_true(follow_all(fx, NOW) <= 7);
	assert_string_equal(counts(fx), "0 188 48 552 103 9 0");
	assert_int_equal(
	    fixture_int(fx, "SELECT COUNT(*) FROM broadcast_recipients AS r"
			    " JOIN messages AS m ON m.id = r.message_id"
			    " WHERE r.state <> CASE m.status"
			    "  WHEN 'played' THEN 'read' ELSE m.status END"),
	    0);
	/* It is over, and what comes next is followed as ever. */
	assert_int_equal(
	    fixture_int(fx, "SELECT COUNT(*) FROM broadcast_follows"
			    " WHERE place IS NULL"),
	    1);
	set_status(fx, "sent", 702, 890);
	assert_int_equal(follow_all(fx, NOW), 1);
	assert_string_equal(counts(fx), "0 0 236 552 103 9 0");
	broadcast_send_close(s);
}

/* The processor was off for longer than messages are followed. */
static void
it_is_followed_to_the_end_before_nobody_follows_it(void **state)
{
	struct fixture *fx = *state;
	struct session *s = open_sender(fx);
	int64_t late = NOW + BROADCAST_FOLLOW_S + 7200;

	add_queued(fx, 500);
	fixture_do(fx, "UPDATE broadcasts SET state = 'stopped', ended_at = 2");
	set_status(fx, "failed", 0, 500);
	fixture_do(fx, "UPDATE messages SET error_code = 131042"
		       " WHERE status = 'failed'");
	purge_changes(fx);
	follow_all(fx, late);
	assert_string_equal(counts(fx), "0 0 0 0 0 500 0");
	assert_int_equal(fixture_int(fx, "SELECT COUNT(*) FROM broadcasts"
					 " WHERE state = 'stopped'"),
	    1);
	assert_int_equal(fixture_int(fx, "SELECT COUNT(*) FROM"
					 " broadcast_recipients WHERE"
					 " error_code = 131042"),
	    500);
	assert_int_equal(
	    fixture_int(fx, "SELECT COUNT(*) FROM broadcast_follows"), 0);
	broadcast_send_close(s);
}

static void
a_refusal_whose_change_was_purged_pauses_it(void **state)
{
	struct fixture *fx = *state;
	struct session *s = open_sender(fx);

	add_queued(fx, 3);
	set_status(fx, "failed", 0, 1);
	fixture_do(fx, "UPDATE messages SET error_code = 132015"
		       " WHERE status = 'failed'");
	purge_changes(fx);
	follow_all(fx, NOW);
	assert_string_equal(state_of(fx), "paused");
	assert_string_equal(counts(fx), "0 2 0 0 0 1 0");
	broadcast_send_close(s);
}

/* What says nothing of it is purged all the time. */
static void
no_recount_where_all_was_read(void **state)
{
	struct fixture *fx = *state;
	struct session *s = open_sender(fx);

	add_queued(fx, 3);
	for (int i = 0; i < 3; i++) {
		fixture_do(fx, "UPDATE broadcasts SET shown_at = shown_at + 1");
		assert_int_equal(follow_all(fx, NOW + (int64_t)i * 3600), 1);
		purge_changes(fx);
	}
	fixture_do(fx, "UPDATE broadcasts SET shown_at = shown_at + 1");
	assert_int_equal(follow_all(fx, NOW + 3 * 3600), 1);
	broadcast_send_close(s);
}

static void
without_its_number_it_pauses_and_with_a_paused_one_it_waits(void **state)
{
	struct fixture *fx = *state;
	struct session *s = open_sender(fx);
	int more;

	add_broadcast(fx, 3, "NULL");
	step(fx, s, 9, &more);
	fixture_do(fx, pool_printf(fx->pool,
			   "INSERT INTO number_pauses(number_id, until, reason,"
			   " attempts) VALUES (1, %d, 'x', 1)",
			   NOW + 1));
	assert_int_equal(step(fx, s, 9, &more), 0);
	assert_string_equal(state_of(fx), "running");
	fixture_do(fx, "DELETE FROM number_pauses;"
		       "UPDATE numbers SET moving_to = 100 WHERE id = 1");
	assert_int_equal(step(fx, s, 9, &more), 0);
	assert_string_equal(state_of(fx), "paused");
	assert_string_equal(counts(fx), "3 0 0 0 0 0 0");
	broadcast_send_close(s);
}

/* Whatever the row says, who serves one workspace sends nothing of another. */
static void
it_reaches_nobody_of_another_workspace(void **state)
{
	struct fixture *fx = *state;
	struct session *s = open_sender(fx);
	int more;

	add_broadcast(fx, 3, "100");
	fixture_do(fx, "UPDATE broadcasts SET from_number_id = 100");
	while (text_is(state_of(fx), "counting"))
		step(fx, s, 9, &more);
	step(fx, s, 9, &more);
	assert_string_equal(state_of(fx), "paused");
	assert_string_equal(counts(fx), "3 0 0 0 0 0 0");
	broadcast_send_close(s);
}

static void
who_is_erased_leaves_it(void **state)
{
	struct fixture *fx = *state;
	struct session *s = open_sender(fx);
	int more;

	add_broadcast(fx, 3, "NULL");
	step(fx, s, 9, &more);
	step(fx, s, 1, &more);
	assert_int_equal(broadcast_due_forget(fx->db, 1, "4930110002"), 0);
	assert_string_equal(counts(fx), "1 1 0 0 0 0 0");
	fixture_do(fx, "DELETE FROM conversations WHERE id = (SELECT"
		       " conversation_id FROM broadcast_recipients"
		       " WHERE state = 'queued')");
	assert_string_equal(counts(fx), "1 0 0 0 0 0 0");
	broadcast_send_close(s);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, fixture_begin, fixture_end)
#define MEMBERS(f)                                                             \
	cmocka_unit_test_setup_teardown(f, fixture_begin_members, fixture_end)
	const struct CMUnitTest tests[] = {
		TEST(a_placeholder_becomes_what_is_known),
		MEMBERS(few_are_in_the_outbox_at_once),
		MEMBERS(it_is_done_when_nobody_waits_and_none_is_queued),
		MEMBERS(all_contacts_of_a_tag_come_in_small_steps),
		MEMBERS(all_customers_of_a_label_come_in_small_steps),
		MEMBERS(a_label_that_was_deleted_has_nobody),
		MEMBERS(a_refusal_that_all_would_get_pauses_it),
		MEMBERS(all_that_are_refused_at_once_pause),
		MEMBERS(what_was_purged_before_it_was_read_is_counted_anew),
		MEMBERS(it_is_followed_to_the_end_before_nobody_follows_it),
		MEMBERS(a_refusal_whose_change_was_purged_pauses_it),
		MEMBERS(no_recount_where_all_was_read),
		MEMBERS(
		    without_its_number_it_pauses_and_with_a_paused_one_it_waits),
		MEMBERS(it_reaches_nobody_of_another_workspace),
		MEMBERS(who_is_erased_leaves_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
