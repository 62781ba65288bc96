/*
 * Judges the address of an endpoint.  It is read more strictly than libcurl
 * does, so that both see the same host.
 */
#include <sys/socket.h>

#include <ctype.h>
#include <netdb.h>
#include <string.h>

#include "base/net/address.h"
#include "base/text.h"

#include "inbox/webhook/endpoint_url.h"

#define PORT_FREE 1024 /* from here on, besides 443 */

/* Host and port of S, behind its scheme: NULL, or what is wrong. */
static const char *
read_authority(struct endpoint_url *u, const char *s)
{
	size_t len = strcspn(s, "/?"), host = 0;
	long long port;
	char digits[8];

	if (memchr(s, '@', len) != NULL)
		return "has a user or a password in it";
	if (*s == '[') {
		host = strspn(s + 1, "0123456789abcdefABCDEF:.") + 1;
		if (s[host] != ']')
			return "has no host";
		host++;
	} else {
		while (isalnum((unsigned char)s[host]) || s[host] == '.' ||
		       s[host] == '-')
			host++;
	}
	if (host == 0 || host > ENDPOINT_HOST_MAX)
		return "has no host";
	memcpy(u->host, s, host);
	u->host[host] = '\0';
	if (host == len)
		return NULL;
	if (s[host] != ':' || len - host - 1 >= sizeof(digits))
		return "has no host, or one that is not in ASCII (punycode)";
	memcpy(digits, s + host + 1, len - host - 1);
	digits[len - host - 1] = '\0';
	if (text_int(digits, &port) == -1 || port < 1 || port > 65535)
		return "has a port that is none";
	u->port = (int)port;
	return NULL;
}

/* 1 when the host is written as an address, in any way that a resolver takes,
 * which may not be reached.  Where a name leads to is looked at when it is
 * connected to. */
static int
is_closed_address(
    const struct endpoint_url *u, const struct address_rules *rules)
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST,
		.ai_socktype = SOCK_STREAM };
	struct addrinfo *a = NULL;
	char host[ENDPOINT_HOST_MAX + 1];
	int closed;

	strcpy(host, u->host);
	if (*host == '[') {
		memmove(host, host + 1, strlen(host));
		host[strlen(host) - 1] = '\0';
	}
	if (getaddrinfo(host, NULL, &hints, &a) != 0)
		return *u->host == '[';
	closed = !address_may_reach(rules, u->host, u->port, a->ai_addr);
	freeaddrinfo(a);
	return closed;
}

const char *
endpoint_url_read(
    struct endpoint_url *u, const char *s, const struct address_rules *rules)
{
	int tls = text_begins(s, "https://");
	const char *wrong;

	if (strlen(s) > ENDPOINT_URL_MAX)
		return "is longer than 2,048 bytes";
	if (!tls && !text_begins(s, "http://"))
		return "does not begin with https://";
	for (const char *p = s; *p != '\0'; p++)
		if (!isgraph((unsigned char)*p) || strchr("\\\"<>^`{|}#", *p))
			return "has a character that belongs into no address, "
			       "or a fragment";
	u->port = tls ? 443 : 80;
	wrong = read_authority(u, s + (tls ? 8 : 7));
	if (wrong != NULL)
		return wrong;
	if (address_rules_name(rules, u->host, u->port))
		return NULL;
	if (!tls)
		return "does not begin with https://";
	if (u->port != 443 && u->port < PORT_FREE)
		return "has a port that is neither 443 nor 1024 or more";
	if (is_closed_address(u, rules))
		return "is not an address of the public Internet";
	return NULL;
}
