/*
 * From what an event shows of a customer to the conversation.
 */
#include "fixture.h"

#include "inbox/customer/customer_memo.h"
#include "inbox/customer/customer_resolve.h"

static int64_t
resolve(struct fixture *fx, struct customer *k)
{
	struct customer_place place = { 0 };
	int rc;

	assert_int_equal(db_begin(fx->db), 0);
	rc = customer_resolve(
	    fx->db, fx->pool, &fixture_number, k, NULL, FIXTURE_NOW, &place);
	assert_int_equal(db_commit(fx->db), 0);
	assert_int_not_equal(rc, -1);
	return rc == 1 ? place.conversation_id : 0;
}

#define RESOLVE(...) resolve(fx, &(struct customer){ __VA_ARGS__ })

static void
nobody_is_nobody(void **state)
{
	struct fixture *fx = *state;

	assert_int_equal(RESOLVE(.profile_name = "Ann"), 0);
}

static void
customer_comes_back_under_any_identity(void **state)
{
	struct fixture *fx = *state;
	int64_t id = RESOLVE(.wa_id = "16505551234", .user_id = "US.1",
	    .parent_user_id = "US.ENT.1", .at = 5);

	assert_int_equal(RESOLVE(.user_id = "US.1", .at = 6), id);
	assert_int_equal(RESOLVE(.wa_id = "16505551234", .at = 6), id);
	assert_int_equal(RESOLVE(.parent_user_id = "US.ENT.1"), id);
	assert_int_not_equal(RESOLVE(.user_id = "US.2", .at = 6), id);
	assert_string_equal(fixture_text(fx, "SELECT phone FROM conversations"
					     " WHERE id = 1"),
	    "+16505551234");
}

static void
changed_number_keeps_the_conversation(void **state)
{
	struct fixture *fx = *state;
	int64_t id = RESOLVE(.wa_id = "16505551234", .at = 5);

	assert_int_equal(RESOLVE(.wa_id = "16505551234",
			     .new_wa_id = "12195555358", .at = 9),
	    id);
	assert_int_equal(RESOLVE(.wa_id = "12195555358", .at = 10), id);
	/* What comes late from the old number does not bring it back. */
	assert_int_equal(RESOLVE(.wa_id = "16505551234", .at = 6), id);
	assert_string_equal(fixture_text(fx, "SELECT phone FROM conversations"),
	    "+12195555358");
}

static void
two_become_one_when_shown_together(void **state)
{
	struct fixture *fx = *state;
	struct event a = fixture_event("a", "16505551234", 10, "one");
	struct event b = fixture_event("b", NULL, 20, "two");

	b.customer.user_id = "US.1";
	assert_int_equal(fixture_apply(fx, &a), 1);
	assert_int_equal(fixture_apply(fx, &b), 1);
	fixture_do(fx,
	    "UPDATE conversations SET status = 'archived', is_read = 1,"
	    " unread_count = 0 WHERE id = 1");
	assert_int_equal(RESOLVE(.wa_id = "16505551234", .user_id = "US.1",
			     .profile_name = "Ann", .at = 15),
	    1);
	assert_string_equal(
	    fixture_text(fx,
		"SELECT COUNT(*) || ' ' ||"
		" unread_count || ' ' || is_read || ' ' || status || ' ' ||"
		" last_message_preview || ' ' || last_customer_message_at"
		" || ' ' || profile_name FROM conversations"),
	    "1 1 0 active two 20 Ann");
	assert_int_equal(fixture_int(fx, "SELECT COUNT(*) FROM messages"
					 " WHERE conversation_id = 1"),
	    2);
	assert_string_equal(
	    fixture_text(fx, "SELECT total || ' ' || unread"
			     " || ' ' || archived FROM counters"),
	    "1 1 0");
}

