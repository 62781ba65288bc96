/*
 * Checks tokens and signatures of incoming webhooks.
 */
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/codec.h"
#include "base/config.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/digest/digest.h"
#include "lib/fcgi/http.h"

#include "credential.h"
#include "token_files.h"

#define PATH "/webhooks/whatsapp/"

/* The tokens that are valid. */
struct credential_wanted {
	const struct config_list *list;
	struct token_files *files;
	int64_t ticks_ms;
};

static const char *const places[] = { "token-1", "token-2", "token-3",
	"token-4", "token-5", "token-6", "token-7", "token-8" };

/* Compares every token, so that the time does not reveal which is close. */
static const char *
name_of(const struct credential_wanted *w, struct pool *pool, const char *given,
    size_t len)
{
	const char *name = NULL, *file = NULL;

	for (int i = 0; i < w->list->n; i++)
		if (text_equal_secret(
			given, len, w->list->item[i], strlen(w->list->item[i])))
			name = places[i];
	if (w->files != NULL)
		file = token_files_find(w->files, given, len, w->ticks_ms);
	return name != NULL   ? name
	       : file != NULL ? pool_printf(pool, CREDENTIAL_OF "%s", file)
			      : NULL;
}

static const char *
from_header(
    const struct http_request *request, const struct credential_wanted *w)
{
	const char *header = http_header(request, "Authorization"), *password;
	char *decoded;
	size_t len;

	if (header == NULL)
		return NULL;
	if (strncasecmp(header, "Bearer ", 7) == 0) {
		header += 7 + strspn(header + 7, " ");
		return name_of(w, request->pool, header, strlen(header));
	}
	if (strncasecmp(header, "Basic ", 6) != 0)
		return NULL;
	header += 6 + strspn(header + 6, " ");
	decoded = codec_unbase64(request->pool, header, strlen(header), &len);
	if (decoded == NULL)
		return NULL;
	password = memchr(decoded, ':', len);
	if (password == NULL)
		return NULL;
	password++;
	return name_of(
	    w, request->pool, password, len - (size_t)(password - decoded));
}

static const char *
from_path(const struct http_request *request, const struct credential_wanted *w)
{
	const char *suffix = strstr(request->path, PATH);
	char *token;
	size_t len;

	if (suffix == NULL)
		return NULL;
	suffix += strlen(PATH);
	token = codec_unpercent(request->pool, suffix, strlen(suffix), 0, &len);
	return token == NULL ? NULL : name_of(w, request->pool, token, len);
}

int
credential_token(const struct http_request *request,
    const struct config *config, struct token_files *files, const char **name)
{
	const struct credential_wanted w = { &config->webhook_tokens, files,
		clock_ticks_ms() };
	const char *header, *path;

	_Static_assert(sizeof(places) / sizeof(places[0]) >= CONFIG_LIST_MAX,
	    "each token has a name");
	*name = NULL;
	/* Without any other credential a token is required, even when the last
	 * token file has just been deleted. */
	if (config->webhook_tokens.n == 0 &&
	    (files == NULL || token_files_count(files, w.ticks_ms) == 0) &&
	    (config->app_secrets.n > 0 || config->webhook_auth_none))
		return 0;
	header = from_header(request, &w);
	path = from_path(request, &w);
	*name = header != NULL ? header : path;
	return *name != NULL ? 1 : -1;
}

int
credential_secret(const struct http_request *request,
    const struct config *config, const char *body, size_t len)
{
	const char *header = http_header(request, "X-Hub-Signature-256");
	unsigned char ours[DIGEST_LEN];
	char *theirs;
	size_t theirs_len;
	int place = -1;

	if (config->app_secrets.n == 0)
		return 0;
	if (header == NULL || strncasecmp(header, "sha256=", 7) != 0)
		return -1;
	theirs = codec_unhex(
	    request->pool, header + 7, strlen(header + 7), &theirs_len);
	if (theirs == NULL || theirs_len != DIGEST_LEN)
		return -1;
	for (int i = 0; body != NULL && i < config->app_secrets.n; i++) {
		const char *secret = config->app_secrets.item[i];

		digest_hmac_sha256(secret, strlen(secret), body, len, ours);
		if (text_equal_secret(
			theirs, theirs_len, (char *)ours, DIGEST_LEN))
			place = i + 1;
	}
	return body == NULL ? 1 : place;
}
