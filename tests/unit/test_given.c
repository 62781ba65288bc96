/*
 * A customer who hides the phone gives it when asked: whose it is follows from
 * what is known, in whatever order it came.
 */
#include "fixture.h"

#include "base/text.h"

/* One letter a delivery. */
static const struct {
	char letter;
	const char *wa_id, *user_id; /* who writes */
	const char *gives;	     /* the phone on a card, NULL a text */
	int64_t at;
} deliveries[] = {
	{ 'h', NULL, "BR.1", NULL, 10 }, /* hello, without a phone */
	{ 'c', NULL, "BR.1", "551187654321", 20 },
	{ 'C', NULL, "BR.1", "551187654321", 40 },  /* the same card again */
	{ 'n', NULL, "BR.1", "5511987654321", 30 }, /* spelled with a nine */
	{ 'o', NULL, "BR.1", "4930200001", 50 },    /* another number */
	{ 'v', NULL, "BR.2", "551187654321", 25 },  /* another's card */
	{ 'e', "551187654321", NULL, NULL, 5 },	    /* by phone, before */
	{ 's', "551187654321", NULL, NULL, 20 },    /* ... that very second */
	{ 'l', "551187654321", NULL, NULL, 60 },    /* ... and later */
	{ 'b', "5511987654321", "BR.1", NULL, 70 }, /* with both */
	{ 'x', "551187654321", "BR.3", NULL, 5 },   /* another's, before */
	{ 'y', "551187654321", "BR.3", NULL, 65 },  /* another's, later */
};

static void
deliver(struct fixture *fx, char letter)
{
	for (size_t i = 0; i < sizeof(deliveries) / sizeof(*deliveries); i++) {
		struct event ev;

		if (deliveries[i].letter != letter)
			continue;
		ev = fixture_event(pool_printf(fx->pool, "%c", letter),
		    deliveries[i].wa_id, deliveries[i].at, "hi");
		ev.customer.user_id = deliveries[i].user_id;
		ev.shared = deliveries[i].gives;
		assert_int_equal(fixture_apply(fx, &ev), 1);
		return;
	}
	fail();
}

/* Each conversation: its phone, and its messages by time. */
static const char *
outcome(struct fixture *fx)
{
	return fixture_text(fx,
	    "SELECT group_concat(all_of, ' | ') FROM (SELECT"
	    " COALESCE(c.phone, '-') || ' ' || (SELECT group_concat(CASE"
	    "  m.type WHEN 'system' THEN json_extract(m.content, '$.type')"
	    "  ELSE m.wamid END, '') FROM (SELECT type, content, wamid"
	    "   FROM messages WHERE conversation_id = c.id"
	    "   ORDER BY sent_at, type, wamid) AS m) AS all_of"
	    " FROM conversations AS c WHERE last_message_at > 0"
	    " ORDER BY (SELECT MIN(sent_at) FROM messages AS m"
	    "  WHERE m.conversation_id = c.id), c.user_id)");
}

static void
try_order(const char *order, void *expected)
{
	void *own = NULL;
	const char *found;

	fixture_begin(&own);
	for (const char *s = order; *s != '\0'; s++)
		deliver(own, *s);
	found = outcome(own);
	if (!text_is(found, expected))
		fail_msg("%s: %s, not %s", order, found, expected);
	fixture_end(&own);
}

static void
whose_a_given_phone_is_depends_on_no_order(void **state)
{
	static struct {
		const char *facts;
		char expected[64];
	} cases[] = {
		{ "hc", "+551187654321 hc" },
		{ "cC", "+551187654321 cC" },
		{ "hcn", "+5511987654321 hcn" },
		{ "hco", "+4930200001 hco" },
		{ "hcl", "+551187654321 hcl" },
		{ "hcb", "+5511987654321 hcb" },
		{ "hce", "+551187654321 e | - haccount_keptc" },
		{ "cs", "+551187654321 s | - account_keptc" },
		{ "hcCe", "+551187654321 e | - haccount_keptcC" },
		{ "ecb", "+5511987654321 ecb" },
		{ "ecl", "+551187654321 el | - account_keptc" },
		{ "cv", "+551187654321 c | - account_keptv" },
		{ "cve",
		    "+551187654321 e | - account_keptc | - account_keptv" },
		{ "cx", "+551187654321 x | - account_keptc" },
		{ "cy", "- caccount_shown | +551187654321 account_showny" },
		{ "cly", "- claccount_shown | +551187654321 account_showny" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		unit_each_order(cases[i].facts, try_order, cases[i].expected);
	(void)state;
}

/* A member was about to write to that number, or had written. */
static void
whom_we_wrote_to_stays_another_conversation(void **state)
{
	struct fixture *fx = *state;

	fixture_do(fx,
	    "INSERT INTO conversations(workspace_id, number_id, phone,"
	    " created_at, updated_at)"
	    " VALUES (1, 1, '+551187654321', 15, 15);");
	deliver(fx, 'c');
	deliver(fx, 'C');
	assert_string_equal(outcome(fx), "- account_keptcC");
	deliver(fx, 'l');
	assert_string_equal(outcome(fx), "- account_keptcC | +551187654321 l");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whose_a_given_phone_is_depends_on_no_order),
		cmocka_unit_test_setup_teardown(
		    whom_we_wrote_to_stays_another_conversation, fixture_begin,
		    fixture_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
