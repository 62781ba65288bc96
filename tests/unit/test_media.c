/*
 * Files of messages: rows, and what becomes of a transfer.
 */
#include "rig.h"

#include <sys/stat.h>

#include "lib/http/client.h"
#include "lib/sql/statements.h"

#include "inbox/media/blob.h"
#include "inbox/media/media.h"
#include "inbox/media/media_admin.h"

#include "process/download/download.h"
#include "process/download/download_request.h"
#include "process/download/download_result.h"
#include "process/send/keys.h"

static int
setup(void **state)
{
	struct rig *g;

	rig_begin(state);
	g = *state;
	assert_int_equal(0, db_prepare_all(g->db, &media_statements));
	assert_int_equal(0, db_prepare_all(g->db, &media_admin_statements));
	/* Files 1 to 6 of messages 11 to 16; 5 is there, 6 has no id. */
	rig_do(g, "INSERT INTO media(id, workspace_id, message_id, number_id,"
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
	struct rig *g = *state;
	struct media *m;
	int n;

	assert_int_equal(0, media_due(g->db, g->pool, 1, 150, 10, &m, &n));
	assert_int_equal(2, n);
	assert_int_equal(2, m[0].id);
	assert_int_equal(12, m[0].message_id);
	assert_string_equal("100", m[0].phone_number_id);
	assert_string_equal("b", m[0].media_id);
	assert_int_equal(1, m[1].id);
	assert_int_equal(0, media_due(g->db, g->pool, 9, 200, 10, &m, &n));
	assert_int_equal(1, n);
	assert_null(m[0].phone_number_id);
	assert_int_equal(0, media_due(g->db, g->pool, 1, 200, 1, &m, &n));
	assert_int_equal(1, n);
}

static void
what_is_not_pending_any_more_stays(void **state)
{
	struct rig *g = *state;

	assert_int_equal(0, media_stored(g->db, 4, "x", 1, NULL));
	assert_int_equal(0, media_missing(g->db, 5, "gone"));
	assert_int_equal(0, media_later(g->db, 4, "later", 1));
	assert_string_equal(
	    "failed", rig_text(g, "SELECT state FROM media WHERE id = 4"));
	assert_string_equal(
	    "stored", rig_text(g, "SELECT state FROM media WHERE id = 5"));
	assert_int_equal(0, rig_int(g, "SELECT attempts FROM media"
				       " WHERE id = 4"));
	assert_int_equal(0, media_stored(g->db, 1, "x", 1, "image/png"));
	assert_string_equal("image/png",
	    rig_text(g, "SELECT mime_type FROM media WHERE id = 1"));
}

static void
errors_count_for_an_hour_and_a_number(void **state)
{
	struct rig *g = *state;
	int64_t oldest = -1;
	int n = -1;

	for (int i = 0; i < 4; i++)
		assert_int_equal(0, media_error(g->db, 1, 1000 + i));
	assert_int_equal(0, media_error(g->db, 2, 1000));
	assert_int_equal(0, media_errors(g->db, 1, 1003, &n, &oldest));
	assert_int_equal(4, n);
	assert_int_equal(1000, oldest);
	assert_int_equal(
	    0, media_errors(g->db, 1, 1001 + MEDIA_HOUR, &n, &oldest));
	assert_int_equal(2, n);
	assert_int_equal(1002, oldest);
	/* Old ones go when the next comes. */
	assert_int_equal(0, media_error(g->db, 1, 1002 + MEDIA_HOUR));
	assert_int_equal(2, rig_int(g, "SELECT count(*) FROM media_errors"
				       " WHERE number_id = 1"));
	assert_int_equal(0, media_errors(g->db, 3, 1003, &n, &oldest));
	assert_int_equal(0, n);
}

static void
files_are_counted_by_state(void **state)
{
	struct rig *g = *state;
	struct media_counts c;

	for (int i = 0; i < 3; i++)
		assert_int_equal(0, media_error(g->db, 1, 1000));
	assert_int_equal(0, media_count(g->db, 1001, 3, &c));
	assert_int_equal(3, c.pending);
	assert_int_equal(1, c.stored);
	assert_int_equal(1, c.failed);
	assert_int_equal(1, c.missing);
	assert_int_equal(1, c.blocked);
	assert_int_equal(0, media_count(g->db, 1001, 4, &c));
	assert_int_equal(0, c.blocked);
}

/* All that media_again_all() makes due, whatever its steps are. */
static int
again_all(struct rig *g, int64_t since, int64_t now)
{
	struct media_place place = { 0 };
	int64_t n = 0;
	int rc;

	do {
		assert_int_equal(0, db_begin_step(g->db));
		rc = media_again_all(g->db, since, now, &place, &n);
		assert_int_not_equal(-1, rc);
		assert_int_equal(0, db_commit(g->db));
	} while (rc == 1);
	return (int)n;
}

static void
a_person_asks_again(void **state)
{
	struct rig *g = *state;
	struct media m;

	assert_int_equal(1, media_again(g->db, 14, 900));
	assert_int_equal(1, media_get(g->db, g->pool, 14, &m));
	assert_string_equal("pending", m.state);
	assert_int_equal(900, m.due_at);
	assert_int_equal(0, media_again(g->db, 15, 900)); /* is here */
	assert_int_equal(0, media_again(g->db, 16, 900)); /* no id */
	assert_int_equal(0, media_again(g->db, 99, 900));
	assert_int_equal(0, media_get(g->db, g->pool, 99, &m));
	assert_int_equal(3, again_all(g, 100, 901));
	assert_int_equal(50, rig_int(g, "SELECT due_at FROM media"
					" WHERE id = 2"));
}

static void
a_lost_file_is_asked_for_again(void **state)
{
	struct rig *g = *state;

	rig_do(g, "UPDATE media SET state = 'stored', path = 'ab/c'"
		  " WHERE id = 6");
	assert_int_equal(2, media_lost(g->db, "ab/c", 900));
	assert_string_equal(
	    "pending", rig_text(g, "SELECT state FROM media WHERE id = 5"));
	assert_string_equal(
	    "missing", rig_text(g, "SELECT state FROM media WHERE id = 6"));
	assert_int_equal(0, media_uses(g->db, "ab/c"));
}

/* No transaction is larger, however many there are: db_strict ends it. */
static void
many_files_are_asked_for_in_steps(void **state)
{
	struct rig *g = *state;
	int n, all = 0;

	rig_do(g, "WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1"
		  " FROM n WHERE i < 5099) INSERT INTO messages(id,"
		  " workspace_id, conversation_id, number_id, direction,"
		  " source, type, content, preview, status, sent_at,"
		  " created_at) SELECT i, 1, 1, 1, 'inbound', 'live', 'image',"
		  " '{}', '', 'received', 1, 1 FROM n;"
		  "INSERT INTO media(workspace_id, message_id, number_id,"
		  " media_id, state, path, due_at, created_at) SELECT 1, id, 1,"
		  " 'm', 'stored', 'same', 1, 900 FROM messages");
	do {
		assert_int_equal(0, db_begin_step(g->db));
		n = media_lost(g->db, "same", 900);
		all += n;
		assert_int_equal(0, db_commit(g->db));
	} while (n > 0);
	assert_int_equal(5000, all);
	rig_do(g, "UPDATE media SET state = 'failed' WHERE message_id > 4000");
	assert_int_equal(5000, again_all(g, 900, 950));
	assert_int_equal(5000, rig_int(g, "SELECT count(*) FROM media"
					  " WHERE state = 'pending'"
					  " AND due_at = 950"));
}

static void
what_is_pruned_is_what_came_before(void **state)
{
	struct rig *g = *state;
	const char **paths;
	int n;

	rig_do(g, "INSERT INTO uploads(id, workspace_id, user_id, mime_type,"
		  " size, path, created_at) VALUES (1, 1, 1, 'a/b', 1, 'up',"
		  " 100), (2, 1, 1, 'a/b', 1, 'queued', 100),"
		  " (3, 1, 1, 'a/b', 1, 'ab/c', 900);"
		  "INSERT INTO outbox(workspace_id, number_id,"
		  " conversation_id, message_id, kind, upload_id, state,"
		  " due_at, created_at) VALUES (1, 1, 1, 1, 'message', 2,"
		  " 'queued', 1, 1);");
	assert_int_equal(0, media_paths(g->db, g->pool, "", 9, &paths, &n));
	assert_int_equal(3, n);
	assert_string_equal("ab/c", paths[0]);
	assert_int_equal(0, media_paths(g->db, g->pool, "ab/c", 9, &paths, &n));
	assert_int_equal(2, n);
	assert_int_equal(1, media_prune(g->db, g->pool, 400, 9, &paths, &n));
	assert_string_equal("up", paths[0]);
	assert_int_equal(1, media_prune(g->db, g->pool, 401, 9, &paths, &n));
	assert_string_equal("ab/c", paths[0]);
	assert_int_equal(1, media_uses(g->db, "ab/c")); /* an upload */
	assert_string_equal(
	    "pruned", rig_text(g, "SELECT reason FROM media WHERE id = 5"));
	assert_int_equal(0, media_prune(g->db, g->pool, 401, 9, &paths, &n));
	assert_int_equal(0, again_all(g, 350, 900));
}

/* ------------------------------------------------------------- transfers */

static struct download_request *
judged(struct rig *g, enum download_request_verdict verdict, int attempts)
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
	    download_request_new(&m, &account, g->dir, 1000, 0);

	t->step = DOWNLOAD_REQUEST_JUDGED;
	t->verdict = verdict;
	t->reason = "because";
	t->retry_after = -1;
	return t;
}

