/*
 * Addresses of files: whom one lets in, to what, and for how long.
 */
#include "fixture.h"

#include <sys/stat.h>

#include "session/file_address.h"
#include "session/session.h"

/* The word of an address that Ann asks for. */
static const char *
word_of(struct fixture *fx, int64_t id, int64_t now, int64_t *expires_at)
{
	struct member who;

	assert_int_equal(
	    session_sign_in(fx->member, fx->pool, "ann", now, &who), 1);
	*expires_at = file_address_end(now);
	who.secret = session_pass(fx->member, fx->pool, *expires_at);
	assert_non_null(who.secret);
	return file_address_write(fx->pool, id, &who, *expires_at);
}

/* Whether WORD lets in to message ID, as a request does it. */
static int
lets_in(struct fixture *fx, const char *word, int64_t id, int64_t now)
{
	struct member before, who;
	int64_t until;

	if (!file_address_read(fx->pool, word, id, now, &before, &until) ||
	    !session_return(fx->member, fx->pool, &before, now, &who))
		return 0;
	assert_int_equal(who.workspace_id, 1);
	return 1;
}

static int
begin(void **state)
{
	int rc = fixture_begin_members(state);
	struct fixture *fx = *state;

	file_address_open(fx->dir);
	return rc;
}

static void
it_is_for_one_file_and_some_minutes(void **state)
{
	struct fixture *fx = *state;
	int64_t end;
	const char *word = word_of(fx, 1, FIXTURE_NOW, &end);

	assert_true(end >= FIXTURE_NOW + FILE_ADDRESS_LIFE);
	assert_true(end < FIXTURE_NOW + FILE_ADDRESS_LIFE + FILE_ADDRESS_STEP);
	assert_int_equal(lets_in(fx, word, 1, FIXTURE_NOW), 1);
	assert_int_equal(lets_in(fx, word, 1, end - 1), 1);
	assert_int_equal(lets_in(fx, word, 1, end), 0);
	assert_int_equal(lets_in(fx, word, 2, FIXTURE_NOW), 0);
	assert_int_equal(lets_in(fx, word, 100, FIXTURE_NOW), 0);
}

/* So that a browser finds the file in its cache. */
static void
it_is_the_same_for_a_while(void **state)
{
	struct fixture *fx = *state;
	int64_t at = FIXTURE_NOW - FIXTURE_NOW % FILE_ADDRESS_STEP + 1, one,
		two;
	const char *first = word_of(fx, 1, at, &one);

	assert_string_equal(
	    first, word_of(fx, 1, at + FILE_ADDRESS_STEP - 1, &two));
	assert_int_equal(one, two);
	assert_string_not_equal(
	    first, word_of(fx, 1, at + FILE_ADDRESS_STEP, &two));
}

static void
it_ends_with_who_asked_for_it(void **state)
{
	static const char *const ends[] = {
		"UPDATE api_tokens SET revoked_at = 1 WHERE user_id = 1",
		"UPDATE api_tokens SET expires_at = 1 WHERE user_id = 1",
		"DELETE FROM workspace_members WHERE user_id = 1",
	};
	struct fixture *fx = *state;
	int64_t end;
	const char *word = word_of(fx, 1, FIXTURE_NOW, &end);

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		assert_int_equal(lets_in(fx, word, 1, FIXTURE_NOW), 1);
		fixture_do(fx, "SAVEPOINT ended");
		fixture_do(fx, ends[i]);
		fixture_do(fx, "RELEASE ended");
		assert_int_equal(lets_in(fx, word, 1, FIXTURE_NOW), 0);
		fixture_do(fx,
		    "UPDATE api_tokens SET revoked_at = NULL, expires_at = NULL"
		    " WHERE user_id = 1");
	}
}

static void
no_other_word_lets_in(void **state)
{
	struct fixture *fx = *state;
	int64_t end;
	const char *word = word_of(fx, 1, FIXTURE_NOW, &end);
	size_t len = strlen(word);

	for (size_t i = 0; i < len; i++) {
		char *other = pool_copy(fx->pool, word);

		other[i] = other[i] == 'A' ? 'B' : 'A';
		/* The last letter says less than it could. */
		if (i + 1 < len)
			assert_int_equal(lets_in(fx, other, 1, FIXTURE_NOW), 0);
		assert_int_equal(
		    lets_in(fx, pool_text(fx->pool, word, i), 1, FIXTURE_NOW),
		    0);
	}
	assert_int_equal(
	    lets_in(fx, pool_printf(fx->pool, "%sAA", word), 1, FIXTURE_NOW),
	    0);
	assert_int_equal(lets_in(fx, "%%%", 1, FIXTURE_NOW), 0);
}

/* Of a program that is started again, not of another machine. */
static void
its_key_outlives_the_program(void **state)
{
	struct fixture *fx = *state;
	char *path = unit_path(fx->dir, "file-address.key");
	int64_t end;
	const char *word = word_of(fx, 1, FIXTURE_NOW, &end);
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(st.st_nlink, 1);
	file_address_open(fx->dir);
	assert_int_equal(lets_in(fx, word, 1, FIXTURE_NOW), 1);
	assert_int_equal(unlink(path), 0);
	file_address_open(fx->dir);
	assert_int_equal(lets_in(fx, word, 1, FIXTURE_NOW), 0);
	/* One that others could read is none; all works all the same. */
	assert_int_equal(chmod(path, 0644), 0);
	file_address_open(fx->dir);
	word = word_of(fx, 1, FIXTURE_NOW, &end);
	assert_int_equal(lets_in(fx, word, 1, FIXTURE_NOW), 1);
	free(path);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, fixture_end)
	const struct CMUnitTest tests[] = {
		TEST(it_is_for_one_file_and_some_minutes),
		TEST(it_is_the_same_for_a_while),
		TEST(it_ends_with_who_asked_for_it),
		TEST(no_other_word_lets_in),
		TEST(its_key_outlives_the_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
