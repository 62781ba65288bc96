/* Numbers as typed, and the variants of the countries that have some. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/pool.h"
#include "base/text.h"

#include "whatsapp/phone.h"

#include "phone_forms.h"

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
		{ "+49 151/12345678", 1, "+4915112345678" },
		{ "+49 151 1234567/8", 1, NULL }, /* two numbers */
		{ "+49 151/123456/789", 1, NULL },
		{ "+4915112345678 / +4930123456", 1, NULL },
		{ "+49\t15112345678", 1, NULL },
		{ "\t+49 15112345678\r\n", 1, "+4915112345678" },
		{ "+49\xc2\xa0"
		  "151\xe2\x80\xaf"
		  "12345678",
		    1, "+4915112345678" },
		{ "+49\xe2\x80\x91"
		  "15112345678",
		    1, "+4915112345678" },
		{ "0049 151 12345678", 1, "+4915112345678" },
		{ "004915112345678", 0, "+4915112345678" },
		{ "(0049) 151 12345678", 1, "+4915112345678" },
		{ "00049 15112345678", 1, NULL },
		{ "+0049 15112345678", 1, NULL },
		{ "011 49 15112345678", 1, NULL },
		{ "440207946095", 0, "+440207946095" }, /* a wa_id stays */
		{ "+49 (0)", 1, NULL },
		{ "+49 (0) 0151 2345678", 1, NULL },
		{ "+36 06 06 1234567", 1, NULL },
		{ "+49 151 (0) 12345678", 1, "+49151012345678" },
		{ "+1 (0)650 555 1234", 1, "+16505551234" },
		{ "+4 9(0)15112345678", 1, "+4915112345678" },
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
		{ "+1650555123\xef\xbc\x94", 1, "+16505551234" },
		{ "+1650555123\xef\xbc", 1, NULL },	/* no UTF-8 */
		{ "+1650555123\xe2\x91\xa3", 1, NULL }, /* (4) */
		{ "+16505551234 ext 5", 1, NULL },
		{ "+16505551234;ext=5", 1, NULL },
		{ "+16505551234#5", 1, NULL },
		{ "+16505551234,,5", 1, NULL },
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

static void
forms_of_forty_countries_become_one(void **state)
{
	struct pool *p = pool_new();
	const char *got;

	(void)state;
	assert_true(N(phone_forms) >= 40);
	for (size_t i = 0; i < N(phone_forms); i++)
		for (size_t k = 0; k < N(phone_forms[i].forms); k++) {
			got = phone_e164(p, phone_forms[i].forms[k], 1);
			if (!text_is(got, phone_forms[i].e164))
				fail_msg("%s gave %s, not %s (%s)",
				    phone_forms[i].forms[k], got,
				    phone_forms[i].e164, phone_forms[i].source);
		}
	pool_free(p);
}

static void
what_is_wrong_is_said(void **state)
{
	static const struct {
		const char *typed, *why;
	} cases[] = {
		{ "+16505551234 ext 5", "no account has an extension" },
		{ "+1 650 555 1234 x5", "no account has an extension" },
		{ "0151 12345678", "instead of the 0" },
		{ "16505551234", "write + and the country's code before" },
		{ "+123456", "too short" },
		{ "+1234567890123456", "too long" },
		{ "+4915112345678 +4930123456", "one number only" },
		{ "+49 1511234567/8", "one number only" },
		{ "Anna", "other signs" },
		{ "", "empty" },
		{ "+0123456789", "country's code" },
	};
	struct pool *p = pool_new();

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		const char *why = phone_why(p, cases[i].typed);

		if (why == NULL || strstr(why, cases[i].why) == NULL)
			fail_msg("%s: %s", cases[i].typed, why);
	}
	assert_null(phone_why(p, "+49 (0)30 23125-012"));
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
	{ "+5493873456789", "+543873456789", NULL },
	{ "+541123456789", NULL, "+5491123456789" },
	{ "+54112345678", NULL, NULL },
	/* Benin: 01 before all */
	{ "+22997123456", "+2290197123456", "+2290197123456" },
	{ "+2290197123456", "+22997123456", "+22997123456" },
	{ "+2290112345678", NULL, NULL }, /* none began with 1 */
	/* Cote d'Ivoire: by operator */
	{ "+22507120009", "+2250707120009", "+2250707120009" },
	{ "+2250707120009", "+22507120009", "+22507120009" },
	{ "+22544123456", "+2250544123456", "+2250544123456" },
	{ "+22540123456", "+2250140123456", "+2250140123456" },
	{ "+22587123456", "+2250787123456", "+2250787123456" },
	{ "+2250700123456", NULL, NULL }, /* given out since */
	{ "+2250544723456", "+22544723456", "+22544723456" },
	{ "+2250747123456", "+22547123456", "+22547123456" },
	{ "+22520123456", NULL, NULL }, /* nobody's landline */
	{ "+22520344373", "+2252720344373", "+2252720344373" },
	{ "+2252131600123", NULL, NULL },
	{ "+22521812345", "+2252121812345", "+2252121812345" },
	{ "+2252533012345", "+22533012345", "+22533012345" },
	{ "+22536812345", "+2252736812345", "+2252736812345" },
	/* The Gambia: by operator; Gamcel's stay */
	{ "+2207123456", "+220877123456", "+220877123456" },
	{ "+220833123456", "+2203123456", "+2203123456" },
	{ "+2205012345", "+220835012345", "+220835012345" },
	{ "+2206123456", "+220866123456", "+220866123456" },
	{ "+2204012345", "+220874012345", "+220874012345" },
	{ "+2209123456", NULL, NULL },
	{ "+2204212345", NULL, NULL },	 /* a landline */
	{ "+220873123456", NULL, NULL }, /* given out since */
	/* Gabon */
	{ "+24107280150", "+24177280150", "+24177280150" },
	{ "+24166111111", "+24106111111", "+24106111111" },
	/* Vietnam */
	{ "+841699333999", "+84399333999", "+84399333999" },
	{ "+84707878888", "+841207878888", "+841207878888" },
	{ "+84912345678", NULL, NULL }, /* had ten before */
	/* Cameroon, Mauritius, Ecuador, Colombia's landlines */
	{ "+23777123456", "+237677123456", "+237677123456" },
	{ "+237222123456", "+23722123456", "+23722123456" },
	{ "+2307123456", "+23057123456", "+23057123456" },
	{ "+2302123456", NULL, NULL }, /* a landline */
	{ "+59399123456", "+593999123456", "+593999123456" },
	{ "+59322123456", NULL, NULL }, /* a landline */
	{ "+5712345678", "+576012345678", "+576012345678" },
	{ "+573001234567", NULL, NULL },
	/* Kosovo, Palestine, Sint Maarten */
	{ "+37744123456", "+38344123456", "+38344123456" },
	{ "+38349123456", "+38649123456", "+38649123456" },
	{ "+38631123456", NULL, NULL }, /* Slovenia */
	{ "+970591234567", "+972591234567", "+972591234567" },
	{ "+972521234567", NULL, NULL },
	{ "+5995201234", "+17215201234", "+17215201234" },
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
	if (n < (other == NULL ? 1 : 2) || (other == NULL && n > 1))
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

