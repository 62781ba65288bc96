/*
 * The spool on a slow disk, whose flushes are counted here, and some of which
 * fail: nobody hears of a delivery before the flush that keeps it, and what
 * is told is what became of it.
 */
#include "unit.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "base/log.h"
#include "base/pool.h"

#include "spool/spool.h"

#define THREADS 8
#define EACH	40
#define ROUNDS	12 /* of put_all */
#define TRIES	5  /* each on a slower disk: a busy machine is late */
#define ALL	(THREADS * EACH)

static struct {
	long ms;    /* a flush takes longer */
	int broken; /* each so-many-th fails; 0: none */
} disk;
static atomic_int flushes, told, kept, leads;

/* In front of libc's, for SQLite. */
int
fdatasync(int fd)
{
	struct timespec longer = { .tv_nsec = disk.ms * 1000000 };
	int (*flush)(int);

	*(void **)&flush = dlsym(RTLD_NEXT, "fdatasync");
	nanosleep(&longer, NULL);
	if (disk.broken != 0 && (flushes + 1) % disk.broken == 0) {
		flushes++;
		errno = EIO;
		return -1;
	}
	if (flush(fd) == -1)
		return -1;
	flushes++;
	return 0;
}

struct bring {
	struct spool_order order;
	char body[32];
	int flushes; /* when it was brought */
	int rc, n;   /* what it was told, how often */
};

static void
hear(struct spool_order *order, int rc)
{
	struct bring *b = order->arg;

	b->rc = rc;
	b->n++;
	assert_true(rc == -1 || flushes > b->flushes);
	kept += rc == 0;
	told++;
}

struct job {
	struct spool *spool;
	struct bring *list;
};

static void *
bring_all(void *arg)
{
	struct job *job = arg;
	struct timespec pause = { .tv_nsec = 500000 };

	for (int i = 0; i < EACH; i++) {
		struct bring *b = &job->list[i];

		b->order = (struct spool_order){ .kept = hear, .arg = b };
		b->order.delivery = (struct spool_delivery){ .received_at = 1,
			.remote = "::1",
			.credential = "token-1",
			.body = b->body,
			.body_len = strlen(b->body) };
		b->flushes = flushes;
		spool_order(job->spool, &b->order);
		nanosleep(&pause, NULL);
	}
	return NULL;
}

/* Each waits for its answer and comes again; but the first one, which commits
 * for them all. */
static void *
put_all(void *arg)
{
	struct job *job = arg;
	int rounds = atomic_fetch_add(&leads, 1) == 0 ? 1 : ROUNDS;

	for (int i = 0; i < rounds; i++) {
		struct bring *b = &job->list[i];
		struct spool_delivery d = { .received_at = 1,
			.remote = "::1",
			.credential = "token-1",
			.body = b->body,
			.body_len = strlen(b->body) };

		b->rc = spool_put(job->spool, &d);
		kept += b->rc == 0;
	}
	return NULL;
}

/* THREADS do BRING. */
static void
bring_crowd(struct spool *spool, struct bring *all, void *(*bring)(void *))
{
	struct job jobs[THREADS];
	pthread_t threads[THREADS];

	flushes = told = kept = leads = 0;
	for (int i = 0; i < ALL; i++)
		sprintf(all[i].body, "%d", i);
	for (int t = 0; t < THREADS; t++) {
		jobs[t] = (struct job){ spool, all + (ptrdiff_t)t * EACH };
		assert_int_equal(
		    pthread_create(&threads[t], NULL, bring, &jobs[t]), 0);
	}
	for (int t = 0; t < THREADS; t++)
		pthread_join(threads[t], NULL);
}

/* The rows are those that were told to be kept. */
static void
check_rows(const char *path, const struct bring *all)
{
	struct spool *spool = spool_open_reader(path, 5000);
	struct pool *pool = pool_new();
	struct spool_delivery *rows;
	int n;

	assert_non_null(spool);
	assert_int_equal(
	    spool_next(spool, pool, 0, ALL + 1, 1 << 30, &rows, &n), 0);
	assert_int_equal(n, kept);
	for (int i = 0; i < n; i++)
		assert_int_equal(all[atoi(rows[i].body)].rc, 0);
	pool_free(pool);
	spool_close(spool);
}

static void
crowd(long ms, int broken, void *(*bring)(void *))
{
	struct bring *all = calloc(ALL, sizeof(*all));
	char *dir = unit_dir(), *path = unit_path(dir, "spool.db");
	char *wake = unit_path(dir, "wake");
	struct spool *spool;

	log_open("test", LOG_LEVEL_WARN);
	assert_int_equal(spool_create(path), 1);
	spool = spool_open_writer(path, wake, 0, 5000);
	assert_non_null(spool);
	disk.ms = ms;
	disk.broken = broken;
	bring_crowd(spool, all, bring);
	disk.ms = disk.broken = 0;
	spool_close(spool);
	check_rows(path, all);
	/* Each was told once, before its thread went on. */
	for (int i = 0; told > 0 && i < ALL; i++)
		assert_int_equal(all[i].n, 1);
	free(path);
	free(wake);
	unit_clear(dir);
	free(all);
}

static void
on_a_slow_disk_all_come_into_one_flush(void **state)
{
	int least = ALL;
	long ms = 40;

	(void)state;
	for (int i = 0; i < TRIES && least >= 3 * ROUNDS / 2; i++, ms *= 2) {
		crowd(ms, 0, put_all);
		assert_int_equal(kept, 1 + (THREADS - 1) * ROUNDS);
		least = flushes < least ? flushes : least;
	}
	assert_true(least < 3 * ROUNDS / 2); /* two halves: twice ROUNDS */
}

static void
all_are_told_before_their_threads_go_on(void **state)
{
	(void)state;
	crowd(5, 0, bring_all);
	assert_int_equal(told, ALL);
	assert_int_equal(kept, ALL);
}

static void
what_a_slow_disk_refuses_is_told_so(void **state)
{
	(void)state;
	crowd(5, 5, bring_all);
	assert_int_equal(told, ALL);
	assert_between(kept, 1, ALL - 1);
}

static void
what_a_fast_disk_refuses_is_told_so(void **state)
{
	(void)state;
	crowd(0, 5, bring_all);
	assert_int_equal(told, ALL);
	assert_between(kept, 1, ALL - 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(on_a_slow_disk_all_come_into_one_flush),
		cmocka_unit_test(all_are_told_before_their_threads_go_on),
		cmocka_unit_test(what_a_slow_disk_refuses_is_told_so),
		cmocka_unit_test(what_a_fast_disk_refuses_is_told_so),
	};

	return cmocka_run_group_tests_name("spool_slow", tests, NULL, NULL);
}
