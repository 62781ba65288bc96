/*
 * Locks and wake-ups between processes.
 */
#include "unit.h"

#include <sys/ioctl.h>
#include <sys/wait.h>

#include <signal.h>

#include "base/clock.h"
#include "base/lock.h"
#include "base/log.h"
#include "base/notify.h"

static char *dir, *path;

static int
begin(void **state)
{
	(void)state;
	log_open("test", LOG_LEVEL_WARN);
	dir = unit_dir();
	path = unit_path(dir, "file");
	return 0;
}

static int
end(void **state)
{
	(void)state;
	free(path);
	unit_clear(dir);
	return 0;
}

static void
a_taken_lock_is_not_taken_again(void **state)
{
	struct lock *a = lock_open(path), *b = lock_open(path);

	(void)state;
	assert_int_equal(lock_take(a, 0), 1);
	assert_int_equal(lock_take(b, 30), 0);
	lock_give(a);
	assert_int_equal(lock_take(b, 30), 1);
	lock_close(a);
	lock_close(b);
}

/* In a child that ends with it: not lost, as valgrind sees it. */
static struct lock *held;

static void
a_dead_process_gives_its_lock_back(void **state)
{
	struct lock *mine;
	int status;
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		held = lock_open(path);
		_exit(lock_take(held, 0) == 1 ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	mine = lock_open(path);
	assert_int_equal(lock_take(mine, 0), 1);
	lock_close(mine);
}

/* Who takes it again and again must not starve who waits. */
static void
who_gives_it_back_does_not_overtake_who_waits(void **state)
{
	struct lock *mine = lock_open(path);
	int ends[2];
	char byte;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		held = lock_open(path);
		for (;;) {
			if (lock_take(held, 60000) != 1 ||
			    write(ends[1], "", 1) != 1)
				_exit(1);
			usleep(5000);
			lock_give(held);
		}
	}
	assert_int_equal(read(ends[0], &byte, 1), 1);
	for (int i = 0; i < 20; i++) {
		assert_int_equal(lock_take(mine, 5000), 1);
		lock_give(mine);
	}
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	close(ends[0]);
	close(ends[1]);
	lock_close(mine);
}

/* Two wait, the second where it asks but rarely: 1 when both have had it
 * before who lets them takes it again. */
static int
both_are_let_in(struct lock *mine)
{
	pid_t pids[2];
	int ends[2], n = 0, status;

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(lock_take(mine, 1000), 1);
	for (int i = 0; i < 2; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			held = lock_open(path);
			_exit(lock_take(held, 5000) == 1 &&
				      write(ends[1], "x", 1) == 1
				  ? 0
				  : 1);
		}
	}
	usleep(50000);
	lock_give(mine);
	lock_let_others(mine, 5000);
	assert_int_equal(lock_take(mine, 5000), 1);
	assert_int_equal(ioctl(ends[0], FIONREAD, &n), 0);
	lock_give(mine);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	close(ends[0]);
	close(ends[1]);
	return n == 2;
}

static void
others_are_let_in_also_those_behind(void **state)
{
	struct lock *mine = lock_open(path);
	int64_t began_ms;
	int n = 0;

	(void)state;
	for (int i = 0; i < 9; i++)
		n += both_are_let_in(mine);
	assert_true(n >= 5); /* on a busy machine one may sleep too long */
	began_ms = clock_ticks_ms();
	lock_let_others(mine, 5000);
	assert_true(clock_ticks_ms() - began_ms < 1000); /* nobody there */
	lock_close(mine);
}

static void
a_waiter_is_seen(void **state)
{
	struct lock *mine = lock_open(path), *probe = lock_open(path);
	pid_t pid;
	int seen = 0;

	(void)state;
	assert_int_equal(lock_take(mine, 0), 1);
	assert_int_equal(lock_wanted(mine), 0);
	pid = fork();
	if (pid == 0) {
		held = lock_open(path);
		_exit(lock_take(held, 60000) == 1 ? 0 : 1);
	}
	for (int i = 0; i < 12000 && !seen; i++) {
		usleep(5000);
		seen = lock_wanted(mine);
	}
	assert_int_equal(seen, 1);
	lock_give(mine);
	waitpid(pid, NULL, 0);
	lock_close(mine);
	lock_close(probe);
}

static void
a_sleeper_is_woken_and_otherwise_sleeps_on(void **state)
{
	struct notify *sleeper = notify_listen(path, (gid_t)-1),
		      *waker = notify_open(path);

	(void)state;
	assert_non_null(sleeper);
	assert_int_equal(notify_wait(sleeper, 10), 0);
	notify_send(waker);
	notify_send(waker);
	assert_int_equal(notify_wait(sleeper, 1000), 1);
	assert_int_equal(notify_wait(sleeper, 10), 0);
	notify_close(sleeper);
	notify_send(waker); /* nobody there: no harm */
	sleeper = notify_listen(path, (gid_t)-1);
	assert_non_null(sleeper);
	notify_send(waker);
	assert_int_equal(notify_wait(sleeper, 1000), 1);
	notify_close(sleeper);
	notify_close(waker);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
		TEST(a_taken_lock_is_not_taken_again),
		TEST(a_dead_process_gives_its_lock_back),
		TEST(who_gives_it_back_does_not_overtake_who_waits),
		TEST(others_are_let_in_also_those_behind),
		TEST(a_waiter_is_seen),
		TEST(a_sleeper_is_woken_and_otherwise_sleeps_on),
	};

	return cmocka_run_group_tests_name("lock", tests, NULL, NULL);
}
