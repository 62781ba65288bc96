/*
 * Who is in a group: from who joins, leaves and writes, in whatever order it
 * comes; and who asks.
 */
#include "fixture.h"

#include "base/text.h"

#include "inbox/conversation/group_participant.h"
#include "inbox/conversation/group_participant_list.h"

/* One letter a fact. */
static const struct {
	char letter;
	const char *wa_id, *user_id, *name;
	int joins; /* 0: writes */
	int64_t at;
} facts[] = {
	{ 'j', "4930200001", NULL, NULL, 1, 10 },
	{ 'l', "4930200001", NULL, NULL, -1, 20 },
	{ 'w', "4930200001", NULL, "Ann", 0, 30 },
	{ 'v', "4930200001", NULL, "Anna", 0, 40 },
	{ 'b', "4930200001", "US.1", NULL, 1, 15 }, /* both ids */
	{ 'k', NULL, "US.1", NULL, -1, 50 },	    /* by the user id */
	{ 'c', "4930200001", "US.2", NULL, 1, 60 }, /* the number's next one */
	{ 'u', NULL, "US.3", "Cy", 0, 12 },
};

static void
deliver(struct fixture *fx, char letter)
{
	for (size_t i = 0; i < sizeof(facts) / sizeof(*facts); i++) {
		struct event ev;

		if (facts[i].letter != letter)
			continue;
		ev = fixture_event(pool_printf(fx->pool, "%c", letter),
		    facts[i].wa_id, facts[i].at, "hi");
		ev.customer.user_id = facts[i].user_id;
		ev.customer.profile_name = facts[i].name;
		ev.customer.group_id = "g1";
		if (facts[i].joins != 0) {
			ev.kind = EVENT_GROUP;
			ev.joins = facts[i].joins;
			ev.type = "system";
			ev.counts_unread = ev.opens_window = 0;
		}
		assert_int_equal(fixture_apply(fx, &ev), 1);
		return;
	}
	fail();
}

/* The group is the first conversation; each participant: ids, name, +in or
 * -out. */
static const char *
outcome(struct fixture *fx)
{
	struct group_participant_row p[8];
	const char *all = "";
	int n;

	assert_int_equal(
	    db_prepare_all(fx->member_db, &group_participant_list_statements),
	    0);
	n = group_participant_list_read(fx->member, fx->pool,
	    fixture_int(fx, "SELECT id FROM conversations"
			    " WHERE group_id = 'g1'"),
	    0, p, 8);
	assert_int_not_equal(n, -1);
	for (int i = 0; i < n; i++)
		all = pool_printf(fx->pool, "%s%s%s/%s/%s%s", all,
		    i > 0 ? " " : "", p[i].phone != NULL ? p[i].phone : "",
		    p[i].user_id != NULL ? p[i].user_id : "",
		    p[i].name != NULL ? p[i].name : "", p[i].is_in ? "+" : "-");
	return all;
}

static void
try_order(const char *order, void *expected)
{
	void *own = NULL;
	struct fixture *fx;
	const char *found;

	fixture_begin_members(&own);
	fx = own;
	fixture_do(
	    fx, "UPDATE numbers SET phone_number_id = '100' WHERE id = 1;");
	for (const char *s = order; *s != '\0'; s++)
		deliver(fx, *s);
	deliver(fx, *order); /* twice is as once */
	found = outcome(fx);
	if (!text_is(found, expected))
		fail_msg("%s: %s, not %s", order, found, expected);
	fixture_end(&own);
}

static void
who_is_in_a_group_depends_on_no_order(void **state)
{
	static struct {
		const char *facts;
		char expected[64];
	} cases[] = {
		{ "j", "+4930200001//+" },
		{ "jl", "+4930200001//-" },
		{ "l", "+4930200001//-" },
		{ "lw", "+4930200001//Ann+" },
		{ "jlw", "+4930200001//Ann+" },
		{ "wv", "+4930200001//Anna+" },
		{ "bw", "+4930200001/US.1/Ann+" },
		{ "bl", "+4930200001/US.1/-" },
		{ "bk", "+4930200001/US.1/-" },
		{ "bwk", "+4930200001/US.1/Ann-" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		unit_each_order(cases[i].facts, try_order, cases[i].expected);
	(void)state;
}

/* Only who wrote: nothing was told. */
static void
whoever_writes_is_in_it(void **state)
{
	struct fixture *fx = *state;

	fixture_do(
	    fx, "UPDATE numbers SET phone_number_id = '100' WHERE id = 1;");
	deliver(fx, 'u');
	deliver(fx, 'v');
	assert_string_equal(outcome(fx), "/US.3/Cy+ +4930200001//Anna+");
	fixture_do(fx, "UPDATE contacts SET phone = '+4930200001',"
		       " name = 'In the book' WHERE id = 1;");
	assert_string_equal(outcome(fx), "/US.3/Cy+ +4930200001//In the book+");
}

/* The account is the next one's; the one before stays, without it. */
static void
an_account_is_shown_with_who_has_it(void **state)
{
	struct fixture *fx = *state;

	fixture_do(
	    fx, "UPDATE numbers SET phone_number_id = '100' WHERE id = 1;");
	deliver(fx, 'c');
	deliver(fx, 'b');
	assert_string_equal(outcome(fx), "+4930200001/US.2/+ /US.1/+");
}

static void
who_is_erased_is_in_no_group(void **state)
{
	struct fixture *fx = *state;

	fixture_do(
	    fx, "UPDATE numbers SET phone_number_id = '100' WHERE id = 1;");
	deliver(fx, 'b');
	deliver(fx, 'u');
	assert_int_equal(db_begin(fx->db), 0);
	assert_int_equal(group_participant_forget(fx->db, 100, "US.3"), 0);
	assert_int_equal(group_participant_forget(fx->db, 1, "4930200001"), 0);
	assert_int_equal(db_commit(fx->db), 0);
	assert_string_equal(outcome(fx), "/US.1/+ /US.3/Cy+");
	assert_int_equal(db_begin(fx->db), 0);
	assert_int_equal(group_participant_forget(fx->db, 1, "US.1"), 0);
	assert_int_equal(db_commit(fx->db), 0);
	assert_string_equal(outcome(fx), "/US.3/Cy+");
}

int
main(void)
{
#define T(f)                                                                   \
	cmocka_unit_test_setup_teardown(f, fixture_begin_members, fixture_end)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_in_a_group_depends_on_no_order),
		T(whoever_writes_is_in_it),
		T(an_account_is_shown_with_who_has_it),
		T(who_is_erased_is_in_no_group),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
