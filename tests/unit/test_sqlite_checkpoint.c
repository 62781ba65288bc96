/*
 * A checkpoint that flushes without the lock: what is written to the database
 * file and flushed is watched here, and the lock as others see it.
 */
#include "unit.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/lock.h"
#include "base/log.h"
#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/sqlite.h"

#define ROWS 2000

static const char *const sql[] = {
	"INSERT INTO t(a, b) VALUES ($1, hex(randomblob(500)))",
	"SELECT count(*) FROM t",
	"PRAGMA integrity_check",
	"INSERT INTO t(a, b) VALUES ($1, CAST(zeroblob($2) AS TEXT))",
};

static char *dir, *path;
static struct lock *others;
static struct {
	atomic_int dirty; /* writes to the database file since a flush */
	atomic_int apart, most_held; /* flushed without the lock, and with it */
	atomic_int broken;	     /* what is written is lost, flushes fail */
	atomic_int failed;	     /* so many did */
	void (*then)(void);	     /* when the first of them does */
} seen;

/* 1 when FD is the database file, not its WAL. */
static int
is_database(int fd)
{
	char name[64], target[4096];
	ssize_t n;

	sprintf(name, "/proc/self/fd/%d", fd);
	n = readlink(name, target, sizeof(target) - 1);
	target[n > 0 ? n : 0] = '\0';
	return path != NULL && strcmp(target, path) == 0;
}

/* In front of libc's, for SQLite. */
ssize_t
pwrite64(int fd, const void *data, size_t len, off_t at)
{
	ssize_t (*next)(int, const void *, size_t, off_t);

	*(void **)&next = dlsym(RTLD_NEXT, "pwrite64");
	seen.dirty += is_database(fd);
	if (seen.broken && is_database(fd))
		return (ssize_t)len; /* and it is never seen again */
	return next(fd, data, len, at);
}

int
fdatasync(int fd)
{
	int (*next)(int), is_free;

	*(void **)&next = dlsym(RTLD_NEXT, "fdatasync");
	if (others == NULL || !is_database(fd))
		return next(fd);
	is_free = lock_take(others, 0) == 1;
	if (is_free)
		lock_give(others);
	if (seen.broken) {
		if (seen.failed++ == 0 && seen.then != NULL)
			seen.then();
		errno = EIO;
		return -1;
	}
	if (is_free)
		seen.apart += seen.dirty;
	else if (seen.dirty > seen.most_held)
		seen.most_held = seen.dirty;
	seen.dirty = 0;
	return next(fd);
}

static int
begin(void **state)
{
	char *lock_path;
	struct db *db;

	log_open("test", LOG_LEVEL_WARN);
	memset(&seen, 0, sizeof(seen));
	dir = unit_dir();
	path = unit_path(dir, "t.db");
	lock_path = unit_path(dir, "t.db.lock");
	db = db_open(path, DB_CREATE, 1000);
	assert_non_null(db);
	assert_int_equal(
	    db_script(db, "CREATE TABLE t(a INTEGER, b TEXT) STRICT"), 0);
	assert_int_equal(db_set_version(db, 7), 0);
	others = lock_open(lock_path);
	free(lock_path);
	*state = db;
	return 0;
}

static int
end(void **state)
{
	db_close(*state);
	lock_close(others);
	others = NULL;
	unit_clear(dir);
	free(path);
	path = NULL;
	return 0;
}

static void
write_rows(struct db *db)
{
	assert_int_equal(db_begin(db), 0);
	for (int i = 0; i < ROWS; i++)
		db_run(db, sql[0], DB_ARGS(db_int(i)));
	assert_int_equal(db_commit(db), 0);
}

/* 1 while a thread copies or flushes beside. */
static int
is_at_work(void)
{
	DIR *tasks = opendir("/proc/self/task");
	int n = 0;

	assert_non_null(tasks);
	while (readdir(tasks) != NULL)
		n++;
	closedir(tasks);
	return n > 3; /* with . and .. */
}

static void
let_work(void)
{
	while (is_at_work())
		usleep(500);
}

/* What one call begins the next one hears of. */
static void
step(struct db *db, int pages)
{
	sqlite_checkpoint(db, pages);
	let_work();
	sqlite_checkpoint(db, pages);
}

/* As often as it takes, or until a flush fails. */
static void
settle(struct db *db, int pages)
{
	for (int i = 0; i < 20; i++) {
		step(db, pages);
		if (seen.failed > 0)
			return;
	}
}

static void
check(struct db *db, int64_t rows)
{
	struct db_rows *answer;
	int64_t n = -1;
	int version = 0;

	assert_int_equal(db_get_int(db, sql[1], DB_NONE, &n), 1);
	assert_int_equal(n, rows);
	assert_int_equal(db_version(db, &version), 0);
	assert_int_equal(version, 7);
	answer = db_query(db, sql[2], DB_NONE);
	assert_int_equal(db_next(answer), 1);
	assert_string_equal(db_col_text(answer, 0), "ok");
	db_end(answer);
}

