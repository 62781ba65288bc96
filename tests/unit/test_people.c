/*
 * Two people never become one, one person never two, and what comes late
 * leads to what an early word had led to.
 */
#include "fixture.h"

#include "lib/sql/statements.h"

#include "inbox/customer/customer_resolve.h"
#include "inbox/customer/people.h"
#include "inbox/customer/people_split.h"
#include "inbox/node/delivery_state.h"

#define A1 "4930200041"
#define B1 "4930200042"

/* Somebody writes from WA_ID with USER_ID (either may be NULL). */
static void
writes(struct fixture *fx, const char *wamid, const char *wa_id,
    const char *user_id, int64_t at)
{
	struct event ev = fixture_event(wamid, wa_id, at, wamid);

	ev.customer.user_id = user_id;
	ev.waba_id = "waba";
	assert_int_equal(fixture_apply(fx, &ev), 1);
}

/* … changes to NEW_WA_ID with NEW_USER_ID. */
static void
changes(struct fixture *fx, const char *wa_id, const char *user_id,
    const char *new_wa_id, const char *new_user_id, int64_t at)
{
	struct event ev = fixture_event(
	    pool_printf(fx->pool, "s%lld", (long long)at), wa_id, at, "system");

	ev.type = "system";
	ev.counts_unread = ev.opens_window = 0;
	ev.customer.user_id = user_id;
	ev.customer.new_wa_id = new_wa_id;
	ev.customer.new_user_id = new_user_id;
	ev.waba_id = "waba";
	assert_int_equal(fixture_apply(fx, &ev), 1);
}

static int64_t
place(struct fixture *fx, const char *wamid)
{
	return fixture_int(
	    fx, pool_printf(fx->pool,
		    "SELECT conversation_id FROM messages WHERE wamid = '%s'",
		    wamid));
}

static const char *
phone(struct fixture *fx, const char *wamid)
{
	return fixture_text(
	    fx, pool_printf(fx->pool,
		    "SELECT COALESCE(phone, '-') FROM conversations"
		    " WHERE id = %lld",
		    (long long)place(fx, wamid)));
}

static int64_t
told(struct fixture *fx, const char *wamid, const char *type)
{
	return fixture_int(
	    fx, pool_printf(fx->pool,
		    "SELECT COUNT(*) FROM messages WHERE conversation_id = %lld"
		    " AND type = 'system' AND content ->> '$.type' = '%s'",
		    (long long)place(fx, wamid), type));
}

/* A customer changes to a number that another one had. */
static void
who_changes_to_anothers_number_stays_another(void **state)
{
	struct fixture *fx = *state;

	writes(fx, "b", B1, "DE.B", 1000);
	writes(fx, "a", A1, "DE.A", 2000);
	changes(fx, A1, "DE.A", B1, "DE.A2", 3000);
	writes(fx, "b2", NULL, "DE.B", 4000);
	writes(fx, "a2", B1, "DE.A2", 4001);
	writes(fx, "a3", B1, NULL, 4002);
	assert_int_not_equal(place(fx, "a"), place(fx, "b"));
	assert_int_equal(place(fx, "a2"), place(fx, "a"));
	assert_int_equal(place(fx, "a3"), place(fx, "a"));
	assert_int_equal(place(fx, "s3000"), place(fx, "a"));
	assert_int_equal(place(fx, "b2"), place(fx, "b"));
	/* An answer goes to who is on the screen. */
	assert_string_equal(phone(fx, "a"), "+" B1);
	assert_string_equal(phone(fx, "b"), "-");
	assert_int_equal(told(fx, "b", "account_taken"), 1);
	assert_int_equal(told(fx, "a", "account_taken"), 0);
}

static void
a_released_number_is_the_next_ones(void **state)
{
	struct fixture *fx = *state;

	writes(fx, "c", A1, NULL, 1000);
	changes(fx, A1, NULL, B1, NULL, 2000);
	writes(fx, "c2", B1, NULL, 2500);
	writes(fx, "next", A1, NULL, 3000);
	writes(fx, "late", A1, NULL, 1500);
	assert_int_equal(place(fx, "c2"), place(fx, "c"));
	assert_int_equal(place(fx, "late"), place(fx, "c"));
	assert_int_not_equal(place(fx, "next"), place(fx, "c"));
	/* The next one shows who that is: still the same. */
	writes(fx, "next2", A1, "DE.N", 4000);
	assert_int_equal(place(fx, "next2"), place(fx, "next"));
	assert_string_equal(phone(fx, "next"), "+" A1);
	assert_string_equal(phone(fx, "c"), "+" B1);
}

