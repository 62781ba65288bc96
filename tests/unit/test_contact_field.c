/*
 * Own fields of contacts: what may be given, and what becomes of values.
 */
#include "fixture.h"

#include "lib/json/json.h"

#include "session/session.h"

#include "inbox/contact/contact.h"
#include "inbox/contact/contact_field.h"
#include "inbox/contact/contact_field_validate.h"
#include "inbox/contact/contact_merge.h"
#include "inbox/job/job.h"

static int64_t
define(struct fixture *fx, const char *key, const char *type)
{
	struct contact_field f = { .key = key, .label = key, .type = type };
	int64_t id = 0;

	assert_int_equal(contact_field_add(fx->member, &f, 7, &id), 1);
	return id;
}

static void
has(struct fixture *fx, int64_t contact, int64_t field, const char *value)
{
	const struct contact_value v = { .field_id = field, .value = value };

	assert_int_equal(contact_field_put(fx->member, contact, &v, 1, 9), 0);
}

static void
a_key_is_a_name_of_its_own(void **state)
{
	static const char *const bad[] = { "", "Plan", "1st", "a-b", "email",
		"tags", "a23456789012345678901234567890123", "pl\xC3\xA4n" };
	struct fixture *fx = *state;
	const char *why = NULL;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_null(contact_field_validate_key(fx->pool, bad[i], &why));
	assert_non_null(contact_field_validate_key(fx->pool, "plan_2", &why));
}

static void
a_value_is_of_the_type_of_its_field(void **state)
{
	static const struct {
		const char *type, *typed, *kept;
	} cases[] = {
		{ "text", " a\n b ", "a b" },
		{ "text", " ", NULL },
		{ "number", "-12.50", "-12.50" },
		{ "number", "0", "0" },
		{ "number", "123456789012345", "123456789012345" },
		{ "number", "1234567890123456", NULL },
		{ "number", "007", NULL },
		{ "number", "1e9", NULL },
		{ "number", "1.", NULL },
		{ "number", "-", NULL },
		{ "number", "1,5", NULL },
		{ "number", "nan", NULL },
		{ "date", "2024-02-29", "2024-02-29" },
		{ "date", "2000-02-29", "2000-02-29" },
		{ "date", "1900-02-29", NULL },
		{ "date", "2026-13-01", NULL },
		{ "date", "2026-01-00", NULL },
		{ "date", "0000-01-01", NULL },
		{ "date", "2026-1-1", NULL },
		{ "date", "2026-01-01T", NULL },
		{ "choice", "Basic", "Basic" },
		{ "choice", "basic", NULL },
		{ "boolean", "true", "true" },
		{ "boolean", "yes", NULL },
	};
	struct fixture *fx = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct contact_field f = { .type = cases[i].type,
			.choices = "[\"Basic\",\"Premium\"]" };
		const char *why = NULL, *kept = contact_field_validate_value(
					    fx->pool, &f, cases[i].typed, &why);

		if (cases[i].kept == NULL && (kept != NULL || why == NULL))
			fail_msg("%s '%s'", cases[i].type, cases[i].typed);
		if (cases[i].kept != NULL)
			assert_string_equal(kept, cases[i].kept);
	}
}

static const char *
choices(struct fixture *fx, const char *json)
{
	const char *why = NULL;

	return contact_field_validate_choices(
	    fx->pool, json_parse(fx->pool, json, strlen(json), NULL), &why);
}

static void
choices_are_texts_of_which_none_is_there_twice(void **state)
{
	struct fixture *fx = *state;

	assert_string_equal(choices(fx, "[\"a\", \" b \"]"), "[\"a\",\"b\"]");
	assert_null(choices(fx, "[]"));
	assert_null(choices(fx, "[\"a\", \"a \"]"));
	assert_null(choices(fx, "[\"a\", 1]"));
	assert_null(choices(fx, "[\"\"]"));
	assert_null(choices(fx, "\"a\""));
}

static void
a_contact_shows_what_it_has(void **state)
{
	struct fixture *fx = *state;
	int64_t plan, size, changes;
	struct contact c;

	assert_int_equal(
	    session_seal(fx->member, &contact_merge_statements), 0);
	plan = define(fx, "plan", "text");
	size = define(fx, "size", "number");
	has(fx, 1, size, "12");
	has(fx, 1, plan, "Basic");
	assert_int_equal(contact_get(fx->member, fx->pool, 1, &c), 1);
	assert_int_equal(c.n_values, 2);
	assert_int_equal(c.updated_at, 9);
	assert_string_equal(c.values[0].key, "plan");
	assert_string_equal(c.values[0].value, "Basic");
	changes = fixture_int(fx, "SELECT COUNT(*) FROM changes");
	has(fx, 1, plan, "Basic");
	has(fx, 2, plan, NULL);
	assert_int_equal(
	    fixture_int(fx, "SELECT COUNT(*) FROM changes"), changes);
	has(fx, 1, plan, NULL);
	assert_int_equal(contact_get(fx->member, fx->pool, 1, &c), 1);
	assert_int_equal(c.n_values, 1);
	assert_string_equal(c.values[0].value, "12");
	/* Of another workspace neither the contact nor the field. */
	fixture_do(fx, "INSERT INTO contact_fields(id, workspace_id, key,"
		       " label, type, created_at, updated_at)"
		       " VALUES (100, 100, 'x', 'x', 'text', 1, 1)");
	has(fx, 1, 100, "x");
	has(fx, 100, size, "1");
	assert_int_equal(
	    fixture_int(fx, "SELECT COUNT(*) FROM contact_values"), 1);
}

