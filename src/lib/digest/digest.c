/*
 * Digests from OpenSSL's libcrypto.  Random bytes from the kernel: libcrypto
 * would keep a generator, 4 KB, for each thread that asked it once.
 */
#include <sys/random.h>
#include <sys/types.h>

#include <errno.h>
#include <string.h>
#include <sysexits.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "base/codec.h"
#include "base/log.h"
#include "base/pool.h"

#include "lib/digest/digest.h"

#define BLOCK_LEN  64 /* of SHA-256 and SHA-1 */
#define SECRET_LEN 32 /* random bytes */

static EVP_MD *sha256; /* by digest_open; for the life of the process */

/* Without it libcrypto looks the algorithm up again for each digest. */
static const EVP_MD *
algorithm(void)
{
	return sha256 != NULL ? sha256 : EVP_sha256();
}

void
digest_sha256(const void *s, size_t len, unsigned char out[DIGEST_LEN])
{
	if (EVP_Digest(s, len, out, NULL, algorithm(), NULL) != 1)
		die(EX_SOFTWARE, "libcrypto has no SHA-256, or no memory");
}

/* The opaque struct is OpenSSL's context. */
static struct digest *
begin_with(const EVP_MD *md)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	if (ctx == NULL || EVP_DigestInit_ex(ctx, md, NULL) != 1)
		die(EX_SOFTWARE, "libcrypto has no SHA, or no memory");
	return (struct digest *)ctx;
}

struct digest *
digest_begin(void)
{
	return begin_with(algorithm());
}

void
digest_add(struct digest *digest, const void *s, size_t len)
{
	if (EVP_DigestUpdate((EVP_MD_CTX *)digest, s, len) != 1)
		die(EX_SOFTWARE,
		    "libcrypto cannot go on with SHA-256: no memory");
}

void
digest_end(struct digest *digest, unsigned char out[DIGEST_LEN])
{
	EVP_MD_CTX *ctx = (EVP_MD_CTX *)digest;

	if (out != NULL && EVP_DigestFinal_ex(ctx, out, NULL) != 1)
		die(EX_SOFTWARE, "libcrypto cannot end SHA-256: no memory");
	EVP_MD_CTX_free(ctx);
}

/* RFC 2104, with contexts of ours: HMAC() looks for its algorithms each
 * time. */
static void
hash_padded(struct digest *digest, const unsigned char *key, unsigned char pad,
    const void *s, size_t len, unsigned char *out)
{
	unsigned char block[BLOCK_LEN];

	for (size_t i = 0; i < BLOCK_LEN; i++)
		block[i] = key[i] ^ pad;
	digest_add(digest, block, BLOCK_LEN);
	digest_add(digest, s, len);
	digest_end(digest, out);
	OPENSSL_cleanse(block, sizeof(block));
}

void
digest_hmac_sha256(const void *key, size_t key_len, const void *s, size_t len,
    unsigned char out[DIGEST_LEN])
{
	unsigned char block[BLOCK_LEN] = { 0 }, inner[DIGEST_LEN];

	if (key_len > BLOCK_LEN)
		digest_sha256(key, key_len, block);
	else if (key_len > 0)
		memcpy(block, key, key_len);
	hash_padded(digest_begin(), block, 0x36, s, len, inner);
	hash_padded(digest_begin(), block, 0x5c, inner, sizeof(inner), out);
	OPENSSL_cleanse(block, sizeof(block));
}

void
digest_hmac_sha1(const void *key, size_t key_len, const void *s, size_t len,
    unsigned char out[DIGEST_SHA1_LEN])
{
	const EVP_MD *md = EVP_sha1();
	unsigned char block[BLOCK_LEN] = { 0 }, inner[DIGEST_SHA1_LEN];

	if (key_len > BLOCK_LEN)
		die(EX_SOFTWARE, "a key of HMAC-SHA-1 is longer than a block");
	memcpy(block, key, key_len);
	hash_padded(begin_with(md), block, 0x36, s, len, inner);
	hash_padded(begin_with(md), block, 0x5c, inner, sizeof(inner), out);
	OPENSSL_cleanse(block, sizeof(block));
}

void
digest_random(void *out, size_t len)
{
	char *to = out;

	while (len > 0) {
		ssize_t n = getrandom(to, len, 0);

		if (n == -1 && errno != EINTR)
			die(EX_OSERR, "the system has no random bytes: %s",
			    strerror(errno));
		to += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
}

char *
digest_secret(
    struct pool *pool, const char *prefix, unsigned char hash[DIGEST_LEN])
{
	unsigned char secret[SECRET_LEN];
	char *text;

	digest_random(secret, sizeof(secret));
	text = pool_printf(pool, "%s%s", prefix,
	    codec_base64url(pool, secret, sizeof(secret)));
	digest_sha256(text, strlen(text), hash);
	return text;
}

void
digest_open(void)
{
	unsigned char out[DIGEST_LEN] = { 0 };

	if (sha256 == NULL)
		sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);

	digest_hmac_sha256(out, sizeof(out), out, 0, out); /* with SHA-256 */
}