static void
attempts_come_further_apart_and_end(void **state)
{
	struct rig *g = *state;
	int64_t before = 0, due = 0;

	for (int i = 0; i < 7; i++) {
		struct download_request *t =
		    judged(g, DOWNLOAD_REQUEST_LATER, i);

		assert_int_equal(0, download_result_apply(g->db, t, 0, 1000));
		due = rig_int(g, "SELECT due_at FROM media WHERE id = 1");
		assert_true(due - 1000 > before);
		before = due - 1000;
		download_request_free(t);
	}
	assert_between(before, 86400, 7 * 86400);
	assert_int_equal(7, rig_int(g, "SELECT attempts FROM media"
				       " WHERE id = 1"));
	{
		struct download_request *t =
		    judged(g, DOWNLOAD_REQUEST_LATER, 7);

		assert_int_equal(0, download_result_apply(g->db, t, 0, 1000));
		download_request_free(t);
	}
	assert_string_equal(
	    "failed", rig_text(g, "SELECT state FROM media WHERE id = 1"));
}

static void
our_own_trouble_is_no_attempt(void **state)
{
	struct rig *g = *state;
	struct download_request *t = judged(g, DOWNLOAD_REQUEST_WAIT, 0);

	assert_int_equal(0, download_result_apply(g->db, t, 0, 1000));
	download_request_free(t);
	assert_int_equal(0, rig_int(g, "SELECT attempts FROM media"
				       " WHERE id = 1"));
	assert_int_equal(1060, rig_int(g, "SELECT due_at FROM media"
					  " WHERE id = 1"));
}

