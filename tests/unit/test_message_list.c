/*
 * The messages of a conversation.
 */
#include "fixture.h"

#include "inbox/message/message_files.h"
#include "inbox/message/message_list.h"

static void
newest_first_from_any_place(void **state)
{
	struct fixture *fx = *state;
	struct message_list_row page[5];
	struct message_list_place place;
	int more;

	assert_int_equal(message_list_read(fx->member, fx->pool, 1,
			     MESSAGE_LIST_END, page, 5, &more),
	    2);
	assert_int_equal(page[0].id, 2);
	assert_int_equal(page[1].id, 1);
	assert_int_equal(message_list_find(fx->member, 1, 2, &place), 1);
	assert_int_equal(
	    message_list_read(fx->member, fx->pool, 1, place, page, 5, &more),
	    1);
	assert_int_equal(page[0].id, 1);
	assert_int_equal(message_list_find(fx->member, 1, 3, &place), 0);
	assert_int_equal(message_list_find(fx->member, 1, 100, &place), 0);
	assert_int_equal(message_list_find(fx->member, 100, 100, &place), 0);
}

static void
a_message_is_shown_whole(void **state)
{
	struct fixture *fx = *state;
	struct message_list_row m[2];
	int more;

	assert_int_equal(message_list_read(fx->member, fx->pool, 1,
			     MESSAGE_LIST_END, m, 2, &more),
	    2);
	assert_string_equal(m[0].wamid, "w2");
	assert_string_equal(m[0].direction, "inbound");
	assert_string_equal(m[0].content, "{\"body\":\"Colour?\"}");
	assert_int_equal(m[0].n_reactions, 1);
	assert_string_equal(m[0].reactions[0].emoji, "👍");
	assert_string_equal(m[0].reactions[0].from, "business");
	assert_int_equal(m[0].reactions[0].at, 5);
	assert_null(m[0].media_state);
	/* An empty emoji took it back; the other workspace's has w1 too. */
	assert_int_equal(m[1].n_reactions, 0);
}

/* Quoted before it came; the other workspace has a w1 and a later. */
static void
a_quote_names_its_message_once_it_is_here(void **state)
{
	struct fixture *fx = *state;
	struct message_list_row m;

	fixture_do(fx, "UPDATE messages SET context = '{\"wamid\":\"later\"}'"
		       " WHERE id = 2");
	fixture_do(fx, "UPDATE messages SET wamid = 'later' WHERE id = 100");
	assert_int_equal(message_list_get(fx->member, fx->pool, 2, &m), 1);
	assert_int_equal(m.quoted_id, 0);
	assert_int_equal(m.quoted_conversation_id, 0);
	fixture_do(fx, "UPDATE messages SET wamid = 'later', revoked_at = 9"
		       " WHERE id = 3");
	assert_int_equal(message_list_get(fx->member, fx->pool, 2, &m), 1);
	assert_int_equal(m.quoted_id, 3);
	assert_int_equal(m.quoted_conversation_id, 2);
	fixture_do(fx, "DELETE FROM messages WHERE id = 3");
	assert_int_equal(message_list_get(fx->member, fx->pool, 2, &m), 1);
	assert_int_equal(m.quoted_id, 0);
}

/* Whatever a context holds, it is no other message. */
static void
a_context_without_a_wamid_quotes_nothing(void **state)
{
	struct fixture *fx = *state;
	static const char *const contexts[] = { "{}", "{\"from\":\"w1\"}",
		"{\"wamid\":1}", "{\"wamid\":\"\"}",
		"{\"a\":{\"wamid\":\"w1\"}}", "{\"wamid\":" };
	struct message_list_row m;

	for (size_t i = 0; i < sizeof(contexts) / sizeof(contexts[0]); i++) {
		assert_int_equal(db_run(fx->db,
				     "UPDATE messages SET context = $1"
				     " WHERE id = 2",
				     DB_ARGS(db_text(contexts[i]))),
		    0);
		assert_int_equal(
		    message_list_get(fx->member, fx->pool, 2, &m), 1);
		assert_int_equal(m.quoted_id, 0);
	}
}