static void
what_nothing_decides_is_told(void **state)
{
	struct fixture *fx = *state;
	const char *event = "SELECT COUNT(*) FROM workspace_events"
			    " WHERE field = 'customer_unclear'";

	writes(fx, "old", A1, "DE.A", 1000);
	writes(fx, "new", A1, "DE.B", 2000);
	assert_int_not_equal(place(fx, "old"), place(fx, "new"));
	assert_int_equal(told(fx, "old", "account_shown"), 1);
	assert_int_equal(told(fx, "new", "account_shown"), 1);
	assert_int_equal(fixture_int(fx, event), 1);
	assert_string_equal(phone(fx, "old"), "-");
	/* Said twice it is told once; an earlier word changes nothing. */
	writes(fx, "new2", A1, "DE.B", 2001);
	writes(fx, "new0", A1, "DE.B", 1900);
	assert_int_equal(told(fx, "old", "account_shown"), 1);
	/* The announcement comes late: they are one, and nothing is unclear. */
	changes(fx, NULL, "DE.A", NULL, "DE.B", 1500);
	assert_int_equal(place(fx, "old"), place(fx, "new"));
	assert_int_equal(told(fx, "old", "account_shown"), 0);
	assert_int_equal(fixture_int(fx, event), 0);
	assert_string_equal(phone(fx, "old"), "+" A1);
}

/* Who had a number is known late: what showed only the number goes there. */
static void
a_late_word_moves_what_showed_only_the_number(void **state)
{
	struct fixture *fx = *state;
	int64_t first;

	writes(fx, "one", A1, NULL, 1000);
	writes(fx, "two", A1, NULL, 3000);
	first = place(fx, "one");
	assert_int_equal(place(fx, "two"), first);
	changes(fx, A1, NULL, B1, NULL, 2000);
	assert_int_not_equal(place(fx, "one"), place(fx, "two"));
	assert_int_equal(fixture_int(fx, "SELECT SUM(unread_count)"
					 " FROM conversations"),
	    2);
	assert_string_equal(
	    fixture_text(fx, pool_printf(fx->pool,
				 "SELECT last_message_preview || unread_count"
				 " FROM conversations WHERE id = %lld",
				 (long long)place(fx, "two"))),
	    "two1");
}

static void
a_user_id_decides_over_a_number(void **state)
{
	struct fixture *fx = *state;

	writes(fx, "a", A1, "DE.A", 1000);
	writes(fx, "b", B1, "DE.B", 1000);
	writes(fx, "a2", B1, "DE.A", 2000);
	assert_int_equal(place(fx, "a2"), place(fx, "a"));
	assert_int_not_equal(place(fx, "b"), place(fx, "a"));
	/* The parent id is no more than a number in this. */
	struct event ev = fixture_event("p", NULL, 3000, "p");
	ev.customer.user_id = "DE.A";
	ev.customer.parent_user_id = "DE.ENT.1";
	ev.waba_id = "waba";
	assert_int_equal(fixture_apply(fx, &ev), 1);
	ev.wamid = "q";
	ev.customer.user_id = "DE.B";
	assert_int_equal(fixture_apply(fx, &ev), 1);
	assert_int_equal(place(fx, "q"), place(fx, "b"));
	assert_int_equal(place(fx, "p"), place(fx, "a"));
}

