/*
 * The address book.
 */
#include "fixture.h"

#include "inbox/contact/contact.h"
#include "inbox/contact/contact_list.h"

static int64_t
create(struct fixture *fx, const char *phone)
{
	struct contact c = { .phone = phone, .name = "New" };
	int64_t id = 0;

	assert_int_equal(
	    contact_create(fx->member, fx->pool, &c, FIXTURE_NOW, &id), 1);
	return id;
}

static int64_t
contact_of(struct fixture *fx, int64_t conversation)
{
	return fixture_int(
	    fx, pool_printf(fx->pool,
		    "SELECT COALESCE("
		    "contact_id, 0) FROM conversations WHERE id = %d",
		    (int)conversation));
}

static void
set_phone(struct fixture *fx, int64_t conversation, const char *phone)
{
	assert_int_equal(
	    db_script(fx->db,
		pool_printf(fx->pool,
		    "UPDATE conversations SET phone = '%s', contact_id = NULL"
		    " WHERE id = %d",
		    phone, (int)conversation)),
	    0);
}

static void
what_is_typed_is_checked(void **state)
{
	struct fixture *fx = *state;
	const char *why = NULL;
	char *many = pool_alloc(fx->pool, 1000);

	assert_string_equal(
	    contact_validate_phone(fx->pool, "+1 (650) 555-1234", &why),
	    "+16505551234");
	assert_null(contact_validate_phone(fx->pool, "650 555 1234", &why));
	assert_non_null(why);
	assert_string_equal(
	    contact_validate_name(fx->pool, " Ann\n Lee ", &why), "Ann Lee");
	assert_null(contact_validate_name(fx->pool, " \t", &why));
	assert_null(contact_validate_name(fx->pool, NULL, &why));
	for (int i = 0; i < 200; i++)
		memcpy(many + 2 * i, "ü", 2);
	assert_non_null(contact_validate_name(fx->pool, many, &why));
	memcpy(many + 400, "x", 2);
	assert_null(contact_validate_name(fx->pool, many, &why));
	assert_string_equal(
	    contact_validate_email(fx->pool, " a@b ", &why), "a@b");
	assert_null(contact_validate_email(fx->pool, "@b", &why));
	assert_null(contact_validate_email(fx->pool, "a@", &why));
	assert_null(contact_validate_email(fx->pool, "a@b@c", &why));
	assert_null(contact_validate_email(fx->pool, "a b@c", &why));
	assert_null(contact_validate_tag(fx->pool, "", &why));
}

static void
a_new_contact_links_its_conversations(void **state)
{
	struct fixture *fx = *state;
	int64_t id = create(fx, "+442071234567");

	assert_int_equal(id, contact_of(fx, 3));
	assert_int_equal(contact_of(fx, 100), 100);
	assert_int_equal(contact_of(fx, 4), 0);
}

static void
variants_are_linked_and_landlines_not(void **state)
{
	struct fixture *fx = *state;
	int64_t id;

	set_phone(fx, 3, "+551187654321");
	set_phone(fx, 4, "+551134567890");
	id = create(fx, "+5511987654321");
	assert_int_equal(id, contact_of(fx, 3));
	create(fx, "+5511934567890");
	assert_int_equal(contact_of(fx, 4), 0);
}

static void
an_earlier_account_is_linked_too(void **state)
{
	struct fixture *fx = *state;
	int64_t id;

	set_phone(fx, 3, "+442070000000");
	id = create(fx, "+442071234567");
	assert_int_equal(id, contact_of(fx, 3));
}

static void
by_hand_is_left_alone(void **state)
{
	struct fixture *fx = *state;

	assert_int_equal(
	    db_script(fx->db,
		"UPDATE conversations SET link = 'person' WHERE id = 3"),
	    0);
	create(fx, "+442071234567");
	assert_int_equal(contact_of(fx, 3), 0);
}

static void
one_contact_a_phone(void **state)
{
	struct fixture *fx = *state;
	struct contact c = { .phone = "+16505551234", .name = "Again" };
	int64_t id = 0;

	assert_int_equal(
	    contact_create(fx->member, fx->pool, &c, FIXTURE_NOW, &id), 0);
	assert_int_equal(id, 1);
	assert_int_equal(contact_get(fx->member, fx->pool, 2, &c), 1);
	c.phone = "+16505551234";
	assert_int_equal(
	    contact_change(fx->member, fx->pool, &c, FIXTURE_NOW, &id), 0);
	assert_int_equal(id, 1);
}

