/*
 * Counters in a file: they go on where the last run left off, several threads
 * lose none, and what is damaged is begun anew instead of believed.
 */
#include "unit.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/counters.h"

#define THREADS 4
#define EACH	100000

static char path[] = "/tmp/waspool-counters-XXXXXX";

static int
setup(void **state)
{
	(void)state;
	close(mkstemp(path));
	return unlink(path);
}

static int
teardown(void **state)
{
	(void)state;
	return unlink(path);
}

/* In a process of its own, as counters_open is for once. */
static void
count(int n)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		counters_open(path);
		counters_add(COUNTER_RECEIVED, n);
		counters_set(COUNTER_ALIVE_AT, 17);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static int64_t
received(void)
{
	int64_t sum[COUNTERS] = { 0 };

	assert_int_equal(counters_read(path, sum), 1);
	return sum[COUNTER_RECEIVED];
}

static void
they_go_on(void **state)
{
	int64_t sum[COUNTERS] = { 0 };

	(void)state;
	assert_int_equal(counters_read(path, sum), 0);
	count(2);
	count(3);
	assert_int_equal(received(), 5);
	counters_read(path, sum);
	counters_read(path, sum); /* of several files it is the sum */
	assert_int_equal(sum[COUNTER_RECEIVED], 10);
	assert_int_equal(sum[COUNTER_SENT], 0);
}

static void
damaged_begins_anew(void **state)
{
	static const off_t lengths[] = { 0, 1, 7, 511, 100000 };
	int64_t sum[COUNTERS] = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		count(1);
		assert_int_equal(truncate(path, lengths[i]), 0);
		if (lengths[i] < 512)
			assert_int_equal(counters_read(path, sum), 0);
		count(4);
		assert_int_equal(received(), 4);
	}
}

static void
foreign_begins_anew(void **state)
{
	FILE *f = fopen(path, "w");

	(void)state;
	for (int i = 0; i < 512; i++)
		fputc('x', f);
	fclose(f);
	count(4);
	assert_int_equal(received(), 4);
}

static void *
add(void *arg)
{
	for (int i = 0; i < EACH; i++)
		counters_add(COUNTER_APPLIED, 1);
	return arg;
}

static void
threads_lose_none(void **state)
{
	pthread_t t[THREADS];
	int64_t sum[COUNTERS] = { 0 };

	(void)state;
	add(NULL); /* before it is open: nowhere, and no harm */
	counters_open(path);
	for (int i = 0; i < THREADS; i++)
		pthread_create(&t[i], NULL, add, NULL);
	for (int i = 0; i < THREADS; i++)
		pthread_join(t[i], NULL);
	counters_read(path, sum);
	assert_int_equal(sum[COUNTER_APPLIED], THREADS * EACH);
	counters_open("/nowhere/at/all"); /* said, and counting goes on */
	counters_add(COUNTER_APPLIED, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(they_go_on),
		cmocka_unit_test(damaged_begins_anew),
		cmocka_unit_test(foreign_begins_anew),
		cmocka_unit_test(threads_lose_none),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