static void
most_is_flushed_without_the_lock(void **state)
{
	struct db *db = *state;

	assert_int_equal(sqlite_flush_apart(db), 0);
	for (int round = 1; round <= 3; round++) {
		write_rows(db);
		settle(db, 10);
		check(db, (int64_t)round * ROWS);
	}
	assert_true(seen.apart > 3 * 400); /* pages */
	assert_between(seen.most_held, 1, 3);
	assert_true(db_log_size(db) < 4 << 20); /* it began anew each time */
}

/* 500 pages or so a time: seven are copied as they come and flushed with the
 * eighth. */
static void
it_is_copied_in_steps_and_flushed_once(void **state)
{
	struct db *db = *state;
	int64_t size;
	int copied = 0;

	assert_int_equal(sqlite_flush_apart(db), 0);
	for (int round = 1; round < 8; round++) {
		write_rows(db);
		step(db, 450);
		assert_int_equal(seen.apart + seen.most_held, 0);
		assert_true(round < 2 || seen.dirty > copied);
		copied = seen.dirty;
		check(db, (int64_t)round * ROWS);
	}
	write_rows(db);
	settle(db, 450);
	assert_true(seen.apart > copied);
	assert_between(seen.most_held, 1, 3);
	check(db, 8 * ROWS);
	size = db_log_size(db);
	write_rows(db);
	assert_int_equal(db_log_size(db), size); /* it began anew */
	check(db, 9 * ROWS);
}

static void
unless_asked_all_is_flushed_with_it(void **state)
{
	struct db *db = *state;

	write_rows(db);
	sqlite_checkpoint(db, 10);
	assert_int_equal(seen.apart, 0);
	assert_true(seen.most_held > 400);
	check(db, ROWS);
}

/* The disk loses what was copied and says so once. */
static void
lose(struct db *db)
{
	int64_t before;

	write_rows(db);
	seen.broken = 1;
	settle(db, 10);
	seen.broken = 0;
	seen.failed = 0;
	check(db, ROWS);
	before = db_log_size(db);
	write_rows(db);
	assert_true(db_log_size(db) > before);
	settle(db, 10);
	check(db, 2 * ROWS);
}

static void
what_a_flush_lost_is_copied_again(void **state)
{
	struct db *db = *state;

	assert_int_equal(sqlite_flush_apart(db), 0);
	lose(db);
}

static void
nor_is_it_lost_with_the_lock(void **state)
{
	lose(*state);
}

/* A word of the WAL's index (sqlite_index.c). */
enum { FIRST, FRAMES = 16, SECOND = 48, BACKFILL = 96 };

static int
open_index(void)
{
	char *name = xcalloc(strlen(path) + 5);
	int fd;

	sprintf(name, "%s-shm", path);
	fd = open(name, O_RDWR | O_CLOEXEC);
	free(name);
	assert_true(fd != -1);
	return fd;
}

static uint32_t
index_word(int at)
{
	int fd = open_index();
	uint32_t n = 0;

	assert_int_equal(pread(fd, &n, sizeof(n), at), sizeof(n));
	close(fd);
	return n;
}

/* What is in the index is where we take it to be, with this SQLite. */
static void
the_index_is_as_sqlite_makes_it(void **state)
{
	struct db *db = *state;

	write_rows(db);
	assert_int_equal(index_word(FIRST), 3007000);
	assert_int_equal(index_word(SECOND), 3007000);
	assert_int_equal(index_word(BACKFILL), 0);
	assert_between(index_word(FRAMES), 400, 1000);
	sqlite_checkpoint(db, 10);
	assert_int_equal(index_word(BACKFILL), index_word(FRAMES));
}

static void
write_version(uint32_t version)
{
	int fd = open_index();

	assert_int_equal(pwrite(fd, &version, sizeof(version), FIRST), 4);
	assert_int_equal(pwrite(fd, &version, sizeof(version), SECOND), 4);
	close(fd);
}

/* A step copies what came before the last one, and the disk loses it. */
static void
copy_in_vain(struct db *db)
{
	assert_int_equal(sqlite_flush_apart(db), 0);
	write_rows(db);
	step(db, 450);
	seen.broken = 1;
	write_rows(db);
	step(db, 450);
	assert_true(index_word(BACKFILL) > 400);
	write_rows(db);
}

static void
lose_a_step(struct db *db, void (*then)(void))
{
	copy_in_vain(db);
	seen.then = then;
	settle(db, 10);
	assert_int_equal(seen.failed, 1);
	seen.broken = 0;
	seen.failed = 0;
}

