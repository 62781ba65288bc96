/*
 * Phone numbers: E.164, and which numbers are one WhatsApp account.  An account
 * keeps the number that it was made with until its owner changes it in the app;
 * address books have what is dialled today, or what was dialled then.  Where
 * the two differ stands in one table, each with who decided it and since when.
 */
#include <fnmatch.h>
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "whatsapp/phone.h"
#include "whatsapp/phone_typed.h"

/*
 * ONE and OTHER are the same but for what stands before and after the first
 * KEEP of the digits that PATTERN (fnmatch) describes.
 */
struct plan {
	const char *one, *one_more;
	const char *other, *other_more;
	int keep;
	const char *pattern;
	enum {
		TWIN, /* always one subscriber: one conversation */
		LINK, /* a contact of the one, an account of the other */
		BOOK, /* OTHER stands in address books only */
	} how;
};

#define FIVE  "[0-9][0-9][0-9][0-9][0-9]"
#define SIX   FIVE "[0-9]"
#define SEVEN SIX "[0-9]"

/* google-libphonenumber 3.2.47 (newest, 2026-11-30) finds valid what each of
 * these makes today's number, but where a row says otherwise. */
static const struct plan plans[] = {
	/* Brazil: a 9 before mobiles, by area from 2012-07-29 to 2016-11-06
	 * (Anatel, Resolução 553/2010); WhatsApp has many without. */
	{ "55", "9", "55", "", 2, "[0-9][0-9][6-9]" SEVEN, TWIN },
	/* Mexico: no 1 for mobiles since 2019-08-03 (IFT, Plan Técnico
	 * Fundamental de Numeración); WhatsApp keeps it. */
	{ "521", "", "52", "", 0, "[2-9][0-9][0-9]" SEVEN, TWIN },
	/* Argentina: 9 from abroad, 15 behind the area code within the country
	 * (ENACOM, Plan Fundamental de Numeración Nacional, 1997; so says
	 * Toku's help on Argentina's mobiles, read 2026-11-30).  Without both
	 * it may be a landline. */
	{ "549", "", "54", "", 0, "[0-9][0-9][0-9]" SEVEN, BOOK },
	{ "549", "", "54", "15", 2, "11[0-9]" SEVEN, BOOK },
	{ "549", "", "54", "15", 3, "[23][0-9][0-9]" SEVEN, BOOK },
	{ "549", "", "54", "15", 4, "[23][0-9][0-9]" SEVEN, BOOK },
	/* Benin: 01 before all, 2024-11-30 (ARCEP Bénin). */
	{ "229", "", "22901", "", 0, "[2-9]" SEVEN, TWIN },
	/* The Gambia: by operator, Africell, QCell, Comium, before mobiles,
	 * 2026-09-04, the old ones to 2026-11-30; Gamcel's stay (PURA, public
	 * notice on the migration from 7-digit to 9-digit format; as told in
	 * validator.js, pull request 2870, 2026-08-28). */
	{ "220", "", "22087", "", 0, "[27]" SIX, TWIN },
	{ "220", "", "22087", "", 0, "4[01]" FIVE, TWIN },
	{ "220", "", "22083", "", 0, "3" SIX, TWIN },
	{ "220", "", "22083", "", 0, "5[0-389]" FIVE, TWIN },
	{ "220", "", "22086", "", 0, "6" SIX, TWIN },
	/* Côte d'Ivoire: by operator, Moov, MTN, Orange, 2021-01-31 (ARTCI,
	 * PNN-10); then their landlines (its table for the ITU, E.129; as told
	 * in github.com/guyaristide/numerotation, read 2026-11-30).  Metadata
	 * of google-libphonenumber 3.2.47 have 357 and 367 for 359 and 368. */
	{ "225", "", "22501", "", 0, "0[1-3]" SIX, TWIN },
	{ "225", "", "22501", "", 0, "[457][0-3]" SIX, TWIN },
	{ "225", "", "22505", "", 0, "[04-9][4-6]" SIX, TWIN },
	{ "225", "", "22507", "", 0, "[04-9][7-9]" SIX, TWIN },
	{ "225", "", "22521", "", 0, "2[0-3]8" FIVE, TWIN },
	{ "225", "", "22525", "", 0, "2[0-4]0" FIVE, TWIN },
	{ "225", "", "22525", "", 0, "3[0-6]0" FIVE, TWIN },
	{ "225", "", "22527", "", 0, "20[23]" FIVE, TWIN },
	{ "225", "", "22527", "", 0, "21[2357]" FIVE, TWIN },
	{ "225", "", "22527", "", 0, "2[23][45]" FIVE, TWIN },
	{ "225", "", "22527", "", 0, "24[345]" FIVE, TWIN },
	{ "225", "", "22527", "", 0, "3[01]6" FIVE, TWIN },
	{ "225", "", "22527", "", 0, "319" FIVE, TWIN },
	{ "225", "", "22527", "", 0, "3[234]7" FIVE, TWIN },
	{ "225", "", "22527", "", 0, "359" FIVE, TWIN },
	{ "225", "", "22527", "", 0, "368" FIVE, TWIN },
	/* Gabon: 2019-11-15, the old ones ended 2024-04-06 (ARCEP Gabon). */
	{ "24101", "", "24111", "", 0, SIX, TWIN },
	{ "24102", "", "24162", "", 0, SIX, TWIN },
	{ "24104", "", "24174", "", 0, SIX, TWIN },
	{ "24105", "", "24165", "", 0, SIX, TWIN },
	{ "24106", "", "24166", "", 0, SIX, TWIN },
	{ "24107", "", "24177", "", 0, SIX, TWIN },
	/* Vietnam: eleven digits became ten, 2018-09-15 to 2018-11-14 (Ministry
	 * of Information and Communications, Decision 798/QĐ-BTTTT). */
	{ "84120", "", "8470", "", 0, SEVEN, TWIN },
	{ "84121", "", "8479", "", 0, SEVEN, TWIN },
	{ "84122", "", "8477", "", 0, SEVEN, TWIN },
	{ "84123", "", "8483", "", 0, SEVEN, TWIN },
	{ "84124", "", "8484", "", 0, SEVEN, TWIN },
	{ "84125", "", "8485", "", 0, SEVEN, TWIN },
	{ "84126", "", "8476", "", 0, SEVEN, TWIN },
	{ "84127", "", "8481", "", 0, SEVEN, TWIN },
	{ "84128", "", "8478", "", 0, SEVEN, TWIN },
	{ "84129", "", "8482", "", 0, SEVEN, TWIN },
	{ "8416", "", "843", "", 0, "[2-9]" SEVEN, TWIN },
	{ "84186", "", "8456", "", 0, SEVEN, TWIN },
	{ "84188", "", "8458", "", 0, SEVEN, TWIN },
	{ "84199", "", "8459", "", 0, SEVEN, TWIN },
	/* Cameroon: 6 before mobiles, 2 before landlines, 2014-11-21 (ART). */
	{ "237", "", "2376", "", 0, "[5679]" SEVEN, TWIN },
	{ "237", "", "2372", "", 0, "[23]" SEVEN, TWIN },
	/* Mauritius: 5 before mobiles, 2013-09-01 (ICTA); the ranges that no
	 * landline has. */
	{ "230", "", "2305", "", 0, "[79]" SIX, TWIN },
	/* Ecuador: 9 before mobiles, 2012-09-30 (CONATEL; as told by
	 * vayaadventures.com, 2012-11-28, and sangay.com, 2012-09-18). */
	{ "593", "", "5939", "", 0, "[89]" SEVEN, TWIN },
	/* Colombia: 60 before landlines, 2021-09-01, from abroad alone since
	 * 2022-06-01 (CRC, Resolución 5826 of July 2019; as told by the town of
	 * Fredonia, and by Aruba's SETAR). */
	{ "57", "", "5760", "", 0, "[124-8]" SEVEN, TWIN },
	/* Kosovo: mobiles were Monaco's and Slovenia's until 2019-02-14
	 * (ARKEP); those ranges may come to be others'. */
	{ "37744", "", "38344", "", 0, SIX, LINK },
	{ "37745", "", "38345", "", 0, SIX, LINK },
	{ "38643", "", "38343", "", 0, SIX, LINK },
	{ "38649", "", "38349", "", 0, SIX, LINK },
	/* Palestine's mobiles are reached by Israel's code as well; both may be
	 * accounts (970: reserved by the ITU in January 1999 after its
	 * Resolution 99; as told by palestinefacts.org). */
	{ "97256", "", "97056", "", 0, SEVEN, LINK },
	{ "97259", "", "97059", "", 0, SEVEN, LINK },
	/* Sint Maarten: into North America's plan, 2011-09-30, alone since
	 * 2012-09-30 (NANPA, Planning Letter 423 of 2011-07-27). */
	{ "5995", "", "17215", "", 0, SIX, LINK },
};

