/*
 * Whether a customer wants marketing: what came last counts, in whatever order
 * it comes, and it goes where the customer goes.
 */
#include "fixture.h"

#include "lib/sql/statements.h"

#include "inbox/conversation/merge.h"

#define A "4930200035"
#define B "4930200036"

#define MARKETING                                                              \
	"COALESCE(marketing || ' ' || marketing_at || ' ' ||"                  \
	" marketing_source, '-')"

static struct event
choice(struct fixture *fx, const char *wa_id, const char *state, int64_t at)
{
	struct event ev = fixture_event(NULL, wa_id, at, state);

	ev.kind = EVENT_MARKETING;
	ev.type = "system";
	ev.state = state;
	ev.content = pool_printf(fx->pool, "{\"marketing\":\"%s\"}", state);
	ev.counts_unread = ev.opens_window = 0;
	ev.waba_id = "waba";
	return ev;
}

static void
says(struct fixture *fx, const char *wa_id, const char *user_id,
    const char *state, int64_t at)
{
	struct event ev = choice(fx, wa_id, state, at);

	ev.customer.user_id = user_id;
	assert_int_equal(fixture_apply(fx, &ev), 1);
}

static void
writes(struct fixture *fx, const char *wamid, const char *wa_id,
    const char *user_id, int64_t at)
{
	struct event ev = fixture_event(wamid, wa_id, at, wamid);

	ev.customer.user_id = user_id;
	ev.waba_id = "waba";
	assert_int_equal(fixture_apply(fx, &ev), 1);
}

/* One of ours, from the phone app, and what became of it. */
static void
sends(struct fixture *fx, const char *wamid, int64_t at)
{
	struct event ev = fixture_echo(wamid, A, at);

	ev.waba_id = "waba";
	assert_int_equal(fixture_apply(fx, &ev), 1);
}

static void
becomes(struct fixture *fx, const char *wamid, const char *word, int64_t code)
{
	struct event ev = fixture_status(wamid, word, FIXTURE_NOW);

	if (code != 0) {
		ev.error_code = code;
		ev.error =
		    pool_printf(fx->pool, "{\"code\":%lld}", (long long)code);
	}
	assert_int_equal(fixture_apply(fx, &ev), 1);
}

static const char *
marketing(struct fixture *fx, const char *wamid)
{
	return fixture_text(
	    fx, pool_printf(fx->pool,
		    "SELECT " MARKETING " FROM conversations WHERE id = (SELECT"
		    " conversation_id FROM messages WHERE wamid = '%s')",
		    wamid));
}

#define IS(wamid, expected) assert_string_equal(marketing(fx, wamid), expected)

/* All orders of five, two of which are of one second, and one came twice. */
static void
the_newest_choice_counts_in_any_order(void **state)
{
	static const struct {
		const char *state;
		int64_t at;
	} said[] = { { "stopped", 10 }, { "allowed", 20 }, { "stopped", 30 },
		{ "allowed", 30 }, { "stopped", 40 } };
	struct fixture *fx = *state;

	for (int order = 0; order < 120; order++) {
		int left[] = { 0, 1, 2, 3, 4 }, rest = order;

		writes(fx, "w", A, NULL, 1);
		for (int n = 5; n > 0; n--) {
			int k = rest % n, i = left[k];

			rest /= n;
			left[k] = left[n - 1];
			says(fx, A, NULL, said[i].state, said[i].at);
			if (k == 0)
				says(fx, A, NULL, said[i].state, said[i].at);
		}
		IS("w", "stopped 30 user_preferences");
		assert_int_equal(fixture_int(fx, "SELECT COUNT(*) FROM messages"
						 " WHERE type = 'system'"),
		    5);
		fixture_do(fx, "DELETE FROM messages;"
			       "DELETE FROM conversations;"
			       "DELETE FROM identities");
		assert_int_equal(
		    fixture_int(fx, "SELECT COUNT(*) FROM marketing_choices"),
		    0);
	}
}

static void
it_is_since_the_first_that_says_the_same(void **state)
{
	struct fixture *fx = *state;

	says(fx, A, NULL, "allowed", 50);
	writes(fx, "w", A, NULL, 1);
	IS("w", "allowed 50 user_preferences");
	says(fx, A, NULL, "stopped", 60);
	says(fx, A, NULL, "stopped", 70);
	IS("w", "stopped 60 user_preferences");
	says(fx, A, NULL, "allowed", 65);
	IS("w", "stopped 70 user_preferences");
	says(fx, A, NULL, "allowed", 71);
	IS("w", "allowed 71 user_preferences");
	assert_int_equal(
	    fixture_int(fx, "SELECT is_read FROM conversations"), 0);
	assert_int_equal(
	    fixture_int(fx, "SELECT unread_count FROM conversations"), 1);
}

