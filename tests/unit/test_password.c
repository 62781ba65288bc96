/*
 * Hashes of passwords: yescrypt, and nobody's takes as long as somebody's.
 */
#include "unit.h"

#include "base/pool.h"

#include "lib/password/password.h"
#include "lib/unicode/unicode_nfc.h"

static int
begin(void **state)
{
	*state = pool_new();
	assert_int_equal(password_open(), 0);
	return 0;
}

static int
end(void **state)
{
	pool_free(*state);
	return 0;
}

static void
its_hash_knows_a_password_and_no_other(void **state)
{
	char *hash = password_hash(*state, "correct horse");

	assert_non_null(hash);
	assert_int_equal(strncmp(hash, "$y$", 3), 0);
	assert_int_equal(password_check(hash, "correct horse"), PASSWORD_RIGHT);
	assert_int_equal(
	    password_check(hash, "correct horse "), PASSWORD_WRONG);
	assert_int_equal(password_check(hash, ""), PASSWORD_WRONG);
	assert_string_not_equal(hash, password_hash(*state, "correct horse"));
}

static void
nobody_has_a_password(void **state)
{
	(void)state;
	assert_int_equal(password_check(NULL, "nobody's"), PASSWORD_WRONG);
	assert_int_equal(password_check(NULL, ""), PASSWORD_WRONG);
}

static void
a_damaged_hash_lets_nobody_in(void **state)
{
	static const char *const damaged[] = { "", "*0", "x", "$y$", "$y$j9T$",
		"$1$", "$y$j9T$abc$" };

	(void)state;
	for (size_t i = 0; i < sizeof(damaged) / sizeof(damaged[0]); i++)
		assert_int_not_equal(
		    password_check(damaged[i], "*0"), PASSWORD_RIGHT);
}

static void
the_longest_counts_to_its_last_byte(void **state)
{
	char longest[PASSWORD_MAX + 2];
	char *hash;

	memset(longest, 'a', sizeof(longest));
	longest[PASSWORD_MAX] = '\0';
	hash = password_hash(*state, longest);
	assert_int_equal(password_check(hash, longest), PASSWORD_RIGHT);
	longest[PASSWORD_MAX - 1] = 'b';
	assert_int_equal(password_check(hash, longest), PASSWORD_WRONG);
	longest[PASSWORD_MAX] = 'b';
	longest[PASSWORD_MAX + 1] = '\0';
	assert_int_equal(password_check(hash, longest), PASSWORD_WRONG);
	assert_non_null(password_refused(longest));
}

static void
short_ones_are_refused(void **state)
{
	(void)state;
	assert_non_null(password_refused(""));
	assert_non_null(password_refused("123456789"));
	assert_non_null(password_refused("aaaaaaaaaaaaaaaa"));
	assert_non_null(password_refused("\xff\xff\xff\xff\xff\xff\xff\xff\xff"
					 "\xff"));
	assert_null(password_refused("1234567890"));
	assert_null(
	    password_refused("\xc3\xa9t\xc3\xa9 \xc3\xa0 Li\xc3\xa8ge"));
}

/* An e with an acute accent, as macOS and as Windows write it. */
static void
two_keyboards_write_one_password(void **state)
{
	assert_string_equal(
	    unicode_nfc(*state, "caf\x65\xcc\x81"), "caf\xc3\xa9");
	assert_string_equal(unicode_nfc(*state, "caf\xc3\xa9"), "caf\xc3\xa9");
	assert_string_equal(unicode_nfc(*state, ""), "");
	assert_string_equal(
	    unicode_nfc(*state, "\xef\xbc\xa1"), "\xef\xbc\xa1");
	assert_null(unicode_nfc(*state, "\xff"));
}

#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(its_hash_knows_a_password_and_no_other),
		T(nobody_has_a_password),
		T(a_damaged_hash_lets_nobody_in),
		T(the_longest_counts_to_its_last_byte),
		T(short_ones_are_refused),
		T(two_keyboards_write_one_password),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
