/*
 * Names of the phone's address book: what was said last counts, in whatever
 * order it comes, and whoever has the phone is called so.
 */
#include "fixture.h"
#include "rows.h"

#include "lib/sql/statements.h"

#include "inbox/contact/phone_book.h"

#define A "4930200029"
#define B "4930200030"

static void
says(struct fixture *fx, const char *phone, const char *name, int64_t at)
{
	struct event ev = fixture_event(NULL, phone, at, NULL);

	ev.kind = EVENT_PHONE_BOOK;
	ev.customer.profile_name = name;
	ev.field = "smb_app_state_sync";
	ev.raw = "{}";
	assert_int_equal(fixture_apply(fx, &ev), 1);
}

static void
writes(struct fixture *fx, const char *wamid, const char *wa_id,
    const char *user_id, int64_t at)
{
	struct event ev = fixture_event(wamid, wa_id, at, wamid);

	ev.customer.user_id = user_id;
	ev.waba_id = "waba";
	assert_int_equal(fixture_apply(fx, &ev), 1);
}

/* What the conversation of message WAMID is called there. */
static const char *
name(struct fixture *fx, const char *wamid)
{
	return fixture_text(
	    fx, pool_printf(fx->pool,
		    "SELECT COALESCE(phone_book_name, '-') FROM conversations"
		    " WHERE id = (SELECT conversation_id FROM messages"
		    " WHERE wamid = '%s')",
		    wamid));
}

#define IS(wamid, expected) assert_string_equal(name(fx, wamid), expected)

/* All orders of four and a message; two are of one second. */
static void
what_was_said_last_counts_in_any_order(void **state)
{
	static const struct {
		const char *name;
		int64_t at;
	} said[] = { { "Rita", 10 }, { NULL, 20 }, { NULL, 30 },
		{ "Rita Padeira", 30 }, { "message", 1 } };
	struct fixture *fx = *state;

	for (int order = 0; order < 120; order++) {
		int left[] = { 0, 1, 2, 3, 4 }, rest = order;

		for (int n = 5; n > 0; n--) {
			int k = rest % n, i = left[k];

			rest /= n;
			left[k] = left[n - 1];
			if (i == 4)
				writes(fx, "w", A, NULL, 1);
			else
				says(fx, A, said[i].name, said[i].at);
			if (i != 4 && k == 0)
				says(fx, A, said[i].name, said[i].at);
		}
		IS("w", "Rita Padeira");
		says(fx, A, NULL, 31);
		IS("w", "-");
		fixture_do(fx, "DELETE FROM messages;"
			       "DELETE FROM conversations;"
			       "DELETE FROM identities; DELETE FROM sightings;"
			       "DELETE FROM phone_book");
	}
}

static void
a_name_goes_with_the_phone(void **state)
{
	struct fixture *fx = *state;
	struct event moves = fixture_event("s", A, 2000, "system");

	says(fx, A, "Rita", 1);
	says(fx, B, "Otto", 1);
	writes(fx, "a", NULL, "DE.A", 1000);
	IS("a", "-");
	writes(fx, "a2", A, "DE.A", 1001);
	IS("a", "Rita");
	moves.type = "system";
	moves.counts_unread = moves.opens_window = 0;
	moves.customer.user_id = "DE.A";
	moves.customer.new_wa_id = B;
	moves.waba_id = "waba";
	assert_int_equal(fixture_apply(fx, &moves), 1);
	IS("a", "Otto");
	/* Another number of ours has another phone. */
	moves = fixture_event("other", B, 3000, "hi");
	moves.phone_number_id = "200";
	fixture_do(fx, "INSERT INTO numbers(workspace_id, phone_number_id,"
		       " created_at) VALUES (1, '200', 1)");
	assert_int_equal(fixture_apply(fx, &moves), 1);
	IS("other", "-");
}

