/*
 * Phone numbers: one form, which stays as it is, and variants that lead back.
 */
#include "fuzz.h"

#include "base/pool.h"
#include "base/text.h"

#include "whatsapp/phone.h"

static void
is_e164(const char *s)
{
	size_t digits = strspn(s + 1, "0123456789");

	must(*s == '+' && s[1] != '0' && s[1 + digits] == '\0');
	must(digits >= 7 && digits <= 15);
}

typedef int list(struct pool *, const char *, const char **);

static int
has(struct pool *pool, list *all, const char *of, const char *wanted)
{
	const char *out[PHONE_VARIANTS_MAX];
	int n = all(pool, of, out), found = 0;

	must(n >= 1 && n <= PHONE_VARIANTS_MAX && text_is(out[0], of));
	for (int i = 0; i < n; i++)
		found |= text_is(out[i], wanted);
	return found;
}

/* What is a variant of E164 by ONE has E164 as its own by OTHER. */
static void
leads_back(struct pool *pool, const char *e164, list *one, list *other)
{
	const char *out[PHONE_VARIANTS_MAX];
	int n = one(pool, e164, out);

	for (int i = 0; i < n; i++) {
		is_e164(out[i]);
		must(has(pool, other, out[i], e164));
	}
}

static void
check(struct pool *pool, const char *e164)
{
	const char *twin;

	is_e164(e164);
	must(text_is(phone_e164(pool, e164 + 1, 0), e164));
	leads_back(pool, e164, phone_variants, phone_accounts);
	leads_back(pool, e164, phone_accounts, phone_variants);
	twin = phone_twin(pool, e164 + 1);
	if (twin != NULL)
		must(text_is(phone_twin(pool, twin), e164 + 1));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pool *pool = pool_new();
	char *typed = fuzz_text(data, size);
	const char *strict = phone_e164(pool, typed, 1);
	const char *bare = phone_e164(pool, typed, 0);

	if (strict != NULL) {
		must(text_is(strict, bare));
		must(text_is(phone_e164(pool, strict, 1), strict));
	}
	must((strict == NULL) == (phone_why(pool, typed) != NULL));
	if (bare != NULL)
		check(pool, bare);
	phone_twin(pool, typed);
	must(strlen(text_digits(pool, typed)) <= size);
	free(typed);
	pool_free(pool);
	return 0;
}
