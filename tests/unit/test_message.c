/*
 * Messages: once, with their edits, files and reactions.
 */
#include "fixture.h"

#include "inbox/message_columns.h"

#define APPLY(ev) assert_int_equal(fixture_apply(fx, &(ev)), 1)

static const char conversation[] =
    "SELECT unread_count || ' ' || is_read"
    " || ' ' || COALESCE(last_customer_message_at, '-') || ' ' ||"
    " last_message_at || ' ' || last_message_preview FROM conversations";

static void
message_is_stored_once(void **state)
{
	struct fixture *fx = *state;
	struct event ev = fixture_event("a", "1650", 10, "hi");

	for (int i = 0; i < 5; i++)
		APPLY(ev);
	assert_int_equal(fixture_int(fx, "SELECT COUNT(*) FROM messages"), 1);
	assert_string_equal(fixture_text(fx, conversation), "1 0 10 10 hi");
}

static void
older_message_does_not_turn_back_the_stats(void **state)
{
	struct fixture *fx = *state;
	struct event new = fixture_event("a", "16505551234", 10, "new");
	struct event old = fixture_event("b", "16505551234", 5, "old");

	APPLY(new);
	APPLY(old);
	assert_string_equal(fixture_text(fx, conversation), "2 0 10 10 new");
}

static void
two_numbers_write_to_each_other(void **state)
{
	struct fixture *fx = *state;
	struct event in = fixture_event("a", "200", 10, "hi");
	struct event out = fixture_echo("a", "100", 10);

	fixture_do(fx, "INSERT INTO numbers(workspace_id, phone_number_id,"
		       " created_at) VALUES (1, '200', 1);");
	out.phone_number_id = "200";
	APPLY(in);
	APPLY(out);
	assert_int_equal(fixture_int(fx, "SELECT COUNT(*) FROM messages"), 2);
}

static void
echo_and_history_are_not_unread(void **state)
{
	struct fixture *fx = *state;
	struct event history = fixture_event("a", "16505551234", 10, "old");
	struct event echo = fixture_echo("b", "16505551234", 11);

	history.source = EVENT_HISTORY;
	APPLY(history);
	APPLY(echo);
	assert_string_equal(fixture_text(fx, conversation), "0 1 - 11 echo");
}

static void
archived_comes_back(void **state)
{
	struct fixture *fx = *state;
	struct event a = fixture_event("a", "16505551234", 10, "one");
	struct event b = fixture_event("b", "16505551234", 11, "two");

	APPLY(a);
	fixture_do(fx, "UPDATE conversations SET status = 'archived',"
		       " unread_count = 0, is_read = 1");
	APPLY(a);
	assert_string_equal(
	    fixture_text(fx, "SELECT status FROM conversations"), "archived");
	APPLY(b);
	assert_string_equal(
	    fixture_text(fx, "SELECT status FROM conversations"), "active");
	assert_int_equal(fixture_int(fx, "SELECT unread_count"
					 " FROM conversations"),
	    1);
}

static void
placeholder_gives_way_and_stays_history(void **state)
{
	struct fixture *fx = *state;
	struct event hole = fixture_event("a", "16505551234", 10, "Media");
	struct event real = fixture_event("a", "16505551234", 10, "Photo");
	const char *row =
	    "SELECT type || ' ' || source || ' ' || " MESSAGE_PREVIEW(
		"") " || ' ' || (SELECT media_id FROM media) FROM messages";

	hole.source = EVENT_HISTORY;
	hole.type = "media_placeholder";
	real.type = "image";
	real.media.id = "m";
	for (int i = 0; i < 2; i++) {
		fixture_do(fx,
		    "DELETE FROM media; DELETE FROM messages;"
		    " DELETE FROM identities; DELETE FROM conversations;");
		fixture_apply(fx, i ? &real : &hole);
		fixture_apply(fx, i ? &hole : &real);
		APPLY(real);
		assert_string_equal(
		    fixture_text(fx, row), "image history Photo m");
		assert_string_equal(
		    fixture_text(fx, conversation), "0 1 - 10 Photo");
	}
}

static void
message_of_a_member_is_not_replaced_by_its_echo(void **state)
{
	struct fixture *fx = *state;
	struct event first = fixture_event("a", "16505551234", 1, "hi");
	struct event echo = fixture_echo("ours", "16505551234", 10);

	APPLY(first);
	fixture_do(fx,
	    "INSERT INTO messages(workspace_id, conversation_id,"
	    " number_id, wamid, direction, source, type, content, preview,"
	    " status, sent_at, created_at) VALUES (1, 1, 1, 'ours',"
	    " 'outbound', 'api', 'text', '{}', 'mine', 'sent', 9, 9)");
	APPLY(echo);
	assert_string_equal(
	    fixture_text(fx, "SELECT source || preview"
			     " FROM messages WHERE wamid = 'ours'"),
	    "apimine");
}

