/*
 * One-time codes: those of RFC 6238, appendix B, and which are let in.
 */
#include "unit.h"

#include "base/pool.h"

#include "inbox/account/totp.h"

static const unsigned char *const secret =
    (const unsigned char *)"12345678901234567890";

static void
codes_are_those_of_the_rfc(void **state)
{
	/* Of its eight digits the last six. */
	static const struct {
		int64_t at;
		const char *code;
	} cases[] = { { 59, "287082" }, { 1111111109, "081804" },
		{ 1111111111, "050471" }, { 1234567890, "005924" },
		{ 2000000000, "279037" }, { INT64_C(20000000000), "353130" } };
	char out[TOTP_DIGITS + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		totp_code(
		    secret, TOTP_SECRET_LEN, cases[i].at / TOTP_STEP, out);
		assert_string_equal(out, cases[i].code);
	}
}

static int64_t
match(const char *code, int64_t used, int64_t now)
{
	return totp_match(secret, TOTP_SECRET_LEN, code, used, now);
}

static void
a_code_is_good_for_its_step_and_one_beside(void **state)
{
	(void)state;
	assert_int_equal(match("287082", 0, 59), 1);
	assert_int_equal(match("287082", 0, 89), 1);
	assert_int_equal(match("287082", 0, 0), 1);
	assert_int_equal(match("287082", 0, 90), 0);
	assert_int_equal(match("287083", 0, 59), 0);
}

static void
a_code_lets_in_once(void **state)
{
	(void)state;
	assert_int_equal(match("287082", 1, 59), 0);
	assert_int_equal(match("287082", 2, 59), 0);
	assert_int_equal(match("287082", 0, 59), 1);
}

static void
blanks_do_not_count_and_all_else_does(void **state)
{
	(void)state;
	assert_int_equal(match(" 287 082 ", 0, 59), 1);
	assert_int_equal(match("28708", 0, 59), 0);
	assert_int_equal(match("2870822", 0, 59), 0);
	assert_int_equal(match("", 0, 59), 0);
	assert_int_equal(match("28708x", 0, 59), 0);
	assert_int_equal(match("+287082", 0, 59), 0);
}

static void
a_secret_is_32_letters_for_apps(void **state)
{
	struct pool *pool = pool_new();
	char *text = totp_base32(pool, secret, TOTP_SECRET_LEN);

	(void)state;
	assert_string_equal(text, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
	assert_string_equal(totp_base32(pool, secret, 1), "GE");
	assert_string_equal(totp_uri(pool, text, "a+b@x.org"),
	    "otpauth://totp/waspool:a%2Bb%40x.org?secret="
	    "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=waspool");
	pool_free(pool);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_are_those_of_the_rfc),
		cmocka_unit_test(a_code_is_good_for_its_step_and_one_beside),
		cmocka_unit_test(a_code_lets_in_once),
		cmocka_unit_test(blanks_do_not_count_and_all_else_does),
		cmocka_unit_test(a_secret_is_32_letters_for_apps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
