/*
 * The spool: what was put is there, in order, once, and nothing that could
 * not be kept is said to be kept.
 */
#include "unit.h"

#include <pthread.h>

#include "base/log.h"
#include "base/pool.h"

#include "lib/sql/db.h"

#include "spool/spool.h"
#include "spool/spool_highwater.h"

#define THREADS 16
#define EACH	50

struct fixture {
	char *dir, *path, *wake;
	struct pool *pool;
};

static int
begin(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	log_open("test", LOG_LEVEL_WARN);
	f->dir = unit_dir();
	f->path = unit_path(f->dir, "spool.db");
	f->wake = unit_path(f->dir, "wake");
	f->pool = pool_new();
	assert_int_equal(spool_create(f->path), 1);
	*state = f;
	return 0;
}

static int
end(void **state)
{
	struct fixture *f = *state;

	pool_free(f->pool);
	free(f->path);
	free(f->wake);
	unit_clear(f->dir);
	free(f);
	return 0;
}

static int
put(struct spool *spool, const char *body, int64_t now)
{
	struct spool_delivery d = { .received_at = now,
		.remote = "::1",
		.credential = "token-1",
		.body = body,
		.body_len = strlen(body) };

	return spool_put(spool, &d);
}

static struct spool *
writer(struct fixture *f, int64_t min_free)
{
	struct spool *spool =
	    spool_open_writer(f->path, f->wake, min_free, 5000);

	assert_non_null(spool);
	return spool;
}

static struct spool *
reader(struct fixture *f)
{
	struct spool *spool = spool_open_reader(f->path, 5000);

	assert_non_null(spool);
	return spool;
}

static void
what_is_put_is_read_whole_and_in_order(void **state)
{
	struct fixture *f = *state;
	struct spool *w = writer(f, 0), *r = reader(f);
	struct spool_delivery binary = { .received_at = 3,
		.remote = "",
		.credential = "none",
		.body = "a\0b",
		.body_len = 3 };
	struct spool_delivery *list;
	int n;

	assert_int_equal(put(w, "first", 1), 0);
	assert_int_equal(put(w, "second", 2), 0);
	assert_int_equal(spool_put(w, &binary), 0);
	assert_int_equal(spool_next(r, f->pool, 0, 10, 1 << 20, &list, &n), 0);
	assert_int_equal(n, 3);
	assert_string_equal(list[0].body, "first");
	assert_string_equal(list[1].body, "second");
	assert_int_equal(list[1].received_at, 2);
	assert_string_equal(list[1].credential, "token-1");
	assert_int_equal(list[2].body_len, 3);
	assert_memory_equal(list[2].body, "a\0b", 3);
	assert_true(list[0].id < list[1].id && list[1].id < list[2].id);
	assert_int_equal(
	    spool_next(r, f->pool, list[1].id, 10, 1 << 20, &list, &n), 0);
	assert_int_equal(n, 1);
	spool_close(w);
	spool_close(r);
}

static void
a_batch_is_bounded_by_bytes_but_never_empty(void **state)
{
	struct fixture *f = *state;
	struct spool *w = writer(f, 0), *r = reader(f);
	struct spool_delivery *list;
	int n;

	put(w, "0123456789", 1);
	put(w, "0123456789", 1);
	assert_int_equal(spool_next(r, f->pool, 0, 10, 1, &list, &n), 0);
	assert_int_equal(n, 1);
	spool_close(w);
	spool_close(r);
}

struct job {
	struct spool *spool;
	int thread;
	int failed;
};

static void *
put_many(void *arg)
{
	struct job *job = arg;
	char body[32];

	for (int i = 0; i < EACH; i++) {
		sprintf(body, "%d-%d", job->thread, i);
		job->failed += put(job->spool, body, 1) != 0;
	}
	return NULL;
}

