/*
 * What became of our messages (docs/protocol.md §4).
 */
#include "fixture.h"

#include "base/text.h"

static void
furthest_status_stands(void **state)
{
	static const struct {
		const char *words[4];
		const char *then;
	} cases[] = {
		{ { "sent" }, "sent" },
		{ { "delivered", "sent" }, "delivered" },
		{ { "read" }, "read" },
		{ { "played", "read", "sent" }, "played" },
		{ { "sent", "failed" }, "failed" },
		{ { "failed", "sent" }, "failed" },
		{ { "failed", "delivered" }, "delivered" },
		{ { "read", "failed" }, "read" },
		{ { "warning" }, "sent" },
		{ { "nobody knows", "delivered" }, "delivered" },
	};
	struct fixture *fx = *state;
	struct event ours = fixture_echo("a", "16505551234", 10);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (int before = 0; before < 2; before++) {
			fixture_do(fx, "DELETE FROM messages;"
				       " DELETE FROM message_statuses;");
			if (!before)
				assert_int_equal(fixture_apply(fx, &ours), 1);
			for (int j = 0; j < 4 && cases[i].words[j]; j++) {
				struct event ev = fixture_status(
				    "a", cases[i].words[j], 20 + j);

				assert_int_equal(fixture_apply(fx, &ev), 1);
				assert_int_equal(fixture_apply(fx, &ev), 1);
			}
			if (before)
				assert_int_equal(fixture_apply(fx, &ours), 1);
			assert_string_equal(fixture_text(fx, "SELECT status"
							     " FROM messages"),
			    cases[i].then);
		}
}

static void
status_is_kept_once_at_its_earliest(void **state)
{
	struct fixture *fx = *state;
	struct event late = fixture_status("a", "read", 30);
	struct event early = fixture_status("a", "read", 20);

	fixture_apply(fx, &late);
	fixture_apply(fx, &early);
	fixture_apply(fx, &late);
	assert_string_equal(fixture_text(fx, "SELECT COUNT(*) || ' ' || MIN(at)"
					     " FROM message_statuses"),
	    "1 20");
	assert_int_equal(
	    fixture_int(fx, "SELECT COUNT(*) FROM conversations"), 0);
}

static void
failed_says_why(void **state)
{
	struct fixture *fx = *state;
	struct event ours = fixture_echo("a", "16505551234", 10);
	struct event failed = fixture_status("a", "failed", 20);
	struct event delivered = fixture_status("a", "delivered", 30);

	failed.error = "{\"code\":131047}";
	failed.error_code = 131047;
	fixture_apply(fx, &failed);
	fixture_apply(fx, &ours);
	assert_string_equal(fixture_text(fx, "SELECT error FROM messages"),
	    "{\"code\":131047}");
	failed.error = NULL;
	failed.error_code = 0;
	fixture_apply(fx, &failed);
	assert_string_equal(fixture_text(fx, "SELECT error FROM messages"),
	    "{\"code\":131047}");
	fixture_apply(fx, &delivered);
	assert_string_equal(
	    fixture_text(fx, "SELECT error FROM messages"), "(null)");
}

/* In a group each participant may have another error. */
static void
code_is_that_of_the_words(void **state)
{
	static const struct {
		const char *who, *error;
		int64_t code, shown;
	} cases[] = {
		{ "x", "{\"code\":131047,\"title\":\"T\"}", 131047, 131047 },
		{ "y", "{\"code\":9}", 9, 131047 },
		{ "z", "{\"code\":\"none\"}", 0, 0 },
	};
	struct fixture *fx = *state;
	struct event ours = fixture_echo("a", "16505551234", 10);
	struct event ev;

	fixture_apply(fx, &ours);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		ev = fixture_status("a", "failed", 20);
		ev.participant = cases[i].who;
		ev.error = cases[i].error;
		ev.error_code = cases[i].code;
		fixture_apply(fx, &ev);
		assert_int_equal(
		    fixture_int(fx, "SELECT COALESCE(error_code, 0)"
				    " FROM messages"),
		    cases[i].shown);
	}
}

static void
inbound_messages_are_not_moved(void **state)
{
	struct fixture *fx = *state;
	struct event theirs = fixture_event("a", "16505551234", 10, "hi");
	struct event read = fixture_status("a", "read", 20);

	fixture_apply(fx, &theirs);
	fixture_apply(fx, &read);
	assert_string_equal(
	    fixture_text(fx, "SELECT status FROM messages"), "received");
}

/* 131047: the window was closed.  Unless it came through after all. */
static void
a_refusal_closes_the_window_unless_it_was_delivered(void **state)
{
	static const char *const words[][2] = { { "failed", "delivered" },
		{ "delivered", "failed" }, { "failed", "sent" } };
	struct fixture *fx = *state;
	struct event ours = fixture_echo("a", "16505551234", 10);

	for (int i = 0; i < 3; i++) {
		fixture_do(fx,
		    "DELETE FROM messages; DELETE FROM conversations;"
		    " DELETE FROM identities;"
		    " DELETE FROM message_statuses;");
		assert_int_equal(fixture_apply(fx, &ours), 1);
		for (int j = 0; j < 2; j++) {
			struct event ev = fixture_status("a", words[i][j], 20);

			if (text_is(words[i][j], "failed")) {
				ev.error = "{\"code\":131047,\"title\":\"t\"}";
				ev.error_code = 131047;
			}
			assert_int_equal(fixture_apply(fx, &ev), 1);
		}
		assert_int_equal(fixture_int(fx, "SELECT window_refused_at"
						 " FROM conversations"),
		    i == 2 ? 10 : 0);
	}
}

static void
history_says_how_far_ours_went(void **state)
{
	struct fixture *fx = *state;
	struct event ours = fixture_echo("a", "16505551234", 10);

	ours.source = EVENT_HISTORY;
	ours.status = "read";
	fixture_apply(fx, &ours);
	assert_string_equal(
	    fixture_text(fx, "SELECT status FROM messages"), "read");
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, fixture_begin, fixture_end)
	const struct CMUnitTest tests[] = {
		T(furthest_status_stands),
		T(status_is_kept_once_at_its_earliest),
		T(failed_says_why),
		T(code_is_that_of_the_words),
		T(a_refusal_closes_the_window_unless_it_was_delivered),
		T(inbound_messages_are_not_moved),
		T(history_says_how_far_ours_went),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
