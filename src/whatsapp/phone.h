#ifndef WHATSAPP_PHONE_H
#define WHATSAPP_PHONE_H

struct pool;

/*
 * Three forms of a phone number: as a person typed it; E.164; and the wa_id of
 * the provider's account (digits, no +).  The digits of the last two may
 * differ: see phone_variants.
 */
#define PHONE_VARIANTS_MAX 4

/*
 * E.164 with + from what a person typed (phone_typed.h says what that may be),
 * in POOL; NULL when it is no international number (7 to 15 digits after + or
 * 00, the first of them not 0).  REQUIRE_PLUS 0 also takes bare digits (a
 * wa_id), which stay as they are.
 */
char *phone_e164(struct pool *, const char *typed, int require_plus);

/* Why TYPED, of which phone_e164 makes no number, is none: a few words for the
 * person.  NULL when it is one. */
const char *phone_why(struct pool *, const char *typed);

/*
 * From an account to address books: the numbers under which a contact may be
 * stored whose account is E164 (with +).  E164 itself is first; the others are
 * how the country wrote it before or since (Brazil's ninth digit, Benin's 01),
 * or within (Argentina's 15): the table in phone.c has them, with their
 * sources.  Fills OUT (in POOL), answers how many, 1 to PHONE_VARIANTS_MAX.
 * For looking up only, never for sending.
 */
int phone_variants(
    struct pool *, const char *e164, const char *out[PHONE_VARIANTS_MAX]);

/*
 * From an address book to accounts: the accounts that a contact may have whose
 * number is stored as E164.  X is among phone_variants(Y) exactly when Y is
 * among phone_accounts(X).
 */
int phone_accounts(
    struct pool *, const char *e164, const char *out[PHONE_VARIANTS_MAX]);

/*
 * The other spelling of the account WA_ID (digits) where the two are always one
 * subscriber: renumberings, but not Argentina's landlines, nor ranges that have
 * gone back to another country.  In POOL; NULL when there is none.
 */
const char *phone_twin(struct pool *, const char *wa_id);

#endif
