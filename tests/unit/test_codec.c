/* The vectors of RFC 4648, and what a stranger may send instead. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/codec.h"
#include "base/pool.h"
#include "base/text.h"

#define N(table) (sizeof(table) / sizeof(*(table)))

static void
percent_escapes_are_read(void **state)
{
	static const struct {
		const char *s;
		int plus;
		const char *out;
	} cases[] = {
		{ "", 0, "" },
		{ "a+b", 0, "a+b" },
		{ "a+b", 1, "a b" },
		{ "hub%2Emode", 1, "hub.mode" },
		{ "%c3%A4", 0, "\xc3\xa4" },
		{ "%2B", 1, "+" },
		{ "%25", 0, "%" },
		{ "%", 0, NULL },
		{ "%4", 0, NULL },
		{ "%4g", 0, NULL },
		{ "%%41", 0, NULL },
	};
	struct pool *p = pool_new();
	size_t i, len;
	char *out;

	(void)state;
	for (i = 0; i < N(cases); i++) {
		out = codec_unpercent(
		    p, cases[i].s, strlen(cases[i].s), cases[i].plus, &len);
		if (out != cases[i].out && !text_is(out, cases[i].out))
			fail_msg("case %zu", i);
		if (out != NULL)
			assert_int_equal(len, strlen(out));
	}
	assert_non_null(out = codec_unpercent(p, "a%00b", 5, 0, &len));
	assert_int_equal(len, 3);
	assert_memory_equal(out, "a\0b", 4);
	assert_string_equal(
	    codec_percent(p, "a b/\xc3\xa4~-._Z9%"), "a%20b%2F%C3%A4~-._Z9%25");
	pool_free(p);
}

static void
hex_goes_both_ways(void **state)
{
	struct pool *p = pool_new();
	size_t len;
	char *out;

	(void)state;
	assert_string_equal(codec_hex(p, "\0\x7f\xff", 3), "007fff");
	assert_string_equal(codec_hex(p, "", 0), "");
	assert_non_null(out = codec_unhex(p, "007fFF", 6, &len));
	assert_int_equal(len, 3);
	assert_memory_equal(out, "\0\x7f\xff", 4);
	assert_non_null(codec_unhex(p, "", 0, NULL));
	assert_null(codec_unhex(p, "0", 1, &len));
	assert_null(codec_unhex(p, "0g", 2, &len));
	assert_null(codec_unhex(p, "0 ", 2, &len));
	pool_free(p);
}

static void
base64_is_that_of_rfc_4648(void **state)
{
	static const char *const cases[][2] = {
		{ "", "" },
		{ "f", "Zg==" },
		{ "fo", "Zm8=" },
		{ "foo", "Zm9v" },
		{ "foob", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE=" },
		{ "foobar", "Zm9vYmFy" },
		{ "\xfb\xff\xfe", "+//+" },
	};
	struct pool *p = pool_new();
	size_t i, len, bare;

	(void)state;
	for (i = 0; i < N(cases); i++) {
		bare = strcspn(cases[i][1], "=");
		assert_string_equal(
		    codec_unbase64(p, cases[i][1], strlen(cases[i][1]), &len),
		    cases[i][0]);
		assert_int_equal(len, strlen(cases[i][0]));
		assert_string_equal(
		    codec_unbase64(p, cases[i][1], bare, NULL), cases[i][0]);
	}
	assert_string_equal(codec_base64url(p, "\xfb\xff\xfe", 3), "-__-");
	assert_string_equal(codec_base64url(p, "fo", 2), "Zm8");
	assert_string_equal(codec_base64(p, "\xfb\xff\xfe", 3), "+//+");
	assert_string_equal(codec_base64(p, "fo", 2), "Zm8=");
	assert_string_equal(codec_base64(p, "f", 1), "Zg==");
	assert_string_equal(codec_base64(p, "", 0), "");
	assert_string_equal(codec_base64url(p, "", 0), "");
	assert_string_equal(codec_unbase64(p, "-__-", 4, NULL), "\xfb\xff\xfe");
	pool_free(p);
}

static void
what_is_no_base64_is_refused(void **state)
{
	static const char *const cases[] = { "Z", "Zg=", "Zg===", "=",
		"==", "Zm9v=", "Zm9v====", "Z g=", "Zg==\n",
		"Zh==", "Zm9=", "Zm\xff" };
	struct pool *p = pool_new();
	size_t i;

	(void)state;
	for (i = 0; i < N(cases); i++)
		if (codec_unbase64(p, cases[i], strlen(cases[i]), NULL))
			fail_msg("\"%s\" was taken", cases[i]);
	pool_free(p);
}

static void
every_byte_comes_back(void **state)
{
	struct pool *p = pool_new();
	unsigned char bytes[256];
	size_t n, len;
	char *s;

	(void)state;
	for (n = 0; n < sizeof(bytes); n++)
		bytes[n] = (unsigned char)(255 - n);
	for (n = 0; n <= sizeof(bytes); n++) {
		s = codec_base64url(p, bytes, n);
		s = codec_unbase64(p, s, strlen(s), &len);
		assert_int_equal(len, n);
		assert_memory_equal(s, bytes, n);
	}
	pool_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(percent_escapes_are_read),
		cmocka_unit_test(hex_goes_both_ways),
		cmocka_unit_test(base64_is_that_of_rfc_4648),
		cmocka_unit_test(what_is_no_base64_is_refused),
		cmocka_unit_test(every_byte_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