static void
a_refused_message_says_so_too(void **state)
{
	struct fixture *fx = *state;

	sends(fx, "a", 100);
	IS("a", "-");
	becomes(fx, "a", "failed", 131049);
	IS("a", "-");
	sends(fx, "b", 200);
	becomes(fx, "b", "failed", 131050);
	becomes(fx, "b", "failed", 131050);
	IS("a", "stopped 200 refused");
	says(fx, A, NULL, "stopped", 150);
	IS("a", "stopped 150 user_preferences");
	says(fx, A, NULL, "allowed", 190);
	IS("a", "stopped 200 refused");
	says(fx, A, NULL, "allowed", 201);
	IS("a", "allowed 201 user_preferences");
}

/* It was delivered after all: it was not refused, whatever came first. */
static void
what_was_delivered_was_not_refused(void **state)
{
	struct fixture *fx = *state;

	sends(fx, "a", 100);
	becomes(fx, "a", "failed", 131050);
	IS("a", "stopped 100 refused");
	becomes(fx, "a", "delivered", 0);
	IS("a", "-");
	sends(fx, "b", 200);
	becomes(fx, "b", "delivered", 0);
	becomes(fx, "b", "failed", 131050);
	IS("b", "-");
}

/* Who had the number then said so, and not who has it now. */
static void
it_stays_with_who_said_it(void **state)
{
	struct fixture *fx = *state;
	struct event gone = fixture_event("s", A, 2000, "system");

	writes(fx, "a", A, NULL, 1000);
	says(fx, A, NULL, "stopped", 1500);
	writes(fx, "next", A, NULL, 3000);
	says(fx, A, NULL, "allowed", 3500);
	IS("a", "allowed 3500 user_preferences");
	/* That the first one went to another number comes late. */
	gone.type = "system";
	gone.counts_unread = gone.opens_window = 0;
	gone.customer.new_wa_id = B;
	gone.waba_id = "waba";
	assert_int_equal(fixture_apply(fx, &gone), 1);
	IS("a", "stopped 1500 user_preferences");
	IS("next", "allowed 3500 user_preferences");
}

static void
two_that_are_one_have_the_newest(void **state)
{
	struct fixture *fx = *state;

	writes(fx, "a", A, NULL, 1000);
	writes(fx, "b", NULL, "DE.1", 1001);
	says(fx, A, NULL, "stopped", 1500);
	says(fx, NULL, "DE.1", "allowed", 1400);
	IS("a", "stopped 1500 user_preferences");
	IS("b", "allowed 1400 user_preferences");
	writes(fx, "both", A, "DE.1", 1600);
	IS("a", "stopped 1500 user_preferences");
	IS("b", "stopped 1500 user_preferences");
	assert_int_equal(
	    fixture_int(fx, "SELECT COUNT(*) FROM conversations"), 1);
	assert_int_equal(
	    fixture_int(fx, "SELECT COUNT(*) FROM marketing_choices"), 2);
}

/* Clients hear of a change, and of nothing twice. */
static void
it_is_a_change(void **state)
{
	struct fixture *fx = *state;
	const char *changes = "SELECT COUNT(*) FROM changes"
			      " WHERE type = 'conversation.updated'";
	int64_t before;

	writes(fx, "w", A, NULL, 1);
	sends(fx, "a", 100);
	before = fixture_int(fx, changes);
	becomes(fx, "a", "failed", 131050);
	assert_true(fixture_int(fx, changes) > before);
	before = fixture_int(fx, changes);
	becomes(fx, "a", "failed", 131050);
	assert_int_equal(fixture_int(fx, changes), before);
	says(fx, A, NULL, "allowed", FIXTURE_NOW);
	assert_true(fixture_int(fx, changes) > before);
}

#define T(f) cmocka_unit_test_setup_teardown(f, fixture_begin, fixture_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_newest_choice_counts_in_any_order),
		T(it_is_since_the_first_that_says_the_same),
		T(a_refused_message_says_so_too),
		T(what_was_delivered_was_not_refused),
		T(it_stays_with_who_said_it),
		T(two_that_are_one_have_the_newest),
		T(it_is_a_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
