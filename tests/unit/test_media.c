/*
 * Files of messages: rows, and what becomes of a transfer.
 */
#include "fixture.h"

#include <sys/stat.h>

#include "lib/http/client.h"
#include "lib/sql/statements.h"

#include "inbox/media/blob.h"
#include "inbox/media/media.h"
#include "inbox/media/media_admin.h"
#include "inbox/media/picture.h"

#include "process/download/download.h"
#include "process/download/download_request.h"
#include "process/download/download_result.h"
#include "process/send/keys.h"

static int
setup(void **state)
{
	struct fixture *fx;

	fixture_begin(state);
	fx = *state;
	assert_int_equal(db_prepare_all(fx->db, &media_statements), 0);
	assert_int_equal(db_prepare_all(fx->db, &media_admin_statements), 0);
	/* Files 1 to 6 of messages 11 to 16; 5 is there, 6 has no id. */
	fixture_do(fx,
	    "INSERT INTO media(id, workspace_id, message_id, number_id,"
	    " media_id, state, due_at, created_at) VALUES"
	    " (1, 1, 11, 1, 'a', 'pending', 100, 100),"
	    " (2, 1, 12, 1, 'b', 'pending', 50, 50),"
	    " (3, 1, 13, 9, 'c', 'pending', 200, 200),"
	    " (4, 1, 14, 1, 'd', 'failed', 10, 300),"
	    " (5, 1, 15, 1, 'e', 'stored', 10, 400),"
	    " (6, 1, 16, 1, NULL, 'missing', 10, 500);"
	    "UPDATE media SET path = 'ab/c', size = 7 WHERE id = 5;");
	return 0;
}

