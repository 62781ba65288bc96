/*
 * Search: what a person types is never syntax, and the work is bounded.
 */
#include "fixture.h"

#include <sqlite3.h>

#include "lib/sql/sqlite/sqlite_handle.h"

#include "session/session.h"

#include "inbox/search/search.h"
#include "inbox/search/search_merge.h"

static int complete; /* what the search said last */

/* Text messages of workspace $1 and conversation $2, N of them, from id FROM
 * on: "TEXT i". */
static void
add_messages(struct fixture *fx, int workspace, int conversation, int from,
    int n, const char *text)
{
	fixture_do(fx,
	    pool_printf(fx->pool,
		"WITH RECURSIVE n(i) AS (SELECT %d UNION ALL SELECT i + 1"
		" FROM n WHERE i + 1 < %d) INSERT INTO messages(id,"
		" workspace_id, conversation_id, number_id, direction, source,"
		" type, content, preview, text, status, sent_at, created_at)"
		" SELECT i, %d, %d, %d, 'inbound', 'live', 'text', '{}', 'x',"
		" '%s ' || i, 'received', i, i FROM n",
		from, from + n, workspace, conversation, workspace, text));
	fixture_words(fx);
}

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
		{ "\u202a+1\u00a0650\u2011555\u20111234\u202c", 1 },
		{ "\uff15\uff11\uff11\uff12", 2 },
		{ "\u0665\u0661\u0661\u0662", 2 },
		{ "51:12", 0 },
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
	fixture_words(fx);
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
whole_words_come_before_longer_ones(void **state)
{
	struct fixture *fx = *state;
	int64_t *ids = NULL;

	assert_int_equal(
	    db_script(fx->db,
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
		" WHERE i <= 1500) INSERT INTO messages(id, workspace_id,"
		" conversation_id, number_id, direction, source, type, content,"
		" preview, text, status, sent_at, created_at)"
		" SELECT 1000 + i, 1, CASE i WHEN 1 THEN 3 ELSE 2 END, 1,"
		" 'inbound', 'live', 'text', '{}', 'x', CASE i WHEN 1 THEN"
		" 'wood' ELSE 'wooden' END, 'received', i, i FROM n"),
	    0);
	fixture_words(fx);
	assert_int_equal(
	    search_conversations(fx->member, fx->pool, "wood", &ids, &complete),
	    2);
}

#define PAGE 3

/* All of Q's messages from BEFORE down, page by page: how many, and that ids
 * only fall. */
static int
read_pages(struct fixture *fx, const char *q, int64_t before)
{
	struct search_message page[PAGE];
	int64_t last = INT64_MAX, below = before;
	int all = 0, n;

	do {
		n = search_messages(fx->member, fx->pool, q, below, page, PAGE,
		    &below, &complete);
		assert_true(n >= 0 && n <= PAGE);
		for (int i = 0; i < n; i++) {
			assert_true(page[i].id < last);
			last = page[i].id;
			assert_int_equal(
			    fixture_int(fx, pool_printf(fx->pool,
						"SELECT conversation_id FROM"
						" messages WHERE id = %d",
						(int)last)),
			    page[i].conversation_id);
		}
		assert_true(below == 0 || (n == PAGE && below == last));
		assert_int_equal(complete, 1);
		all += n;
	} while (below != 0);
	return all;
}

static void
messages_come_page_by_page(void **state)
{
	struct fixture *fx = *state;

	add_messages(fx, 1, 1, 1000, 8, "apple pie");
	add_messages(fx, 1, 2, 1008, 1, "apple");
	add_messages(fx, 100, 100, 1100, 5, "apple pie");
	assert_int_equal(read_pages(fx, "apple", 0), 9);
	assert_int_equal(read_pages(fx, "pie apple", 0), 8);
	assert_int_equal(read_pages(fx, "apple", 1006), 6);
	assert_int_equal(read_pages(fx, "apple", 1000), 0);
	assert_int_equal(read_pages(fx, "apples", 0), 0);
	assert_int_equal(read_pages(fx, "!", 0), 0);
	session_serve(fx->member, 0, 0);
	assert_int_equal(read_pages(fx, "apple", 0), 0);
}

