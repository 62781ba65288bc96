#ifndef LIB_DIGEST_DIGEST_H
#define LIB_DIGEST_DIGEST_H

#include <stddef.h>

struct pool;

/* What libcrypto is used for, and random bytes. */
#define DIGEST_LEN	32 /* of SHA-256 */
#define DIGEST_SHA1_LEN 20

/*
 * Fetches the algorithms, before a second thread begins: in OpenSSL 3.5 two
 * threads that fetch for the first time race for its table of algorithms
 * (ThreadSanitizer on Debian 13; not on Debian 12).  A program of one thread
 * need not call it.
 */
void digest_open(void);

void digest_sha256(const void *s, size_t len, unsigned char out[DIGEST_LEN]);
/* SHA-256 of what comes in pieces; digest_end frees it, OUT may be NULL. */
struct digest;

struct digest *digest_begin(void);
void digest_add(struct digest *, const void *s, size_t len);
void digest_end(struct digest *, unsigned char out[DIGEST_LEN]);

void digest_hmac_sha256(const void *key, size_t key_len, const void *s,
    size_t len, unsigned char out[DIGEST_LEN]);

/* Of SHA-1, which one-time codes are made of (RFC 6238): for them only. */
void digest_hmac_sha1(const void *key, size_t key_len, const void *s,
    size_t len, unsigned char out[DIGEST_SHA1_LEN]);

/* LEN bytes that nobody can guess; ends the program when there are none. */
void digest_random(void *out, size_t len);

/* A text that nobody can guess: PREFIX and 32 random bytes in base64url, in
 * POOL; and its SHA-256, which is all that is kept of it. */
char *digest_secret(
    struct pool *, const char *prefix, unsigned char hash[DIGEST_LEN]);

#endif
