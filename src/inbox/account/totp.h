#ifndef INBOX_ACCOUNT_TOTP_H
#define INBOX_ACCOUNT_TOTP_H

#include <stddef.h>
#include <stdint.h>

struct pool;

/*
 * One-time codes (TOTP, RFC 6238) as all authenticator apps make them: of
 * HMAC-SHA-1, six digits, steps of 30 seconds.
 */
#define TOTP_SECRET_LEN 20 /* bytes: 160 bits, RFC 4226 section 4 */
#define TOTP_DIGITS	6
#define TOTP_STEP	30 /* seconds */

/* The code of STEP (seconds / TOTP_STEP) as digits. */
void totp_code(const unsigned char *secret, size_t len, int64_t step,
    char out[TOTP_DIGITS + 1]);

/*
 * CODE as somebody types it (blanks do not count) at NOW: the step that it is
 * of, one before or after for clocks and for who types slowly, and later than
 * USED_STEP; 0: it is none.
 */
int64_t totp_match(const unsigned char *secret, size_t len, const char *code,
    int64_t used_step, int64_t now);

/* SECRET as apps take it: base32 without padding; and as the URI of a QR code,
 * for the account EMAIL.  In POOL. */
char *totp_base32(struct pool *, const unsigned char *secret, size_t len);
char *totp_uri(struct pool *, const char *base32, const char *email);

#endif