static void
a_file_has_a_state(void **state)
{
	struct fixture *fx = *state;
	struct message_list_row m[2];
	int more;

	assert_int_equal(message_list_read(fx->member, fx->pool, 2,
			     MESSAGE_LIST_END, m, 2, &more),
	    1);
	assert_string_equal(m[0].media_state, "pending");
}

static void
many_reactions_are_all_there(void **state)
{
	struct fixture *fx = *state;
	struct message_list_row m[2];
	int more;

	assert_int_equal(
	    db_script(fx->db,
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
		" WHERE i < 100) INSERT INTO reactions SELECT 1, 1, 'w3',"
		" 'p' || i, '❤', i, 'r' || i FROM n"),
	    0);
	assert_int_equal(message_list_read(fx->member, fx->pool, 2,
			     MESSAGE_LIST_END, m, 2, &more),
	    1);
	assert_int_equal(m[0].n_reactions, 100);
	assert_string_equal(m[0].reactions[0].from, "p1");
	assert_string_equal(m[0].reactions[99].from, "p99");
}

/* 12 messages of one conversation, w10 to w21, and one that is not sent yet. */
static void
add_near(struct fixture *fx)
{
	fixture_do(fx,
	    "WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n"
	    " WHERE i < 22) INSERT INTO messages(workspace_id,"
	    " conversation_id, number_id, wamid, direction, source, type,"
	    " content, preview, status, sent_at, created_at)"
	    " SELECT 1, 2, 1, CASE WHEN i < 22 THEN 'w' || i END, 'inbound',"
	    " 'live', 'text', '{}', '', 'received', 200 - i, 1 FROM n");
}

/* All that a page says of reactions is what each of its messages says. */
static void
assert_near(struct fixture *fx)
{
	struct message_list_row page[13], one;
	int more, n = message_list_read(fx->member, fx->pool, 2,
		      MESSAGE_LIST_END, page, 13, &more);

	assert_int_equal(n, 13);
	for (int i = 0; i < n; i++) {
		assert_int_equal(
		    message_list_get(fx->member, fx->pool, page[i].id, &one),
		    1);
		assert_int_equal(page[i].n_reactions, one.n_reactions);
		for (size_t k = 0; k < one.n_reactions; k++) {
			assert_string_equal(
			    page[i].reactions[k].emoji, one.reactions[k].emoji);
			assert_string_equal(
			    page[i].reactions[k].from, one.reactions[k].from);
			assert_int_equal(
			    page[i].reactions[k].at, one.reactions[k].at);
		}
	}
}

/* N people react to a message of the page, or of another one, as TEXT says. */
static void
react(struct fixture *fx, const char *wamid, int n, const char *text)
{
	assert_int_equal(db_run(fx->db,
			     "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL"
			     " SELECT i + 1 FROM n WHERE i < $2)"
			     " INSERT INTO reactions SELECT 1, 1, $1, 'p' || i,"
			     " $3, i, 'r' || i FROM n",
			     DB_ARGS(db_text(wamid), db_int(n), db_text(text))),
	    0);
}

/* Of the first, the last, and one between: few or so many that one look has
 * not all of them; beside those of a neighbour, of another number, and such as
 * were taken back. */
static void
a_page_has_its_reactions_and_no_others(void **state)
{
	static const char *const targets[] = { "w10", "w15", "w21" };
	static const char *const others[] = { "w1", "w105", "w15x", "w205",
		"w22" };
	static const int many[] = { 1, 2, 3, 4, 100, 254, 255, 256, 257, 300 };
	struct fixture *fx = *state;

	add_near(fx);
	fixture_do(fx, "INSERT INTO reactions VALUES"
		       " (1, 2, 'w15', 'p1', 'x', 7, 'r1'),"
		       " (2, 1, 'w15', 'p1', 'x', 8, 'r2')");
	assert_near(fx);
	for (size_t t = 0; t < sizeof(targets) / sizeof(targets[0]); t++) {
		for (size_t i = 0; i < sizeof(many) / sizeof(many[0]); i++) {
			fixture_do(fx, "DELETE FROM reactions WHERE"
				       " workspace_id = 1 AND number_id = 1");
			react(fx, targets[t], many[i], "❤");
			react(fx, "w13", 2, "");
			assert_near(fx);
			react(fx, "w18", many[i], "😀");
			assert_near(fx);
			for (size_t o = 0; o < 5; o++) {
				react(fx, others[o], 2 + (int)i, "👍");
				assert_near(fx);
			}
		}
	}
}

