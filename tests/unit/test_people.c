/*
 * Two people never become one, one person never two, and what comes late
 * leads to what an early word had led to.
 */
#include "rig.h"

#include "lib/sql/statements.h"

#include "inbox/customer/customer_resolve.h"
#include "inbox/customer/people_split.h"

#define A1 "4930200041"
#define B1 "4930200042"

/* Somebody writes from WA_ID with USER_ID (either may be NULL). */
static void
writes(struct rig *g, const char *wamid, const char *wa_id, const char *user_id,
    int64_t at)
{
	struct event ev = rig_event(wamid, wa_id, at, wamid);

	ev.customer.user_id = user_id;
	ev.waba_id = "waba";
	assert_int_equal(rig_apply(g, &ev), 1);
}

/* … changes to NEW_WA_ID with NEW_USER_ID. */
static void
changes(struct rig *g, const char *wa_id, const char *user_id,
    const char *new_wa_id, const char *new_user_id, int64_t at)
{
	struct event ev = rig_event(
	    pool_printf(g->pool, "s%lld", (long long)at), wa_id, at, "system");

	ev.type = "system";
	ev.counts_unread = ev.opens_window = 0;
	ev.customer.user_id = user_id;
	ev.new_wa_id = new_wa_id;
	ev.new_user_id = new_user_id;
	ev.waba_id = "waba";
	assert_int_equal(rig_apply(g, &ev), 1);
}

static int64_t
place(struct rig *g, const char *wamid)
{
	return rig_int(
	    g, pool_printf(g->pool,
		   "SELECT conversation_id FROM messages WHERE wamid = '%s'",
		   wamid));
}

static const char *
phone(struct rig *g, const char *wamid)
{
	return rig_text(g, pool_printf(g->pool,
			       "SELECT COALESCE(phone, '-') FROM conversations"
			       " WHERE id = %lld",
			       (long long)place(g, wamid)));
}

static int64_t
told(struct rig *g, const char *wamid, const char *type)
{
	return rig_int(
	    g, pool_printf(g->pool,
		   "SELECT COUNT(*) FROM messages WHERE conversation_id = %lld"
		   " AND type = 'system' AND content ->> '$.type' = '%s'",
		   (long long)place(g, wamid), type));
}

/* A customer changes to a number that another one had. */
static void
who_changes_to_anothers_number_stays_another(void **state)
{
	struct rig *g = *state;

	writes(g, "b", B1, "DE.B", 1000);
	writes(g, "a", A1, "DE.A", 2000);
	changes(g, A1, "DE.A", B1, "DE.A2", 3000);
	writes(g, "b2", NULL, "DE.B", 4000);
	writes(g, "a2", B1, "DE.A2", 4001);
	writes(g, "a3", B1, NULL, 4002);
	assert_int_not_equal(place(g, "a"), place(g, "b"));
	assert_int_equal(place(g, "a2"), place(g, "a"));
	assert_int_equal(place(g, "a3"), place(g, "a"));
	assert_int_equal(place(g, "s3000"), place(g, "a"));
	assert_int_equal(place(g, "b2"), place(g, "b"));
	/* An answer goes to who is on the screen. */
	assert_string_equal(phone(g, "a"), "+" B1);
	assert_string_equal(phone(g, "b"), "-");
	assert_int_equal(told(g, "b", "account_taken"), 1);
	assert_int_equal(told(g, "a", "account_taken"), 0);
}

static void
a_released_number_is_the_next_ones(void **state)
{
	struct rig *g = *state;

	writes(g, "c", A1, NULL, 1000);
	changes(g, A1, NULL, B1, NULL, 2000);
	writes(g, "c2", B1, NULL, 2500);
	writes(g, "next", A1, NULL, 3000);
	writes(g, "late", A1, NULL, 1500);
	assert_int_equal(place(g, "c2"), place(g, "c"));
	assert_int_equal(place(g, "late"), place(g, "c"));
	assert_int_not_equal(place(g, "next"), place(g, "c"));
	/* The next one shows who that is: still the same. */
	writes(g, "next2", A1, "DE.N", 4000);
	assert_int_equal(place(g, "next2"), place(g, "next"));
	assert_string_equal(phone(g, "next"), "+" A1);
	assert_string_equal(phone(g, "c"), "+" B1);
}

static void
what_nothing_decides_is_told(void **state)
{
	struct rig *g = *state;
	const char *event = "SELECT COUNT(*) FROM workspace_events"
			    " WHERE field = 'customer_unclear'";

	writes(g, "old", A1, "DE.A", 1000);
	writes(g, "new", A1, "DE.B", 2000);
	assert_int_not_equal(place(g, "old"), place(g, "new"));
	assert_int_equal(told(g, "old", "account_shown"), 1);
	assert_int_equal(told(g, "new", "account_shown"), 1);
	assert_int_equal(rig_int(g, event), 1);
	assert_string_equal(phone(g, "old"), "-");
	/* Said twice it is told once; an earlier word changes nothing. */
	writes(g, "new2", A1, "DE.B", 2001);
	writes(g, "new0", A1, "DE.B", 1900);
	assert_int_equal(told(g, "old", "account_shown"), 1);
	/* The announcement comes late: they are one, and nothing is unclear. */
	changes(g, NULL, "DE.A", NULL, "DE.B", 1500);
	assert_int_equal(place(g, "old"), place(g, "new"));
	assert_int_equal(told(g, "old", "account_shown"), 0);
	assert_int_equal(rig_int(g, event), 0);
	assert_string_equal(phone(g, "old"), "+" A1);
}

