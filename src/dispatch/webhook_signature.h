#ifndef DISPATCH_WEBHOOK_SIGNATURE_H
#define DISPATCH_WEBHOOK_SIGNATURE_H

#include <stddef.h>
#include <stdint.h>

struct pool;

/*
 * The header webhook-signature of a body, as Standard Webhooks 1.0 has it:
 * "v1," and the base64 of HMAC-SHA256 over ID.TIMESTAMP.BODY, in POOL; of two
 * secrets two of them, a blank between.  OLD may be NULL.
 */
struct webhook_secret {
	const void *s;
	size_t len;
};

char *webhook_signature(struct pool *, const struct webhook_secret *secret,
    const struct webhook_secret *old, const char *id, int64_t timestamp,
    const char *body, size_t body_len);

#endif
