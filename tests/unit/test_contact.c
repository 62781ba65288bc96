/*
 * The address book.
 */
#include "office.h"

#include "inbox/contact/contact.h"

static int64_t
create(struct office *o, const char *phone)
{
	struct contact c = { .phone = phone, .name = "New" };
	int64_t id = 0;

	assert_int_equal(1, contact_create(o->db, o->pool, &c, NOW, &id));
	return id;
}

static int64_t
contact_of(struct office *o, int64_t conversation)
{
	return office_number(
	    o, pool_printf(o->pool,
		   "SELECT COALESCE("
		   "contact_id, 0) FROM conversations WHERE id = %d",
		   (int)conversation));
}

static void
set_phone(struct office *o, int64_t conversation, const char *phone)
{
	assert_int_equal(0,
	    db_script(o->all,
		pool_printf(o->pool,
		    "UPDATE conversations SET phone = '%s', contact_id = NULL"
		    " WHERE id = %d",
		    phone, (int)conversation)));
}

static void
what_is_typed_is_checked(void **state)
{
	struct office *o = *state;
	const char *why = NULL;
	char *many = pool_get(o->pool, 1000);

	assert_string_equal("+16505551234",
	    contact_validate_phone(o->pool, "+1 (650) 555-1234", &why));
	assert_null(contact_validate_phone(o->pool, "650 555 1234", &why));
	assert_non_null(why);
	assert_string_equal(
	    "Ann Lee", contact_validate_name(o->pool, " Ann\n Lee ", &why));
	assert_null(contact_validate_name(o->pool, " \t", &why));
	assert_null(contact_validate_name(o->pool, NULL, &why));
	for (int i = 0; i < 200; i++)
		memcpy(many + 2 * i, "ü", 2);
	assert_non_null(contact_validate_name(o->pool, many, &why));
	memcpy(many + 400, "x", 2);
	assert_null(contact_validate_name(o->pool, many, &why));
	assert_string_equal(
	    "a@b", contact_validate_email(o->pool, " a@b ", &why));
	assert_null(contact_validate_email(o->pool, "@b", &why));
	assert_null(contact_validate_email(o->pool, "a@", &why));
	assert_null(contact_validate_email(o->pool, "a@b@c", &why));
	assert_null(contact_validate_email(o->pool, "a b@c", &why));
	assert_null(contact_validate_tag(o->pool, "", &why));
}

static void
a_new_contact_links_its_conversations(void **state)
{
	struct office *o = *state;
	int64_t id = create(o, "+442071234567");

	assert_int_equal(id, contact_of(o, 3));
	assert_int_equal(100, contact_of(o, 100));
	assert_int_equal(0, contact_of(o, 4));
}

static void
variants_are_linked_and_landlines_not(void **state)
{
	struct office *o = *state;
	int64_t id;

	set_phone(o, 3, "+551187654321");
	set_phone(o, 4, "+551134567890");
	id = create(o, "+5511987654321");
	assert_int_equal(id, contact_of(o, 3));
	create(o, "+5511934567890");
	assert_int_equal(0, contact_of(o, 4));
}

static void
an_earlier_account_is_linked_too(void **state)
{
	struct office *o = *state;
	int64_t id;

	set_phone(o, 3, "+442070000000");
	id = create(o, "+442071234567");
	assert_int_equal(id, contact_of(o, 3));
}

static void
by_hand_is_left_alone(void **state)
{
	struct office *o = *state;

	assert_int_equal(
	    0, db_script(o->all,
		   "UPDATE conversations SET link = 'person' WHERE id = 3"));
	create(o, "+442071234567");
	assert_int_equal(0, contact_of(o, 3));
}

static void
one_contact_a_phone(void **state)
{
	struct office *o = *state;
	struct contact c = { .phone = "+16505551234", .name = "Again" };
	int64_t id = 0;

	assert_int_equal(0, contact_create(o->db, o->pool, &c, NOW, &id));
	assert_int_equal(1, id);
	assert_int_equal(1, contact_get(o->db, o->pool, 2, &c));
	c.phone = "+16505551234";
	assert_int_equal(0, contact_change(o->db, o->pool, &c, NOW, &id));
	assert_int_equal(1, id);
}