static void
many_threads_put_each_body_once(void **state)
{
	struct fixture *f = *state;
	struct spool *w = writer(f, 0), *r = reader(f);
	struct spool_delivery *list;
	struct job jobs[THREADS];
	pthread_t threads[THREADS];
	int seen[THREADS] = { 0 }, n, thread, i;

	for (int t = 0; t < THREADS; t++) {
		jobs[t] = (struct job){ w, t, 0 };
		assert_int_equal(
		    pthread_create(&threads[t], NULL, put_many, &jobs[t]), 0);
	}
	for (int t = 0; t < THREADS; t++) {
		pthread_join(threads[t], NULL);
		assert_int_equal(jobs[t].failed, 0);
	}
	assert_int_equal(
	    spool_next(r, f->pool, 0, THREADS * EACH + 1, 1 << 30, &list, &n),
	    0);
	assert_int_equal(n, THREADS * EACH);
	for (int k = 0; k < n; k++) {
		assert_int_equal(sscanf(list[k].body, "%d-%d", &thread, &i), 2);
		/* One thread's bodies stand in the order it put them. */
		assert_int_equal(i, seen[thread]);
		seen[thread]++;
	}
	spool_close(w);
	spool_close(r);
}

static void
below_the_floor_of_free_disk_nothing_is_kept(void **state)
{
	struct fixture *f = *state;
	struct spool *w = writer(f, INT64_MAX / 2), *r = reader(f);
	int64_t last;

	assert_int_equal(put(w, "x", 1), -1);
	assert_int_equal(spool_last(r, &last), 0);
	assert_int_equal(last, 0);
	spool_close(w);
	spool_close(r);
}

static void
the_newest_is_never_deleted(void **state)
{
	struct fixture *f = *state;
	struct spool *w = writer(f, 0), *r = reader(f);
	struct spool_delivery d;
	struct spool_age ages[9];
	const int64_t all[] = { 1, 2, 3 };

	for (int i = 1; i <= 3; i++)
		put(w, "x", i * 10);
	assert_int_equal(spool_ages(r, 1, 3, 9, ages), 2);
	assert_int_equal(ages[0].id, 2);
	assert_int_equal(ages[1].received_at, 30);
	assert_int_equal(spool_ages(r, 0, 2, 1, ages), 1);
	assert_int_equal(spool_delete(r, all, 3), 2);
	assert_int_equal(spool_get(r, f->pool, 3, &d), 1);
	put(w, "y", 70);
	assert_int_equal(spool_get(r, f->pool, 4, &d), 1);
	spool_close(w);
	spool_close(r);
}

static void
a_spool_made_anew_has_another_name(void **state)
{
	struct fixture *f = *state;
	struct spool *r = reader(f);
	char *first = strdup(spool_node(r));
	char *other = unit_path(f->dir, "other.db");

	assert_int_equal(spool_create(f->path), 0);
	spool_close(r);
	assert_int_equal(spool_create(other), 1);
	r = spool_open_reader(other, 5000);
	assert_string_not_equal(first, spool_node(r));
	spool_close(r);
	free(first);
	free(other);
}

/* SQL behind everybody's back. */
static void
meddle(struct fixture *f, const char *sql)
{
	struct db *db = db_open(f->path, DB_WRITE, 5000);

	assert_non_null(db);
	assert_int_equal(db_script(db, sql), 0);
	db_close(db);
}

static int64_t
last(struct fixture *f)
{
	struct spool *r = reader(f);
	int64_t id;

	assert_int_equal(spool_last(r, &id), 0);
	spool_close(r);
	return id;
}

static void
no_id_is_given_twice_whatever_file_is_put_back(void **state)
{
	struct fixture *f = *state;
	struct spool *w = writer(f, 0);

	for (int i = 0; i < 9; i++)
		put(w, "x", i);
	spool_close(w);
	meddle(f, "DELETE FROM deliveries WHERE id > 5");
	w = writer(f, 0);
	put(w, "after an older copy", 10);
	assert_int_equal(last(f), 9 + SPOOL_STRIDE);
	put(w, "another", 11);
	assert_int_equal(last(f), 10 + SPOOL_STRIDE);
	meddle(f, "DELETE FROM deliveries");
	put(w, "emptied while a program runs", 12);
	put(w, "another", 12);
	assert_int_equal(last(f), 11 + 2 * SPOOL_STRIDE);
	spool_close(w);
	unlink(f->path);
	assert_int_equal(spool_create(f->path), 1);
	w = writer(f, 0);
	put(w, "a new file", 13);
	assert_int_equal(last(f), 11 + 3 * SPOOL_STRIDE);
	spool_close(w);
}