/* The number moves to another account (WABA): all user ids are others. */
static void
another_portfolio_splits_nobody(void **state)
{
	struct fixture *fx = *state;
	enum { N = 1000 };
	struct delivery_state_hindrance why = { 0 };

	for (int account = 0; account < 2; account++)
		for (int i = 0; i < N; i++) {
			struct event ev = fixture_event(
			    pool_printf(fx->pool, "%d.%d", account, i),
			    pool_printf(fx->pool, "49302%06d", i),
			    1000 + 1000 * account + i, "x");

			ev.customer.user_id = pool_printf(
			    fx->pool, "DE.%s%d", account ? "new" : "old", i);
			ev.waba_id = account ? "waba2" : "waba1";
			if (i % 500 == 0)
				assert_int_equal(db_begin(fx->db), 0);
			assert_int_equal(apply_event(&fx->apply, fx->pool, &ev,
					     FIXTURE_NOW, &why),
			    1);
			if (i % 500 == 499)
				assert_int_equal(db_commit(fx->db), 0);
		}
	assert_int_equal(
	    fixture_int(fx, "SELECT COUNT(*) FROM conversations"), N);
	assert_int_equal(
	    fixture_int(fx, "SELECT COUNT(*) FROM workspace_events"), 0);
	/* And there, too, two that differ are two. */
	struct event ev = fixture_event("other", "49302000000", 5000, "x");
	ev.customer.user_id = "DE.other";
	ev.waba_id = "waba2";
	assert_int_equal(fixture_apply(fx, &ev), 1);
	assert_int_not_equal(place(fx, "other"), place(fx, "0.0"));
	assert_int_equal(place(fx, "0.0"), place(fx, "1.0"));
}

/* A number that somebody else has by now is not the contact's. */
static void
a_contact_is_who_had_the_number_then(void **state)
{
	struct fixture *fx = *state;
	const char *linked = "SELECT COALESCE(contact_id, 0)"
			     " FROM conversations WHERE id = %lld";

	fixture_do(fx, "INSERT INTO contacts(id, workspace_id, phone, name,"
		       " created_at, updated_at) VALUES"
		       " (7, 1, '+" A1 "', 'Anton', 1500, 1500)");
	writes(fx, "a", A1, "DE.A", 1000);
	writes(fx, "b", A1, "DE.B", 2000);
	assert_int_equal(fixture_int(fx, pool_printf(fx->pool, linked,
					     (long long)place(fx, "a"))),
	    7);
	assert_int_equal(fixture_int(fx, pool_printf(fx->pool, linked,
					     (long long)place(fx, "b"))),
	    0);
}

/* What older versions made of two customers of one number: one conversation,
 * and no more than its messages to tell the two apart. */