static void
the_oldest_due_comes_first(void **state)
{
	struct fixture *fx = *state;
	struct media *m;
	int n;

	assert_int_equal(media_due(fx->db, fx->pool, 1, 150, 10, &m, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(m[0].id, 2);
	assert_int_equal(m[0].message_id, 12);
	assert_string_equal(m[0].phone_number_id, "100");
	assert_string_equal(m[0].media_id, "b");
	assert_int_equal(m[1].id, 1);
	assert_int_equal(media_due(fx->db, fx->pool, 9, 200, 10, &m, &n), 0);
	assert_int_equal(n, 1);
	assert_null(m[0].phone_number_id);
	assert_int_equal(media_due(fx->db, fx->pool, 1, 200, 1, &m, &n), 0);
	assert_int_equal(n, 1);
}

static void
what_is_not_pending_any_more_stays(void **state)
{
	static const struct picture_size none, wide = { 640, 480 };
	struct fixture *fx = *state;

	assert_int_equal(media_stored(fx->db, 4, "x", 1, NULL, &none), 0);
	assert_int_equal(media_missing(fx->db, 5, "gone"), 0);
	assert_int_equal(media_later(fx->db, 4, "later", 1), 0);
	assert_string_equal(
	    fixture_text(fx, "SELECT state FROM media WHERE id = 4"), "failed");
	assert_string_equal(
	    fixture_text(fx, "SELECT state FROM media WHERE id = 5"), "stored");
	assert_int_equal(fixture_int(fx, "SELECT attempts FROM media"
					 " WHERE id = 4"),
	    0);
	assert_int_equal(
	    media_stored(fx->db, 1, "x", 1, "image/png", &wide), 0);
	assert_string_equal(
	    fixture_text(fx, "SELECT mime_type FROM media WHERE id = 1"),
	    "image/png");
	assert_int_equal(fixture_int(fx, "SELECT width * 1000 + height"
					 " FROM media WHERE id = 1"),
	    640480);
	assert_int_equal(media_stored(fx->db, 2, "x", 1, NULL, &none), 0);
	assert_int_equal(
	    fixture_int(fx, "SELECT COUNT(*) FROM media WHERE id = 2"
			    " AND width IS NULL AND height IS NULL"),
	    1);
}

static void
errors_count_for_an_hour_and_a_number(void **state)
{
	struct fixture *fx = *state;
	int64_t oldest = -1;
	int n = -1;

	for (int i = 0; i < 4; i++)
		assert_int_equal(media_error(fx->db, 1, 1000 + i), 0);
	assert_int_equal(media_error(fx->db, 2, 1000), 0);
	assert_int_equal(media_errors(fx->db, 1, 1003, &n, &oldest), 0);
	assert_int_equal(n, 4);
	assert_int_equal(oldest, 1000);
	assert_int_equal(
	    media_errors(fx->db, 1, 1001 + MEDIA_HOUR, &n, &oldest), 0);
	assert_int_equal(n, 2);
	assert_int_equal(oldest, 1002);
	/* Old ones go when the next comes. */
	assert_int_equal(media_error(fx->db, 1, 1002 + MEDIA_HOUR), 0);
	assert_int_equal(fixture_int(fx, "SELECT count(*) FROM media_errors"
					 " WHERE number_id = 1"),
	    2);
	assert_int_equal(media_errors(fx->db, 3, 1003, &n, &oldest), 0);
	assert_int_equal(n, 0);
}

static void
files_are_counted_by_state(void **state)
{
	struct fixture *fx = *state;
	struct media_counts c;

	for (int i = 0; i < 3; i++)
		assert_int_equal(media_error(fx->db, 1, 1000), 0);
	assert_int_equal(media_count(fx->db, 1001, 3, &c), 0);
	assert_int_equal(c.pending, 3);
	assert_int_equal(c.stored, 1);
	assert_int_equal(c.failed, 1);
	assert_int_equal(c.missing, 1);
	assert_int_equal(c.blocked, 1);
	assert_int_equal(media_count(fx->db, 1001, 4, &c), 0);
	assert_int_equal(c.blocked, 0);
}

/* All that media_again_all() makes due, whatever its steps are. */
static int
again_all(struct fixture *fx, int64_t since, int64_t now)
{
	struct media_place place = { 0 };
	int64_t n = 0;
	int rc;

	do {
		assert_int_equal(db_begin_step(fx->db), 0);
		rc = media_again_all(fx->db, since, now, &place, &n);
		assert_int_not_equal(rc, -1);
		assert_int_equal(db_commit(fx->db), 0);
	} while (rc == 1);
	return (int)n;
}

static void
a_person_asks_again(void **state)
{
	struct fixture *fx = *state;
	struct media m;

	assert_int_equal(media_again(fx->db, 14, 900), 1);
	assert_int_equal(media_get(fx->db, fx->pool, 14, &m), 1);
	assert_string_equal(m.state, "pending");
	assert_int_equal(m.due_at, 900);
	assert_int_equal(media_again(fx->db, 15, 900), 0); /* is here */
	assert_int_equal(media_again(fx->db, 16, 900), 0); /* no id */
	assert_int_equal(media_again(fx->db, 99, 900), 0);
	assert_int_equal(media_get(fx->db, fx->pool, 99, &m), 0);
	assert_int_equal(again_all(fx, 100, 901), 3);
	assert_int_equal(fixture_int(fx, "SELECT due_at FROM media"
					 " WHERE id = 2"),
	    50);
}

static void
a_lost_file_is_asked_for_again(void **state)
{
	struct fixture *fx = *state;

	fixture_do(fx, "UPDATE media SET state = 'stored', path = 'ab/c'"
		       " WHERE id = 6");
	assert_int_equal(media_lost(fx->db, "ab/c", 900), 2);
	assert_string_equal(
	    fixture_text(fx, "SELECT state FROM media WHERE id = 5"),
	    "pending");
	assert_string_equal(
	    fixture_text(fx, "SELECT state FROM media WHERE id = 6"),
	    "missing");
	assert_int_equal(media_uses(fx->db, "ab/c"), 0);
}

/* No transaction is larger, however many there are: db_strict ends it. */
static void
many_files_are_asked_for_in_steps(void **state)
{
	struct fixture *fx = *state;
	int n, all = 0;

	fixture_do(fx,
	    "WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1"
	    " FROM n WHERE i < 5099) INSERT INTO messages(id,"
	    " workspace_id, conversation_id, number_id, direction,"
	    " source, type, content, preview, status, sent_at,"
	    " created_at) SELECT i, 1, 1, 1, 'inbound', 'live', 'image',"
	    " '{}', '', 'received', 1, 1 FROM n;"
	    "INSERT INTO media(workspace_id, message_id, number_id,"
	    " media_id, state, path, due_at, created_at) SELECT 1, id, 1,"
	    " 'm', 'stored', 'same', 1, 900 FROM messages");
	do {
		assert_int_equal(db_begin_step(fx->db), 0);
		n = media_lost(fx->db, "same", 900);
		all += n;
		assert_int_equal(db_commit(fx->db), 0);
	} while (n > 0);
	assert_int_equal(all, 5000);
	fixture_do(
	    fx, "UPDATE media SET state = 'failed' WHERE message_id > 4000");
	assert_int_equal(again_all(fx, 900, 950), 5000);
	assert_int_equal(fixture_int(fx, "SELECT count(*) FROM media"
					 " WHERE state = 'pending'"
					 " AND due_at = 950"),
	    5000);
}

static void
what_is_pruned_is_what_came_before(void **state)
{
	struct fixture *fx = *state;
	const char **paths;
	int n;

	fixture_do(fx,
	    "INSERT INTO uploads(id, workspace_id, user_id, mime_type,"
	    " size, path, created_at) VALUES (1, 1, 1, 'a/b', 1, 'up',"
	    " 100), (2, 1, 1, 'a/b', 1, 'queued', 100),"
	    " (3, 1, 1, 'a/b', 1, 'ab/c', 900);"
	    "INSERT INTO outbox(workspace_id, number_id,"
	    " conversation_id, message_id, kind, upload_id, state,"
	    " due_at, created_at) VALUES (1, 1, 1, 1, 'message', 2,"
	    " 'queued', 1, 1);");
	assert_int_equal(media_paths(fx->db, fx->pool, "", 9, &paths, &n), 0);
	assert_int_equal(n, 3);
	assert_string_equal(paths[0], "ab/c");
	assert_int_equal(
	    media_paths(fx->db, fx->pool, "ab/c", 9, &paths, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(media_prune(fx->db, fx->pool, 400, 9, &paths, &n), 1);
	assert_string_equal(paths[0], "up");
	assert_int_equal(media_prune(fx->db, fx->pool, 401, 9, &paths, &n), 1);
	assert_string_equal(paths[0], "ab/c");
	assert_int_equal(media_uses(fx->db, "ab/c"), 1); /* an upload */
	assert_string_equal(
	    fixture_text(fx, "SELECT reason FROM media WHERE id = 5"),
	    "pruned");
	assert_int_equal(media_prune(fx->db, fx->pool, 401, 9, &paths, &n), 0);
	assert_int_equal(again_all(fx, 350, 900), 0);
}

/* ------------------------------------------------------------- transfers */

static struct download_request *
judged(struct fixture *fx, enum download_request_verdict verdict, int attempts)
{
	const struct provider_account account = { .provider =
						      provider_find(NULL),
		.url = "http://127.0.0.1",
		.key = "key" };
	struct media m = { .id = 1,
		.message_id = 11,
		.number_id = 1,
		.phone_number_id = "100",
		.media_id = "a",
		.attempts = attempts };
	struct download_request *t =
	    download_request_new(&m, &account, fx->dir, 1000, 0);

	t->step = DOWNLOAD_REQUEST_JUDGED;
	t->verdict = verdict;
	t->reason = "because";
	t->retry_after = -1;
	return t;
}

static void
attempts_come_further_apart_and_end(void **state)
{
	struct fixture *fx = *state;
	int64_t before = 0, due = 0;

	for (int i = 0; i < 7; i++) {
		struct download_request *t =
		    judged(fx, DOWNLOAD_REQUEST_LATER, i);

		assert_int_equal(download_result_apply(fx->db, t, 0, 1000), 0);
		due = fixture_int(fx, "SELECT due_at FROM media WHERE id = 1");
		assert_true(due - 1000 > before);
		before = due - 1000;
		download_request_free(t);
	}
	assert_between(before, 86400, 7 * 86400);
	assert_int_equal(fixture_int(fx, "SELECT attempts FROM media"
					 " WHERE id = 1"),
	    7);
	{
		struct download_request *t =
		    judged(fx, DOWNLOAD_REQUEST_LATER, 7);

		assert_int_equal(download_result_apply(fx->db, t, 0, 1000), 0);
		download_request_free(t);
	}
	assert_string_equal(
	    fixture_text(fx, "SELECT state FROM media WHERE id = 1"), "failed");
}

static void
our_own_trouble_is_no_attempt(void **state)
{
	struct fixture *fx = *state;
	struct download_request *t = judged(fx, DOWNLOAD_REQUEST_WAIT, 0);

	assert_int_equal(download_result_apply(fx->db, t, 0, 1000), 0);
	download_request_free(t);
	assert_int_equal(fixture_int(fx, "SELECT attempts FROM media"
					 " WHERE id = 1"),
	    0);
	assert_int_equal(fixture_int(fx, "SELECT due_at FROM media"
					 " WHERE id = 1"),
	    1060);
}

static void
nobody_asks_again_near_the_limit(void **state)
{
	struct fixture *fx = *state;
	struct download_request *t = judged(fx, DOWNLOAD_REQUEST_ASK, 0);

	for (int i = 0; i < DOWNLOAD_ERRORS_MAX - 4; i++)
		assert_int_equal(media_error(fx->db, 1, 1000), 0);
	t->refused = 1;
	assert_int_equal(download_result_apply(fx->db, t, 2, 1000), 0);
	assert_int_equal(t->verdict, DOWNLOAD_REQUEST_ASK);
	assert_int_equal(download_result_apply(fx->db, t, 2, 1000), 0);
	assert_int_equal(t->verdict, DOWNLOAD_REQUEST_LATER);
	download_request_free(t);
	assert_int_equal(fixture_int(fx, "SELECT count(*) FROM media_errors"),
	    DOWNLOAD_ERRORS_MAX - 2);
}

/* N files more for number ID. */
static void
arrive(struct fixture *fx, int id, int n)
{
	fixture_do(fx,
	    pool_printf(fx->pool,
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1"
		" FROM n WHERE i < %d) INSERT INTO media(workspace_id,"
		" message_id, number_id, media_id, state, due_at, created_at)"
		" SELECT 1, %d + i, %d, 'm', 'pending', 1, 900 FROM n",
		n, id * 100000, id));
}

/* Files of number ID that are asked for. */
static int
asked(const struct download *d, int id)
{
	int n = 0;

	for (struct download_request *t = d->first; t != NULL; t = t->next)
		n += t->media.number_id == id;
	return n;
}

static void
write_key(struct fixture *fx, const char *number)
{
	char *path = unit_path(fx->dir, number);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs("key", f);
	fclose(f);
	assert_int_equal(chmod(path, 0600), 0);
	free(path);
}

static void
one_numbers_files_wait_for_no_others(void **state)
{
	struct fixture *fx = *state;
	struct keys keys = {
		.db = fx->db, .dir = fx->dir, .api_url = "http://127.0.0.1:1"
	};
	struct download d = { .db = fx->db,
		.fetch = client_open("test"),
		.keys = &keys,
		.dir = fx->dir,
		.max_len = 1000,
		.parallel = 4 };
	enum db_error why;

	fixture_do(fx,
	    "DELETE FROM media; INSERT INTO numbers(id, workspace_id,"
	    " phone_number_id, created_at) VALUES (2, 1, '200', 1),"
	    " (3, 1, '300', 1), (4, 1, '400', 1)");
	write_key(fx, "100");
	write_key(fx, "300");
	write_key(fx, "400");
	/* without a key, and first in every order but the turns' */
	arrive(fx, 2, 3000);
	arrive(fx, 3, 1);
	assert_int_equal(download_step(&d, 1000, &why), 1);
	assert_int_equal(asked(&d, 3), 1);
	for (int i = 0; i < 5; i++)
		assert_int_equal(download_step(&d, 1001 + i, &why), 0);
	/* one says why; the others need not be touched */
	assert_int_equal(
	    fixture_int(fx, "SELECT count(*) FROM media WHERE number_id = 2"
			    " AND reason LIKE 'there is no API key%'"),
	    1);
	/* many of one number, and one of another that comes later */
	arrive(fx, 1, 100);
	assert_int_equal(download_step(&d, 1010, &why), 3);
	assert_int_equal(asked(&d, 1), 3);
	arrive(fx, 4, 2);
	assert_int_equal(download_step(&d, 1011, &why), 1);
	assert_int_equal(asked(&d, 4), 1);
	/* a key that comes counts after 15 s, and in a process that begins */
	write_key(fx, "200");
	assert_int_equal(download_step(&d, 1012, &why), 0);
	client_close(d.fetch);
	download_close(&d);
	d.fetch = client_open("test");
	assert_int_equal(download_step(&d, 1013, &why), 4);
	assert_true(asked(&d, 2) >= 1);
	client_close(d.fetch);
	download_close(&d);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, fixture_end)
	const struct CMUnitTest tests[] = {
		TEST(the_oldest_due_comes_first),
		TEST(what_is_not_pending_any_more_stays),
		TEST(errors_count_for_an_hour_and_a_number),
		TEST(files_are_counted_by_state),
		TEST(a_person_asks_again),
		TEST(a_lost_file_is_asked_for_again),
		TEST(many_files_are_asked_for_in_steps),
		TEST(what_is_pruned_is_what_came_before),
		TEST(attempts_come_further_apart_and_end),
		TEST(our_own_trouble_is_no_attempt),
		TEST(nobody_asks_again_near_the_limit),
		TEST(one_numbers_files_wait_for_no_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
