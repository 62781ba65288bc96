/*
 * Search: what a person types is never syntax, and the work is bounded.
 */
#include "fixture.h"

#include "session/session.h"

#include "inbox/search/search.h"

static int complete; /* what the search said last */

static int64_t
found(struct fixture *fx, const char *q)
{
	int64_t *ids = NULL;
	int n = search_conversations(fx->member, fx->pool, q, &ids, &complete);

	assert_true(n >= 0);
	return n == 1 ? ids[0] : -n;
}

static void
words_of_every_source_are_found(void **state)
{
	static const struct {
		const char *q;
		int64_t id;
	} cases[] = {
		{ "colour", 1 },
		{ "COME colo", 1 },
		{ "sheena", 1 },
		{ "nelson", 1 },
		{ "creme brulee", 2 },
		{ "jörg", 2 },
		{ "joerg@example", 2 },
		{ "unal", 3 },
		{ "bonjour", 3 },
		{ "+1 (650) 555-1234", 1 },
		{ "0559", 0 },
		{ "5112", 2 },
		{ "678", 2 },
		{ "345678", 2 },
		{ "5112345", 2 },
		{ "4915112345678", 2 },
		{ "234567 4915112", 0 },
		{ "4915112345678999", 0 },
		{ "x colour", 0 },
		{ "nelson colour", 0 },
		{ "se", 0 },
		{ "it", 1 },
		{ "co", 0 },
		{ "S", 1 },
	};
	struct fixture *fx = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (found(fx, cases[i].q) != cases[i].id)
			fail_msg(
			    "%s: %d", cases[i].q, (int)found(fx, cases[i].q));
}

static void
nothing_is_syntax(void **state)
{
	static const char *const queries[] = {
		"\"",
		"\"\"",
		"*",
		"(",
		")",
		"a\" OR \"b",
		"text:x",
		"^",
		"-",
		"NEAR(a b)",
		"a AND",
		"{x}:y",
		"'; DROP TABLE x",
		"\\",
		"%",
		"\xe2\x80\xa6",
		"\xf0\x9f\x91\x8d",
		"+++",
		"12",
		"\t\n",
		"",
		"\"colour",
		"zzz OR colour",
		"NOT",
		"zzz*",
		"\x01",
	};
	struct fixture *fx = *state;

	for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
		int64_t id = found(fx, queries[i]);

		assert_int_equal(
		    strcmp(queries[i], "\"colour") == 0 ? 1 : 0, id);
	}
}

static void
very_long_searches_are_cut(void **state)
{
	struct fixture *fx = *state;
	char q[4096];

	for (size_t i = 0; i < sizeof(q) - 1; i++)
		q[i] = i % 2 == 0 ? 'x' : ' ';
	q[sizeof(q) - 1] = '\0';
	assert_int_equal(found(fx, q), 0);
}

static void
another_workspace_does_not_count(void **state)
{
	struct fixture *fx = *state;

	assert_int_equal(found(fx, "secret"), 0);
	assert_int_equal(found(fx, "+44207123"), 3);
	session_serve(fx->member, 100, 100);
	assert_int_equal(found(fx, "secret"), 100);
	assert_int_equal(found(fx, "colour"), 100);
	session_serve(fx->member, 0, 0);
	assert_int_equal(found(fx, "colour"), 0);
}

/* 30,000 messages have the word; only the newest count. */
static void
common_words_are_bounded(void **state)
{
	struct fixture *fx = *state;
	int64_t *ids = NULL;

	assert_int_equal(
	    db_script(fx->db,
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
		" WHERE i < 30000) INSERT INTO messages(id, workspace_id,"
		" conversation_id, number_id, direction, source, type, content,"
		" preview, text, status, sent_at, created_at)"
		" SELECT 1000 + i, 1, 1 + (i > 29700), 1, 'inbound', 'live',"
		" 'text', '{}', 'x', 'common words', 'received', i, i FROM n"),
	    0);
	assert_int_equal(search_conversations(
			     fx->member, fx->pool, "common", &ids, &complete),
	    2);
	assert_int_equal(
	    db_script(fx->db,
		"UPDATE messages SET"
		" conversation_id = 3 WHERE id < 20000 AND id > 1000"),
	    0);
	assert_int_equal(search_conversations(
			     fx->member, fx->pool, "common", &ids, &complete),
	    2);
}

/* 1,500 newer messages begin with it: they do not hide the word itself. */
static void
contacts_come_newest_first(void **state)
{
	struct fixture *fx = *state;
	int64_t ids[4];

	assert_int_equal(search_contacts(fx->member, fx->pool, "jorg", 100, ids,
			     4, &complete),
	    1);
	assert_int_equal(ids[0], 2);
	assert_int_equal(
	    search_contacts(fx->member, fx->pool, "jorg", 2, ids, 4, &complete),
	    0);
	assert_int_equal(search_contacts(fx->member, fx->pool, "+1 650",
			     INT64_MAX, ids, 4, &complete),
	    1);
	assert_int_equal(ids[0], 1);
	assert_int_equal(search_contacts(fx->member, fx->pool, "colour", 100,
			     ids, 4, &complete),
	    0);
}

int
main(void)
{
#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(f, fixture_begin_members, fixture_end)
	const struct CMUnitTest tests[] = {
		TEST(words_of_every_source_are_found),
		TEST(nothing_is_syntax),
		TEST(very_long_searches_are_cut),
		TEST(another_workspace_does_not_count),
		TEST(common_words_are_bounded),
		TEST(contacts_come_newest_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
