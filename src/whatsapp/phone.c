/*
 * Phone numbers: E.164 from what a person typed, and which WhatsApp accounts
 * are one phone in Brazil, Mexico and Argentina, whose numbering plans added or
 * dropped digits.
 */
#include <string.h>

#include "base/buf.h"
#include "base/pool.h"
#include "base/text.h"

#include "whatsapp/phone.h"

/* Digits of a number: at most what E.164 allows, at least the shortest in
 * use. */
#define DIGITS_MIN 7
#define DIGITS_MAX 15

/* Decoration: no-break spaces, and the dashes that a word processor makes. */
static const char *const decoration[] = { " ", ".", "-", "(", ")", "\xc2\xa0",
	"\xe2\x80\xaf", "\xe2\x80\x87", "\xe2\x80\x90", "\xe2\x80\x91",
	"\xe2\x80\x92", "\xe2\x80\x93", "\xe2\x80\x94", NULL };

/* How many bytes of decoration S begins with. */
static size_t
decorated(const char *s)
{
	size_t i;

	for (i = 0; decoration[i] != NULL; i++)
		if (text_begins(s, decoration[i]))
			return strlen(decoration[i]);
	return 0;
}

char *
phone_e164(struct pool *p, const char *typed, int require_plus)
{
	struct buf b = { .pool = p };
	size_t n, digits;
	int plus = 0;
	char *s;

	if (typed == NULL || strlen(typed) > 128)
		return NULL;
	/* As the provider writes them. */
	digits = strspn(typed, "0123456789");
	if (typed[digits] == '\0')
		return digits < DIGITS_MIN || digits > DIGITS_MAX ||
			       *typed == '0' || require_plus
			   ? NULL
			   : pool_printf(p, "+%s", typed);
	for (; *typed != '\0'; typed += n > 0 ? n : 1)
		if ((n = decorated(typed)) == 0)
			buf_char(&b, *typed);
	s = buf_end(&b);
	if (*s == '+') {
		plus = 1;
		s++;
	}
	digits = strspn(s, "0123456789");
	if (s[digits] != '\0' || digits < DIGITS_MIN || digits > DIGITS_MAX)
		return NULL;
	if (*s == '0' || (require_plus && !plus))
		return NULL;
	return pool_printf(p, "+%s", s);
}

/* Brazil and Mexico, where each of the two variants leads to the other: that
 * other one, or NULL. */
static char *
twin(struct pool *p, const char *d, size_t len)
{
	if (len == 13 && text_begins(d, "55") && d[4] == '9' && d[5] >= '6')
		return pool_printf(p, "+%.4s%s", d, d + 5);
	if (len == 12 && text_begins(d, "55") && d[4] >= '6')
		return pool_printf(p, "+%.4s9%s", d, d + 4);
	if (len == 13 && text_begins(d, "521"))
		return pool_printf(p, "+52%s", d + 3);
	if (len == 12 && text_begins(d, "52"))
		return pool_printf(p, "+521%s", d + 2);
	return NULL;
}

static int
list_phone(struct pool *p, const char *e164, const char *other,
    const char *out[PHONE_VARIANTS_MAX])
{
	out[0] = pool_copy(p, e164);
	out[1] = other;
	return other == NULL ? 1 : 2;
}

int
phone_variants(
    struct pool *p, const char *e164, const char *out[PHONE_VARIANTS_MAX])
{
	const char *d = e164 + (*e164 == '+');
	size_t len = strlen(d);

	/* Argentina.  Without the 9 it may be a landline: the rule does not
	 * lead back. */
	if (len == 13 && text_begins(d, "549"))
		return list_phone(p, e164, pool_printf(p, "+54%s", d + 3), out);
	return list_phone(p, e164, twin(p, d, len), out);
}

int
phone_accounts(
    struct pool *p, const char *e164, const char *out[PHONE_VARIANTS_MAX])
{
	const char *d = e164 + (*e164 == '+');
	size_t len = strlen(d);

	if (len == 12 && text_begins(d, "54"))
		return list_phone(
		    p, e164, pool_printf(p, "+549%s", d + 2), out);
	return list_phone(p, e164, twin(p, d, len), out);
}

const char *
phone_twin(struct pool *pool, const char *wa_id)
{
	const char *there[PHONE_VARIANTS_MAX], *back[PHONE_VARIANTS_MAX];
	const char *e164;

	/* Brazil and Mexico alone have rules that lead back. */
	if (!text_begins(wa_id, "55") && !text_begins(wa_id, "52"))
		return NULL;
	e164 = phone_e164(pool, wa_id, 0);
	if (e164 == NULL || phone_variants(pool, e164, there) < 2)
		return NULL;
	/* Where the rule does not lead back, the two may be two people. */
	if (phone_variants(pool, there[1], back) < 2 || !text_is(back[1], e164))
		return NULL;
	return there[1] + 1;
}