static void
a_change_follows_the_phone(void **state)
{
	struct fixture *fx = *state;
	struct contact c;
	int64_t id = 0;

	assert_int_equal(contact_get(fx->member, fx->pool, 1, &c), 1);
	assert_int_equal(
	    contact_change(fx->member, fx->pool, &c, FIXTURE_NOW, &id), 1);
	assert_int_equal(contact_get(fx->member, fx->pool, 1, &c), 1);
	assert_int_equal(c.updated_at, 1);
	c.phone = "+442071234567";
	c.email = "x@y";
	assert_int_equal(
	    contact_change(fx->member, fx->pool, &c, FIXTURE_NOW, &id), 1);
	assert_int_equal(contact_of(fx, 3), 1);
	assert_int_equal(contact_of(fx, 1), 0);
	assert_int_equal(contact_get(fx->member, fx->pool, 1, &c), 1);
	assert_int_equal(c.updated_at, FIXTURE_NOW);
	assert_string_equal(c.email, "x@y");
}

static void
deleting_frees_its_conversations(void **state)
{
	struct fixture *fx = *state;
	int64_t id;

	assert_int_equal(contact_delete(fx->member, 1), 1);
	assert_int_equal(contact_delete(fx->member, 1), 0);
	assert_int_equal(contact_delete(fx->member, 100), 0);
	assert_int_equal(contact_of(fx, 1), 0);
	assert_int_equal(fixture_int(fx, "SELECT count(*) FROM"
					 " contact_tags WHERE contact_id = 1"),
	    0);
	id = create(fx, "+16505551234");
	assert_int_equal(id, contact_of(fx, 1));
}

static void
tags_come_and_go(void **state)
{
	struct fixture *fx = *state;
	struct contact c;
	struct contact_tag tags[5];

	assert_int_equal(contact_tag(fx->member, 2, "new", FIXTURE_NOW), 0);
	assert_int_equal(contact_tag(fx->member, 2, "New", FIXTURE_NOW + 1), 0);
	assert_int_equal(contact_get(fx->member, fx->pool, 2, &c), 1);
	assert_int_equal(c.n_tags, 2);
	assert_string_equal(c.tags[0], "new");
	assert_int_equal(c.updated_at, FIXTURE_NOW);
	assert_int_equal(
	    contact_untag(fx->member, 2, "vip", FIXTURE_NOW + 2), 0);
	assert_int_equal(
	    contact_untag(fx->member, 2, "unknown", FIXTURE_NOW + 3), 0);
	assert_int_equal(contact_get(fx->member, fx->pool, 2, &c), 1);
	assert_int_equal(c.n_tags, 1);
	assert_int_equal(c.updated_at, FIXTURE_NOW + 2);
	assert_int_equal(contact_tags(fx->member, fx->pool, "", tags, 5), 3);
	assert_string_equal(tags[0].name, "late");
	assert_int_equal(tags[0].contacts, 1);
	assert_int_equal(contact_tags(fx->member, fx->pool, "new", tags, 5), 1);
	assert_string_equal(tags[0].name, "vip");
}

static void
lists_take_search_and_tag(void **state)
{
	struct fixture *fx = *state;
	static const struct {
		struct contact_list_filter filter;
		int n;
		int64_t first;
	} cases[] = {
		{ { NULL, NULL, INT64_MAX }, 2, 2 },
		{ { NULL, "late", INT64_MAX }, 1, 1 },
		{ { "jorg", "vip", INT64_MAX }, 1, 2 },
		{ { "jorg", "late", INT64_MAX }, 0, 0 },
		{ { NULL, "unknown", INT64_MAX }, 0, 0 },
		{ { NULL, "vip", 2 }, 1, 1 },
	};
	int64_t ids[5];
	int complete;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(contact_list_read(fx->member, fx->pool,
				     &cases[i].filter, ids, 5, &complete),
		    cases[i].n);
		assert_true(complete);
		if (cases[i].n > 0)
			assert_int_equal(ids[0], cases[i].first);
	}
}

int
main(void)
{
#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(f, fixture_begin_members, fixture_end)
	const struct CMUnitTest tests[] = {
		TEST(what_is_typed_is_checked),
		TEST(a_new_contact_links_its_conversations),
		TEST(variants_are_linked_and_landlines_not),
		TEST(an_earlier_account_is_linked_too),
		TEST(by_hand_is_left_alone),
		TEST(one_contact_a_phone),
		TEST(a_change_follows_the_phone),
		TEST(deleting_frees_its_conversations),
		TEST(tags_come_and_go),
		TEST(lists_take_search_and_tag),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
