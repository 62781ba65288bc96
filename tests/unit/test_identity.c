/*
 * By what a customer is known.
 */
#include "fixture.h"

#include "inbox/conversation/identity.h"

static void
value_leads_to_one_conversation(void **state)
{
	struct fixture *fx = *state;
	const struct number_key other = { .id = 2, .workspace_id = 1 };
	int64_t id = 0;

	fixture_do(fx, "INSERT INTO conversations(id, workspace_id, number_id,"
		       " created_at, updated_at) VALUES (1, 1, 1, 1, 1),"
		       " (2, 1, 1, 1, 1);");
	assert_int_equal(identity_find(fx->db, &fixture_number, IDENTITY_WA_ID,
			     "1", IDENTITY_NOW, &id),
	    0);
	assert_int_equal(
	    identity_put(fx->db, &fixture_number, IDENTITY_WA_ID, "1", 1, 1),
	    1);
	assert_int_equal(
	    identity_put(fx->db, &fixture_number, IDENTITY_WA_ID, "1", 2, 1),
	    0);
	assert_int_equal(identity_find(fx->db, &fixture_number, IDENTITY_WA_ID,
			     "1", IDENTITY_NOW, &id),
	    1);
	assert_int_equal(id, 1);
	/* Not as another kind, and not for another number of ours. */
	assert_int_equal(identity_find(fx->db, &fixture_number, IDENTITY_ALIAS,
			     "1", IDENTITY_NOW, &id),
	    0);
	assert_int_equal(identity_find(fx->db, &other, IDENTITY_WA_ID, "1",
			     IDENTITY_NOW, &id),
	    0);
	assert_int_equal(identity_move(fx->db, 1, 1, 2), 0);
	assert_int_equal(identity_find(fx->db, &fixture_number, IDENTITY_WA_ID,
			     "1", IDENTITY_NOW, &id),
	    1);
	assert_int_equal(id, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(value_leads_to_one_conversation,
		    fixture_begin, fixture_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
