/*
 * From where a request comes: this machine, our own pages, or another site.
 */
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

#include "lib/fcgi/http.h"

#include "api/origin.h"

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
