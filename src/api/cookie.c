/*
 * The cookie of a person who signed in (RFC 6265).
 */
#include <string.h>

#include "base/config.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/fcgi/http.h"

#include "api/action.h"
#include "api/cookie.h"
#include "api/origin.h"
#include "api/reply.h"

#define HOST_NAME "__Host-waspool"
#define OWN_NAME  "waspool"
#define AGE                                                                    \
	"34560000" /* 400 days, a browser's most; the session ends by itself */

/* The value of cookie NAME, in POOL; of several the first. */
static const char *
find_cookie(const char *line, const char *name, struct pool *pool)
{
	size_t len = strlen(name);

	while (*line != '\0') {
		line += strspn(line, " ;");
		if (strncmp(line, name, len) == 0 && line[len] == '=')
			return pool_text(pool, line + len + 1,
			    strcspn(line + len + 1, "; "));
		line += strcspn(line, ";");
	}
	return NULL;
}

const char *
cookie_get(const struct http_request *request, struct pool *pool)
{
	const char *line = http_header(request, "Cookie");
	const char *value;

	if (line == NULL)
		return NULL;
	value = find_cookie(line, HOST_NAME, pool);
	/* Any site of the domain could set this one. */
	if (value == NULL && !request->tls && origin_is_own_host(request))
		value = find_cookie(line, OWN_NAME, pool);
	return value;
}

static int
is_secure(const struct http_request *request, const struct config *config)
{
	return request->tls ||
	       (config->url != NULL && text_begins(config->url, "https://") &&
		   !origin_is_own_host(request));
}

int
cookie_may(const struct http_request *request, const struct config *config)
{
	return is_secure(request, config) || origin_is_own_host(request);
}

int
cookie_may_act(struct action *a)
{
	if (text_is(a->request->method, "GET") ||
	    origin_of(a->request) == ORIGIN_SAME)
		return 1;
	return reply_problem(a, REPLY_FORBIDDEN,
	    "With a cookie only a page of this site may do that.");
}

void
cookie_set(struct action *a, const char *text)
{
	int secure = is_secure(a->request, a->config);

	reply_header(a, "Set-Cookie",
	    pool_printf(a->pool,
		"%s=%s; Path=/; HttpOnly; SameSite=Lax%s; Max-Age=%s",
		secure ? HOST_NAME : OWN_NAME, text != NULL ? text : "",
		secure ? "; Secure" : "", text != NULL ? AGE : "0"));
}
