/* Which addresses may be reached that people wrote down, and exceptions. */
#include "unit.h"

#include <sys/socket.h>

#include <netdb.h>
#include <string.h>

#include "base/net/address.h"
#include "base/text.h"

#define N(table) (sizeof(table) / sizeof(*(table)))

/* S, in digits, as the resolver would hand it to a connection. */
static struct addrinfo *
resolved(const char *s)
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST,
		.ai_socktype = SOCK_STREAM };
	struct addrinfo *a = NULL;

	assert_int_equal(getaddrinfo(s, "443", &hints, &a), 0);
	return a;
}

static void
only_public_addresses_are_public(void **state)
{
	static const struct {
		const char *s;
		int is_public;
	} cases[] = {
		{ "8.8.8.8", 1 },
		{ "1.1.1.1", 1 },
		{ "9.255.255.255", 1 },
		{ "11.0.0.0", 1 },
		{ "100.63.255.255", 1 },
		{ "100.128.0.0", 1 },
		{ "172.15.255.255", 1 },
		{ "172.32.0.0", 1 },
		{ "192.167.255.255", 1 },
		{ "192.169.0.0", 1 },
		{ "198.17.255.255", 1 },
		{ "198.20.0.0", 1 },
		{ "223.255.255.255", 1 },
		{ "0.0.0.0", 0 },
		{ "0.1.2.3", 0 },
		{ "10.0.0.1", 0 },
		{ "100.64.0.1", 0 },
		{ "100.127.255.255", 0 },
		{ "127.0.0.1", 0 },
		{ "127.1", 0 },
		{ "2130706433", 0 },
		{ "0x7f.0.0.1", 0 },
		{ "0177.0.0.1", 0 },
		{ "127.255.255.255", 0 },
		{ "169.254.169.254", 0 },
		{ "172.16.0.1", 0 },
		{ "172.31.255.255", 0 },
		{ "192.0.0.1", 0 },
		{ "192.0.2.1", 0 },
		{ "192.168.1.1", 0 },
		{ "198.18.0.1", 0 },
		{ "198.19.255.255", 0 },
		{ "198.51.100.1", 0 },
		{ "203.0.113.1", 0 },
		{ "224.0.0.1", 0 },
		{ "240.0.0.1", 0 },
		{ "255.255.255.255", 0 },
		{ "2606:4700:4700::1111", 1 },
		{ "2a00:1450:4001:81b::200e", 1 },
		{ "2002:0808:0808::1", 1 },
		{ "64:ff9b::8.8.8.8", 1 },
		{ "::ffff:8.8.8.8", 1 },
		{ "::", 0 },
		{ "::1", 0 },
		{ "::7f00:1", 0 },
		{ "::ffff:127.0.0.1", 0 },
		{ "::ffff:169.254.169.254", 0 },
		{ "::ffff:10.0.0.1", 0 },
		{ "64:ff9b::127.0.0.1", 0 },
		{ "64:ff9b::192.168.0.1", 0 },
		{ "64:ff9b:1::8.8.8.8", 0 },
		{ "2002:7f00:0001::1", 0 },
		{ "2002:c0a8:0101::1", 0 },
		{ "100::1", 0 },
		{ "2001::1", 0 },
		{ "2001:db8::1", 0 },
		{ "3fff::1", 0 },
		{ "5f00::1", 0 },
		{ "fc00::1", 0 },
		{ "fd12:3456::1", 0 },
		{ "fe80::1", 0 },
		{ "fec0::1", 0 },
		{ "ff02::1", 0 },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct addrinfo *a = resolved(cases[i].s);

		print_message("%s\n", cases[i].s);
		assert_int_equal(
		    address_is_public(a->ai_addr), cases[i].is_public);
		freeaddrinfo(a);
	}
}

static void
a_rule_allows_what_it_names(void **state)
{
	static const struct {
		const char *host, *at;
		int port, may;
	} cases[] = {
		{ "crm.example", "10.1.2.3", 443, 1 },
		{ "CRM.example", "127.0.0.1", 1, 1 },
		{ "crm.example.org", "127.0.0.1", 443, 0 },
		{ "hooks.internal", "fd00::9", 8443, 1 },
		{ "hooks.internal", "fd00::9", 443, 0 },
		{ "a.example", "192.168.5.9", 443, 1 },
		{ "a.example", "192.168.6.9", 443, 0 },
		{ "a.example", "::ffff:192.168.5.9", 443, 1 },
		{ "a.example", "172.16.0.9", 9000, 1 },
		{ "a.example", "172.16.0.9", 9001, 0 },
		{ "a.example", "fd12::1", 443, 1 },
		{ "a.example", "fd13::1", 443, 0 },
		{ "a.example", "::1", 7000, 1 },
		{ "a.example", "::1", 7001, 0 },
		{ "a.example", "8.8.8.8", 443, 1 },
	};
	char list[] = "crm.example, hooks.internal:8443,192.168.5.0/24,"
		      "172.16.0.9:9000,fd12::/16,[::1]:7000";
	struct address_rules rules;

	(void)state;
	assert_null(address_rules_parse(&rules, list));
	for (size_t i = 0; i < N(cases); i++) {
		struct addrinfo *a = resolved(cases[i].at);

		print_message("%s %s\n", cases[i].host, cases[i].at);
		assert_int_equal(address_may_reach(&rules, cases[i].host,
				     cases[i].port, a->ai_addr),
		    cases[i].may);
		freeaddrinfo(a);
	}
	assert_int_equal(address_rules_name(&rules, "[::1]", 7000), 1);
	assert_int_equal(address_rules_name(&rules, "192.168.5.77", 80), 1);
	assert_int_equal(address_rules_name(&rules, "a.example", 80), 0);
}

static void
a_rule_that_means_nothing_is_refused(void **state)
{
	static const char *const wrong[] = { "", "a,,b", "a b", "10.0.0.0/33",
		"fd00::/129", "10.0.0.0/-1", "10.0.0.0/8/8", "name/8", "host:0",
		"host:65536", "host:", "[::1", "[name]", "ho_st", "*",
		"*.example", "http://a.example",
		"1,2,3,4,5,6,7,8,9,10,11,12,13,"
		"14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33" };
	struct address_rules rules;
	char text[256];

	(void)state;
	for (size_t i = 0; i < N(wrong); i++) {
		print_message("%s\n", wrong[i]);
		assert_true(strlen(wrong[i]) < sizeof(text));
		strcpy(text, wrong[i]);
		assert_non_null(address_rules_parse(&rules, text));
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_public_addresses_are_public),
		cmocka_unit_test(a_rule_allows_what_it_names),
		cmocka_unit_test(a_rule_that_means_nothing_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