/* Who may be one for both is not merged: landlines, ranges handed back. */
static void
twins_are_always_one_subscriber(void **state)
{
	static const char *const twins[][2] = {
		{ "551187654321", "5511987654321" },
		{ "525512345678", "5215512345678" },
		{ "22997123456", "2290197123456" },
		{ "22507120009", "2250707120009" },
		{ "24107280150", "24177280150" },
		{ "841699333999", "84399333999" },
		{ "541123456789", NULL },
		{ "5491123456789", NULL },
		{ "37744123456", NULL },
		{ "972591234567", NULL },
		{ "5995201234", NULL },
		{ "16505551234", NULL },
		{ "US.1349", NULL },
		{ "55", NULL },
		{ "", NULL },
	};
	struct pool *p = pool_new();

	(void)state;
	for (size_t i = 0; i < N(twins); i++) {
		const char *got = phone_twin(p, twins[i][0]);

		if (got != twins[i][1] && !text_is(got, twins[i][1]))
			fail_msg("%s: %s", twins[i][0], got);
		if (got != NULL)
			assert_string_equal(phone_twin(p, got), twins[i][0]);
	}
	pool_free(p);
}

static int
has_phone(const char *x, const char *const *list, int n)
{
	while (n-- > 0)
		if (text_is(x, list[n]))
			return 1;
	return 0;
}

/* 15 behind the area code, of two to four digits. */
static void
argentinas_fifteen_is_in_address_books(void **state)
{
	static const char *const cases[][2] = {
		{ "+54111561234567", "+5491161234567" },
		{ "+543874156123456", NULL },
		{ "+54387154123456", "+5493874123456" },
		{ "+54221155123456", "+5492215123456" },
		{ "+54290115412345", "+5492901412345" },
	};
	const char *out[PHONE_VARIANTS_MAX];
	struct pool *p = pool_new();

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		int n = phone_accounts(p, cases[i][0], out);

		assert_int_equal(n, cases[i][1] != NULL ? 2 : 1);
		if (n == 1)
			continue;
		assert_string_equal(out[1], cases[i][1]);
		n = phone_variants(p, cases[i][1], out);
		assert_true(has_phone(cases[i][0], out, n));
	}
	pool_free(p);
}

static void
variants_and_accounts_are_each_others_inverse(void **state)
{
	static const char *const heads[] = { "55", "551", "5511", "55119",
		"55118", "55112", "551196", "551192", "52", "521", "5211", "54",
		"549", "5499", "54911", "1", "49", "229", "22901", "225",
		"22507", "2250507", "241", "24107", "8416", "843", "237",
		"2376", "230", "2305", "593", "57", "377", "38344", "97259",
		"599" };
	const char *out[PHONE_VARIANTS_MAX], *back[PHONE_VARIANTS_MAX];
	struct pool *p = pool_new();
	int i, k, n, len, width;
	char *y;

	(void)state;
	for (i = 0; i < (int)N(heads); i++) {
		for (len = 9; len <= 14; len++) {
			width = len - (int)strlen(heads[i]);
			y = pool_printf(p, "+%s%0*d", heads[i], width, 7654321);
			n = phone_variants(p, y, out);
			for (k = 0; k < n; k++)
				assert_true(has_phone(
				    y, back, phone_accounts(p, out[k], back)));
			n = phone_accounts(p, y, out);
			for (k = 0; k < n; k++)
				assert_true(has_phone(
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
		cmocka_unit_test(forms_of_forty_countries_become_one),
		cmocka_unit_test(what_is_wrong_is_said),
		cmocka_unit_test(countries_have_their_variants),
		cmocka_unit_test(twins_are_always_one_subscriber),
		cmocka_unit_test(argentinas_fifteen_is_in_address_books),
		cmocka_unit_test(variants_and_accounts_are_each_others_inverse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
