/* What text.h promises, as tables. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/pool.h"
#include "base/text.h"

#define N(table) (sizeof(table) / sizeof(*(table)))

static void
utf8_is_what_rfc_3629_says(void **state)
{
	static const struct {
		const char *s;
		size_t len;
		int is;
	} cases[] = {
		{ "", 0, 1 },
		{ "abc", 3, 1 },
		{ "a\0b", 3, 1 },
		{ "\xc3\xa4", 2, 1 },
		{ "\xc2\x80", 2, 1 },
		{ "\xdf\xbf", 2, 1 },
		{ "\xe0\xa0\x80", 3, 1 },
		{ "\xed\x9f\xbf", 3, 1 },
		{ "\xee\x80\x80", 3, 1 },
		{ "\xef\xbf\xbf", 3, 1 },
		{ "\xf0\x90\x80\x80", 4, 1 },
		{ "\xf4\x8f\xbf\xbf", 4, 1 },
		{ "\x80", 1, 0 }, /* continuation alone */
		{ "\xc3", 1, 0 }, /* cut */
		{ "\xc3(", 2, 0 },
		{ "\xe2\x82", 2, 0 },
		{ "\xe2\x28\xa1", 3, 0 },
		{ "\xc0\xaf", 2, 0 }, /* overlong */
		{ "\xc1\xbf", 2, 0 },
		{ "\xe0\x9f\xbf", 3, 0 },
		{ "\xf0\x8f\xbf\xbf", 4, 0 },
		{ "\xed\xa0\x80", 3, 0 }, /* surrogates */
		{ "\xed\xbf\xbf", 3, 0 },
		{ "\xf4\x90\x80\x80", 4, 0 }, /* over U+10FFFF */
		{ "\xf5\x80\x80\x80", 4, 0 },
		{ "\xff", 1, 0 },
		{ "ok\xc3\xa4\xff", 5, 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < N(cases); i++)
		if (text_is_utf8(cases[i].s, cases[i].len) != cases[i].is)
			fail_msg("case %zu", i);
}

/* Wherever a byte stands that is none. */
static void
utf8_is_looked_at_to_its_end(void **state)
{
	char s[100];

	(void)state;
	for (size_t len = 1; len <= sizeof(s); len++) {
		memset(s, 'x', len);
		assert_true(text_is_utf8(s, len));
		for (size_t i = 0; i < len; i++) {
			s[i] = '\xff';
			assert_false(text_is_utf8(s, len));
			s[i] = 'x';
		}
	}
}

static void
lines_are_folded_and_cut(void **state)
{
	static const struct {
		const char *s;
		size_t max;
		const char *line;
	} cases[] = {
		{ "hello", 100, "hello" },
		{ "  a \n\t b  ", 100, "a b" },
		{ "a\r\nb\x01\x7f"
		  "c",
		    100, "a b c" },
		{ "", 100, NULL },
		{ " \n ", 100, NULL },
		{ NULL, 100, NULL },
		{ "abc", 0, NULL },
		{ "a\xc2\xa0\xe2\x80\xa8"
		  "b",
		    100, "a b" },
		{ "\xe3\x80\x80x\xe3\x80\x80", 100, "x" },
		{ "a\xc2\x85z", 100, "a z" }, /* C1 */
		{ "a\xe2\x80\xae"
		  "b\xe2\x81\xa6"
		  "c",
		    100, "abc" },
		{ "\xe2\x80\xae", 100, NULL },
		{ "\xc3\xa4\xc3\xb6\xc3\xbc", 2, "\xc3\xa4\xc3\xb6" },
		{ "ab cd", 3, "ab" }, /* no space at the end */
		{ "ab cd", 4, "ab c" },
		{ "a\xff"
		  "b",
		    100,
		    "a\xef\xbf\xbd"
		    "b" },
		{ "a\xe2\x82", 100, "a\xef\xbf\xbd\xef\xbf\xbd" },
		{ "abcdef", 3, "abc" }, /* within a run of ASCII */
		{ "ab cdef\xc3\xa4", 5, "ab cd" },
		{ "ab cd ef", 6, "ab cd" }, /* and no blank behind it */
		{ "ab cd ef\xc3\xa4", 6, "ab cd" },
		{ "a b  c \t d ", 100, "a b c d" },
		{ "\xc3\xa4"
		  "bc d\xc3\xb6",
		    6,
		    "\xc3\xa4"
		    "bc d\xc3\xb6" },
	};
	struct pool *p = pool_new();
	const char *got;
	size_t i;

	(void)state;
	for (i = 0; i < N(cases); i++) {
		got = text_fold(p, cases[i].s, cases[i].max);
		if (got != cases[i].line && !text_is(got, cases[i].line))
			fail_msg("case %zu: \"%s\"", i, got ? got : "NULL");
	}
	pool_free(p);
}

