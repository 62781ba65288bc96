/*
 * A file that is mapped whole, for all connections of the process: what they
 * answer is what a connection that reads the file answers, whoever writes.
 */
#include "unit.h"

#include <sys/resource.h>
#include <sys/wait.h>

#include <unistd.h>

#include "lib/sql/db.h"
#include "lib/sql/sqlite.h"

#define ROWS 4000

static char *folder, *path;

static struct db *
open_mapped(void)
{
	struct db *db = db_open(path, DB_WRITE, 1000);

	assert_non_null(db);
	assert_int_equal(sqlite_map(db), 0);
	return db;
}

/* How many maps of the file this process has, and the KiB of them that count as
 * its memory now. */
static int
look_at_maps(long long *rss)
{
	FILE *f = fopen("/proc/self/smaps", "r");
	char line[512];
	unsigned long long from, to;
	int n = 0, ours = 0;

	assert_non_null(f);
	*rss = 0;
	while (fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "%llx-%llx ", &from, &to) == 2) {
			ours = strstr(line, "/t.db\n") != NULL;
			n += ours;
		} else if (ours && strncmp(line, "Rss:", 4) == 0)
			*rss += atoll(line + 4);
	fclose(f);
	return n;
}

static int64_t
sum(struct db *db)
{
	int64_t n = -1;

	assert_int_equal(
	    db_get_int(db, "SELECT coalesce(sum(n), 0) FROM t", DB_NONE, &n),
	    1);
	return n;
}

static void
write_rows(struct db *db, int n, int64_t value)
{
	assert_int_equal(db_begin(db), 0);
	for (int i = 0; i < n; i++)
		assert_int_equal(
		    db_run(db,
			"INSERT INTO t(n, s) VALUES ($1, hex(zeroblob(400)))",
			DB_ARGS(db_int(value))),
		    0);
	assert_int_equal(db_commit(db), 0);
}

static void
create(void)
{
	struct db *db = db_open(path, DB_CREATE, 1000);

	assert_non_null(db);
	assert_int_equal(
	    db_script(db,
		"CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER, s TEXT)"),
	    0);
	write_rows(db, ROWS, 1);
	sqlite_checkpoint(db, 0);
	db_close(db);
}

static int
begin(void **state)
{
	(void)state;
	folder = unit_dir();
	path = unit_path(folder, "t.db");
	create();
	return 0;
}

static int
end(void **state)
{
	(void)state;
	free(path);
	unit_clear(folder);
	return 0;
}

static void
one_map_is_of_all_connections_and_goes_with_the_last(void **state)
{
	struct db *a = open_mapped(), *b = open_mapped();
	long long rss;

	(void)state;
	assert_int_equal(sum(a) + sum(b), 2 * ROWS);
	assert_int_equal(look_at_maps(&rss), 1);
	assert_true(rss > 0);
	db_close(a);
	assert_int_equal(sum(b), ROWS);
	db_close(b);
	assert_int_equal(look_at_maps(&rss), 0);
}

static void
what_others_commit_is_seen_before_and_after_a_checkpoint(void **state)
{
	struct db *reader = open_mapped(), *writer = db_open(path, DB_WRITE, 9);

	(void)state;
	assert_int_equal(sum(reader), ROWS);
	for (int i = 1; i <= 20; i++) {
		/* Also rows that were there, and a file that grows. */
		assert_int_equal(
		    db_run(writer, "UPDATE t SET n = n + 1", DB_NONE), 0);
		assert_int_equal(sum(reader), sum(writer));
		write_rows(writer, ROWS / 20, 1);
		if (i % 3 == 0)
			sqlite_checkpoint(writer, 0);
		assert_int_equal(sum(reader), sum(writer));
	}
	db_close(writer);
	db_close(reader);
}

static void
a_reader_keeps_its_state_while_the_file_is_cut_off(void **state)
{
	struct db *reader = open_mapped(), *writer = db_open(path, DB_WRITE, 9);
	struct db *other = open_mapped();

	(void)state;
	assert_int_equal(db_begin_read(reader), 0);
	assert_int_equal(sum(reader), ROWS);
	assert_int_equal(
	    db_run(writer, "DELETE FROM t WHERE id > 10", DB_NONE), 0);
	assert_int_equal(db_script(writer, "VACUUM"), 0);
	sqlite_checkpoint(writer, 0);
	assert_int_equal(sum(other), 10);
	assert_int_equal(sum(reader), ROWS);
	db_end_read(reader);
	assert_int_equal(
	    db_script(writer, "PRAGMA wal_checkpoint(TRUNCATE)"), 0);
	assert_int_equal(sum(reader), 10);
	assert_int_equal(sum(other), 10);
	write_rows(writer, ROWS, 3);
	sqlite_checkpoint(writer, 0);
	assert_int_equal(sum(reader), 10 + 3 * ROWS);
	assert_int_equal(sum(other), 10 + 3 * ROWS);
	db_close(writer);
	db_close(reader);
	db_close(other);
}