static void
a_change_follows_the_phone(void **state)
{
	struct office *o = *state;
	struct contact c;
	int64_t id = 0;

	assert_int_equal(1, contact_get(o->db, o->pool, 1, &c));
	assert_int_equal(1, contact_change(o->db, o->pool, &c, NOW, &id));
	assert_int_equal(1, contact_get(o->db, o->pool, 1, &c));
	assert_int_equal(1, c.updated_at);
	c.phone = "+442071234567";
	c.email = "x@y";
	assert_int_equal(1, contact_change(o->db, o->pool, &c, NOW, &id));
	assert_int_equal(1, contact_of(o, 3));
	assert_int_equal(0, contact_of(o, 1));
	assert_int_equal(1, contact_get(o->db, o->pool, 1, &c));
	assert_int_equal(NOW, c.updated_at);
	assert_string_equal("x@y", c.email);
}

static void
deleting_frees_its_conversations(void **state)
{
	struct office *o = *state;
	int64_t id;

	assert_int_equal(1, contact_delete(o->db, 1));
	assert_int_equal(0, contact_delete(o->db, 1));
	assert_int_equal(0, contact_delete(o->db, 100));
	assert_int_equal(0, contact_of(o, 1));
	assert_int_equal(
	    0, office_number(o, "SELECT count(*) FROM"
				" contact_tags WHERE contact_id = 1"));
	id = create(o, "+16505551234");
	assert_int_equal(id, contact_of(o, 1));
}

static void
tags_come_and_go(void **state)
{
	struct office *o = *state;
	struct contact c;
	struct contact_tag tags[5];

	assert_int_equal(0, contact_tag(o->db, 2, "new", NOW));
	assert_int_equal(0, contact_tag(o->db, 2, "New", NOW + 1));
	assert_int_equal(1, contact_get(o->db, o->pool, 2, &c));
	assert_int_equal(2, c.n_tags);
	assert_string_equal("new", c.tags[0]);
	assert_int_equal(NOW, c.updated_at);
	assert_int_equal(0, contact_untag(o->db, 2, "vip", NOW + 2));
	assert_int_equal(0, contact_untag(o->db, 2, "unknown", NOW + 3));
	assert_int_equal(1, contact_get(o->db, o->pool, 2, &c));
	assert_int_equal(1, c.n_tags);
	assert_int_equal(NOW + 2, c.updated_at);
	assert_int_equal(3, contact_tags(o->db, o->pool, "", tags, 5));
	assert_string_equal("late", tags[0].name);
	assert_int_equal(1, tags[0].contacts);
	assert_int_equal(1, contact_tags(o->db, o->pool, "new", tags, 5));
	assert_string_equal("vip", tags[0].name);
}

static void
lists_take_search_and_tag(void **state)
{
	struct office *o = *state;
	int64_t ids[5];

	assert_int_equal(
	    2, contact_list(o->db, o->pool, NULL, NULL, INT64_MAX, ids, 5));
	assert_int_equal(2, ids[0]);
	assert_int_equal(
	    1, contact_list(o->db, o->pool, NULL, "late", INT64_MAX, ids, 5));
	assert_int_equal(1, ids[0]);
	assert_int_equal(
	    1, contact_list(o->db, o->pool, "jorg", "vip", INT64_MAX, ids, 5));
	assert_int_equal(
	    0, contact_list(o->db, o->pool, "jorg", "late", INT64_MAX, ids, 5));
	assert_int_equal(0,
	    contact_list(o->db, o->pool, NULL, "unknown", INT64_MAX, ids, 5));
	assert_int_equal(
	    1, contact_list(o->db, o->pool, NULL, "vip", 2, ids, 5));
}

int
main(void)
{
#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(f, office_setup, office_teardown)
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
