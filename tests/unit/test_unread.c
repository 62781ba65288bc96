/*
 * What is unread, when a message that asked for attention does so no more: in
 * every order, with another message and with a member who reads between.
 */
#include "fixture.h"

static struct event
call_at(int64_t at, const char *state)
{
	struct event ev = fixture_event("wacid.1", "16505551234", at, "Call");

	ev.kind = EVENT_CALL;
	ev.timed = 0;
	ev.type = "call";
	ev.state = state;
	ev.content = "{}";
	if (strcmp(state, "missed") == 0)
		ev.content = "{\"state\":\"missed\"}";
	else if (strcmp(state, "answered") == 0)
		ev.content = "{\"state\":\"answered\"}";
	else if (strcmp(state, "ringing") == 0)
		ev.content = "{\"state\":\"ringing\"}";
	ev.counts_unread = strcmp(state, "missed") == 0;
	return ev;
}

static struct event
reaction_at(const char *wamid, int64_t at, const char *emoji)
{
	struct event ev = fixture_event(wamid, "16505551234", at, emoji);

	ev.type = "reaction";
	ev.target_wamid = "ours";
	ev.emoji = emoji;
	ev.counts_unread = 0; /* the workspace wants it (begin_asking) */
	return ev;
}

/*
 * One letter an event: o rings at 10, m missed at 20, a answered at 30; t a
 * text at 25, e an early one at 5; h a heart at 20, x it is taken back at 30;
 * r a member reads.
 */
static void
happen(struct fixture *fx, const char *story)
{
	for (const char *s = story; *s != '\0'; s++) {
		struct event ev;

		switch (*s) {
		case 'o':
			ev = call_at(10, "ringing");
			break;
		case 'm':
			ev = call_at(20, "missed");
			break;
		case 'a':
			ev = call_at(30, "answered");
			break;
		case 't':
			ev = fixture_event("t", "16505551234", 25, "hi");
			break;
		case 'e':
			ev = fixture_event("e", "16505551234", 5, "early");
			break;
		case 'h':
			ev = reaction_at("h", 20, "\xe2\x9d\xa4");
			break;
		case 'x':
			ev = reaction_at("x", 30, NULL);
			break;
		default:
			fixture_do(fx, "UPDATE conversations SET"
				       " unread_count = 0, is_read = 1;");
			continue;
		}
		assert_int_equal(fixture_apply(fx, &ev), 1);
	}
}

static int
begin_asking(void **state)
{
	int rc = fixture_begin(state);
	struct fixture *fx = *state;

	fixture_do(fx, "UPDATE workspaces SET reactions_unread = 1;");
	return rc;
}

/* Each story in an inbox of its own. */
static void
only_what_nobody_read_is_unread(void **state)
{
	static const struct {
		const char *story;
		const char *unread; /* the count, and is_read */
	} cases[] = {
		{ "m", "1 0" },
		{ "om", "1 0" },
		{ "mo", "1 0" },
		{ "a", "0 1" },
		{ "ma", "0 1" },
		{ "am", "0 1" },
		{ "oma", "0 1" },
		{ "amo", "0 1" },
		{ "tma", "1 0" },
		{ "mta", "1 0" },
		{ "mat", "1 0" },
		{ "tam", "1 0" },
		{ "mra", "0 1" },
		{ "mrta", "1 0" },
		{ "mtra", "0 1" },
		{ "tmra", "0 1" },
		{ "mrea", "1 0" }, /* the early one came after the reading */
		{ "otrm", "1 0" },
		{ "mart", "1 0" },
		{ "h", "1 0" },
		{ "hx", "0 1" },
		{ "xh", "0 1" },
		{ "htx", "1 0" },
		{ "thx", "1 0" },
		{ "hrx", "0 1" },
		{ "hrtx", "1 0" },
		{ "htrx", "0 1" },
		{ "hrex", "1 0" },
		{ "hehex", "1 0" },
		{ "hmxa", "0 1" },
		{ "mhax", "0 1" },
		{ "mhrtax", "1 0" },
		{ "hrmx", "1 0" },
		{ "mrha", "1 0" },
		{ "mrxhtha", "1 0" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		void *own = NULL;
		const char *found;

		begin_asking(&own);
		happen(own, cases[i].story);
		found = fixture_text(own, "SELECT unread_count || ' ' ||"
					  " is_read FROM conversations");
		if (strcmp(found, cases[i].unread) != 0)
			fail_msg("%s: %s, not %s", cases[i].story, found,
			    cases[i].unread);
		fixture_end(&own);
	}
	(void)state;
}

/* Who has read it has read it there, too. */
static void
a_message_that_moves_takes_no_mark_along(void **state)
{
	struct fixture *fx = *state;
	struct event other = fixture_event("b", "16505550000", 10, "other");
	struct event ev = fixture_event("a", "16505551234", 20, "hi");

	assert_int_equal(fixture_apply(fx, &other), 1);
	assert_int_equal(fixture_apply(fx, &ev), 1);
	fixture_do(fx, "UPDATE conversations SET unread_count = 0,"
		       " is_read = 1;");
	/* The same message, now by a better sighting of the other one; what is
	 * empty then goes. */
	ev = fixture_event("a", "16505550000", 20, "hi");
	ev.customer.user_id = "US.2";
	assert_int_equal(fixture_apply(fx, &ev), 1);
	assert_string_equal(
	    fixture_text(fx, "SELECT COUNT(*) || ' ' || SUM(unread_count) ||"
			     " ' ' || MIN(is_read) FROM conversations"),
	    "1 0 1");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_nobody_read_is_unread),
		cmocka_unit_test_setup_teardown(
		    a_message_that_moves_takes_no_mark_along, fixture_begin,
		    fixture_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
