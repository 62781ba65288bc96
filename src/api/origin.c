/*
 * From where a request comes: this machine, our own pages, or another site;
 * and which pages of other origins may use the API.
 */
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "base/config.h"
#include "base/text.h"

#include "lib/fcgi/http.h"

#include "api/action.h"
#include "api/origin.h"
#include "api/reply.h"

#define MAX_AGE "7200" /* seconds; Chromium keeps none longer */

int
origin_is_local(const struct http_request *request)
{
	static const char *const forwarded[] = { "Forwarded", "X-Forwarded-For",
		"X-Real-IP", "Via", "CF-Connecting-IP", "True-Client-IP" };

	for (size_t i = 0; i < sizeof(forwarded) / sizeof(forwarded[0]); i++)
		if (http_header(request, forwarded[i]) != NULL)
			return 0;
	return text_begins(request->remote, "127.") ||
	       text_is(request->remote, "::1") ||
	       text_begins(request->remote, "::ffff:127.");
}

int
origin_is_own_host(const struct http_request *request)
{
	static const char *const names[] = { "localhost", "127.0.0.1", "[::1]",
		NULL };
	const char *host = http_header(request, "Host");

	if (host == NULL || !origin_is_local(request))
		return 0;
	for (size_t i = 0; names[i] != NULL; i++) {
		size_t len = strlen(names[i]);

		if (strncasecmp(host, names[i], len) == 0 &&
		    (host[len] == '\0' || host[len] == ':'))
			return 1;
	}
	return 0;
}

enum origin
origin_of(const struct http_request *request)
{
	const char *site = http_header(request, "Sec-Fetch-Site");
	const char *origin = http_header(request, "Origin");
	const char *host = http_header(request, "Host");
	const char *at;

	if (site != NULL)
		return text_is(site, "same-origin") ? ORIGIN_SAME
						    : ORIGIN_OTHER;
	if (origin == NULL)
		return ORIGIN_UNSAID;
	at = strstr(origin, "://"); /* "null" has none */
	return at != NULL && host != NULL && strcasecmp(at + 3, host) == 0
		   ? ORIGIN_SAME
		   : ORIGIN_OTHER;
}

/* The origin of the page that asks, as the configuration has it; NULL: none
 * that may. */
static const char *
allowed_origin(const struct action *a)
{
	const struct config_list *list = &a->config->cors_origins;
	const char *origin = http_header(a->request, "Origin");

	for (int i = 0; origin != NULL && i < list->n; i++)
		if (text_is(list->item[i], origin))
			return list->item[i];
	return NULL;
}

void
origin_share(struct action *a)
{
	const char *origin;

	if (a->config->cors_origins.n == 0)
		return;
	reply_header(a, "Vary", "Origin");
	origin = allowed_origin(a);
	if (origin == NULL)
		return;
	reply_header(a, "Access-Control-Allow-Origin", origin);
	reply_header(a, "Access-Control-Expose-Headers",
	    "Accept-Ranges, Allow, Content-Disposition, Content-Length, "
	    "Content-Range, ETag, Link, Location, Retry-After, "
	    "WWW-Authenticate, X-Request-Id");
}

int
origin_preflight(struct action *a)
{
	if (!text_is(a->request->method, "OPTIONS") ||
	    http_header(a->request, "Access-Control-Request-Method") == NULL ||
	    allowed_origin(a) == NULL)
		return 0;
	reply_header(a, "Access-Control-Allow-Methods",
	    "GET, HEAD, POST, PUT, PATCH, DELETE");
	reply_header(a, "Access-Control-Allow-Headers",
	    "Accept, Authorization, Cache-Control, Content-Type, "
	    "Idempotency-Key, If-Modified-Since, If-None-Match, If-Range, "
	    "Last-Event-ID, Range");
	reply_header(a, "Access-Control-Max-Age", MAX_AGE);
	reply_empty(a);
	return 1;
}
