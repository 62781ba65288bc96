/*
 * Public addresses, and exceptions.  All is compared as IPv6, in which an IPv4
 * address is ::ffff:a.b.c.d.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/net/address.h"

struct network {
	unsigned char net[16];
	int bits;
};

/* IANA's special-purpose registries, and what is no unicast. */
static const struct {
	uint32_t net;
	int bits;
} not_public[] = {
	{ 0x00000000, 8 },  /* this network */
	{ 0x0a000000, 8 },  /* private */
	{ 0x64400000, 10 }, /* shared, of carriers */
	{ 0x7f000000, 8 },  /* loopback */
	{ 0xa9fe0000, 16 }, /* link-local, clouds' metadata */
	{ 0xac100000, 12 }, /* private */
	{ 0xc0000000, 24 }, /* protocols */
	{ 0xc0000200, 24 }, /* documentation */
	{ 0xc0586300, 24 }, /* 6to4 relays */
	{ 0xc0a80000, 16 }, /* private */
	{ 0xc6120000, 15 }, /* benchmarks */
	{ 0xc6336400, 24 }, /* documentation */
	{ 0xcb007100, 24 }, /* documentation */
	{ 0xe0000000, 3 },  /* multicast, reserved, broadcast */
};

/* Of 2000::/3, which alone is given out; 2002::/16 is looked into. */
static const struct network not_public6[] = {
	{ { 0x20, 0x01 }, 23 },		    /* protocols, Teredo */
	{ { 0x20, 0x01, 0x0d, 0xb8 }, 32 }, /* documentation */
	{ { 0x3f, 0xff }, 20 },		    /* documentation */
};

static const unsigned char mapped[16] = { [10] = 0xff, [11] = 0xff };
static const unsigned char nat64[16] = { 0x00, 0x64, 0xff, 0x9b };
static const unsigned char to_v4[16] = { 0x20, 0x02 };
static const unsigned char given_out[16] = { 0x20 };

static int
is_within(const unsigned char *ip, const unsigned char *net, int bits)
{
	int whole = bits / 8, rest = bits % 8;

	if (memcmp(ip, net, (size_t)whole) != 0)
		return 0;
	return rest == 0 || ((ip[whole] ^ net[whole]) >> (8 - rest)) == 0;
}

/* 1, 0 when it is of neither family. */
static int
bytes_of(const struct sockaddr *a, unsigned char ip[16])
{
	if (a->sa_family == AF_INET6) {
		struct sockaddr_in6 v6;

		memcpy(&v6, a, sizeof(v6));
		memcpy(ip, &v6.sin6_addr, 16);
		return 1;
	}
	if (a->sa_family == AF_INET) {
		struct sockaddr_in v4;

		memcpy(&v4, a, sizeof(v4));
		memcpy(ip, mapped, 12);
		memcpy(ip + 12, &v4.sin_addr, 4);
		return 1;
	}
	return 0;
}

static int
is_public_v4(const unsigned char *b)
{
	uint32_t ip = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
		      (uint32_t)b[2] << 8 | b[3];

	for (size_t i = 0; i < sizeof(not_public) / sizeof(not_public[0]); i++)
		if ((ip ^ not_public[i].net) >> (32 - not_public[i].bits) == 0)
			return 0;
	return 1;
}

int
address_is_public(const struct sockaddr *a)
{
	unsigned char ip[16];

	if (!bytes_of(a, ip))
		return 0;
	if (is_within(ip, mapped, 96) || is_within(ip, nat64, 96))
		return is_public_v4(ip + 12);
	if (is_within(ip, to_v4, 16))
		return is_public_v4(ip + 2);
	for (size_t i = 0; i < sizeof(not_public6) / sizeof(not_public6[0]);
	     i++)
		if (is_within(ip, not_public6[i].net, not_public6[i].bits))
			return 0;
	return is_within(ip, given_out, 3);
}

/* ---------------------------------------------------------------- rules */

