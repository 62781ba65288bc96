/*
 * An older spool moves into its folder: whichever step fails, and wherever the
 * process dies, all deliveries are in one place, the next call ends it, and no
 * id is given twice.  --wrap counts the steps.
 */
#include "unit.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "base/lock.h"
#include "base/log.h"
#include "base/pool.h"

#include "spool/spool.h"
#include "spool/spool_highwater.h"
#include "spool/spool_move.h"

#define DELIVERIES  5
#define HIGH	    77
#define KILLED	    9
#define PASSED_OVER 2
#define STEPS_MAX   60

static int steps, at, kills, border;

int __real_rename(const char *, const char *);
int __real_unlink(const char *);
int __real_fsync(int);
int __real_fchmod(int, mode_t);
int __wrap_rename(const char *, const char *);
int __wrap_unlink(const char *);
int __wrap_fsync(int);
int __wrap_fchmod(int, mode_t);

/* 1 when this step fails. */
static int
step(void)
{
	if (at == 0 || ++steps != at)
		return 0;
	if (kills)
		_exit(KILLED);
	errno = EIO;
	return 1;
}

int
__wrap_rename(const char *from, const char *to)
{
	const char *a = strrchr(from, '/'), *b = strrchr(to, '/');

	if (step())
		return -1;
	/* As between two file systems. */
	if (border && (a - from != b - to ||
			  strncmp(from, to, (size_t)(a - from)) != 0)) {
		errno = EXDEV;
		return -1;
	}
	return __real_rename(from, to);
}

int
__wrap_unlink(const char *path)
{
	return step() ? -1 : __real_unlink(path);
}

int
__wrap_fsync(int fd)
{
	return step() ? -1 : __real_fsync(fd);
}

int
__wrap_fchmod(int fd, mode_t mode)
{
	return step() ? -1 : __real_fchmod(fd, mode);
}

struct place {
	char *dir, *old, *folder, *path, *wake;
	struct pool *pool;
};

static void
put(const struct place *p, const char *path)
{
	struct spool_delivery d = { .received_at = 1,
		.remote = "::1",
		.credential = "token-1",
		.body = "a delivery",
		.body_len = 10 };
	struct spool *spool = spool_open_writer(path, p->wake, 0, 1000);

	assert_non_null(spool);
	for (int i = 0; i < DELIVERIES; i++)
		assert_int_equal(spool_put(spool, &d), 0);
	spool_close(spool);
}

static void
make(struct place *p)
{
	struct spool_highwater *h;

	p->dir = unit_dir();
	p->old = unit_path(p->dir, "spool.db");
	p->folder = unit_path(p->dir, "spool");
	p->path = unit_path(p->folder, "spool.db");
	p->wake = unit_path(p->dir, "wake");
	p->pool = pool_new();
	assert_int_equal(mkdir(p->folder, 0700), 0);
	assert_int_equal(chmod(p->folder, 02770), 0);
	assert_int_equal(spool_create(p->old), 1);
	put(p, p->old);
	h = spool_highwater_open(p->old);
	spool_highwater_raise(h, HIGH);
	spool_highwater_close(h);
}

static void
drop(struct place *p)
{
	pool_free(p->pool);
	free(p->old);
	free(p->folder);
	free(p->path);
	free(p->wake);
	unit_clear(p->dir);
}