/* An entry as the country writes it is of the account that it may be. */
static void
an_entry_is_found_by_its_accounts(void **state)
{
	struct fixture *fx = *state;

	writes(fx, "br", "551187654321", NULL, 1000);
	says(fx, "5511987654321", "Bruna", 10);
	IS("br", "Bruna");
	/* The account itself comes before what may be it. */
	says(fx, "551187654321", "Bia", 5);
	IS("br", "Bia");
	says(fx, "551187654321", NULL, 6);
	IS("br", "Bruna");
	says(fx, "5511987654321", NULL, 11);
	IS("br", "-");
}

static void
the_search_finds_it(void **state)
{
	struct fixture *fx = *state;
	const char *found = "SELECT COUNT(*) FROM conversation_words"
			    " WHERE conversation_words MATCH '\"1.padeira\"'";

	writes(fx, "w", A, NULL, 1000);
	fixture_words(fx);
	says(fx, A, "Rita Padeira", 10);
	fixture_words(fx);
	assert_int_equal(fixture_int(fx, found), 1);
	rows_check_search(fx);
	fixture_do(fx, "UPDATE conversations SET profile_name = 'R',"
		       " profile_name_at = 9, username = 'rr'");
	rows_check_search(fx);
	assert_int_equal(fixture_int(fx, found), 1);
	says(fx, A, NULL, 11);
	rows_check_search(fx);
	assert_int_equal(fixture_int(fx, found), 0);
}

/* What the search takes out are the words that the row had: not those that
 * it had in between, when a new phone has changed its name. */
static void
nobody_is_found_by_the_phone_before(void **state)
{
	struct fixture *fx = *state;

	says(fx, A, "Rita", 1);
	writes(fx, "a", A, NULL, 10);
	fixture_words(fx);
	fixture_do(fx, "UPDATE conversations SET phone = '+" B "'");
	assert_string_equal(
	    fixture_text(fx, "SELECT text || phone FROM search_stale"),
	    "Rita+" A);
}

static void
what_was_taken_out_goes_later(void **state)
{
	struct fixture *fx = *state;

	says(fx, A, "Rita", 10);
	says(fx, A, NULL, 20);
	says(fx, B, "Otto", 10);
	assert_int_equal(db_begin(fx->db), 0);
	assert_int_equal(phone_book_purge(fx->db, 20, 9), 0);
	assert_int_equal(phone_book_purge(fx->db, 21, 9), 1);
	assert_int_equal(db_commit(fx->db), 0);
	assert_string_equal(
	    fixture_text(fx, "SELECT group_concat(name) FROM phone_book"),
	    "Otto");
}

static void
nothing_is_left_of_an_account(void **state)
{
	struct fixture *fx = *state;

	says(fx, "5511987654321", "Bruna", 10);
	says(fx, B, "Otto", 10);
	assert_int_equal(phone_book_has(fx->db, 1, "551187654321"), 1);
	assert_int_equal(phone_book_has(fx->db, 1, A), 0);
	assert_int_equal(phone_book_has(fx->db, 2, B), 0);
	assert_int_equal(db_begin(fx->db), 0);
	assert_int_equal(phone_book_forget(fx->db, 2, B), 0);
	assert_int_equal(phone_book_forget(fx->db, 1, "551187654321"), 0);
	assert_int_equal(db_commit(fx->db), 0);
	assert_string_equal(
	    fixture_text(fx, "SELECT group_concat(name) FROM phone_book"),
	    "Otto");
}

static int
begin(void **state)
{
	struct fixture *fx;

	fixture_begin(state);
	fx = *state;
	return db_prepare_all(fx->db, &phone_book_statements);
}

#define T(f) cmocka_unit_test_setup_teardown(f, begin, fixture_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_was_said_last_counts_in_any_order),
		T(a_name_goes_with_the_phone),
		T(an_entry_is_found_by_its_accounts),
		T(the_search_finds_it),
		T(nobody_is_found_by_the_phone_before),
		T(what_was_taken_out_goes_later),
		T(nothing_is_left_of_an_account),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
