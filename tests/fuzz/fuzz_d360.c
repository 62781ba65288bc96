/*
 * The provider's answers.  Two bytes are the HTTP status, one says how the
 * request went, the rest is the body.
 */
#include <strings.h>

#include "fuzz.h"

#include "base/pool.h"
#include "base/text.h"

#include "lib/http/client.h"
#include "lib/json/json.h"

#include "whatsapp/provider/cloud.h"
#include "whatsapp/provider/d360.h"
#include "whatsapp/provider/provider.h"

static void
is_text(const char *s)
{
	must(s == NULL || (*s != '\0' && text_is_utf8(s, strlen(s))));
}

static void
check(struct pool *pool, const struct provider *with,
    const struct client_answer *a, int sent)
{
	struct provider_outcome o;

	memset(&o, 0x5a, sizeof(o));
	with->outcome(pool, a, sent, &o);
	must(o.decision >= PROVIDER_DONE && o.decision <= PROVIDER_UNKNOWN);
	must(sent || o.decision != PROVIDER_UNKNOWN);
	must(o.retry_after >= -1 && o.size >= -1);
	is_text(o.title);
	is_text(o.detail);
	is_text(o.wamid);
	is_text(o.input);
	is_text(o.wa_id);
	is_text(o.user_id);
	is_text(o.media_id);
	is_text(o.url);
	is_text(o.mime_type);
	if (o.error != NULL)
		must(json_type(json_parse(
			 pool, o.error, strlen(o.error), NULL)) == JSON_OBJECT);
	if (o.sha256 != NULL)
		must(strspn(o.sha256, "0123456789abcdef") == 64 &&
		     o.sha256[64] == '\0');
	/* Never twice: what may have been taken is not simply sent again. */
	if (sent && o.decision == PROVIDER_DONE)
		must(a->status < 400 && o.wamid != NULL);
	if (sent && a->status == 0 && a->reached)
		must(o.decision == PROVIDER_UNKNOWN);
}

/* https, and a host name that ends as Meta's do. */
static int
is_metas(const char *url)
{
	static const char *const ends[] = { ".fbsbx.com/", ".facebook.com/",
		".whatsapp.net/" };
	size_t len = strcspn(url + 8, "/") + 1;

	if (strncasecmp(url, "https://", 8) != 0)
		return 0;
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (len > strlen(ends[i]) &&
		    strncasecmp(url + 8 + len - strlen(ends[i]), ends[i],
			strlen(ends[i])) == 0)
			return memchr(url + 8, '@', len) == NULL &&
			       memchr(url + 8, ':', len) == NULL;
	return 0;
}

/* A URL of an answer gets the key only when it is the provider's. */
static void
ask(struct pool *pool, const char *url)
{
	const struct provider_account account = {
		.provider = &d360, .url = "https://waba.example", .key = "KEY"
	};
	const struct provider_account metas = { .provider = &cloud,
		.url = "https://graph.example/v1.0",
		.key = "KEY",
		.phone_number_id = "1" };
	struct client_request request = { 0 };

	if (d360.download(pool, &account, url, &request) == 0)
		must(text_begins(request.url, "https://waba.example/") ||
		     text_is(request.url, "https://waba.example"));
	if (cloud.download(pool, &metas, url, &request) == 0)
		must(strncasecmp(request.url, "https://graph.example/", 22) ==
			 0 ||
		     is_metas(request.url));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pool *pool = pool_new();
	struct client_answer a = { .retry_after = -1 };
	char *body;

	if (size >= 3) {
		a.status = (data[0] << 8 | data[1]) % 600;
		a.reached = data[2] & 1;
		a.too_long = data[2] >> 1 & 1;
		a.error = data[2] & 4 ? "it broke" : NULL;
		a.retry_after = data[2] & 8 ? INT64_MAX : data[2] >> 4;
		data += 3;
		size -= 3;
	}
	body = fuzz_text(data, size);
	a.body = body;
	a.body_len = size;
	check(pool, &d360, &a, 0);
	check(pool, &d360, &a, 1);
	check(pool, &cloud, &a, 0);
	check(pool, &cloud, &a, 1);
	ask(pool, body);
	provider_sha256(pool, body);
	free(body);
	pool_free(pool);
	return 0;
}