static void
a_line_has_at_most_its_points(void **state)
{
	struct pool *p = pool_new();
	char s[1000];
	size_t max;

	(void)state;
	memset(s, 'x', sizeof(s));
	for (max = 1; max < sizeof(s); max += 3)
		s[max] = ' ';
	s[sizeof(s) - 1] = '\0';
	for (max = 1; max < 120; max++)
		assert_true(text_points(text_fold(p, s, max)) <= max);
	assert_int_equal(text_points("a\xc3\xa4\xf0\x9f\x8e\x89"), 3);
	assert_int_equal(text_points(""), 0);
	pool_free(p);
}

static void
digits_are_what_is_left(void **state)
{
	struct pool *p = pool_new();

	(void)state;
	assert_string_equal(text_digits(p, "+1 (650) x"), "1650");
	assert_string_equal(text_digits(p, "none"), "");
	assert_string_equal(text_digits(p, NULL), "");
	pool_free(p);
}

static void
secrets_are_equal_only_when_they_are(void **state)
{
	(void)state;
	assert_true(text_equal_secret("secret", 6, "secret", 6));
	assert_true(text_equal_secret("", 0, "", 0));
	assert_true(text_equal_secret("a\0b", 3, "a\0b", 3));
	assert_false(text_equal_secret("a\0b", 3, "a\0c", 3));
	assert_false(text_equal_secret("secret", 5, "secret", 6));
	assert_false(text_equal_secret("secretx", 7, "secret", 6));
	assert_false(text_equal_secret("Secret", 6, "secret", 6));
	assert_false(text_equal_secret(NULL, 0, "secret", 6));
	assert_false(text_equal_secret("x", 1, "", 0));
}

static void
strings_may_be_missing(void **state)
{
	(void)state;
	assert_true(text_is("a", "a"));
	assert_false(text_is("a", "b"));
	assert_false(text_is(NULL, "a"));
	assert_false(text_is("a", NULL));
	assert_false(text_is(NULL, NULL));
	assert_true(text_begins("abc", "ab"));
	assert_true(text_begins("abc", ""));
	assert_false(text_begins("a", "ab"));
	assert_false(text_begins(NULL, "ab"));
}

static void
numbers_are_whole_and_nothing_else(void **state)
{
	static const struct {
		const char *s;
		int rc;
		long long v;
	} cases[] = {
		{ "0", 0, 0 },
		{ "42", 0, 42 },
		{ "-7", 0, -7 },
		{ "007", 0, 7 },
		{ "9223372036854775807", 0, LLONG_MAX },
		{ "-9223372036854775808", 0, LLONG_MIN },
		{ "9223372036854775808", -1, 0 },
		{ "", -1, 0 },
		{ "-", -1, 0 },
		{ "--1", -1, 0 },
		{ "+1", -1, 0 },
		{ " 1", -1, 0 },
		{ "1 ", -1, 0 },
		{ "1.0", -1, 0 },
		{ "0x10", -1, 0 },
		{ NULL, -1, 0 },
	};
	long long v;
	size_t i;

	(void)state;
	for (i = 0; i < N(cases); i++) {
		if (text_int(cases[i].s, &v) != cases[i].rc)
			fail_msg("case %zu", i);
		if (cases[i].rc == 0)
			assert_int_equal(v, cases[i].v);
	}
}

static void
nothing_that_a_terminal_obeys_is_left(void **state)
{
	static const struct {
		const char *s, *visible;
	} cases[] = {
		{ "", "" },
		{ "plain \xc3\xa4 \xf0\x9f\x98\x80\n\t",
		    "plain \xc3\xa4 "
		    "\xf0\x9f\x98\x80\n\t" },
		{ "\x1b[2J", "\\u001B[2J" },
		{ "\x7f", "\\u007F" },
		{ "\xc2\x9b", "\\u009B" },
		{ "\xc2\xa0", "\xc2\xa0" },
		{ "\xe2\x80\xae.\xe2\x81\xa9", "\\u202E.\\u2069" },
		{ "\xd8\x9c\xe2\x80\x8f", "\\u061C\\u200F" },
		{ "\xe2\x80\xa8", "\\u2028" },
		{ "a\xff\xc3", "a\\uFFFD\\uFFFD" },
	};
	struct pool *p = pool_new();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(
		    text_visible(p, cases[i].s), cases[i].visible);
	pool_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_that_a_terminal_obeys_is_left),
		cmocka_unit_test(utf8_is_what_rfc_3629_says),
		cmocka_unit_test(utf8_is_looked_at_to_its_end),
		cmocka_unit_test(lines_are_folded_and_cut),
		cmocka_unit_test(a_line_has_at_most_its_points),
		cmocka_unit_test(digits_are_what_is_left),
		cmocka_unit_test(secrets_are_equal_only_when_they_are),
		cmocka_unit_test(strings_may_be_missing),
		cmocka_unit_test(numbers_are_whole_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
