/*
 * What hangs on a message goes with it, and nothing else does.
 */
#include <sys/stat.h>

#include "fixture.h"
#include "rows.h"

#include "lib/sql/statements.h"

#include "whatsapp/preview/preview_words.h"

#include "inbox/erasure/delete.h"
#include "inbox/media/blob.h"

#define APPLY(ev) assert_int_equal(fixture_apply(fx, &(ev)), 1)
#define PATH	  "ab/cdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789"

static int
begin(void **state)
{
	struct fixture *fx;

	fixture_begin(state);
	fx = *state;
	assert_int_equal(db_prepare_all(fx->db, &delete_statements), 0);
	return 0;
}

/* All of it in as many transactions as it takes: how many. */
static int
delete_all(struct fixture *fx, int (*how)(struct deletion *, int64_t, int64_t),
    int64_t id)
{
	struct deletion d = {
		.db = fx->db, .pool = fx->pool, .now = FIXTURE_NOW
	};
	int rc = 0, n = 0;

	for (; rc == 0; n++) {
		int64_t before = db_changes(fx->db);

		assert_int_equal(db_begin(fx->db), 0);
		delete_begin(&d);
		rc = how(&d, 1, id);
		assert_int_not_equal(rc, -1);
		assert_int_equal(
		    delete_files(&d, unit_path(fx->dir, "media")), 0);
		assert_int_equal(db_commit(fx->db), 0);
		assert_between(db_changes(fx->db) - before, 0, DELETE_ROWS);
	}
	return n;
}

/* A message with all that a message can have, to the customer of CONVERSATION
 * 1, at AT. */
static void
put_full(struct fixture *fx, const char *wamid, int64_t at, int statuses)
{
	const char *sql = pool_printf(fx->pool,
	    "INSERT INTO messages(workspace_id, conversation_id, number_id,"
	    " wamid, direction, source, type, content, preview, text, status,"
	    " sent_at, created_at) VALUES (1, 1, 1, '%s', 'outbound', 'api',"
	    " 'image', '{}', '%s', 'secret %s', 'sent', %lld, %lld);"
	    "INSERT INTO message_patches(workspace_id, number_id, target_wamid,"
	    " wamid, kind, at) VALUES (1, 1, '%s', 'p', 'edit', 1);"
	    "INSERT INTO reactions(workspace_id, number_id, target_wamid,"
	    " sender, emoji, at, wamid)"
	    " VALUES (1, 1, '%s', 'customer', '+', 1, 'r');"
	    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
	    " WHERE i < %d) INSERT INTO message_statuses(workspace_id,"
	    " number_id, wamid, status, participant, at)"
	    " SELECT 1, 1, '%s', 'read', i, 1 FROM n;"
	    "INSERT INTO uploads(workspace_id, user_id, mime_type, size, path,"
	    " created_at) VALUES (1, 1, 'image/png', 1, '" PATH "', 1);"
	    "INSERT INTO upload_media(workspace_id, upload_id, number_id,"
	    " media_id, expires_at) SELECT 1, MAX(id), 1, 'm', 9 FROM uploads;"
	    "INSERT INTO media(workspace_id, message_id, number_id, state,"
	    " path, due_at, created_at) SELECT 1, MAX(id), 1, 'stored',"
	    " '" PATH "', 1, 1 FROM messages;"
	    "INSERT INTO outbox(workspace_id, number_id, conversation_id,"
	    " message_id, kind, upload_id, state, due_at, created_at)"
	    " SELECT 1, 1, 1, (SELECT MAX(id) FROM messages), 'message',"
	    " MAX(id), 'done', 1, 1 FROM uploads;",
	    wamid, wamid, wamid, (long long)at, (long long)at, wamid, wamid,
	    statuses, wamid);

	fixture_do(fx, sql);
}

static void
put_file(struct fixture *fx)
{
	FILE *f;

	mkdir(unit_path(fx->dir, "media"), 0700);
	mkdir(unit_path(fx->dir, "media/ab"), 0700);
	f = fopen(unit_path(fx->dir, "media/" PATH), "w");
	assert_non_null(f);
	fclose(f);
}

static int64_t
rows_left(struct fixture *fx)
{
	return fixture_int(fx,
	    "SELECT (SELECT COUNT(*) FROM messages)"
	    " + (SELECT COUNT(*) FROM message_statuses)"
	    " + (SELECT COUNT(*) FROM message_patches)"
	    " + (SELECT COUNT(*) FROM reactions)"
	    " + (SELECT COUNT(*) FROM media) + (SELECT COUNT(*) FROM outbox)"
	    " + (SELECT COUNT(*) FROM uploads)"
	    " + (SELECT COUNT(*) FROM upload_media)");
}

static void
message_goes_with_all_that_hangs_on_it(void **state)
{
	struct fixture *fx = *state;
	struct event first = fixture_event("a", "16505551234", 10, "hi");

	APPLY(first);
	put_full(fx, "w", 20, 3);
	put_file(fx);
	assert_int_equal(delete_all(fx, delete_message, 2), 1);
	assert_int_equal(rows_left(fx), 1);
	assert_int_equal(
	    fixture_int(
		fx, "SELECT COUNT(*) FROM message_words('\"1.0.secret\"')"),
	    0);
	assert_int_equal(blob_has(unit_path(fx->dir, "media"), PATH), 0);
	assert_int_equal(
	    fixture_int(fx, "SELECT object_id FROM changes ORDER BY seq DESC"),
	    2);
	rows_check_search(fx);
}