static struct event edit(
    const char *wamid, const char *target, int64_t at, const char *text);

/* What is stored, what is read of it. */
static void
a_text_is_stored_once(void **state)
{
	static const char row[] =
	    "SELECT content || ' ' || preview || ' ' ||" MESSAGE_CONTENT(
		"") "|| ' ' || " MESSAGE_PREVIEW("") " FROM messages"
						     " ORDER BY id DESC LIMIT "
						     "1";
	struct fixture *fx = *state;
	struct {
		const char *text, *content, *preview, *stored, *read;
	} cases[] = {
		{ "Grüße", "{\"body\":\"Grüße\"}", "Grüße", " ",
		    "{\"body\":\"Grüße\"} Grüße" },
		{ "a \"b\"", "{\"body\":\"a \\\"b\\\"\"}", "a \"b\"",
		    "{\"body\":\"a \\\"b\\\"\"} ",
		    "{\"body\":\"a \\\"b\\\"\"} a \"b\"" },
		{ "x", "{\"body\":\"x\",\"more\":1}", "Photo",
		    "{\"body\":\"x\",\"more\":1} Photo",
		    "{\"body\":\"x\",\"more\":1} Photo" },
		{ "x", "{\"body\":\"\"}", "", "{\"body\":\"\"} ",
		    "{\"body\":\"\"} x" },
		{ NULL, NULL, NULL, "{} ", "{} " },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct event m = fixture_event(pool_printf(fx->pool, "m%zu", i),
		    "16505551234", 10, cases[i].preview);

		m.text = cases[i].text;
		m.content = cases[i].content;
		APPLY(m);
		assert_string_equal(
		    fixture_text(fx, row), pool_printf(fx->pool, "%s %s",
					       cases[i].stored, cases[i].read));
	}
}

/* Of a text that is longer, so that no trigger has to cut it. */
static void
a_long_text_has_its_preview_beside_it(void **state)
{
	struct fixture *fx = *state;
	char *text = pool_printf(fx->pool, "%0120d", 7);

	for (int len = 99; len <= 100; len++) {
		struct event m = fixture_event(
		    pool_printf(fx->pool, "m%d", len), "16505551234", len,
		    pool_printf(fx->pool, "%.*s", len, text));

		m.text = text;
		APPLY(m);
		assert_int_equal(fixture_int(fx, "SELECT length(preview) FROM"
						 " messages ORDER BY id DESC"),
		    len);
		assert_int_equal(
		    fixture_int(fx, "SELECT length(last_message_preview)"
				    " FROM conversations"),
		    len);
	}
}

/* Better content comes for it, an edit, and its end: nothing of it is lost, and
 * streams hear of each. */
static void
what_was_stored_once_changes(void **state)
{
	static const char changes[] = "SELECT COUNT(*) FROM changes WHERE type"
				      " = 'message.updated'";
	struct fixture *fx = *state;
	struct event m = fixture_event("a", "16505551234", 10, "one");
	struct event e = edit("e", "a", 20, "three");
	struct event gone = edit("r", "a", 40, NULL);

	m.source = EVENT_HISTORY;
	m.text = "one";
	m.content = "{\"body\":\"one\"}";
	APPLY(m);
	m.source = EVENT_LIVE;
	m.text = m.preview = "two";
	m.content = "{\"body\":\"two\"}";
	APPLY(m);
	assert_int_equal(fixture_int(fx, changes), 1);
	assert_string_equal(
	    fixture_text(fx, "SELECT last_message_preview FROM conversations"),
	    "two");
	APPLY(gone);
	assert_string_equal(
	    fixture_text(fx, "SELECT " MESSAGE_CONTENT("") " FROM messages"),
	    "{\"body\":\"two\"}");
	fixture_do(fx, "DELETE FROM message_patches; UPDATE messages SET"
		       " revoked_at = NULL, content = '', preview = '',"
		       " text = 'two'");
	APPLY(e);
	assert_string_equal(fixture_text(fx, "SELECT original FROM messages"),
	    "{\"body\":\"two\"}");
}

static struct event
edit(const char *wamid, const char *target, int64_t at, const char *text)
{
	struct event ev = fixture_event(wamid, "16505551234", at, text);

	ev.kind = text != NULL ? EVENT_EDIT : EVENT_REVOKE;
	ev.target_wamid = target;
	ev.content = "{\"body\":\"edited\"}";
	return ev;
}