static void
a_mapped_connection_writes_as_well(void **state)
{
	struct db *a = open_mapped(), *b = open_mapped();

	(void)state;
	write_rows(a, ROWS, 2);
	assert_int_equal(sum(b), 3 * ROWS);
	write_rows(b, 1, 5);
	sqlite_checkpoint(b, 0);
	write_rows(b, 1, 5);
	assert_int_equal(sum(a), 3 * ROWS + 10);
	db_close(a);
	db_close(b);
}

/* Of what was read nothing is kept, when the last of them rests. */
static void
who_rests_has_none_of_it_in_memory(void **state)
{
	struct db *a = open_mapped(), *b = open_mapped();
	long long rss;

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(sum(a) + sum(b), 2 * ROWS);
		db_rest(a, 1);
		assert_int_equal(look_at_maps(&rss), 1);
		assert_true(rss > 0);
		db_rest(b, 1);
		db_rest(b, 1);
		assert_int_equal(look_at_maps(&rss), 1);
		assert_int_equal(rss, 0);
	}
	db_rest(a, 1);
	db_close(a);
	assert_int_equal(sum(b), ROWS);
	db_close(b);
}

static void
put_aside(const char *name)
{
	char *old = unit_path(folder, name), *new = unit_path(folder, "old");

	assert_int_equal(rename(old, new), 0);
	free(old);
	free(new);
}

/* As when a copy is put back: the name is another file's now. */
static void
another_file_of_that_name_has_a_map_of_its_own(void **state)
{
	struct db *old = open_mapped(), *new;

	(void)state;
	assert_int_equal(sum(old), ROWS);
	put_aside("t.db-wal");
	put_aside("t.db-shm");
	put_aside("t.db");
	create();
	new = open_mapped();
	write_rows(new, 1, 7);
	sqlite_checkpoint(new, 0);
	assert_int_equal(sum(new), ROWS + 7);
	db_close(new);
	db_close(old);
}

/* A process that closes a file it has locked gives up its locks. */
static void
a_map_costs_no_lock(void **state)
{
	struct db *reader = open_mapped();
	int64_t other = 0;
	int status = -1;

	(void)state;
	assert_int_equal(sum(reader), ROWS);
	db_close(open_mapped());
	if (fork() == 0)
		_exit(sqlite_is_open(path, &other) == 1 ? 0 : 1);
	assert_true(wait(&status) > 0);
	assert_int_equal(status, 0);
	db_close(reader);
}

/* So many bytes more may this process have. */
static void
limit_addresses(rlim_t more)
{
	FILE *f = fopen("/proc/self/statm", "r");
	struct rlimit limit;
	unsigned long long pages = 0;

	if (f == NULL || fscanf(f, "%llu", &pages) != 1)
		_exit(2);
	fclose(f);
	getrlimit(RLIMIT_AS, &limit);
	limit.rlim_cur = pages * (rlim_t)sysconf(_SC_PAGESIZE) + more;
	if (setrlimit(RLIMIT_AS, &limit) == -1)
		_exit(3);
}

/* Under a limit (RLIMIT_AS), or under valgrind. */
static void
who_may_have_few_addresses_has_a_map_all_the_same(void **state)
{
	long long rss;
	int status = -1;

	(void)state;
	if (fork() == 0) {
		struct db *a, *b;

		limit_addresses((rlim_t)4 << 30);
		a = open_mapped();
		b = open_mapped();
		/* SQLite's own would be two. */
		_exit(sum(a) + sum(b) == 2 * ROWS && look_at_maps(&rss) == 1
			  ? 0
			  : 1);
	}
	assert_true(wait(&status) > 0);
	assert_int_equal(status, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_map_is_of_all_connections_and_goes_with_the_last),
		TEST(what_others_commit_is_seen_before_and_after_a_checkpoint),
		TEST(a_reader_keeps_its_state_while_the_file_is_cut_off),
		TEST(a_mapped_connection_writes_as_well),
		TEST(who_rests_has_none_of_it_in_memory),
		TEST(another_file_of_that_name_has_a_map_of_its_own),
		TEST(a_map_costs_no_lock),
		TEST(who_may_have_few_addresses_has_a_map_all_the_same),
	};

	return cmocka_run_group_tests_name("sqlite_map", tests, NULL, NULL);
}