static void
others_of_the_conversation_stay_and_its_last_one_shows(void **state)
{
	struct fixture *fx = *state;
	struct event first = fixture_event("a", "16505551234", 10, "hi");
	struct event last = fixture_event("b", "16505551234", 30, "bye");

	APPLY(first);
	APPLY(last);
	assert_int_equal(delete_all(fx, delete_message, 2), 1);
	assert_int_equal(delete_recount(fx->db, 1, 1), 0);
	assert_string_equal(
	    fixture_text(fx,
		"SELECT last_message_id || last_message_preview"
		" || last_message_at || ' ' || unread_count || is_read"
		" || ' ' || last_customer_message_at"
		" FROM conversations"),
	    "1hi10 10 30");
	assert_int_equal(delete_all(fx, delete_message, 1), 1);
	assert_int_equal(delete_recount(fx->db, 1, 1), 0);
	assert_string_equal(
	    fixture_text(fx,
		"SELECT (last_message_id IS NULL) || last_message_at"
		" || ' ' || unread_count || is_read"
		" FROM conversations"),
	    "10 01");
}

/* It is nobody's last word, whatever goes. */
static void
a_reaction_that_was_taken_back_does_not_show(void **state)
{
	struct fixture *fx = *state;
	struct event ev = fixture_event("a", "16505551234", 5, "stays");

	APPLY(ev);
	ev = fixture_event("r", "16505551234", 6, "Reacted +");
	ev.type = "reaction";
	ev.target_wamid = "a";
	ev.emoji = "+";
	APPLY(ev);
	ev.wamid = "r2";
	ev.at = 7;
	ev.emoji = NULL;
	ev.preview = PREVIEW_REMOVED;
	APPLY(ev);
	ev = fixture_event("b", "16505551234", 9, "goes");
	APPLY(ev);
	delete_all(fx, delete_message, 4);
	assert_int_equal(db_begin(fx->db), 0);
	assert_int_equal(delete_recount(fx->db, 1, 1), 0);
	assert_int_equal(db_commit(fx->db), 0);
	assert_string_equal(
	    fixture_text(fx,
		"SELECT last_message_preview || ' ' || last_message_at"
		" FROM conversations"),
	    "stays 5");
}

static void
file_that_somebody_else_has_stays(void **state)
{
	struct fixture *fx = *state;
	struct event first = fixture_event("a", "16505551234", 10, "hi");

	APPLY(first);
	put_full(fx, "w", 20, 1);
	put_full(fx, "x", 21, 1);
	put_file(fx);
	delete_all(fx, delete_message, 2);
	assert_int_equal(blob_has(unit_path(fx->dir, "media"), PATH), 1);
	assert_int_equal(fixture_int(fx, "SELECT COUNT(*) FROM uploads"), 2);
	/* and what was uploaded just now is about to be sent */
	fixture_do(
	    fx, "UPDATE uploads SET created_at = 1769774400 WHERE id = 2");
	delete_all(fx, delete_message, 3);
	assert_int_equal(blob_has(unit_path(fx->dir, "media"), PATH), 1);
	assert_int_equal(fixture_int(fx, "SELECT MIN(id) FROM uploads"), 2);
}

static void
many_rows_go_in_several_transactions(void **state)
{
	struct fixture *fx = *state;
	struct event first = fixture_event("a", "16505551234", 10, "hi");

	APPLY(first);
	put_file(fx);
	put_full(fx, "w", 20, 3000);
	assert_true(delete_all(fx, delete_message, 2) >= 4);
	assert_int_equal(rows_left(fx), 1);
}

static void
conversation_goes_whole(void **state)
{
	struct fixture *fx = *state;
	struct event first = fixture_event("a", "16505551234", 10, "hi");
	struct event other = fixture_event("b", "16505559999", 10, "hi");

	APPLY(first);
	APPLY(other);
	put_file(fx);
	for (int i = 0; i < 300; i++)
		put_full(fx, pool_printf(fx->pool, "w%d", i), 20 + i, 2);
	assert_true(delete_all(fx, delete_conversation, 1) >= 3);
	assert_int_equal(rows_left(fx), 1);
	assert_int_equal(fixture_int(fx, "SELECT id FROM conversations"), 2);
	assert_int_equal(fixture_int(fx, "SELECT COUNT(*) FROM identities"
					 " WHERE conversation_id = 1"),
	    0);
	assert_int_equal(fixture_int(fx, "SELECT total FROM counters"), 1);
	/* a client that looks finds nothing, and knows */
	assert_string_equal(
	    fixture_text(fx, "SELECT type || object_id FROM changes"
			     " ORDER BY seq DESC"),
	    "conversation.updated1");
	rows_check_search(fx);
}

static void
what_is_not_there_is_gone(void **state)
{
	struct fixture *fx = *state;
	struct event first = fixture_event("a", "16505551234", 10, "hi");
	struct deletion d = {
		.db = fx->db, .pool = fx->pool, .now = FIXTURE_NOW
	};

	APPLY(first);
	delete_begin(&d);
	assert_int_equal(delete_message(&d, 1, 99), 1);
	/* nor does another workspace reach it */
	assert_int_equal(delete_message(&d, 2, 1), 1);
	assert_int_equal(delete_conversation(&d, 2, 1), 1);
	assert_int_equal(fixture_int(fx, "SELECT COUNT(*) FROM messages"), 1);
	assert_int_equal(fixture_int(fx, "SELECT COUNT(*) FROM identities"), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, fixture_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(message_goes_with_all_that_hangs_on_it),
		TEST(others_of_the_conversation_stay_and_its_last_one_shows),
		TEST(a_reaction_that_was_taken_back_does_not_show),
		TEST(file_that_somebody_else_has_stays),
		TEST(many_rows_go_in_several_transactions),
		TEST(conversation_goes_whole),
		TEST(what_is_not_there_is_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