static void
person_decides_the_link_of_a_merged_one(void **state)
{
	struct fixture *fx = *state;

	fixture_do(fx,
	    "INSERT INTO contacts(id, workspace_id, phone, name,"
	    " created_at, updated_at) VALUES"
	    " (1, 1, '+16505551234', 'A', 1, 1), (2, 1, '+2', 'B', 1, 1);");
	RESOLVE(.wa_id = "16505551234", .at = 1);
	RESOLVE(.user_id = "US.1", .at = 1);
	fixture_do(fx,
	    "UPDATE conversations SET contact_id = 2, link = 'person'"
	    " WHERE id = 2");
	RESOLVE(.wa_id = "16505551234", .user_id = "US.1", .at = 2);
	assert_string_equal(fixture_text(fx, "SELECT contact_id || ' ' || link"
					     " FROM conversations"),
	    "2 person");
}

static void
username_is_the_newest_said_beside_the_name(void **state)
{
	struct fixture *fx = *state;
	const char *both = "SELECT profile_name || ' ' || COALESCE(username,"
			   " 'none') FROM conversations";

	RESOLVE(.user_id = "US.1", .profile_name = "Ann", .at = 5);
	assert_string_equal(fixture_text(fx, both), "Ann none");
	RESOLVE(.user_id = "US.1", .profile_name = "Ann", .username = "ann.b",
	    .at = 6);
	assert_string_equal(fixture_text(fx, both), "Ann ann.b");
	RESOLVE(.user_id = "US.1", .username = "late", .at = 4);
	RESOLVE(.user_id = "US.1", .profile_name = "Ann", .at = 9);
	assert_string_equal(fixture_text(fx, both), "Ann ann.b");
	RESOLVE(.user_id = "US.1", .username = "ann.c", .at = 8);
	assert_string_equal(fixture_text(fx, both), "Ann ann.c");
	/* The greater of one second; as names are. */
	RESOLVE(.user_id = "US.1", .username = "ann.a", .at = 8);
	assert_string_equal(fixture_text(fx, both), "Ann ann.c");
}

/* A name with our separator in it is a name. */
static void
nobody_writes_a_username_into_the_own_name(void **state)
{
	struct fixture *fx = *state;

	RESOLVE(.wa_id = "16505551234", .at = 5,
	    .profile_name = "Ann\x1f@boss");
	assert_string_equal(
	    fixture_text(fx, "SELECT profile_name || ' ' ||"
			     " COALESCE(username, 'none') FROM conversations"),
	    "Ann\x1f@boss none");
}

static void
contact_is_found_by_user_id(void **state)
{
	struct fixture *fx = *state;
	const char *contact = "SELECT COALESCE(contact_id, 0) || ' ' ||"
			      " COALESCE((SELECT username FROM contacts AS k"
			      "  WHERE k.id = contact_id), '') FROM"
			      " conversations ORDER BY id LIMIT 1";
	const char *linked = "SELECT contact_id FROM conversations";

	fixture_do(fx,
	    "INSERT INTO contacts(id, workspace_id, phone, user_id, name,"
	    " created_at, updated_at) VALUES (7, 1, NULL, 'US.7', 'Seven', 1,"
	    " 1), (8, 1, '+16505550008', NULL, 'Eight', 1, 1)");
	RESOLVE(.user_id = "US.7", .username = "seven", .at = 5);
	assert_string_equal(fixture_text(fx, contact), "7 seven");
	/* The phone is shown later: the user id is the stronger. */
	RESOLVE(.user_id = "US.7", .wa_id = "16505550008", .at = 6);
	assert_string_equal(fixture_text(fx, linked), "7");
	/* … and what was announced of it is the same person. */
	RESOLVE(.user_id = "US.7", .new_user_id = "US.70",
	    .wa_id = "16505550008", .new_wa_id = "16505550009", .at = 7);
	RESOLVE(.user_id = "US.70", .at = 8);
	assert_string_equal(fixture_text(fx, linked), "7");
	assert_int_equal(
	    fixture_int(fx, "SELECT COUNT(*) FROM conversations"), 1);
}