static void
what_a_step_lost_is_copied_again(void **state)
{
	struct db *db = *state;

	lose_a_step(db, NULL);
	assert_int_equal(index_word(BACKFILL), 0);
	check(db, 3 * ROWS);
	settle(db, 10);
	assert_int_equal(index_word(BACKFILL), index_word(FRAMES));
	check(db, 3 * ROWS);
}

/* Nobody else has it open: SQLite copies and flushes the rest, and the WAL goes
 * away. */
static void
nor_is_it_lost_at_the_end_of_the_program(void **state)
{
	struct db *db = *state;

	copy_in_vain(db);
	sqlite_checkpoint(db, 10); /* begins a flush beside */
	for (int i = 0; i < 60000 && seen.failed == 0; i++)
		usleep(1000);
	assert_int_equal(seen.failed, 1);
	seen.broken = 0;
	db_close(db);
	*state = db = db_open(path, DB_WRITE, 1000);
	assert_int_equal(db_log_size(db), 0);
	check(db, 3 * ROWS);
}

static void
be_of_another_version(void)
{
	write_version(3999000);
}

static void
an_index_of_another_version_is_left_alone(void **state)
{
	lose_a_step(*state, be_of_another_version);
	assert_int_equal(index_word(FIRST), 3999000);
	assert_true(index_word(BACKFILL) > 400);
	write_version(3007000);
}

/* Then SQLite flushes, as without us. */
static void
nor_is_anything_flushed_beside_it(void **state)
{
	struct db *db = *state;

	write_version(3999000);
	assert_int_equal(sqlite_flush_apart(db), 0);
	write_version(3007000);
	write_rows(db);
	sqlite_checkpoint(db, 10);
	assert_int_equal(seen.apart, 0);
	assert_true(seen.most_held > 400);
	check(db, ROWS);
}

static void
take_lock(void)
{
	assert_int_equal(lock_take(others, 0), 1);
}

/* While somebody else writes the index is not touched; what was lost is copied
 * again all the same, before anything else is. */
static void
what_a_flush_lost_waits_for_the_lock(void **state)
{
	struct db *db = *state;

	lose_a_step(db, take_lock);
	assert_true(index_word(BACKFILL) > 400);
	lock_give(others);
	write_rows(db);
	settle(db, 10);
	check(db, 4 * ROWS);
	assert_int_equal(index_word(BACKFILL), index_word(FRAMES));
}

#define WRITERS	    2
#define TIMES	    100
#define PATIENCE_MS 60000 /* only a failure takes so long */

static void *
write_often(void *unused)
{
	struct db *db = db_open(path, DB_WRITE, PATIENCE_MS);

	(void)unused;
	for (int i = 0; i < TIMES; i++)
		if (db_begin(db) == -1 ||
		    db_run(db, sql[0], DB_ARGS(db_int(i))) == -1 ||
		    db_commit(db) == -1)
			break; /* and rows are missing */
	db_close(db);
	return NULL;
}

/* The WAL begins anew again and again, whoever writes first. */
static void
nothing_is_lost_when_others_write_meanwhile(void **state)
{
	struct db *db = db_open(path, DB_WRITE, PATIENCE_MS);
	pthread_t writers[WRITERS];

	db_close(*state);
	assert_int_equal(sqlite_flush_apart(db), 0);
	for (int i = 0; i < WRITERS; i++)
		assert_int_equal(
		    pthread_create(&writers[i], NULL, write_often, NULL), 0);
	for (int i = 0; i < TIMES; i++) {
		assert_int_equal(db_begin(db), 0);
		assert_int_equal(db_run(db, sql[0], DB_ARGS(db_int(i))), 0);
		assert_int_equal(db_commit(db), 0);
		sqlite_checkpoint(db, 2);
	}
	for (int i = 0; i < WRITERS; i++)
		pthread_join(writers[i], NULL);
	settle(db, 2);
	check(db, (WRITERS + 1) * TIMES);
	db_close(db);
	*state = db = db_open(path, DB_WRITE, PATIENCE_MS);
	check(db, (WRITERS + 1) * TIMES);
}

static void
a_reader_in_the_way_only_delays_it(void **state)
{
	struct db *db = *state, *reader = db_open(path, DB_READ, 1000);
	int64_t n;

	assert_int_equal(sqlite_flush_apart(db), 0);
	write_rows(db);
	assert_int_equal(db_begin_read(reader), 0);
	assert_int_equal(db_get_int(reader, sql[1], DB_NONE, &n), 1);
	write_rows(db);
	settle(db, 10);
	assert_int_equal(db_get_int(reader, sql[1], DB_NONE, &n), 1);
	assert_int_equal(n, ROWS);
	db_end_read(reader);
	write_rows(db);
	settle(db, 10);
	check(reader, 3 * ROWS);
	db_close(reader);
}

