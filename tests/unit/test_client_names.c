/*
 * A name that leads to several addresses, or to another one when it is asked
 * again: what is judged is what is connected to.  Names are answered here
 * (getaddrinfo, which libcurl calls), since no resolver of a test may be asked.
 */
#include "unit.h"

#include <sys/socket.h>

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <string.h>

#include "fetch_ask.h"
#include "fetch_server.h"

/* The server is at the first; at the second, on its port, nobody may come. */
#define ALLOWED	  "127.0.0.1"
#define FORBIDDEN "127.0.0.2"
#define NAME	  "hooks.example"

static atomic_int resolved;
static const char *_Atomic leads_to[2]; /* NULL none */
static int forbidden_fd;

typedef int resolve(
    const char *, const char *, const struct addrinfo *, struct addrinfo **);

/* Takes the C library's place, for libcurl too. */
int
getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
    struct addrinfo **out)
{
	struct addrinfo numeric = *hints, **at = out;
	resolve *theirs;
	void *found = dlsym(RTLD_NEXT, "getaddrinfo");

	memcpy(&theirs, &found, sizeof(theirs));
	if (name == NULL || strcmp(name, NAME) != 0)
		return theirs(name, service, hints, out);
	resolved++;
	if (hints->ai_family == AF_INET6)
		return EAI_NONAME;
	numeric.ai_flags = AI_NUMERICHOST;
	for (int i = 0; i < 2; i++) {
		if (leads_to[i] == NULL)
			continue;
		if (theirs(leads_to[i], service, &numeric, at) != 0)
			abort();
		while (*at != NULL)
			at = &(*at)->ai_next;
	}
	return 0;
}

static void
answer_name(const char *first, const char *second)
{
	leads_to[0] = first;
	leads_to[1] = second;
}

struct judge {
	int n_allowed, n_forbidden;
	const char *then; /* the name leads there once it was judged */
};

static int
judge(const void *arg, const struct sockaddr *address)
{
	struct judge *j = (struct judge *)(uintptr_t)arg;
	struct sockaddr_in v4;
	char ip[INET_ADDRSTRLEN];
	int may;

	assert_int_equal(address->sa_family, AF_INET);
	memcpy(&v4, address, sizeof(v4));
	inet_ntop(AF_INET, &v4.sin_addr, ip, sizeof(ip));
	may = strcmp(ip, ALLOWED) == 0;
	j->n_allowed += may;
	j->n_forbidden += !may;
	if (j->then != NULL)
		answer_name(j->then, NULL);
	return may;
}

/* By a client that knows no name yet. */
static struct fetch_result
ask_name(struct judge *j, int port)
{
	struct client_request request = fetch_ask_to("POST", "/who");
	struct client *kept = fetch_client;
	struct fetch_result r;
	char url[64];

	snprintf(url, sizeof(url), "http://" NAME ":%d/who", port);
	request.url = url;
	request.may_reach = judge;
	request.reach_arg = j;
	fetch_client = client_open("unit/1");
	r = fetch_ask(&request);
	client_close(fetch_client);
	fetch_client = kept;
	return r;
}

static void
nobody_came(void)
{
	assert_int_equal(accept(forbidden_fd, NULL, NULL), -1);
	assert_int_equal(errno, EAGAIN);
}

static void
of_several_addresses_only_the_allowed_one_is_reached(void **state)
{
	static const char *const order[][2] = { { ALLOWED, FORBIDDEN },
		{ FORBIDDEN, ALLOWED } };

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct judge j = { 0 };
		int before = resolved;
		struct fetch_result r;

		answer_name(order[i][0], order[i][1]);
		r = ask_name(&j, fetch_server_port);
		assert_true(resolved > before);
		assert_int_equal(r.status, 200);
		assert_true(j.n_allowed > 0);
		nobody_came();
	}
}

static void
of_several_forbidden_ones_none_is_reached(void **state)
{
	struct judge j = { 0 };
	struct fetch_result r;

	(void)state;
	answer_name(FORBIDDEN, "127.0.0.3");
	r = ask_name(&j, fetch_server_port);
	assert_int_equal(r.status, 0);
	assert_int_equal(r.reached, 0);
	assert_int_equal(r.refused, 1);
	assert_int_equal(j.n_forbidden, 2);
	nobody_came();
}

/* So that nobody looks for a rule when the server does not answer. */
static void
when_the_allowed_one_does_not_answer_that_is_said(void **state)
{
	struct judge j = { 0 };
	int port, fd = fetch_server_listen(&port);
	struct fetch_result r;

	(void)state;
	close(fd);
	answer_name(FORBIDDEN, ALLOWED);
	r = ask_name(&j, port);
	assert_int_equal(r.status, 0);
	assert_int_equal(r.failed, 1);
	assert_int_equal(r.refused, 0);
	assert_int_equal(j.n_allowed, 1);
}

/* The name changes between the look and the connection (DNS rebinding). */
static void
the_address_that_was_judged_is_connected_to(void **state)
{
	struct judge j = { .then = FORBIDDEN };
	struct fetch_result r;

	(void)state;
	answer_name(ALLOWED, NULL);
	r = ask_name(&j, fetch_server_port);
	assert_int_equal(r.status, 200);
	assert_int_equal(j.n_forbidden, 0);
	nobody_came();
	j = (struct judge){ .then = ALLOWED };
	answer_name(FORBIDDEN, NULL);
	r = ask_name(&j, fetch_server_port);
	assert_int_equal(r.status, 0);
	assert_int_equal(r.refused, 1);
	nobody_came();
}

/* Each request judges anew, also one that finds a connection made for
 * others. */
static void
a_name_is_judged_each_time(void **state)
{
	struct client_request request = fetch_ask_to("POST", "/who");
	struct judge j = { 0 };
	char url[64];

	(void)state;
	snprintf(url, sizeof(url), "http://" NAME ":%d/who", fetch_server_port);
	answer_name(ALLOWED, NULL);
	for (int i = 1; i <= 3; i++) {
		request.url = url;
		request.may_reach = judge;
		request.reach_arg = &j;
		assert_int_equal(fetch_ask(&request).status, 200);
		assert_true(j.n_allowed >= i);
	}
	assert_int_equal(j.n_forbidden, 0);
}

/* Listens where no connection may come, on the server's port. */
static int
listen_forbidden(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)fetch_server_port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	inet_pton(AF_INET, FORBIDDEN, &a.sin_addr);
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) != 0 ||
	    listen(fd, 64) != 0)
		abort();
	return fd;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    of_several_addresses_only_the_allowed_one_is_reached),
		cmocka_unit_test(of_several_forbidden_ones_none_is_reached),
		cmocka_unit_test(
		    when_the_allowed_one_does_not_answer_that_is_said),
		cmocka_unit_test(the_address_that_was_judged_is_connected_to),
		cmocka_unit_test(a_name_is_judged_each_time),
	};
	int rc;

	fetch_server_start();
	forbidden_fd = listen_forbidden();
	fetch_client = client_open("unit/1");
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	client_close(fetch_client);
	close(forbidden_fd);
	return rc;
}
