/*
 * Signs as standardwebhooks.com says.
 */
#include <inttypes.h>

#include "base/buf.h"
#include "base/codec.h"
#include "base/pool.h"

#include "lib/digest/digest.h"

#include "dispatch/webhook_signature.h"

static const char *
sign(struct pool *pool, const struct webhook_secret *secret,
    const struct buf *content)
{
	unsigned char hash[DIGEST_LEN];

	digest_hmac_sha256(
	    secret->s, secret->len, content->s, content->len, hash);
	return codec_base64(pool, hash, sizeof(hash));
}

char *
webhook_signature(struct pool *pool, const struct webhook_secret *secret,
    const struct webhook_secret *old, const char *id, int64_t timestamp,
    const char *body, size_t body_len)
{
	struct buf content = { .pool = pool };

	buf_expect(&content, body_len + 128);
	buf_printf(&content, "%s.%" PRId64 ".", id, timestamp);
	buf_put(&content, body, body_len);
	if (old == NULL)
		return pool_printf(pool, "v1,%s", sign(pool, secret, &content));
	return pool_printf(pool, "v1,%s v1,%s", sign(pool, secret, &content),
	    sign(pool, old, &content));
}
