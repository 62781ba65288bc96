/* Numbers as typed, and the variants of Brazil, Mexico and Argentina. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/pool.h"
#include "base/text.h"

#include "whatsapp/phone.h"

#define N(table) (sizeof(table) / sizeof(*(table)))

static void
typed_numbers_become_e164(void **state)
{
	static const struct {
		const char *typed;
		int require_plus;
		const char *e164;
	} cases[] = {
		{ "+16505551234", 1, "+16505551234" },
		{ "+1 (650) 555-1234", 1, "+16505551234" },
		{ " +49 151 123.456-78 ", 1, "+4915112345678" },
		{ "+49 151/12345678", 1, NULL },
		{ "+49\t15112345678", 1, NULL },
		{ "+49\xc2\xa0"
		  "151\xe2\x80\xaf"
		  "12345678",
		    1, "+4915112345678" },
		{ "+49\xe2\x80\x91"
		  "15112345678",
		    1, "+4915112345678" },
		{ "0049 151 12345678", 1, NULL },
		{ "(+49) 15112345678", 1, "+4915112345678" },
		{ "16505551234", 1, NULL },
		{ "16505551234", 0, "+16505551234" },
		{ "+1234567", 1, "+1234567" },
		{ "+123456", 1, NULL },
		{ "+123456789012345", 1, "+123456789012345" },
		{ "+1234567890123456", 1, NULL },
		{ "+0123456789", 1, NULL },
		{ "0151 12345678", 0, NULL },
		{ "00", 0, NULL },
		{ "+", 1, NULL },
		{ "++1650555123", 1, NULL },
		{ "1650+5551234", 0, NULL },
		{ "+1650555123a", 1, NULL },
		{ "+1650555123\xef\xbc\x94", 1, NULL },
		{ "+16505551234 ext 5", 1, NULL },
		{ "US.1349", 0, NULL },
		{ "", 0, NULL },
		{ NULL, 0, NULL },
	};
	struct pool *p = pool_new();
	const char *got;
	size_t i;

	(void)state;
	for (i = 0; i < N(cases); i++) {
		got = phone_e164(p, cases[i].typed, cases[i].require_plus);
		if (got != cases[i].e164 && !text_is(got, cases[i].e164))
			fail_msg("%s gave %s", cases[i].typed, got);
	}
	pool_free(p);
}

static const struct {
	const char *e164;
	const char *variant; /* in an address book */
	const char *account; /* at the provider */
} countries[] = {
	/* Brazil: the ninth digit of mobiles */
	{ "+5511987654321", "+551187654321", "+551187654321" },
	{ "+551187654321", "+5511987654321", "+5511987654321" },
	{ "+551161234567", "+5511961234567", "+5511961234567" },
	{ "+551132345678", NULL, NULL }, /* landline */
	{ "+551152345678", NULL, NULL },
	{ "+5511932345678", NULL, NULL }, /* 9 and a landline's digit */
	{ "+5508007654321", NULL, NULL },
	{ "+55118765432", NULL, NULL },
	/* Mexico: 1 behind the country */
	{ "+5215512345678", "+525512345678", "+525512345678" },
	{ "+525512345678", "+5215512345678", "+5215512345678" },
	{ "+52551234567", NULL, NULL },
	/* Argentina: without the 9 it may be somebody else's landline */
	{ "+5491123456789", "+541123456789", NULL },
	{ "+541123456789", NULL, "+5491123456789" },
	{ "+54112345678", NULL, NULL },
	/* others */
	{ "+4915112345678", NULL, NULL },
	{ "+16505551234", NULL, NULL },
	{ "+521234", NULL, NULL },
};

static void
check(const char *what, const char *e164, int n, const char *const *out,
    const char *other)
{
	assert_string_equal(out[0], e164);
	if (n != (other == NULL ? 1 : 2))
		fail_msg("%s of %s: %d", what, e164, n);
	if (other != NULL && !text_is(out[1], other))
		fail_msg("%s of %s: %s", what, e164, out[1]);
}

static void
countries_have_their_variants(void **state)
{
	const char *out[PHONE_VARIANTS_MAX];
	struct pool *p = pool_new();
	size_t i;
	int n;

	(void)state;
	for (i = 0; i < N(countries); i++) {
		n = phone_variants(p, countries[i].e164, out);
		check("variants", countries[i].e164, n, out,
		    countries[i].variant);
		n = phone_accounts(p, countries[i].e164, out);
		check("accounts", countries[i].e164, n, out,
		    countries[i].account);
	}
	pool_free(p);
}

static int
among(const char *x, const char *const *list, int n)
{
	while (n-- > 0)
		if (text_is(x, list[n]))
			return 1;
	return 0;
}

static void
variants_and_accounts_are_each_others_inverse(void **state)
{
	static const char *const heads[] = { "55", "551", "5511", "55119",
		"55118", "55112", "551196", "551192", "52", "521", "5211", "54",
		"549", "5499", "54911", "1", "49" };
	const char *out[PHONE_VARIANTS_MAX], *back[PHONE_VARIANTS_MAX];
	struct pool *p = pool_new();
	int i, k, n, len, width;
	char *y;

	(void)state;
	for (i = 0; i < (int)N(heads); i++) {
		for (len = 10; len <= 14; len++) {
			width = len - (int)strlen(heads[i]);
			y = pool_printf(p, "+%s%0*d", heads[i], width, 7654321);
			n = phone_variants(p, y, out);
			for (k = 0; k < n; k++)
				assert_true(among(
				    y, back, phone_accounts(p, out[k], back)));
			n = phone_accounts(p, y, out);
			for (k = 0; k < n; k++)
				assert_true(among(
				    y, back, phone_variants(p, out[k], back)));
		}
	}
	pool_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(typed_numbers_become_e164),
		cmocka_unit_test(countries_have_their_variants),
		cmocka_unit_test(variants_and_accounts_are_each_others_inverse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