/* Long ones end the look, and are all there: memory has a bound. */
static void
long_reactions_are_all_there(void **state)
{
	struct fixture *fx = *state;
	char *text = pool_alloc(fx->pool, 20001);

	memset(text, 'x', 20000);
	text[20000] = '\0';
	add_near(fx);
	react(fx, "w12", 1, text);
	react(fx, "w14", 3, text);
	react(fx, "w16", 1, "❤");
	assert_near(fx);
}

/* However many are asked for, and however long they are, memory is bounded:
 * one more than that is not even copied. */
static void
a_page_has_a_bound_in_bytes(void **state)
{
	struct fixture *fx = *state;
	struct message_list_place place = MESSAGE_LIST_END;
	struct message_list_row m[50];
	int more = 1, n, pages = 0, seen = 0;

	assert_int_equal(
	    db_script(fx->db,
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
		" WHERE i < 12) INSERT INTO messages(workspace_id,"
		" conversation_id, number_id, wamid, direction, source, type,"
		" content, preview, status, sent_at, created_at)"
		" SELECT 1, 2, 1, 'long' || i, 'inbound', 'live', 'text',"
		" json_quote(hex(zeroblob(CASE i WHEN 5 THEN 2000000"
		"  ELSE 200000 END))), '', 'received', 100 + i, 1 FROM n"),
	    0);
	for (; more && pages < 20; pages++) {
		n = message_list_read(
		    fx->member, fx->pool, 2, place, m, 50, &more);
		assert_true(n > 0);
		assert_true(
		    n <= 2 || strlen(m[0].content) < MESSAGE_LIST_BYTES_MAX);
		seen += n;
		place.sent_at = m[n - 1].sent_at;
		place.id = m[n - 1].id;
	}
	/* Two of 400,000 bytes a page, the longest alone, then the old one. */
	assert_int_equal(seen, 13);
	assert_int_equal(pages, 7);
	n = message_list_read(
	    fx->member, fx->pool, 2, MESSAGE_LIST_END, m, 1, &more);
	assert_int_equal(n, 1);
	assert_true(more);
}

/* Of 20 messages in 7 seconds, as pages from any of them. */
static void
add_twenty(struct fixture *fx)
{
	assert_int_equal(
	    db_script(fx->db,
		"WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n"
		" WHERE i < 19) INSERT INTO messages(workspace_id,"
		" conversation_id, number_id, wamid, direction, source, type,"
		" content, preview, status, sent_at, created_at)"
		" SELECT 1, 2, 1, 'at' || i, 'inbound', 'live', 'text', '{}',"
		" '', 'received', 100 + i / 3, 1 FROM n"),
	    0);
}

static void
pages_go_both_ways(void **state)
{
	struct fixture *fx = *state;
	struct message_list_row all[30], m[4];
	struct message_list_place place = { 0, 0 };
	int n, more, i, all_n;

	add_twenty(fx);
	all_n = message_list_read(
	    fx->member, fx->pool, 2, MESSAGE_LIST_END, all, 30, &more);
	assert_int_equal(all_n, 21);
	for (i = all_n; i > 0; i -= n) {
		n = message_list_read_after(
		    fx->member, fx->pool, 2, place, m, 4, &more);
		assert_int_equal(n, i < 4 ? i : 4);
		assert_int_equal(more, i > n);
		for (int k = 0; k < n; k++)
			assert_int_equal(m[k].id, all[i - n + k].id);
		place.sent_at = m[0].sent_at;
		place.id = m[0].id;
	}
	assert_int_equal(message_list_read_after(
			     fx->member, fx->pool, 2, place, m, 4, &more),
	    0);
	assert_false(more);
}

