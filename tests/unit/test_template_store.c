/*
 * Which number's list of templates is due, and what stays of a list.
 */
#include "fixture.h"

#include "inbox/number_due.h"
#include "inbox/template/template_store.h"

#define NOW FIXTURE_NOW

static int64_t
due_at(struct fixture *fx, int64_t now)
{
	struct template_number n = { 0 };
	int rc = template_store_due(fx->db, fx->pool, now, &n);

	assert_int_not_equal(rc, -1);
	return rc == 1 ? n.id : 0;
}

static void
a_list_is_due_when_its_number_is_a_minute_old(void **state)
{
	struct fixture *fx = *state;
	struct template_number n = {
		.id = 1, .workspace_id = 1, .provider = "360dialog"
	};

	assert_int_equal(db_prepare_all(fx->db, &template_store_statements), 0);
	fixture_do(fx, "DELETE FROM numbers WHERE id > 1;"
		       "UPDATE numbers SET created_at = 1769774400");
	assert_int_equal(due_at(fx, NOW + NUMBER_DUE_YOUNG - 1), 0);
	assert_int_equal(due_at(fx, NOW + NUMBER_DUE_YOUNG), 1);
	assert_int_equal(template_store_begin(fx->db, &n, NOW), 0);
	assert_int_equal(due_at(fx, NOW + TEMPLATE_STORE_DAY - 1), 0);
	assert_int_equal(due_at(fx, NOW + TEMPLATE_STORE_DAY), 1);
	/* Something happened to one of the account; not to another's. */
	fixture_do(fx, "UPDATE numbers SET waba_id = 'w'");
	assert_int_equal(template_store_changed(fx->db, 0, "v", NOW), 0);
	assert_int_equal(due_at(fx, NOW + 60), 0);
	assert_int_equal(template_store_changed(fx->db, 0, "w", NOW), 0);
	assert_int_equal(due_at(fx, NOW + 60), 1);
	fixture_do(fx, "UPDATE numbers SET moving_to = 1");
	assert_int_equal(due_at(fx, NOW + TEMPLATE_STORE_DAY), 0);
}

static void
what_is_not_in_the_list_any_more_goes(void **state)
{
	struct fixture *fx = *state;
	struct template_number n = {
		.id = 1, .workspace_id = 1, .provider = "360dialog"
	};
	struct template_row one = { "a", "en", "APPROVED", "[]", NULL, NULL,
		NULL };
	struct template_row two = { "b", "en", "APPROVED", "[]", NULL, NULL,
		NULL };

	assert_int_equal(db_prepare_all(fx->db, &template_store_statements), 0);
	assert_int_equal(template_store_put(fx->db, &n, &one, NOW), 0);
	assert_int_equal(template_store_put(fx->db, &n, &two, NOW), 0);
	assert_int_equal(template_store_end(fx->db, &n, NOW), 0);
	two.status = "PAUSED";
	assert_int_equal(template_store_put(fx->db, &n, &two, NOW + 1), 0);
	/* A reading that breaks off leaves what was there. */
	assert_int_equal(
	    template_store_failed(fx->db, &n, "no answer", NOW + 900), 0);
	assert_int_equal(fixture_int(fx, "SELECT count(*) FROM templates"), 2);
	assert_int_equal(template_store_end(fx->db, &n, NOW + 1), 0);
	assert_string_equal(
	    fixture_text(fx, "SELECT name || ' ' || status FROM templates"),
	    "b PAUSED");
	/* The number went to another workspace while its list was read. */
	fixture_do(fx, "UPDATE numbers SET moving_to = 1");
	assert_int_equal(template_store_put(fx->db, &n, &one, NOW + 2), 0);
	assert_int_equal(fixture_int(fx, "SELECT count(*) FROM templates"), 1);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, fixture_begin, fixture_end)
	const struct CMUnitTest tests[] = {
		T(a_list_is_due_when_its_number_is_a_minute_old),
		T(what_is_not_in_the_list_any_more_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