/* Who had a number is known late: what showed only the number goes there. */
static void
a_late_word_moves_what_showed_only_the_number(void **state)
{
	struct rig *g = *state;
	int64_t first;

	writes(g, "one", A1, NULL, 1000);
	writes(g, "two", A1, NULL, 3000);
	first = place(g, "one");
	assert_int_equal(place(g, "two"), first);
	changes(g, A1, NULL, B1, NULL, 2000);
	assert_int_not_equal(place(g, "one"), place(g, "two"));
	assert_int_equal(rig_int(g, "SELECT SUM(unread_count)"
				    " FROM conversations"),
	    2);
	assert_string_equal(
	    rig_text(g, pool_printf(g->pool,
			    "SELECT last_message_preview || unread_count"
			    " FROM conversations WHERE id = %lld",
			    (long long)place(g, "two"))),
	    "two1");
}

static void
a_user_id_decides_over_a_number(void **state)
{
	struct rig *g = *state;

	writes(g, "a", A1, "DE.A", 1000);
	writes(g, "b", B1, "DE.B", 1000);
	writes(g, "a2", B1, "DE.A", 2000);
	assert_int_equal(place(g, "a2"), place(g, "a"));
	assert_int_not_equal(place(g, "b"), place(g, "a"));
	/* The parent id is no more than a number in this. */
	struct event ev = rig_event("p", NULL, 3000, "p");
	ev.customer.user_id = "DE.A";
	ev.customer.parent_user_id = "DE.ENT.1";
	ev.waba_id = "waba";
	assert_int_equal(rig_apply(g, &ev), 1);
	ev.wamid = "q";
	ev.customer.user_id = "DE.B";
	assert_int_equal(rig_apply(g, &ev), 1);
	assert_int_equal(place(g, "q"), place(g, "b"));
	assert_int_equal(place(g, "p"), place(g, "a"));
}

/* The number moves to another account (WABA): all user ids are others. */
static void
another_portfolio_splits_nobody(void **state)
{
	struct rig *g = *state;
	enum { N = 1000 };
	struct delivery_state_hindrance why = { 0 };

	for (int account = 0; account < 2; account++)
		for (int i = 0; i < N; i++) {
			struct event ev =
			    rig_event(pool_printf(g->pool, "%d.%d", account, i),
				pool_printf(g->pool, "49302%06d", i),
				1000 + 1000 * account + i, "x");

			ev.customer.user_id = pool_printf(
			    g->pool, "DE.%s%d", account ? "new" : "old", i);
			ev.waba_id = account ? "waba2" : "waba1";
			if (i % 500 == 0)
				assert_int_equal(db_begin(g->db), 0);
			assert_int_equal(
			    apply_event(&g->apply, g->pool, &ev, RIG_NOW, &why),
			    1);
			if (i % 500 == 499)
				assert_int_equal(db_commit(g->db), 0);
		}
	assert_int_equal(rig_int(g, "SELECT COUNT(*) FROM conversations"), N);
	assert_int_equal(
	    rig_int(g, "SELECT COUNT(*) FROM workspace_events"), 0);
	/* And there, too, two that differ are two. */
	struct event ev = rig_event("other", "49302000000", 5000, "x");
	ev.customer.user_id = "DE.other";
	ev.waba_id = "waba2";
	assert_int_equal(rig_apply(g, &ev), 1);
	assert_int_not_equal(place(g, "other"), place(g, "0.0"));
	assert_int_equal(place(g, "0.0"), place(g, "1.0"));
}

/* A number that somebody else has by now is not the contact's. */
static void
a_contact_is_who_had_the_number_then(void **state)
{
	struct rig *g = *state;
	const char *linked = "SELECT COALESCE(contact_id, 0)"
			     " FROM conversations WHERE id = %lld";

	rig_do(g, "INSERT INTO contacts(id, workspace_id, phone, name,"
		  " created_at, updated_at) VALUES"
		  " (7, 1, '+" A1 "', 'Anton', 1500, 1500)");
	writes(g, "a", A1, "DE.A", 1000);
	writes(g, "b", A1, "DE.B", 2000);
	assert_int_equal(
	    rig_int(g, pool_printf(g->pool, linked, (long long)place(g, "a"))),
	    7);
	assert_int_equal(
	    rig_int(g, pool_printf(g->pool, linked, (long long)place(g, "b"))),
	    0);
}

/* What older versions made of two customers of one number: one conversation, and
 * no more than its messages to tell the two apart. */
static void
an_old_merge_is_parted(void **state)
{
	struct rig *g = *state;
	struct number_key number;
	int64_t after = 0, told = 0, newest;
	int is_group;

	assert_int_equal(db_prepare_all(g->db, &people_split_statements), 0);
	rig_do(g,
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
	    /* as schema/inbox_3.sql has it */
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
	assert_int_equal(db_begin(g->db), 0);
	assert_int_equal(people_split_find(g->db, 1, &number, &is_group), 1);
	assert_int_equal(
	    people_split_read(g->db, g->pool, &number, 1, &after, &told), 0);
	assert_int_equal(told, 8);
	assert_int_equal(
	    people_split(g->db, g->pool, &number, 1, RIG_NOW, &newest), 0);
	assert_int_equal(db_commit(g->db), 0);
	assert_string_equal(
	    rig_text(g,
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
	struct rig *g = *state;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		const char *sql =
		    pool_printf(g->pool, "EXPLAIN QUERY PLAN %s", all[i]);
		struct db_rows *r = db_query(g->db, sql, DB_NONE);

		assert_int_equal(db_next(r), 1);
		assert_non_null(strstr(db_col_text(r, 3), index[i]));
		assert_non_null(strstr(db_col_text(r, 3), "SEARCH"));
		db_end(r);
	}
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, rig_begin, rig_end)
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