static void
a_page_lies_around_a_message(void **state)
{
	struct fixture *fx = *state;
	struct message_list_row all[30], m[7];
	int more, older, newer, n;

	add_twenty(fx);
	n = message_list_read(
	    fx->member, fx->pool, 2, MESSAGE_LIST_END, all, 30, &more);
	for (int at = 0; at < n; at++) {
		struct message_list_place place = { all[at].sent_at,
			all[at].id };

		for (int max = 1; max <= 7; max++) {
			int above = at < max / 2 ? at : max / 2;
			int got = message_list_read_around(fx->member, fx->pool,
			    2, place, m, max, &older, &newer);

			assert_int_equal(
			    got, max < n - at + above ? max : n - at + above);
			assert_int_equal(newer, at > above);
			assert_int_equal(older, at - above + got < n);
			for (int k = 0; k < got; k++)
				assert_int_equal(
				    m[k].id, all[at - above + k].id);
		}
	}
}

/* Files stand at both ends of a long conversation, and one was taken back. */
static void
files_are_found_among_many_messages(void **state)
{
	struct fixture *fx = *state;
	struct message_list_place from = MESSAGE_LIST_END;
	struct message_list_row m[2];
	int64_t next = 0;
	int pages = 0, found = 0, n;

	fixture_do(fx,
	    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL"
	    " SELECT i + 1 FROM n WHERE i < 4500)"
	    " INSERT INTO messages(workspace_id, conversation_id, number_id,"
	    " wamid, direction, source, type, content, preview, status,"
	    " sent_at, created_at, revoked_at)"
	    " SELECT 1, 1, 1, 'f' || i, 'inbound', 'live',"
	    " CASE WHEN i IN (1, 2, 3, 4499, 4500) THEN 'image' ELSE 'text'"
	    " END, '{}', 'x', 'received', 1000 + i, 1,"
	    " CASE i WHEN 2 THEN 5 END FROM n");
	do {
		n = message_files_read(
		    fx->member, fx->pool, 1, from, m, 2, &next);
		assert_true(n >= 0 && n <= 2);
		for (int i = 0; i < n; i++)
			assert_string_equal(m[i].type, "image");
		if (pages++ == 0)
			assert_string_equal(m[0].wamid, "f4500");
		found += n;
		assert_true(pages <= 6);
	} while (
	    next != 0 && message_list_find(fx->member, 1, next, &from) == 1);
	assert_int_equal(found, 4);
	assert_int_equal(message_files_read(fx->member, fx->pool, 100,
			     MESSAGE_LIST_END, m, 2, &next),
	    0);
	assert_int_equal(next, 0);
}

static void
others_are_not_read(void **state)
{
	struct fixture *fx = *state;
	struct message_list_row m[2];
	int more;

	assert_int_equal(message_list_read(fx->member, fx->pool, 100,
			     MESSAGE_LIST_END, m, 2, &more),
	    0);
}

int
main(void)
{
#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(f, fixture_begin_members, fixture_end)
	const struct CMUnitTest tests[] = {
		TEST(newest_first_from_any_place),
		TEST(a_message_is_shown_whole),
		TEST(a_quote_names_its_message_once_it_is_here),
		TEST(a_context_without_a_wamid_quotes_nothing),
		TEST(a_file_has_a_state),
		TEST(many_reactions_are_all_there),
		TEST(a_page_has_its_reactions_and_no_others),
		TEST(long_reactions_are_all_there),
		TEST(a_page_has_a_bound_in_bytes),
		TEST(pages_go_both_ways),
		TEST(a_page_lies_around_a_message),
		TEST(files_are_found_among_many_messages),
		TEST(others_are_not_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