static void
name_is_the_newest_said(void **state)
{
	struct fixture *fx = *state;
	const char *name = "SELECT profile_name FROM conversations";

	RESOLVE(.user_id = "US.123456789", .at = 5);
	assert_string_equal(fixture_text(fx, name), "\u2026456789");
	RESOLVE(.user_id = "US.123456789", .username = "ann", .at = 6);
	assert_string_equal(fixture_text(fx, name), "ann");
	RESOLVE(.user_id = "US.123456789", .profile_name = "Ann", .at = 7);
	RESOLVE(.user_id = "US.123456789", .profile_name = "Old", .at = 4);
	RESOLVE(.user_id = "US.123456789", .username = "zoe", .at = 8);
	assert_string_equal(fixture_text(fx, name), "Ann");
}

static void
contact_is_found_by_country_rules(void **state)
{
	static const struct {
		const char *contact, *wa_id;
		int linked;
	} cases[] = {
		{ "+5511987654321", "551187654321", 1 },
		{ "+551187654321", "5511987654321", 1 },
		{ "+5511934567890", "551134567890", 0 }, /* a landline */
		{ "+525512345678", "5215512345678", 1 },
		{ "+16505551234", "16505551234", 1 },
		{ "+16505551235", "16505551234", 0 },
	};
	struct fixture *fx = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fixture_do(fx,
		    "DELETE FROM identities; DELETE FROM conversations;"
		    " DELETE FROM contacts;");
		assert_int_equal(
		    db_run(fx->db,
			"INSERT INTO contacts("
			"workspace_id, phone, name, created_at, updated_at)"
			" VALUES (1, $1, 'A', 1, 1)",
			DB_ARGS(db_text(cases[i].contact))),
		    0);
		RESOLVE(.wa_id = cases[i].wa_id, .at = 1);
		assert_int_equal(fixture_int(fx, "SELECT contact_id IS NOT NULL"
						 " FROM conversations"),
		    cases[i].linked);
	}
}

static void
unlinked_by_a_person_stays_unlinked(void **state)
{
	struct fixture *fx = *state;

	fixture_do(fx,
	    "INSERT INTO contacts(workspace_id, phone, name,"
	    " created_at, updated_at) VALUES (1, '+16505551234', 'A', 1, 1);");
	RESOLVE(.wa_id = "16505551234", .at = 1);
	fixture_do(fx, "UPDATE conversations SET contact_id = NULL,"
		       " link = 'person'");
	RESOLVE(.wa_id = "16505551234", .user_id = "US.1", .at = 2);
	assert_string_equal(fixture_text(fx, "SELECT contact_id"
					     " FROM conversations"),
	    "(null)");
}

static void
dialled_number_finds_its_conversation(void **state)
{
	struct fixture *fx = *state;

	/* Two that members began to write to, as their address book has it. */
	fixture_do(fx,
	    "INSERT INTO conversations(id, workspace_id, number_id,"
	    " phone, created_at, updated_at) VALUES"
	    " (1, 1, 1, '+5511987654321', 1, 1), (2, 1, 1, '+4930', 1, 1);"
	    "INSERT INTO identities(workspace_id, number_id, kind, value, "
	    "conversation_id, created_at) VALUES (1, 1, 'alias', '4930', 2, "
	    "1);");
	assert_int_equal(RESOLVE(.wa_id = "551187654321", .at = 5), 1);
	assert_int_equal(RESOLVE(.wa_id = "4930", .at = 5), 2);
	/* The other spelling is the same subscriber, a landline is not. */
	assert_int_equal(RESOLVE(.wa_id = "5511987654321", .at = 5), 1);
	assert_int_equal(RESOLVE(.wa_id = "551134567890", .at = 5), 3);
	/* With Argentina's 9 it may be somebody else. */
	assert_int_equal(RESOLVE(.wa_id = "5491112345678", .at = 5), 4);
	assert_int_equal(RESOLVE(.wa_id = "541112345678", .at = 5), 5);
}

/* We wrote to an account before anything came from it, and somebody else has it
 * since: what we write into the old conversation must not go there. */