/* A partition has the words of the ids from its first on: each is looked
 * through with its own label, and none twice. */
static void
partitions_are_one_list(void **state)
{
	struct fixture *fx = *state;

	fixture_do(fx,
	    "DELETE FROM search_partitions;"
	    "INSERT INTO search_partitions(workspace_id, first_id, partition,"
	    " rows) VALUES (1, 0, 2, 0), (1, 1004, 0, 0), (1, 1009, 1, 0),"
	    " (100, 1002, 1, 0)");
	add_messages(fx, 1, 1, 1000, 12, "apple");
	assert_int_equal(read_pages(fx, "apple", 0), 12);
	assert_int_equal(read_pages(fx, "apple", 1010), 10);
	assert_int_equal(read_pages(fx, "1003", 0), 1);
	assert_int_equal(read_pages(fx, "1009", 0), 1);
	/* Without a row what lies below is partition 0. */
	fixture_do(fx, "DELETE FROM search_partitions WHERE partition = 2");
	assert_int_equal(read_pages(fx, "apple", 0), 8);
	/* What fixture_end looks at has none. */
	fixture_do(fx, "INSERT INTO search_partitions VALUES (1, 0, 2, 0);"
		       "DELETE FROM messages WHERE id >= 1000");
	fixture_words(fx);
	fixture_do(fx, "DELETE FROM search_partitions");
}

/* More partitions than can be looked through: what is newest is found all the
 * same, and the next page goes on below. */
static void
a_search_has_its_time(void **state)
{
	struct fixture *fx = *state;
	struct search_message page[PAGE];
	int64_t below = 0, before;

	fixture_do(fx,
	    "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n"
	    " WHERE i < 599980) INSERT INTO search_partitions(workspace_id,"
	    " first_id, partition, rows) SELECT 1, 10 + i, i, 0 FROM n");
	add_messages(fx, 1, 1, 600001, 2, "apple");
	assert_int_equal(search_messages(fx->member, fx->pool, "apple", 0, page,
			     PAGE, &below, &complete),
	    2);
	assert_int_equal(page[1].id, 600001);
	assert_int_equal(complete, 0);
	assert_true(below > 0 && below < 600000);
	before = below;
	assert_int_equal(search_messages(fx->member, fx->pool, "apple", before,
			     page, PAGE, &below, &complete),
	    0);
	assert_int_equal(complete, 0);
	assert_true(below < before);
	assert_int_equal(found(fx, "apple"), 1);
	assert_int_equal(complete, 0);
	/* And nobody else is late by it. */
	assert_int_equal(search_messages(fx->member, fx->pool, "hello", 10,
			     page, PAGE, &below, &complete),
	    1);
	assert_int_equal(complete, 1);
}

static void
an_answer_says_when_something_is_missing(void **state)
{
	struct fixture *fx = *state;
	struct search_message page[1];
	int64_t ids[2], *all, below;

	assert_int_equal(found(fx, "colour"), 1);
	assert_int_equal(complete, 1);
	add_messages(fx, 1, 4, 1000, SEARCH_MAX, "apple");
	assert_int_equal(found(fx, "apple"), 4);
	assert_int_equal(complete, 1);
	add_messages(fx, 1, 3, 999, 1, "apples");
	assert_int_equal(found(fx, "apple"), 4);
	assert_int_equal(complete, 0);
	assert_int_equal(
	    search_people(fx->member, fx->pool, "442", ids, 2, &complete), 2);
	assert_int_equal(ids[0], 4);
	assert_int_equal(ids[1], 3);
	assert_int_equal(complete, 1);
	assert_int_equal(
	    search_people(fx->member, fx->pool, "442", ids, 1, &complete), 1);
	assert_int_equal(complete, 0);
	fixture_do(fx, "UPDATE search_indexed SET from_id = 3, began_id = 4"
		       " WHERE kind = 'message'");
	assert_int_equal(search_messages(fx->member, fx->pool, "bonjour", 0,
			     page, 1, &below, &complete),
	    1);
	assert_int_equal(complete, 0);
	assert_int_equal(
	    search_people(fx->member, fx->pool, "nelson", ids, 2, &complete),
	    1);
	assert_int_equal(complete, 1);
	fixture_do(fx, "UPDATE search_indexed SET from_id ="
		       " CASE kind WHEN 'contact' THEN 3 ELSE 0 END");
	assert_int_equal(search_contacts(fx->member, fx->pool, "nelson", 9, ids,
			     2, &complete),
	    1);
	assert_int_equal(complete, 0);
	assert_int_equal(search_conversations(
			     fx->member, fx->pool, "nelson", &all, &complete),
	    1);
	assert_int_equal(complete, 0);
	fixture_do(fx, "UPDATE search_indexed SET from_id = 0, began_id = 0");
}