/* MIB of them in one transaction; how long the WAL is when it is copied. */
static int64_t
burst(struct db *db, int mib)
{
	assert_int_equal(db_begin(db), 0);
	for (int i = 0; i < mib; i++)
		assert_int_equal(
		    db_run(db, sql[3], DB_ARGS(db_int(i), db_int(1 << 20))), 0);
	assert_int_equal(db_commit(db), 0);
	assert_true(db_log_size(db) > (int64_t)mib << 20);
	sqlite_checkpoint(db, 125);
	return db_log_size(db);
}

static void
a_large_wal_gives_its_space_back(void **state)
{
	assert_true(burst(*state, 20) > 20 << 20); /* to be used again */
	assert_int_equal(burst(*state, 64), 0);
}

/* In the middle of a burst it is written again; at rest it is too much. */
static void
it_keeps_its_space_while_much_comes(void **state)
{
	struct db *db = *state;

	assert_int_equal(sqlite_flush_apart(db), 0);
	burst(db, 70);
	settle(db, 10);
	assert_true(db_log_size(db) > 70 << 20);
	sqlite_checkpoint_rest(db, 125);
	assert_int_equal(db_log_size(db), 0);
	write_rows(db);
	settle(db, 10);
	sqlite_checkpoint_rest(db, 125);
	assert_true(db_log_size(db) > 0);
	check(db, 70 + ROWS);
}

/* What CALL, which needs the lock, says while somebody else has it. */
static void
check_says_so(void (*call)(struct db *), struct db *db)
{
	char *name = unit_path(dir, "stderr"), said[4096];
	int file = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
	int before = dup(STDERR_FILENO);
	ssize_t n;

	dup2(file, STDERR_FILENO);
	call(db);
	dup2(before, STDERR_FILENO);
	n = pread(file, said, sizeof(said) - 1, 0);
	said[n > 0 ? n : 0] = '\0';
	close(before);
	close(file);
	free(name);
	assert_non_null(strstr(said, "not locked for writing within 1000 ms"));
}

static void
end_checkpoint(struct db *db)
{
	sqlite_checkpoint(db, 10);
}

static void
truncate_it(struct db *db)
{
	assert_int_equal(sqlite_truncate(db), 0);
}

static void
rewrite(struct db *db)
{
	assert_int_equal(sqlite_rewrite(db, INT64_MAX), -1);
	assert_int_equal(db_error(db), DB_BUSY);
}

/* A step copies while somebody else writes. */
static void
a_step_needs_no_lock(void **state)
{
	struct db *db = *state;

	assert_int_equal(sqlite_flush_apart(db), 0);
	write_rows(db);
	step(db, 450);
	write_rows(db);
	assert_int_equal(index_word(BACKFILL), 0);
	assert_int_equal(lock_take(others, 0), 1);
	step(db, 450);
	lock_give(others);
	assert_true(index_word(BACKFILL) > 400);
	assert_true(index_word(BACKFILL) < index_word(FRAMES));
	settle(db, 10);
	check(db, 2 * ROWS);
}

/* At the end of each wait: not of the next one, when it was a checkpoint that
 * waited. */
static void
who_waits_for_the_lock_in_vain_says_so(void **state)
{
	struct db *db = *state;

	assert_int_equal(sqlite_flush_apart(db), 0);
	write_rows(db);
	step(db, 450); /* pins */
	write_rows(db);
	step(db, 10); /* flushes beside, and once more */
	let_work();
	assert_int_equal(lock_take(others, 0), 1);
	check_says_so(end_checkpoint, db);
	check_says_so(truncate_it, db);
	check_says_so(rewrite, db);
	lock_give(others);
	settle(db, 450);
	check(db, 2 * ROWS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
		TEST(most_is_flushed_without_the_lock),
		TEST(it_is_copied_in_steps_and_flushed_once),
		TEST(unless_asked_all_is_flushed_with_it),
		TEST(what_a_flush_lost_is_copied_again),
		TEST(nor_is_it_lost_with_the_lock),
		TEST(the_index_is_as_sqlite_makes_it),
		TEST(what_a_step_lost_is_copied_again),
		TEST(nor_is_it_lost_at_the_end_of_the_program),
		TEST(an_index_of_another_version_is_left_alone),
		TEST(nor_is_anything_flushed_beside_it),
		TEST(what_a_flush_lost_waits_for_the_lock),
		TEST(nothing_is_lost_when_others_write_meanwhile),
		TEST(a_reader_in_the_way_only_delays_it),
		TEST(a_large_wal_gives_its_space_back),
		TEST(it_keeps_its_space_while_much_comes),
		TEST(a_step_needs_no_lock),
		TEST(who_waits_for_the_lock_in_vain_says_so),
	};

	return cmocka_run_group_tests_name(
	    "sqlite_checkpoint", tests, NULL, NULL);
}