static void
dialled_number_that_another_takes_is_not_shown(void **state)
{
	struct fixture *fx = *state;

	fixture_do(fx,
	    "INSERT INTO conversations(id, workspace_id, number_id, phone,"
	    " created_at, updated_at) VALUES (1, 1, 1, '+16505551234', 1, 1);"
	    "INSERT INTO identities(workspace_id, number_id, kind, value,"
	    " conversation_id, created_at)"
	    " VALUES (1, 1, 'alias', '16505551234', 1, 1);"
	    "INSERT INTO sightings(id, workspace_id, number_id, account,"
	    " user_id, parent_user_id, portfolio, first_at)"
	    " VALUES (1, 1, 1, '16505551234', '', '', '', 1);"
	    "INSERT INTO messages(id, workspace_id, conversation_id, number_id,"
	    " direction, source, type, content, preview, status, sent_at,"
	    " created_at, sighting_id) VALUES (1, 1, 1, 1, 'outbound', 'api',"
	    " 'text', '{}', 'one', 'sent', 3, 3, 1)");
	assert_int_equal(RESOLVE(.wa_id = "12195555358", .user_id = "US.1",
			     .new_wa_id = "16505551234", .at = 20),
	    2);
	assert_string_equal(fixture_text(fx, "SELECT phone FROM conversations"
					     " WHERE id = 1"),
	    "(null)");
	/* Nor does what comes late bring it back. */
	assert_int_equal(RESOLVE(.wa_id = "16505551234", .at = 10), 1);
	assert_string_equal(fixture_text(fx, "SELECT phone FROM conversations"
					     " WHERE id = 1"),
	    "(null)");
	assert_string_equal(fixture_text(fx, "SELECT phone FROM conversations"
					     " WHERE id = 2"),
	    "+16505551234");
}

static void
group_is_known_by_its_id_alone(void **state)
{
	struct fixture *fx = *state;
	int64_t one = RESOLVE(.wa_id = "16505551234", .at = 1);
	int64_t group = RESOLVE(.group_id = "g", .wa_id = "16505551234",
	    .profile_name = "Ann", .at = 2);

	assert_int_not_equal(one, group);
	assert_int_equal(
	    RESOLVE(.group_id = "g", .wa_id = "1", .at = 3), group);
	assert_string_equal(
	    fixture_text(fx,
		"SELECT COALESCE(phone, '-') ||"
		" COALESCE(profile_name, '-') || group_id FROM conversations"
		" WHERE id = 2"),
	    "--g");
}

static const char profile_times[] =
    "SELECT phone || ' ' || phone_at || ' ' || user_id_at || ' ' ||"
    " profile_name_at FROM conversations WHERE id = 1";

static struct customer_place
resolve_with(struct fixture *fx, struct customer_memo *memo, struct customer k)
{
	struct customer_place place = { 0 };

	assert_int_equal(customer_resolve(fx->db, fx->pool, &fixture_number, &k,
			     memo, FIXTURE_NOW, &place),
	    1);
	return place;
}

static void
who_just_wrote_is_not_resolved_again(void **state)
{
	struct fixture *fx = *state;
	struct customer_memo *memo = customer_memo_new(fx->pool, NULL);
	struct customer k = { .wa_id = "16505551234",
		.user_id = "US.1",
		.profile_name = "Ann",
		.at = 5 };
	struct customer_place first, again;
	int64_t before;

	assert_int_equal(db_begin(fx->db), 0);
	first = resolve_with(fx, memo, k);
	before = db_changes(fx->db);
	k.at = 9;
	again = resolve_with(fx, memo, k);
	k.at = 7;
	resolve_with(fx, memo, k);
	assert_int_equal(db_changes(fx->db), before);
	assert_int_equal(again.conversation_id, first.conversation_id);
	assert_int_equal(again.sighting_id, first.sighting_id);
	assert_null(again.shown_name);
	/* One who is new does not end it. */
	resolve_with(fx, memo,
	    (struct customer){
		.wa_id = "16505559999", .user_id = "US.9", .at = 5 });
	before = db_changes(fx->db);
	resolve_with(fx, memo, k);
	assert_int_equal(db_changes(fx->db), before);
	assert_int_equal(customer_memo_drop(fx->db, memo), 0);
	assert_int_equal(db_commit(fx->db), 0);
	assert_string_equal(
	    fixture_text(fx, profile_times), "+16505551234 9 9 9");
}

