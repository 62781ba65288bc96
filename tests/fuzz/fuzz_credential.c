/*
 * What lets a webhook in: only the secret does.  Four lines of input are the
 * path, Authorization, X-Hub-Signature-256 and the query; the rest the body.
 */
#include "fuzz.h"

#include "base/codec.h"
#include "base/config.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/digest/digest.h"
#include "lib/fcgi/http.h"
#include "lib/fcgi/request.h"

#include "../../cgi-bin/credential.h"

#define TOKEN "t0ken"
#define OTHER "0ther"

extern char **environ;

static const struct config config = {
	.webhook_tokens = { { TOKEN, OTHER }, 2 },
	.app_secrets = { { TOKEN }, 1 },
};

/* Each escape on its own, since what stands before the secret is anything. */
static const char *
unpercent(struct pool *pool, const char *s)
{
	char *out = pool_copy(pool, s), *o = out;

	while (*s != '\0') {
		const char *one = *s == '%' && strlen(s) >= 3
				      ? codec_unpercent(pool, s, 3, 0, NULL)
				      : NULL;
		int escape = one != NULL && *one != '\0';

		*o++ = escape ? *one : *s;
		s += escape ? 3 : 1;
	}
	*o = '\0';
	return out;
}

static int
holds(const char *s)
{
	return s != NULL &&
	       (strstr(s, TOKEN) != NULL || strstr(s, OTHER) != NULL);
}

/* Somebody who knows no secret cannot have put one there. */
static int
knows(struct pool *pool, const char *path, const char *authorization)
{
	const char *word = authorization + strcspn(authorization, " "), *colon;
	char *decoded;
	size_t len;

	if (holds(unpercent(pool, path)) || holds(authorization))
		return 1;
	word += strspn(word, " ");
	decoded = codec_unbase64(pool, word, strlen(word), &len);
	colon = decoded != NULL ? memchr(decoded, ':', len) : NULL;
	return colon != NULL && holds(colon + 1);
}

static void
check(struct pool *pool, const char *path, const char *authorization,
    const char *body, size_t len)
{
	struct request io = { .fd = -1 };
	struct http_request request = {
		.pool = pool, .path = path, .transport = &io
	};
	const char *name;
	int token = credential_token(&request, &config, NULL, &name), signature;

	must(token == -1 || token == 1);
	must((token == 1) == (name != NULL));
	if (token == 1)
		must(knows(pool, path, authorization));
	signature = credential_secret(&request, &config, NULL, 0);
	must(signature == -1 || signature == 1);
	if (signature == -1)
		must(credential_secret(&request, &config, body, len) == -1);
	else
		must(credential_secret(&request, &config, body, len) != 0);
}

/* Our own signature of the body lets it in, and no other body. */
static void
sign(struct pool *pool, const char *body, size_t len)
{
	struct request io = { .fd = -1 };
	struct http_request request = {
		.pool = pool, .path = "/", .transport = &io
	};
	unsigned char sum[DIGEST_LEN];
	char *env[2] = { NULL, NULL };

	digest_hmac_sha256(TOKEN, strlen(TOKEN), body, len, sum);
	env[0] = pool_printf(pool, "HTTP_X_HUB_SIGNATURE_256=sha256=%s",
	    codec_hex(pool, sum, sizeof(sum)));
	environ = env;
	must(credential_secret(&request, &config, body, len) == 1);
	if (len > 0)
		must(credential_secret(&request, &config, body, len - 1) == -1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pool *pool = pool_new();
	char *path = fuzz_line(&data, &size);
	char *authorization = fuzz_line(&data, &size);
	char *signature = fuzz_line(&data, &size);
	char *env[3] = { pool_printf(
			     pool, "HTTP_AUTHORIZATION=%s", authorization),
		pool_printf(pool, "HTTP_X_HUB_SIGNATURE_256=%s", signature),
		NULL };
	char **real = environ;

	environ = env;
	check(pool, path, authorization, (const char *)data, size);
	sign(pool, (const char *)data, size);
	environ = real;
	free(path);
	free(authorization);
	free(signature);
	pool_free(pool);
	return 0;
}