/* S as an address, perhaps in brackets: how many bits it has, 0: it is none. */
static int
parse_ip(const char *s, unsigned char ip[16])
{
	char text[64];
	size_t len = strlen(s);

	if (len >= sizeof(text))
		return 0;
	if (len > 2 && s[0] == '[' && s[len - 1] == ']') {
		memcpy(text, s + 1, len - 2);
		text[len - 2] = '\0';
		return inet_pton(AF_INET6, text, ip) == 1 ? 128 : 0;
	}
	if (inet_pton(AF_INET6, s, ip) == 1)
		return 128;
	memcpy(ip, mapped, 12);
	return inet_pton(AF_INET, s, ip + 12) == 1 ? 32 : 0;
}

/* A number of digits, 0 to 65535: or -1. */
static int
parse_digits(const char *s)
{
	size_t len = strspn(s, "0123456789");

	return len == 0 || len > 5 || s[len] != '\0' || atoi(s) > 65535
		   ? -1
		   : atoi(s);
}

/* The port behind the last colon, which is cut off; in an IPv6 address without
 * brackets there is none.  0 any, -1 it is none. */
static int
cut_port(char *s)
{
	char *colon = strrchr(s, ':');
	int port;

	if (colon == NULL || (*s != '[' && strchr(s, ':') != colon) ||
	    (*s == '[' && strchr(colon, ']') != NULL))
		return 0;
	*colon = '\0';
	port = parse_digits(colon + 1);
	return port > 0 ? port : -1;
}

static const char *
parse_rule(struct address_rule *r, char *s)
{
	char *slash;
	int bits, whole;

	r->port = cut_port(s);
	if (r->port == -1)
		return "a port that is not 1 to 65535";
	slash = strchr(s, '/');
	if (slash != NULL)
		*slash = '\0';
	whole = parse_ip(s, r->net);
	if (whole == 0) {
		if (slash != NULL || *s == '\0' || *s == '[' ||
		    strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRST"
			      "UVWXYZ0123456789.-") != strlen(s))
			return "neither a host nor a network such as "
			       "10.0.0.0/8";
		r->host = s;
		return NULL;
	}
	bits = whole;
	if (slash != NULL &&
	    ((bits = parse_digits(slash + 1)) == -1 || bits > whole))
		return "a network whose bits are too many";
	r->bits = bits + 128 - whole;
	return NULL;
}

const char *
address_rules_parse(struct address_rules *rules, char *s)
{
	const char *wrong = NULL;
	char *rest = s, *item;

	rules->n = 0;
	while (wrong == NULL && (item = strsep(&rest, ",")) != NULL) {
		struct address_rule *r = &rules->rule[rules->n];
		size_t len;

		item += strspn(item, " \t");
		len = strcspn(item, " \t");
		if (item[len + strspn(item + len, " \t")] != '\0')
			return "a blank within an item of the list";
		item[len] = '\0';
		if (rules->n == ADDRESS_RULES_MAX)
			return "too many items in the list (32 at most)";
		memset(r, 0, sizeof(*r));
		wrong = parse_rule(r, item);
		rules->n++;
	}
	return wrong;
}

int
address_rules_name(
    const struct address_rules *rules, const char *host, int port)
{
	unsigned char ip[16];
	int is_ip = parse_ip(host, ip) != 0;

	for (int i = 0; i < rules->n; i++) {
		const struct address_rule *r = &rules->rule[i];

		if (r->port != 0 && r->port != port)
			continue;
		if (r->host != NULL ? strcasecmp(r->host, host) == 0
				    : is_ip && is_within(ip, r->net, r->bits))
			return 1;
	}
	return 0;
}

int
address_may_reach(const struct address_rules *rules, const char *host, int port,
    const struct sockaddr *a)
{
	unsigned char ip[16];

	if (!bytes_of(a, ip))
		return 0;
	if (address_is_public(a) || address_rules_name(rules, host, port))
		return 1;
	for (int i = 0; i < rules->n; i++) {
		const struct address_rule *r = &rules->rule[i];

		if ((r->port == 0 || r->port == port) && r->host == NULL &&
		    is_within(ip, r->net, r->bits))
			return 1;
	}
	return 0;
}