static void
nobody_asks_again_near_the_limit(void **state)
{
	struct rig *g = *state;
	struct download_request *t = judged(g, DOWNLOAD_REQUEST_ASK, 0);

	for (int i = 0; i < DOWNLOAD_ERRORS_MAX - 4; i++)
		assert_int_equal(0, media_error(g->db, 1, 1000));
	t->refused = 1;
	assert_int_equal(0, download_result_apply(g->db, t, 2, 1000));
	assert_int_equal(DOWNLOAD_REQUEST_ASK, t->verdict);
	assert_int_equal(0, download_result_apply(g->db, t, 2, 1000));
	assert_int_equal(DOWNLOAD_REQUEST_LATER, t->verdict);
	download_request_free(t);
	assert_int_equal(DOWNLOAD_ERRORS_MAX - 2,
	    rig_int(g, "SELECT count(*) FROM media_errors"));
}

/* N files more for number ID. */
static void
arrive(struct rig *g, int id, int n)
{
	rig_do(g,
	    pool_printf(g->pool,
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
write_key(struct rig *g, const char *number)
{
	char *path = unit_path(g->dir, number);
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
	struct rig *g = *state;
	struct keys keys = {
		.db = g->db, .dir = g->dir, .api_url = "http://127.0.0.1:1"
	};
	struct download d = { .db = g->db,
		.fetch = client_open("test"),
		.keys = &keys,
		.dir = g->dir,
		.max_len = 1000,
		.parallel = 4 };
	enum db_error why;

	rig_do(g, "DELETE FROM media; INSERT INTO numbers(id, workspace_id,"
		  " phone_number_id, created_at) VALUES (2, 1, '200', 1),"
		  " (3, 1, '300', 1), (4, 1, '400', 1)");
	write_key(g, "100");
	write_key(g, "300");
	write_key(g, "400");
	/* without a key, and first in every order but the turns' */
	arrive(g, 2, 3000);
	arrive(g, 3, 1);
	assert_int_equal(download_step(&d, 1000, &why), 1);
	assert_int_equal(asked(&d, 3), 1);
	for (int i = 0; i < 5; i++)
		assert_int_equal(download_step(&d, 1001 + i, &why), 0);
	/* one says why; the others need not be touched */
	assert_int_equal(
	    rig_int(g, "SELECT count(*) FROM media WHERE number_id = 2"
		       " AND reason LIKE 'there is no API key%'"),
	    1);
	/* many of one number, and one of another that comes later */
	arrive(g, 1, 100);
	assert_int_equal(download_step(&d, 1010, &why), 3);
	assert_int_equal(asked(&d, 1), 3);
	arrive(g, 4, 2);
	assert_int_equal(download_step(&d, 1011, &why), 1);
	assert_int_equal(asked(&d, 4), 1);
	/* a key that comes counts after 15 s, and in a process that begins */
	write_key(g, "200");
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
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, rig_end)
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
