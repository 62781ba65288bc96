#ifndef BASE_NET_ADDRESS_H
#define BASE_NET_ADDRESS_H

struct sockaddr;

/*
 * Which addresses of the Internet protocol a program may reach because somebody
 * wrote them down.  An address that people choose may point at this machine, at
 * its network or at the metadata of a cloud (server-side request forgery), so
 * only what is public may be reached, and what an operator allows.
 */

/* 1 when it is a public unicast address: what IANA's registries of special
 * addresses do not have (RFC 6890).  Of an IPv6 address that holds an IPv4 one
 * (mapped, NAT64, 6to4) that counts. */
int address_is_public(const struct sockaddr *);

/* What an operator allows besides: HOST, HOST:PORT, NETWORK/BITS,
 * NETWORK/BITS:PORT; IPv6 in brackets when a port follows. */
#define ADDRESS_RULES_MAX 32

struct address_rule {
	const char *host;      /* a name; NULL: a network */
	unsigned char net[16]; /* IPv4 as ::ffff:… */
	int bits;
	int port; /* 0 any */
};

struct address_rules {
	struct address_rule rule[ADDRESS_RULES_MAX];
	int n;
};

/* A list with commas, which is cut to pieces and kept: NULL, or what is
 * wrong. */
const char *address_rules_parse(struct address_rules *, char *s);

/* 1 when a rule names HOST, or has the address that HOST is written as. */
int address_rules_name(
    const struct address_rules *, const char *host, int port);

/* 1 when a connection to HOST may be made at this address of it: the address is
 * public, or a rule names HOST or has the address. */
int address_may_reach(const struct address_rules *, const char *host, int port,
    const struct sockaddr *);

#endif