/* 1 when delivery ID with FINGERPRINT is the one in the file. */
static int
follows(struct fixture *f, int64_t id, const char *fingerprint)
{
	struct spool *r = reader(f);
	struct spool_delivery *list;
	int n, rc;

	rc = spool_follow(r, f->pool, id, fingerprint, 10, 1 << 20, &list, &n);
	if (rc == 1 && n > 0)
		assert_int_equal(list[0].id, id + 1);
	spool_close(r);
	return rc;
}

static void
a_spool_is_known_by_the_delivery_at_the_cursor(void **state)
{
	struct fixture *f = *state;
	struct spool *w = writer(f, 0), *r = reader(f);
	char fingerprint[SPOOL_FINGERPRINT];
	struct spool_delivery d;

	assert_int_equal(follows(f, 0, NULL), 1);
	assert_int_equal(follows(f, 1, NULL), 0);
	for (int i = 0; i < 5; i++)
		put(w, "x", i);
	assert_int_equal(spool_get(r, f->pool, 3, &d), 1);
	spool_fingerprint(&d, fingerprint);
	assert_int_equal(strlen(fingerprint), SPOOL_FINGERPRINT - 1);
	spool_close(r);
	assert_int_equal(follows(f, 3, fingerprint), 1);
	assert_int_equal(follows(f, 3, NULL), 1);
	assert_int_equal(follows(f, 2, fingerprint), 0);
	assert_int_equal(follows(f, 4, fingerprint), 0);
	assert_int_equal(follows(f, 9, fingerprint), 0);
	meddle(f, "UPDATE deliveries SET body = x'79' WHERE id = 3");
	assert_int_equal(follows(f, 3, fingerprint), 0);
	meddle(f, "UPDATE deliveries SET body = x'78' WHERE id = 3");
	assert_int_equal(follows(f, 3, fingerprint), 1);
	meddle(f, "UPDATE deliveries SET received_at = 9 WHERE id = 3");
	assert_int_equal(follows(f, 3, fingerprint), 0);
	meddle(f, "DELETE FROM deliveries WHERE id = 3");
	assert_int_equal(follows(f, 3, fingerprint), 0);
	spool_close(w);
}

static void
what_waits_is_counted_from_the_first_that_does(void **state)
{
	struct fixture *f = *state;
	struct spool *w = writer(f, 0), *r = reader(f);
	int64_t n, since;

	assert_int_equal(spool_waiting(r, f->pool, 0, &n, &since), 0);
	assert_int_equal(n, 0);
	put(w, "x", 7);
	put(w, "y", 8);
	meddle(f, "UPDATE deliveries SET id = 1000000 + id");
	assert_int_equal(spool_waiting(r, f->pool, 5, &n, &since), 0);
	assert_int_equal(n, 2);
	assert_int_equal(since, 7);
	assert_int_equal(spool_waiting(r, f->pool, 1000002, &n, &since), 0);
	assert_int_equal(n, 0);
	spool_close(w);
	spool_close(r);
}

static void
a_file_that_is_no_spool_is_refused(void **state)
{
	struct fixture *f = *state;
	char *path = unit_path(f->dir, "none.db");

	assert_null(spool_open_reader(path, 100));
	assert_int_not_equal(access(path, F_OK), 0);
	free(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
		TEST(what_is_put_is_read_whole_and_in_order),
		TEST(a_batch_is_bounded_by_bytes_but_never_empty),
		TEST(many_threads_put_each_body_once),
		TEST(below_the_floor_of_free_disk_nothing_is_kept),
		TEST(the_newest_is_never_deleted),
		TEST(a_spool_made_anew_has_another_name),
		TEST(no_id_is_given_twice_whatever_file_is_put_back),
		TEST(a_spool_is_known_by_the_delivery_at_the_cursor),
		TEST(what_waits_is_counted_from_the_first_that_does),
		TEST(a_file_that_is_no_spool_is_refused),
	};

	return cmocka_run_group_tests_name("spool", tests, NULL, NULL);
}