/* How a child ends that moves it and meets trouble at step K. */
static int
move_in_child(struct place *p, int k)
{
	int status;
	pid_t child = fork();

	assert_int_not_equal(child, -1);
	if (child == 0) {
		const char *why;
		int64_t pid;

		at = k;
		if (spool_move(
			p->pool, p->old, p->path, p->folder, &why, &pid) == -1)
			_exit(1);
		_exit(steps < k ? 0 : PASSED_OVER);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WEXITSTATUS(status);
}

static void
all_is_there(struct place *p)
{
	struct spool *spool = spool_open_reader(p->path, 1000);
	struct spool_highwater *h = spool_highwater_open(p->path);
	int64_t n, bytes;
	struct stat st;

	assert_non_null(spool);
	assert_int_equal(spool_count(spool, &n, &bytes), 0);
	assert_int_equal(n, DELIVERIES);
	assert_int_equal(spool_highwater(h), HIGH);
	spool_highwater_close(h);
	spool_close(spool);
	assert_int_equal(stat(p->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
	assert_int_equal(access(p->old, F_OK), -1);
	assert_int_equal(
	    access(pool_printf(p->pool, "%s.lock", p->old), F_OK), -1);
	assert_int_equal(
	    access(pool_printf(p->pool, "%s.lock-next", p->old), F_OK), -1);
}

/* The first step that is none ends it. */
static void
every_step(int how, int over_a_border)
{
	int rc = 1, k;

	kills = how;
	border = over_a_border;
	log_open("test", LOG_LEVEL_WARN);
	for (k = 1; rc != 0 && k < STEPS_MAX; k++) {
		struct place p;
		const char *why;
		int64_t pid;

		make(&p);
		rc = move_in_child(&p, k);
		/* What fails is said; what does not matter may be passed
		 * over. */
		if (access(p.path, F_OK) == -1)
			assert_true(spool_move_is_due(p.old, p.path));
		at = 0;
		assert_int_not_equal(
		    spool_move(p.pool, p.old, p.path, p.folder, &why, &pid),
		    -1);
		all_is_there(&p);
		drop(&p);
	}
	border = 0;
	assert_true(k > 8);
}

static void
killed_at_any_step_nothing_is_lost(void **state)
{
	(void)state;
	every_step(1, 0);
}

static void
whatever_fails_nothing_is_lost(void **state)
{
	(void)state;
	every_step(0, 0);
}

static void
to_another_file_system_too(void **state)
{
	(void)state;
	every_step(1, 1);
	every_step(0, 1);
}

static void
of_two_spools_none_is_touched(void **state)
{
	struct place p;
	const char *why = NULL;
	int64_t pid;

	(void)state;
	make(&p);
	assert_int_equal(spool_create(p.path), 1);
	assert_int_equal(
	    spool_move(p.pool, p.old, p.path, p.folder, &why, &pid), -1);
	assert_non_null(strstr(why, "spool import"));
	assert_int_equal(access(p.old, F_OK), 0);
	assert_false(spool_move_is_due(p.old, p.path));
	drop(&p);
}

static void
one_that_is_open_stays(void **state)
{
	struct place p;
	const char *why = NULL;
	int64_t pid;
	int gate[2], status;
	char byte;
	pid_t child;

	(void)state;
	make(&p);
	assert_int_equal(pipe(gate), 0);
	child = fork();
	if (child == 0) {
		struct spool *spool = spool_open_reader(p.old, 1000);

		if (write(gate[1], "", 1) != 1)
			_exit(1);
		pause();
		spool_close(spool);
	}
	assert_int_equal(read(gate[0], &byte, 1), 1);
	assert_int_equal(
	    spool_move(p.pool, p.old, p.path, p.folder, &why, &pid), -1);
	assert_int_equal(pid, child);
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	assert_int_equal(
	    spool_move(p.pool, p.old, p.path, p.folder, &why, &pid), 1);
	all_is_there(&p);
	close(gate[0]);
	close(gate[1]);
	drop(&p);
}

/* It was chosen, and is gone when the lock is ours. */
static void
what_somebody_else_moved_meanwhile_is_moved(void **state)
{
	const char *why = NULL;
	struct lock *lock;
	struct place p;
	int64_t id;
	int gate[2], status;
	char byte;
	pid_t child;

	(void)state;
	make(&p);
	assert_int_equal(pipe(gate), 0);
	/* Before the lock: a child would hold it, too. */
	child = fork();
	if (child == 0)
		_exit(read(gate[0], &byte, 1) != 1 ||
		      spool_move(p.pool, p.old, p.path, p.folder, &why, &id) !=
			  0);
	lock = lock_open(pool_printf(p.pool, "%s.lock", p.old));
	assert_int_equal(lock_take(lock, 1000), 1);
	assert_int_equal(write(gate[1], "", 1), 1);
	usleep(200000);
	assert_int_equal(rename(p.old, p.path), 0);
	assert_int_equal(
	    rename(pool_printf(p.pool, "%s/spool.highwater", p.dir),
		pool_printf(p.pool, "%s/spool.highwater", p.folder)),
	    0);
	assert_int_equal(chmod(p.path, 0660), 0);
	lock_close(lock);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	all_is_there(&p);
	close(gate[0]);
	close(gate[1]);
	drop(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(killed_at_any_step_nothing_is_lost),
		cmocka_unit_test(whatever_fails_nothing_is_lost),
		cmocka_unit_test(to_another_file_system_too),
		cmocka_unit_test(of_two_spools_none_is_touched),
		cmocka_unit_test(one_that_is_open_stays),
		cmocka_unit_test(what_somebody_else_moved_meanwhile_is_moved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
