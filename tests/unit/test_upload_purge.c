/*
 * Uploads: which of them end, and how many bytes of files a workspace has.
 */
#include "fixture.h"

#include <sys/stat.h>

#include "lib/sql/statements.h"

#include "inbox/media/blob.h"
#include "inbox/media/upload_purge.h"

#define DAY 86400
#define NOW (100 * DAY)

struct shelf {
	struct fixture *fx;
	char *dir;
};

static struct shelf shelf;

/* A file with CONTENT, and an upload ID of it. */
static void
upload(int id, int workspace_id, const char *content, int64_t at)
{
	struct blob_file *f = blob_begin(shelf.dir, 0, 0);
	unsigned char hash[BLOB_HASH_LEN];
	char path[BLOB_PATH_MAX];

	assert_non_null(f);
	assert_int_equal(blob_add(f, content, strlen(content)), 0);
	assert_int_equal(blob_end(f, hash), 0);
	assert_int_equal(blob_keep(f, path), 0);
	blob_drop(f);
	fixture_do(shelf.fx,
	    pool_printf(shelf.fx->pool,
		"INSERT INTO uploads(id, workspace_id, user_id, mime_type,"
		" size, path, created_at) VALUES (%d, %d, 1, 'image/png',"
		" %zu, '%s', %lld)",
		id, workspace_id, strlen(content), path, (long long)at));
}

static int
setup(void **state)
{
	fixture_begin(state);
	shelf.fx = *state;
	shelf.dir = unit_path(shelf.fx->dir, "media");
	assert_int_equal(
	    db_prepare_all(shelf.fx->db, &upload_purge_statements), 0);
	return 0;
}

static int
teardown(void **state)
{
	free(shelf.dir);
	return fixture_end(state);
}

static int
count(void *arg, const char *path)
{
	(void)path;
	++*(int *)arg;
	return 0;
}

static int
files(void)
{
	int n = 0;

	assert_int_equal(blob_walk(shelf.dir, count, &n), 0);
	return n;
}

static struct upload_purge
purge(int64_t done, int max)
{
	struct upload_purge p = { .dir = shelf.dir,
		.before = NOW - DAY,
		.now = NOW,
		.after = done,
		.done = done };
	int rc;

	do {
		assert_int_equal(db_begin(shelf.fx->db), 0);
		rc = upload_purge_step(shelf.fx->db, shelf.fx->pool, &p, max);
		assert_int_equal(db_commit(shelf.fx->db), 0);
	} while (rc == 1);
	assert_int_equal(rc, 0);
	return p;
}

static const char *
left(void)
{
	return fixture_text(shelf.fx,
	    "SELECT COALESCE(group_concat(id, ' '), '') FROM"
	    " (SELECT id FROM uploads ORDER BY id)");
}

static void
what_no_message_has_ends(void **state)
{
	(void)state;
	upload(1, 1, "never sent", 1);
	upload(2, 1, "sent", 1);
	upload(3, 1, "to be sent", 1);
	upload(4, 1, "just now", NOW - DAY + 1);
	upload(5, 1, "same twice", 1);
	upload(6, 2, "same twice", NOW);
	upload(7, 2, "sent", 1); /* by another workspace only */
	fixture_do(shelf.fx,
	    "INSERT INTO media(workspace_id, message_id, number_id, state,"
	    " size, path, due_at, created_at) SELECT 1, 11, 1, 'stored', size,"
	    " path, 1, 1 FROM uploads WHERE id = 2;"
	    "INSERT INTO outbox(workspace_id, number_id, conversation_id,"
	    " message_id, kind, upload_id, state, due_at, created_at)"
	    " VALUES (1, 1, 1, 12, 'message', 3, 'queued', 1, 1);"
	    "INSERT INTO upload_media VALUES (1, 1, 1, 'a', 5),"
	    " (1, 2, 1, 'b', 5)");
	assert_int_equal(files(), 5);
	assert_int_equal(purge(0, 3).files, 1);
	assert_string_equal(left(), "2 3 4 6");
	assert_int_equal(files(), 4);
	assert_int_equal(
	    fixture_int(shelf.fx, "SELECT COUNT(*) FROM upload_media"), 1);
}

/* What was judged for good is not looked at again; what is too young is. */
static void
the_next_round_begins_where_all_are_judged(void **state)
{
	struct upload_purge p;

	(void)state;
	upload(1, 1, "one", 1);
	upload(2, 1, "two", NOW);
	upload(3, 1, "three", 1);
	p = purge(0, 1);
	assert_int_equal(p.done, 1);
	assert_int_equal(p.after, 3);
	assert_string_equal(left(), "2");
	fixture_do(shelf.fx, "UPDATE uploads SET created_at = 1 WHERE id = 2");
	p = purge(p.done, 10);
	assert_int_equal(p.done, 2);
	assert_string_equal(left(), "");
	/* A wrong clock's: it is looked at until its time comes, but not when
	 * that is far away. */
	upload(4, 1, "four", NOW + DAY);
	assert_int_equal(purge(2, 10).done, 2);
	fixture_do(shelf.fx, "UPDATE uploads SET created_at = created_at * 10");
	assert_int_equal(purge(2, 10).done, 4);
	assert_string_equal(left(), "4");
}

static void
has(int64_t workspace_id, int64_t bytes)
{
	assert_int_equal(
	    bytes, fixture_int(shelf.fx,
		       pool_printf(shelf.fx->pool,
			   "SELECT COALESCE(SUM(bytes), 0) FROM workspace_files"
			   " WHERE workspace_id = %lld",
			   (long long)workspace_id)));
}

/* Uploads, and what came; not the file of an upload once more. */
static void
bytes_of_a_workspace_are_counted(void **state)
{
	static const struct {
		const char *what;
		int64_t one, two;
	} cases[] = {
		{ "INSERT INTO uploads(id, workspace_id, user_id, mime_type,"
		  " size, path, created_at) VALUES (1, 1, 1, 'a', 10, 'p', 1)",
		    10, 0 },
		{ "INSERT INTO media(id, workspace_id, message_id, number_id,"
		  " media_id, state, due_at, created_at)"
		  " VALUES (1, 1, 11, 1, 'a', 'pending', 1, 1)",
		    10, 0 },
		{ "UPDATE media SET state = 'stored', size = 5, path = 'q'"
		  " WHERE id = 1",
		    15, 0 },
		{ "UPDATE media SET reason = 'x', size = 5 WHERE id = 1", 15,
		    0 },
		{ "INSERT INTO media(id, workspace_id, message_id, number_id,"
		  " state, size, path, due_at, created_at)"
		  " VALUES (2, 1, 12, 1, 'stored', 10, 'p', 1, 1)",
		    15, 0 },
		{ "UPDATE media SET workspace_id = 2", 10, 5 },
		{ "UPDATE media SET state = 'missing', size = NULL,"
		  " path = NULL WHERE id = 1",
		    10, 0 },
		{ "UPDATE media SET size = 7 WHERE id = 1", 10, 7 },
		{ "DELETE FROM media WHERE id = 2", 10, 7 },
		{ "DELETE FROM media WHERE id = 1", 10, 0 },
		{ "DELETE FROM uploads", 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fixture_do(shelf.fx, cases[i].what);
		has(1, cases[i].one);
		has(2, cases[i].two);
	}
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(what_no_message_has_ends),
		TEST(the_next_round_begins_where_all_are_judged),
		TEST(bytes_of_a_workspace_are_counted),
	};

	return cmocka_run_group_tests_name("upload_purge", tests, NULL, NULL);
}