static int
messages_found(struct fixture *fx, const char *q)
{
	struct search_message page[4];
	int64_t below;

	return search_messages(
	    fx->member, fx->pool, q, 0, page, 4, &below, &complete);
}

#define NEW_MESSAGE                                                            \
	"INSERT INTO messages(id, workspace_id, conversation_id, number_id,"   \
	" direction, source, type, content, preview, text, status, sent_at,"   \
	" created_at) VALUES (%d, %d, %d, %d, 'inbound', 'live', 'text',"      \
	" '{}', 'x', 'apple', 'received', 1, 1)"

/* Until the processor has put them; what other workspaces store says nothing
 * here. */
static void
what_waits_for_its_words_is_said(void **state)
{
	struct fixture *fx = *state;
	int64_t ids[2];

	assert_int_equal(messages_found(fx, "apple"), 0);
	assert_int_equal(complete, 1);
	fixture_do(fx, pool_printf(fx->pool, NEW_MESSAGE, 1000, 100, 100, 100));
	assert_int_equal(messages_found(fx, "apple"), 0);
	assert_int_equal(complete, 1);
	fixture_do(fx, pool_printf(fx->pool, NEW_MESSAGE, 1001, 1, 1, 1));
	assert_int_equal(messages_found(fx, "apple"), 0);
	assert_int_equal(complete, 0);
	assert_int_equal(
	    search_people(fx->member, fx->pool, "nelson", ids, 2, &complete),
	    1);
	assert_int_equal(complete, 1);
	fixture_words(fx);
	assert_int_equal(messages_found(fx, "apple"), 1);
	assert_int_equal(complete, 1);
	fixture_do(fx, "UPDATE contacts SET name = 'Renamed' WHERE id = 1");
	assert_int_equal(
	    search_people(fx->member, fx->pool, "nelson", ids, 2, &complete),
	    0);
	assert_int_equal(complete, 0);
	fixture_words(fx);
	assert_int_equal(
	    search_people(fx->member, fx->pool, "renamed", ids, 2, &complete),
	    1);
	assert_int_equal(complete, 1);
}

/* Words that a row had are not its own once it has changed, or is gone, and
 * again once it is back. */
static void
nothing_is_found_by_words_that_it_had(void **state)
{
	struct fixture *fx = *state;

	fixture_do(fx, pool_printf(fx->pool, NEW_MESSAGE, 1001, 1, 1, 1));
	fixture_words(fx);
	fixture_do(fx, "UPDATE messages SET text = 'pear' WHERE id = 1001;"
		       "UPDATE messages SET text = 'plum' WHERE id = 1001");
	assert_int_equal(messages_found(fx, "apple"), 0);
	assert_int_equal(complete, 0);
	assert_string_equal(
	    fixture_text(fx, "SELECT text FROM search_stale"), "apple");
	fixture_words(fx);
	assert_int_equal(messages_found(fx, "apple"), 0);
	assert_int_equal(messages_found(fx, "pear"), 0);
	assert_int_equal(messages_found(fx, "plum"), 1);
	assert_int_equal(complete, 1);
	fixture_do(fx, "DELETE FROM messages WHERE id = 1001");
	assert_int_equal(messages_found(fx, "plum"), 0);
	assert_int_equal(complete, 1);
	fixture_do(fx, pool_printf(fx->pool, NEW_MESSAGE, 1001, 1, 1, 1));
	assert_int_equal(messages_found(fx, "plum"), 0);
	assert_int_equal(complete, 0);
	fixture_words(fx);
	assert_int_equal(messages_found(fx, "plum"), 0);
	assert_int_equal(messages_found(fx, "apple"), 1);
	fixture_do(fx, "DELETE FROM messages WHERE id = 1001");
	fixture_words(fx);
	fixture_do(fx, pool_printf(fx->pool, NEW_MESSAGE, 1001, 1, 1, 1));
	fixture_words(fx);
	assert_int_equal(messages_found(fx, "apple"), 1);
	assert_int_equal(
	    fixture_int(fx, "SELECT COUNT(*) FROM search_stale"), 0);
}