#define N_PLANS (sizeof(plans) / sizeof(*plans))

/* Which first two digits a plan has: nearly all accounts have others. */
static const char heads[100] = { [17] = 1,
	[22] = 1,
	[23] = 1,
	[24] = 1,
	[37] = 1,
	[38] = 1,
	[52] = 1,
	[54] = 1,
	[55] = 1,
	[57] = 1,
	[59] = 1,
	[84] = 1,
	[97] = 1 };

static int
may_differ(const char *d)
{
	return d[0] >= '1' && d[0] <= '9' && d[1] >= '0' && d[1] <= '9' &&
	       heads[(d[0] - '0') * 10 + (d[1] - '0')];
}

char *
phone_e164(struct pool *p, const char *typed, int require_plus)
{
	size_t digits;
	const char *why;
	char *e164;

	if (typed == NULL)
		return NULL;
	/* As the provider writes them: nothing is left out of these. */
	digits = strspn(typed, "0123456789");
	if (typed[digits] != '\0' || text_begins(typed, "00"))
		return phone_typed_e164(p, typed, require_plus, &why);
	if (digits < PHONE_TYPED_MIN || digits > PHONE_TYPED_MAX ||
	    *typed == '0' || require_plus)
		return NULL;
	e164 = pool_room(p, digits + 2);
	e164[0] = '+';
	memcpy(e164 + 1, typed, digits + 1);
	return e164;
}

