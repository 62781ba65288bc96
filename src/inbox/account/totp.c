/*
 * One-time codes, RFC 4226 and RFC 6238.
 */
#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/digest/digest.h"

#include "inbox/account/totp.h"

#define MODULUS 1000000 /* 10 to the power of TOTP_DIGITS */
#define DRIFT	1	/* steps */

void
totp_code(const unsigned char *secret, size_t len, int64_t step,
    char out[TOTP_DIGITS + 1])
{
	unsigned char counter[8], mac[DIGEST_SHA1_LEN];
	const unsigned char *at;
	uint32_t number;

	for (int i = 0; i < 8; i++)
		counter[i] = (unsigned char)((uint64_t)step >> (56 - 8 * i));
	digest_hmac_sha1(secret, len, counter, sizeof(counter), mac);
	at = mac + (mac[DIGEST_SHA1_LEN - 1] & 0x0f);
	number = (uint32_t)(at[0] & 0x7f) << 24 | (uint32_t)at[1] << 16 |
		 (uint32_t)at[2] << 8 | at[3];
	snprintf(out, TOTP_DIGITS + 1, "%06u", number % MODULUS);
}

/* The digits of TYPED: 1, or 0 when they are no code. */
static int
read_digits(const char *typed, char out[TOTP_DIGITS + 1])
{
	size_t n = 0;

	for (; *typed != '\0'; typed++) {
		if (*typed == ' ')
			continue;
		if (*typed < '0' || *typed > '9' || n == TOTP_DIGITS)
			return 0;
		out[n++] = *typed;
	}
	out[n] = '\0';
	return n == TOTP_DIGITS;
}

int64_t
totp_match(const unsigned char *secret, size_t len, const char *code,
    int64_t used_step, int64_t now)
{
	char given[TOTP_DIGITS + 1], right[TOTP_DIGITS + 1];
	int64_t found = 0;

	if (!read_digits(code, given))
		return 0;
	for (int64_t step = now / TOTP_STEP - DRIFT;
	     step <= now / TOTP_STEP + DRIFT; step++) {
		totp_code(secret, len, step, right);
		if (text_equal_secret(given, TOTP_DIGITS, right, TOTP_DIGITS) &&
		    step > used_step)
			found = step;
	}
	return found;
}

char *
totp_base32(struct pool *pool, const unsigned char *secret, size_t len)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	char *out = pool_alloc(pool, len * 8 / 5 + 2), *to = out;
	unsigned bits = 0, n = 0;

	for (size_t i = 0; i < len; i++) {
		bits = (bits << 8 | secret[i]) & 0xfff;
		for (n += 8; n >= 5; n -= 5)
			*to++ = letters[bits >> (n - 5) & 31];
	}
	if (n > 0)
		*to++ = letters[bits << (5 - n) & 31];
	*to = '\0';
	return out;
}

char *
totp_uri(struct pool *pool, const char *base32, const char *email)
{
	return pool_printf(pool,
	    "otpauth://totp/waspool:%s?secret=%s&issuer=waspool",
	    codec_percent(pool, email), base32);
}