static void
an_old_merge_is_parted(void **state)
{
	struct fixture *fx = *state;
	struct number_key number;
	int64_t after = 0, told = 0;
	struct people *people;
	int is_group;

	assert_int_equal(db_prepare_all(fx->db, &people_split_statements), 0);
	fixture_do(fx,
	    "INSERT INTO conversations(id, workspace_id, number_id, phone,"
	    " phone_at, user_id, user_id_at, profile_name, profile_name_at,"
	    " created_at, updated_at) VALUES (1, 1, 1, '+4930200041', 3500,"
	    " 'DE.D2', 3500, 'D', 3500, 1, 1);"
	    "INSERT INTO messages(id, workspace_id, conversation_id, "
	    "number_id, wamid,"
	    " direction, source, type, content, preview, status, "
	    "counts_unread, sent_at, created_at)"
	    " VALUES (1, 1, 1, 1, "
	    "'wamid.HBgKNDkzMDIwMDA0MRUCABIYFDNFQjAwMDAwMDAwMDAwMDAwMDAxAA==', "
	    "'inbound', 'live', 'text', '{\"body\":\"I am C\"}', 'c1', "
	    "'received', 0, 1000, 1000);"
	    "INSERT INTO messages(id, workspace_id, conversation_id, "
	    "number_id, wamid,"
	    " direction, source, type, content, preview, status, "
	    "counts_unread, sent_at, created_at)"
	    " VALUES (2, 1, 1, 1, "
	    "'wamid.HBgKNDkzMDIwMDA0MRUCABIYFDNFQjAwMDAwMDAwMDAwMDAwMDAyAA==', "
	    "'outbound', 'api', 'text', '{\"body\":\"hello C\"}', 'to c', "
	    "'sent', 0, 1500, 1500);"
	    "INSERT INTO messages(id, workspace_id, conversation_id, "
	    "number_id, wamid,"
	    " direction, source, type, content, preview, status, "
	    "counts_unread, sent_at, created_at)"
	    " VALUES (3, 1, 1, 1, "
	    "'wamid.HBgKNDkzMDIwMDA0MRUCABIYFDNFQjAwMDAwMDAwMDAwMDAwMDAzAA==', "
	    "'inbound', 'live', 'system', "
	    "'{\"type\":\"user_changed_number\",\"wa_id\":\"4930200043\","
	    "\"user_id\":\"DE.C2\"}', 'C changes', 'received', 0, 2000, 2000);"
	    "INSERT INTO messages(id, workspace_id, conversation_id, "
	    "number_id, wamid,"
	    " direction, source, type, content, preview, status, "
	    "counts_unread, sent_at, created_at)"
	    " VALUES (4, 1, 1, 1, "
	    "'wamid.HBgKNDkzMDIwMDA0MxUCABIYFDNFQjAwMDAwMDAwMDAwMDAwMDA0AA==', "
	    "'inbound', 'live', 'text', '{\"body\":\"C again\"}', 'c2', "
	    "'received', 0, 2500, 2500);"
	    "INSERT INTO messages(id, workspace_id, conversation_id, "
	    "number_id, wamid,"
	    " direction, source, type, content, preview, status, "
	    "counts_unread, sent_at, created_at)"
	    " VALUES (5, 1, 1, 1, "
	    "'wamid.HBgKNDkzMDIwMDA0MhUCABIYFDNFQjAwMDAwMDAwMDAwMDAwMDA1AA==', "
	    "'inbound', 'live', 'text', '{\"body\":\"I am D\"}', 'd1', "
	    "'received', 0, 2600, 2600);"
	    "INSERT INTO messages(id, workspace_id, conversation_id, "
	    "number_id, wamid,"
	    " direction, source, type, content, preview, status, "
	    "counts_unread, sent_at, created_at)"
	    " VALUES (6, 1, 1, 1, "
	    "'wamid.HBgKNDkzMDIwMDA0MhUCABIYFDNFQjAwMDAwMDAwMDAwMDAwMDA2AA==', "
	    "'inbound', 'live', 'system', "
	    "'{\"type\":\"user_changed_number\",\"wa_id\":\"4930200041\","
	    "\"user_id\":\"DE.D2\"}', 'D changes', 'received', 0, 3000, 3000);"
	    "INSERT INTO messages(id, workspace_id, conversation_id, "
	    "number_id, wamid,"
	    " direction, source, type, content, preview, status, "
	    "counts_unread, sent_at, created_at)"
	    " VALUES (7, 1, 1, 1, "
	    "'wamid.HBgKNDkzMDIwMDA0MRUCABIYFDNFQjAwMDAwMDAwMDAwMDAwMDA3AA==', "
	    "'inbound', 'live', 'text', '{\"body\":\"D again\"}', 'd2', "
	    "'received', 0, 3500, 3500);"
	    "INSERT INTO messages(id, workspace_id, conversation_id, "
	    "number_id, wamid,"
	    " direction, source, type, content, preview, status, "
	    "counts_unread, sent_at, created_at)"
	    " VALUES (8, 1, 1, 1, "
	    "'wamid.HBgKNDkzMDIwMDA0MRUCABIYFDNFQjAwMDAwMDAwMDAwMDAwMDA4AA==', "
	    "'outbound', 'api', 'text', '{\"body\":\"hello D\"}', 'to d', "
	    "'sent', 0, 3600, 3600);"
	    "INSERT INTO message_statuses(workspace_id, number_id, wamid,"
	    " status, at, raw) SELECT 1, 1, wamid, 'read', 1501, '{"
	    "\"recipient_id\":\"4930200041\",\"recipient_user_id\":\"DE.C1\"}'"
	    " FROM messages WHERE id = 2;"
	    "INSERT INTO identities(workspace_id, number_id, kind, value,"
	    " conversation_id, created_at) VALUES"
	    " (1, 1, 'wa_id', '4930200041', 1, 1),"
	    " (1, 1, 'wa_id', '4930200042', 1, 1),"
	    " (1, 1, 'wa_id', '4930200043', 1, 1),"
	    " (1, 1, 'user_id', 'DE.C1', 1, 1),"
	    " (1, 1, 'user_id', 'DE.C2', 1, 1),"
	    " (1, 1, 'user_id', 'DE.D2', 1, 1);"
	    /* as inbox_3.sql has it */
	    "INSERT INTO sightings(workspace_id, number_id, account, user_id,"
	    " parent_user_id, portfolio, first_at) VALUES"
	    " (1, 1, '4930200041', 'DE.C1', '', '', 0),"
	    " (1, 1, '4930200042', 'DE.C1', '', '', 0),"
	    " (1, 1, '4930200043', 'DE.C1', '', '', 0),"
	    " (1, 1, '', 'DE.C1', '', '', 0), (1, 1, '', 'DE.C2', '', '', 0),"
	    " (1, 1, '', 'DE.D2', '', '', 0);"
	    "INSERT INTO identity_changes(workspace_id, number_id, account,"
	    " user_id, new_account, new_user_id, portfolio, at) VALUES"
	    " (1, 1, '', 'DE.C1', '', 'DE.C2', '', 0),"
	    " (1, 1, '', 'DE.C1', '', 'DE.D2', '', 0);");
	assert_int_equal(db_begin(fx->db), 0);
	assert_int_equal(people_split_find(fx->db, 1, &number, &is_group), 1);
	assert_int_equal(
	    people_split_read(fx->db, fx->pool, &number, 1, &after, &told), 0);
	assert_int_equal(told, 8);
	assert_int_equal(
	    people_split(fx->db, fx->pool, &number, 1, FIXTURE_NOW, &people),
	    0);
	assert_int_equal(people->n_made, 1);
	assert_int_equal(people->made[0],
	    fixture_int(fx, "SELECT MAX(id) FROM conversations"));
	assert_int_equal(db_commit(fx->db), 0);
	assert_string_equal(
	    fixture_text(fx,
		"SELECT group_concat(all_of, ' | ') FROM (SELECT (SELECT"
		" group_concat(preview, ', ') FROM (SELECT preview FROM"
		" messages WHERE conversation_id = c.id AND wamid LIKE"
		" 'wamid.%' ORDER BY sent_at)) || ': ' || COALESCE(phone, '-')"
		" AS all_of FROM conversations AS c"
		" WHERE last_message_at > 0 ORDER BY (SELECT MIN(sent_at)"
		"  FROM messages WHERE conversation_id = c.id))"),
	    "c1, to c, C changes, c2: +4930200043"
	    " | d1, D changes, d2, to d: +4930200041");
}