/* How often SQLite has looked at a page, for FTS5 too. */
static int64_t
pages_read(struct fixture *fx)
{
	struct sqlite3 *conn = sqlite_of(fx->member_db)->conn;
	int hit, miss, most;

	sqlite3_db_status(conn, SQLITE_DBSTATUS_CACHE_HIT, &hit, &most, 0);
	sqlite3_db_status(conn, SQLITE_DBSTATUS_CACHE_MISS, &miss, &most, 0);
	return hit + miss;
}

static int64_t
work_of(struct fixture *fx, const char *q)
{
	int64_t *ids, before;

	/* The first reads what FTS5 keeps of its tables. */
	search_conversations(fx->member, fx->pool, q, &ids, &complete);
	before = pages_read(fx);
	search_conversations(fx->member, fx->pool, q, &ids, &complete);
	return pages_read(fx) - before;
}

/* All segments of an index are one: how many there are depends on when who
 * wrote. */
static void
merge_all(struct fixture *fx)
{
	int rc;

	assert_int_equal(db_begin(fx->db), 0);
	assert_int_equal(search_merge_begin(fx->db), 0);
	while ((rc = search_merge_step(fx->db)) == 1)
		;
	assert_int_equal(rc, 0);
	assert_int_equal(db_commit(fx->db), 0);
}

/* A B-tree of one more level is looked through for each of the indexes. */
#define DEEPER 5

/* The work of a search tells nothing of what others have, and how much. */
static void
neighbours_are_not_heard(void **state)
{
	static const char *const asked[] = { "apple", "pear", "app", "zzz",
		"apple 1005", "650555", "555", "nelson", "nel", "n" };
	const size_t n = sizeof(asked) / sizeof(asked[0]);
	sqlite3_int64 none = 0; /* of the file is mapped */
	struct fixture *fx = *state;
	int64_t before[sizeof(asked) / sizeof(asked[0])], after;

	sqlite3_file_control(sqlite_of(fx->member_db)->conn, "main",
	    SQLITE_FCNTL_MMAP_SIZE, &none);
	add_messages(fx, 1, 1, 1000, 300, "apple");
	merge_all(fx);
	for (size_t i = 0; i < n; i++)
		before[i] = work_of(fx, asked[i]);
	add_messages(fx, 100, 100, 2000, 8000, "apple pear");
	fixture_do(fx,
	    "WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n"
	    " WHERE i < 2000) INSERT INTO contacts(id, workspace_id, phone,"
	    " name, email, created_at, updated_at) SELECT i, 100, '+1650555' ||"
	    " i, 'Nelson ' || i, NULL, 1, 1 FROM n");
	merge_all(fx);
	for (size_t i = 0; i < n; i++) {
		after = work_of(fx, asked[i]);
		if (after > before[i] + before[i] / 20 + DEEPER)
			fail_msg("%s: %d pages, %d beside others", asked[i],
			    (int)before[i], (int)after);
	}
}

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
		TEST(whole_words_come_before_longer_ones),
		TEST(messages_come_page_by_page),
		TEST(partitions_are_one_list),
		TEST(a_search_has_its_time),
		TEST(an_answer_says_when_something_is_missing),
		TEST(what_waits_for_its_words_is_said),
		TEST(nothing_is_found_by_words_that_it_had),
		TEST(neighbours_are_not_heard),
		TEST(contacts_come_newest_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