const char *
phone_why(struct pool *p, const char *typed)
{
	const char *why;

	return phone_typed_e164(p, typed, 1, &why) == NULL ? why : NULL;
}

/* The number D, if it begins with FROM and has FROM_MORE behind KEEP digits,
 * with TO and TO_MORE in their places; else NULL. */
static char *
translate(struct pool *p, const char *d, const struct plan *plan, int back)
{
	const char *from = back ? plan->other : plan->one;
	const char *from_more = back ? plan->other_more : plan->one_more;
	const char *to = back ? plan->one : plan->other;
	const char *to_more = back ? plan->one_more : plan->other_more;
	const char *rest = d + strlen(from);
	char *kept;

	if (!text_begins(d, from) || strlen(rest) < (size_t)plan->keep ||
	    !text_begins(rest + plan->keep, from_more))
		return NULL;
	kept = pool_printf(p, "%.*s%s", plan->keep, rest,
	    rest + plan->keep + strlen(from_more));
	return fnmatch(plan->pattern, kept, 0) != 0
		   ? NULL
		   : pool_printf(p, "+%s%.*s%s%s", to, plan->keep, kept,
			 to_more, kept + plan->keep);
}

/* E164 and the others that are it; TO_BOOK: as an address book has them, else
 * as accounts. */
static int
list_phones(struct pool *p, const char *e164, int to_book,
    const char *out[PHONE_VARIANTS_MAX])
{
	const char *d = e164 + (*e164 == '+');
	int n = 0;

	out[n++] = pool_copy(p, e164);
	if (!may_differ(d))
		return n;
	for (size_t i = 0; i < N_PLANS; i++)
		for (int back = 0; back < 2; back++) {
			char *other;

			if (plans[i].how == BOOK && back == to_book)
				continue;
			other = translate(p, d, &plans[i], back);
			if (other != NULL && n < PHONE_VARIANTS_MAX)
				out[n++] = other;
		}
	return n;
}

int
phone_variants(
    struct pool *p, const char *e164, const char *out[PHONE_VARIANTS_MAX])
{
	return list_phones(p, e164, 1, out);
}

int
phone_accounts(
    struct pool *p, const char *e164, const char *out[PHONE_VARIANTS_MAX])
{
	return list_phones(p, e164, 0, out);
}

const char *
phone_twin(struct pool *pool, const char *wa_id)
{
	if (!may_differ(wa_id))
		return NULL;
	for (size_t i = 0; i < N_PLANS; i++)
		for (int back = 0; plans[i].how == TWIN && back < 2; back++) {
			char *other = translate(pool, wa_id, &plans[i], back);

			if (other != NULL)
				return other + 1;
		}
	return NULL;
}