/* The account goes to another customer, between two messages of the first. */
static void
what_was_known_ends_with_news(void **state)
{
	struct fixture *fx = *state;
	struct customer_memo *memo = customer_memo_new(fx->pool, NULL);
	const struct customer ann = { .wa_id = "16505551234",
		.user_id = "US.1",
		.profile_name = "Ann",
		.at = 5 };
	struct customer later = ann;
	struct customer_place first, other;

	assert_int_equal(db_begin(fx->db), 0);
	first = resolve_with(fx, memo, ann);
	later.at = 6;
	resolve_with(fx, memo, later);
	other = resolve_with(fx, memo,
	    (struct customer){
		.wa_id = "16505551234", .user_id = "US.2", .at = 8 });
	assert_int_not_equal(other.conversation_id, first.conversation_id);
	later.at = 7;
	later.profile_name = "Anne";
	assert_int_equal(resolve_with(fx, memo, later).conversation_id,
	    first.conversation_id);
	assert_int_equal(customer_memo_drop(fx->db, memo), 0);
	assert_int_equal(db_commit(fx->db), 0);
	assert_string_equal(
	    fixture_text(fx,
		"SELECT group_concat(COALESCE(phone, '-') || ' ' || user_id"
		" || ' ' || COALESCE(profile_name, '-') || profile_name_at,"
		" ', ') FROM (SELECT * FROM conversations ORDER BY id)"),
	    "- US.1 Anne7, +16505551234 US.2 -0");
}

/* The memo writes later what it knows already: also of usernames. */
static void
username_of_who_just_wrote_keeps_its_time(void **state)
{
	struct fixture *fx = *state;
	struct customer_memo *memo = customer_memo_new(fx->pool, NULL);
	struct customer k = { .user_id = "US.1", .username = "ann", .at = 10 };

	resolve_with(fx, memo, k);
	k.at = 20;
	resolve_with(fx, memo, k);
	assert_int_equal(customer_memo_drop(fx->db, memo), 0);
	k = (struct customer){ .user_id = "US.1", .username = "bob", .at = 15 };
	resolve_with(fx, memo, k);
	assert_string_equal(
	    fixture_text(fx, "SELECT username || ' ' || username_at"
			     " FROM conversations"),
	    "ann 20");
	/* Another one within the same transaction. */
	k.at = 30;
	resolve_with(fx, memo, k);
	assert_int_equal(customer_memo_drop(fx->db, memo), 0);
	assert_string_equal(
	    fixture_text(fx, "SELECT username || ' ' || username_at"
			     " FROM conversations"),
	    "bob 30");
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, fixture_begin, fixture_end)
	const struct CMUnitTest tests[] = {
		T(nobody_is_nobody),
		T(customer_comes_back_under_any_identity),
		T(changed_number_keeps_the_conversation),
		T(two_become_one_when_shown_together),
		T(person_decides_the_link_of_a_merged_one),
		T(name_is_the_newest_said),
		T(username_is_the_newest_said_beside_the_name),
		T(nobody_writes_a_username_into_the_own_name),
		T(contact_is_found_by_user_id),
		T(username_of_who_just_wrote_keeps_its_time),
		T(contact_is_found_by_country_rules),
		T(unlinked_by_a_person_stays_unlinked),
		T(dialled_number_finds_its_conversation),
		T(dialled_number_that_another_takes_is_not_shown),
		T(group_is_known_by_its_id_alone),
		T(who_just_wrote_is_not_resolved_again),
		T(what_was_known_ends_with_news),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