static void
newest_edit_stands_and_a_deletion_hides(void **state)
{
	struct fixture *fx = *state;
	struct event m = fixture_event("a", "16505551234", 10, "first");
	struct event late = edit("e2", "a", 30, "third");
	struct event early = edit("e1", "a", 20, "second");
	struct event gone = edit("r", "a", 40, NULL);
	const char *row = "SELECT preview || ' ' || edited_at || ' ' ||"
			  " original FROM messages";

	APPLY(late);
	APPLY(m);
	APPLY(early);
	assert_string_equal(fixture_text(fx, row), "third 30 {\"body\":\"-\"}");
	assert_string_equal(fixture_text(fx, conversation), "1 0 10 10 third");
	APPLY(gone);
	assert_string_equal(
	    fixture_text(fx,
		"SELECT preview || revoked_at"
		" || COALESCE(text, '-') || content FROM messages"),
	    "This message was deleted40-{\"body\":\"edited\"}");
	assert_int_equal(
	    fixture_int(fx, "SELECT COUNT(*) FROM message_words"
			    " WHERE message_words MATCH '\"1.0.third\""
			    " OR \"1.0.first\"'"),
	    0);
}

/* In whatever order they come: the deletion came before the edit. */
static void
edit_after_a_deletion_is_none(void **state)
{
	static const char orders[][4] = { "mer", "mre", "emr", "erm", "rme",
		"rem" };
	struct fixture *fx = *state;

	for (size_t i = 0; i < 6; i++) {
		const char *wamid = pool_printf(fx->pool, "m%zu", i);
		struct event m =
		    fixture_event(wamid, "16505551234", 10, "first");
		struct event r =
		    edit(pool_printf(fx->pool, "r%zu", i), wamid, 20, NULL);
		struct event e = edit(
		    pool_printf(fx->pool, "e%zu", i), wamid, 30, "back again");

		e.type = "image";
		for (int k = 0; k < 3; k++)
			APPLY(*(orders[i][k] == 'm'   ? &m
				: orders[i][k] == 'e' ? &e
						      : &r));
		assert_string_equal(
		    fixture_text(fx,
			"SELECT type || content || preview || revoked_at"
			" || COALESCE(text, '-') || COALESCE(edited_at, '-')"
			" || COALESCE(original, '-')"
			" FROM messages ORDER BY id DESC"),
		    "text{\"body\":\"-\"}This message was deleted20---");
	}
	assert_int_equal(
	    fixture_int(fx, "SELECT COUNT(*) FROM message_words"
			    " WHERE message_words MATCH '\"1.0.back\""
			    " OR \"1.0.first\"'"),
	    0);
}

static void
newest_reaction_stands(void **state)
{
	struct fixture *fx = *state;
	struct event on = fixture_event("r1", "16505551234", 10, "Reacted A");
	struct event off = fixture_event("r2", "16505551234", 20, "Reacted");
	struct event ours = fixture_echo("r3", "16505551234", 15);
	const char *row = "SELECT group_concat(sender || '=' || emoji)"
			  " FROM reactions";

	on.type = off.type = ours.type = "reaction";
	on.target_wamid = off.target_wamid = ours.target_wamid = "a";
	on.emoji = ours.emoji = "A";
	APPLY(on);
	assert_string_equal(fixture_text(fx, row), "customer=A");
	APPLY(off);
	APPLY(on);
	APPLY(ours);
	assert_string_equal(fixture_text(fx, row), "business=A,customer=");
	assert_int_equal(fixture_int(fx, "SELECT COUNT(*) FROM messages"), 3);
}

static void
file_without_id_is_missing_until_it_has_one(void **state)
{
	struct fixture *fx = *state;
	struct event ev = fixture_event("a", "16505551234", 10, "Photo");
	const char *row = "SELECT state || ' ' || COALESCE(reason, '-')"
			  " FROM media";

	ev.type = "image";
	APPLY(ev);
	assert_string_equal(
	    fixture_text(fx, row), "missing the provider sent no media id");
	ev.media.id = "m";
	APPLY(ev);
	assert_string_equal(fixture_text(fx, row), "pending -");
	fixture_do(fx, "UPDATE media SET state = 'stored'");
	APPLY(ev);
	assert_string_equal(fixture_text(fx, row), "stored -");
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, fixture_begin, fixture_end)
	const struct CMUnitTest tests[] = {
		T(message_is_stored_once),
		T(older_message_does_not_turn_back_the_stats),
		T(two_numbers_write_to_each_other),
		T(a_text_is_stored_once),
		T(a_long_text_has_its_preview_beside_it),
		T(what_was_stored_once_changes),
		T(echo_and_history_are_not_unread),
		T(archived_comes_back),
		T(placeholder_gives_way_and_stays_history),
		T(message_of_a_member_is_not_replaced_by_its_echo),
		T(newest_edit_stands_and_a_deletion_hides),
		T(edit_after_a_deletion_is_none),
		T(newest_reaction_stands),
		T(file_without_id_is_missing_until_it_has_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
