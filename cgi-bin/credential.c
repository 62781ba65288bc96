/*
 * Tokens and signatures of incoming webhooks.
 */
#include <string.h>
#include <strings.h>

#include "base/codec.h"
#include "base/config.h"
#include "base/text.h"

#include "door/digest.h"
#include "door/http.h"

#include "credential.h"

#define PATH "/webhooks/whatsapp/"

/* Every token is compared, so that the time tells nothing. */
static int
place_of(const struct config_list *list, const char *given, size_t len)
{
	int place = -1;

	for (int i = 0; i < list->n; i++)
		if (text_equal_secret(
			given, len, list->item[i], strlen(list->item[i])))
			place = i + 1;
	return place;
}

static int
from_header(const struct http_request *request, const struct config_list *list)
{
	const char *header = http_header(request, "Authorization"), *password;
	char *decoded;
	size_t len;

	if (header == NULL)
		return -1;
	if (strncasecmp(header, "Bearer ", 7) == 0) {
		header += 7 + strspn(header + 7, " ");
		return place_of(list, header, strlen(header));
	}
	if (strncasecmp(header, "Basic ", 6) != 0)
		return -1;
	header += 6 + strspn(header + 6, " ");
	decoded = codec_unbase64(request->pool, header, strlen(header), &len);
	if (decoded == NULL)
		return -1;
	password = memchr(decoded, ':', len);
	if (password == NULL)
		return -1;
	password++;
	return place_of(list, password, len - (size_t)(password - decoded));
}

static int
from_path(const struct http_request *request, const struct config_list *list)
{
	const char *suffix = strstr(request->path, PATH);
	char *token;
	size_t len;

	if (suffix == NULL)
		return -1;
	suffix += strlen(PATH);
	token = codec_unpercent(request->pool, suffix, strlen(suffix), 0, &len);
	return token == NULL ? -1 : place_of(list, token, len);
}

int
credential_token(
    const struct http_request *request, const struct config *config)
{
	int header, path;

	if (config->webhook_tokens.n == 0)
		return 0;
	header = from_header(request, &config->webhook_tokens);
	path = from_path(request, &config->webhook_tokens);
	return header != -1 ? header : path;
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