static void
who_stays_keeps_what_it_has(void **state)
{
	struct fixture *fx = *state;
	struct contact_merge m = { .keep = 1, .gone = 2 };
	int64_t plan, size;
	struct contact c;

	fixture_do(fx, "UPDATE contacts SET phone = NULL, user_id = 'US.2'"
		       " WHERE id = 2;"
		       "UPDATE contacts SET user_id = NULL WHERE id = 1");
	assert_int_equal(
	    session_seal(fx->member, &contact_merge_statements), 0);
	plan = define(fx, "plan", "text");
	size = define(fx, "size", "number");
	has(fx, 1, plan, "Basic");
	has(fx, 2, plan, "Premium");
	has(fx, 2, size, "3");
	assert_int_equal(
	    contact_merge(fx->member, fx->pool, &m, 10), CONTACT_MERGE_DONE);
	assert_int_equal(contact_get(fx->member, fx->pool, 1, &c), 1);
	assert_int_equal(c.n_values, 2);
	assert_string_equal(c.values[0].value, "Basic");
	assert_string_equal(c.values[1].value, "3");
	assert_int_equal(
	    fixture_int(fx, "SELECT COUNT(*) FROM contact_values"), 2);
}

static void
what_is_deleted_takes_its_values_along(void **state)
{
	struct fixture *fx = *state;
	int64_t plan, last = 0;
	struct contact c;

	assert_int_equal(
	    session_seal(fx->member, &contact_merge_statements), 0);
	plan = define(fx, "plan", "text");
	has(fx, 1, plan, "Basic");
	fixture_do(fx, "DELETE FROM contacts WHERE id = 1");
	assert_int_equal(
	    fixture_int(fx, "SELECT COUNT(*) FROM contact_values"), 0);
	has(fx, 2, plan, "Basic");
	fixture_do(fx,
	    "INSERT INTO contacts(workspace_id, phone, name, created_at,"
	    " updated_at) WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL"
	    " SELECT n + 1 FROM i WHERE n < 200) SELECT 1, '+49' || n, 'x',"
	    " 1, 1 FROM i;"
	    "INSERT INTO contact_values SELECT 1, id, 1, 'x' FROM contacts"
	    " WHERE workspace_id = 1 AND id <> 2");
	assert_int_equal(contact_field_delete(fx->member, plan), 0);
	assert_int_equal(contact_get(fx->member, fx->pool, 2, &c), 1);
	assert_int_equal(c.n_values, 0);
	assert_true(fixture_int(fx, "SELECT COUNT(*) FROM contact_values"));
	while (job_step(fx->db, fx->pool, "", &last, 10) == 1)
		continue;
	assert_int_equal(
	    fixture_int(fx, "SELECT COUNT(*) FROM contact_values"), 0);
	assert_int_equal(fixture_int(fx, "SELECT COUNT(*) FROM jobs"), 0);
}

static void
there_are_so_many(void **state)
{
	struct fixture *fx = *state;
	struct contact_field f = { .label = "x", .type = "text" }, all[50];
	int64_t id;

	assert_int_equal(
	    session_seal(fx->member, &contact_field_statements), 0);
	for (int i = 0; i < CONTACT_FIELDS_MAX; i++)
		define(fx, pool_printf(fx->pool, "f%d", i), "text");
	f.key = "one_more";
	assert_int_equal(contact_field_add(fx->member, &f, 7, &id), 0);
	assert_int_equal(contact_field_list(fx->member, fx->pool, all), 50);
	assert_string_equal(all[1].key, "f1");
	assert_string_equal(all[2].key, "f10");
}

int
main(void)
{
#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(f, fixture_begin_members, fixture_end)
	const struct CMUnitTest tests[] = {
		TEST(a_key_is_a_name_of_its_own),
		TEST(a_value_is_of_the_type_of_its_field),
		TEST(choices_are_texts_of_which_none_is_there_twice),
		TEST(a_contact_shows_what_it_has),
		TEST(who_stays_keeps_what_it_has),
		TEST(what_is_deleted_takes_its_values_along),
		TEST(there_are_so_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