/* What SQL reads lists with: by an index, and not the one that would make it
 * walk through a whole workspace (SQLite 3.46 and later). */
static void
plans_use_indexes(void **state)
{
	static const char *const all[] = {
		"SELECT id FROM sightings WHERE workspace_id = 1 AND"
		" number_id = 1 AND user_id = 'x' AND user_id <> ''",
		"SELECT id FROM sightings WHERE workspace_id = 1 AND"
		" number_id = 1 AND account = 'x' AND account <> ''",
		"SELECT at FROM identity_changes WHERE workspace_id = 1 AND"
		" number_id = 1 AND new_account = 'x' AND new_account <> ''",
	};
	static const char *const index[] = { "sightings_of_user",
		"sqlite_autoindex_sightings_1", "identity_changes_to_account" };
	struct fixture *fx = *state;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		const char *sql =
		    pool_printf(fx->pool, "EXPLAIN QUERY PLAN %s", all[i]);
		struct db_rows *r = db_query(fx->db, sql, DB_NONE);

		assert_int_equal(db_next(r), 1);
		assert_non_null(strstr(db_col_text(r, 3), index[i]));
		assert_non_null(strstr(db_col_text(r, 3), "SEARCH"));
		db_end(r);
	}
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, fixture_begin, fixture_end)
	const struct CMUnitTest tests[] = {
		T(who_changes_to_anothers_number_stays_another),
		T(a_released_number_is_the_next_ones),
		T(what_nothing_decides_is_told),
		T(a_late_word_moves_what_showed_only_the_number),
		T(a_user_id_decides_over_a_number),
		T(another_portfolio_splits_nobody),
		T(a_contact_is_who_had_the_number_then),
		T(an_old_merge_is_parted),
		T(plans_use_indexes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
