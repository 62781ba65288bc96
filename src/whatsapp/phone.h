#ifndef WHATSAPP_PHONE_H
#define WHATSAPP_PHONE_H

struct pool;

/*
 * Phone numbers as people write them, as E.164 has them, and as the provider
 * knows its accounts (wa_id: digits, no +), which are not always the same.
 */
#define PHONE_VARIANTS_MAX 4

/*
 * E.164 with + from what a person typed: spaces (also no-break ones), dots,
 * dashes and parentheses are taken out.  In POOL; NULL when it is no
 * international number (7 to 15 digits after +, the first of them not 0).
 * REQUIRE_PLUS 0 also takes bare digits (a wa_id).
 */
char *phone_e164(struct pool *, const char *typed, int require_plus);

/*
 * A customer whom the provider knows as E164 (with +) may stand in somebody's
 * address book under these numbers, E164 itself first: with or without
 * Brazil's ninth digit, Mexico's 1, without Argentina's 9.  Fills OUT (in
 * POOL), answers how many, 1 to PHONE_VARIANTS_MAX.  They are for looking up,
 * never for sending.  Landlines have no variant.
 */
int phone_variants(
    struct pool *, const char *e164, const char *out[PHONE_VARIANTS_MAX]);

/*
 * The other way round: a contact that stands in an address book as E164 may
 * be known to the provider under these.  X is among phone_variants(Y) exactly
 * when Y is among phone_accounts(X).
 */
int phone_accounts(
    struct pool *, const char *e164, const char *out[PHONE_VARIANTS_MAX]);

/*
 * The account that WA_ID (digits) is by another spelling: Brazil's mobiles
 * with and without the ninth digit, Mexico's with and without the 1.  Both
 * are one subscriber, unlike Argentina's.  In POOL; NULL when there is none.
 */
const char *phone_twin(struct pool *, const char *wa_id);

#endif
