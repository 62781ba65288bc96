/*
 * The pace: who takes in gives way to who applies, while that is behind and
 * moves, and never for long.
 */
#include "unit.h"

#include <stdio.h>
#include <unistd.h>

#include "base/log.h"

#include "spool/spool_pace.h"

#define MS     1000
#define S      (1000 * MS)
#define GROUP  50	  /* deliveries of a commit */
#define STEP   1000	  /* … that are applied at a time, … */
#define EVERY  (100 * MS) /* … and how often: 10,000 a second */
#define PACE   10000
#define GROUPS 10 /* commits meanwhile */

struct fixture {
	char *dir, *path, *file;
	struct spool_pace *theirs, *ours;
	int64_t now, id;
};

static int
begin(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	log_open("test", LOG_LEVEL_WARN);
	f->dir = unit_dir();
	f->path = unit_path(f->dir, "spool.db");
	f->file = unit_path(f->dir, "spool.applied");
	f->theirs = spool_pace_open(f->path);
	f->ours = spool_pace_open(f->path);
	f->now = 1000 * S;
	*state = f;
	return 0;
}

static int
end(void **state)
{
	struct fixture *f = *state;

	spool_pace_close(f->theirs);
	spool_pace_close(f->ours);
	free(f->path);
	free(f->file);
	unit_clear(f->dir);
	free(f);
	return 0;
}

/* For MS milliseconds PACE a second are applied, and the newest delivery is
 * always BEHIND further: the longest wait, of the last one of those steps. */
static int64_t
go(struct fixture *f, int ms, int64_t behind)
{
	int64_t most = 0;

	for (int64_t until = f->now + (int64_t)ms * MS; f->now < until;) {
		most = 0;
		spool_pace_tell(f->theirs, f->id += STEP);
		for (int i = 0; i < GROUPS; i++) {
			int64_t us = spool_pace_wait(
			    f->ours, f->id + behind, GROUP, f->now);

			most = us > most ? us : most;
			f->now += EVERY / GROUPS;
		}
	}
	return most;
}

static void
write_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void
nobody_waits_for_a_processor_that_is_not_there(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 100; i++, f->now += 50 * MS)
		assert_int_equal(
		    spool_pace_wait(f->ours, 1000 * i, GROUP, f->now), 0);
}

static void
nor_for_one_that_keeps_up(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(go(f, 2000, 0), 0);
	assert_int_equal(go(f, 2000, 1500), 0); /* 0.15 s */
}

static void
who_is_ahead_takes_in_no_more_than_is_applied(void **state)
{
	struct fixture *f = *state;
	int64_t even = GROUP * S / PACE;

	assert_int_equal(go(f, 100, 5000), 0); /* its pace is not known */
	assert_between(go(f, 2000, 5000), even * 9 / 10, even * 11 / 10);
	assert_between(go(f, 2000, 3500), even * 4 / 10, even * 6 / 10);
	assert_between(go(f, 2000, 8000), even * 18 / 10, even * 2);
	assert_between(go(f, 2000, 900000), even * 18 / 10, even * 2);
	assert_int_equal(go(f, 1000, 0), 0);
}

static void
it_is_never_for_long(void **state)
{
	struct fixture *f = *state;

	go(f, 2000, 5000);
	assert_int_equal(
	    spool_pace_wait(f->ours, f->id + 5000, 1000000, f->now),
	    SPOOL_PACE_MAX_US);
	assert_int_equal(
	    spool_pace_wait(f->ours, INT64_MAX / 2, 1000000, f->now + 1),
	    SPOOL_PACE_MAX_US);
}

static void
nor_for_one_that_stands_still(void **state)
{
	struct fixture *f = *state;

	assert_true(go(f, 2000, 5000) > 0);
	f->now += S;
	assert_int_equal(
	    spool_pace_wait(f->ours, f->id + 9000, GROUP, f->now), 0);
	assert_true(go(f, 1000, 5000) > 0); /* it goes on */
}

/* The spool is another one, whose ids begin anew. */
static void
a_spool_that_begins_anew_is_measured_anew(void **state)
{
	struct fixture *f = *state;
	int64_t even = GROUP * S / PACE;

	f->id = 70000000;
	go(f, 2000, 5000);
	f->id = 0;
	assert_int_equal(go(f, 100, 5000), 0);
	assert_between(go(f, 2000, 5000), even * 9 / 10, even * 11 / 10);
}

/* Whatever stands in the file. */
static void
nonsense_keeps_nobody_waiting(void **state)
{
	static const char *const said[] = { "", "\n", "yes\n", "-5\n",
		"99999999999999999999999\n" };
	struct fixture *f = *state;

	go(f, 2000, 5000);
	for (size_t i = 0; i < sizeof(said) / sizeof(*said); i++) {
		f->now += 50 * MS;
		write_text(f->file, said[i]);
		assert_int_equal(
		    spool_pace_wait(f->ours, f->id + 5000, GROUP, f->now), 0);
	}
}

/* Who could put one there could have another file written to. */
static void
a_link_is_not_followed(void **state)
{
	struct fixture *f = *state;
	char *other = unit_path(f->dir, "other");

	write_text(other, "of somebody\n");
	assert_int_equal(symlink(other, f->file), 0);
	spool_pace_tell(f->theirs, 5);
	spool_pace_tell(f->theirs, 6);
	assert_int_equal(go(f, 2000, 5000), 0);
	free(other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
		TEST(nobody_waits_for_a_processor_that_is_not_there),
		TEST(nor_for_one_that_keeps_up),
		TEST(who_is_ahead_takes_in_no_more_than_is_applied),
		TEST(it_is_never_for_long),
		TEST(nor_for_one_that_stands_still),
		TEST(a_spool_that_begins_anew_is_measured_anew),
		TEST(nonsense_keeps_nobody_waiting),
		TEST(a_link_is_not_followed),
	};

	return cmocka_run_group_tests_name("spool_pace", tests, NULL, NULL);
}
