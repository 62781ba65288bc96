#include "unit.h"

#include "base/clock.h"
#include "fetch_ask.h"
#include "fetch_server.h"

#define BUSY_MS 30000 /* a busy machine gives us no time for so long */

static void
a_connection_is_used_again(void **state)
{
	struct fetch_result a = fetch_ask_get("/who"),
			    b = fetch_ask_get("/who"),
			    c = fetch_ask_get("/missing");

	(void)state;
	assert_int_equal(a.status, 200);
	assert_string_equal(a.body, b.body);
	assert_int_equal(a.failed, 0);
	assert_int_equal(a.retry_after, -1);
	assert_int_equal(c.status, 404);
	assert_string_equal(c.body, "no such thing");
}

static void
a_redirect_is_an_answer(void **state)
{
	int before = fetch_server_requests;
	struct fetch_result r = fetch_ask_get("/redirect");

	(void)state;
	assert_int_equal(r.status, 302);
	assert_string_equal(r.body, "elsewhere");
	assert_int_equal(fetch_server_requests, before + 1);
}

static void
a_slow_answer_may_have_been_acted_on(void **state)
{
	struct client_request request = fetch_ask_to("POST", "/slow");
	int64_t began = clock_ticks_ms();
	struct fetch_result r;

	(void)state;
	request.total_ms = 200;
	r = fetch_ask(&request);
	assert_int_equal(r.status, 0);
	assert_int_equal(r.reached, 1);
	assert_int_equal(r.failed, 1);
	assert_between(clock_ticks_ms() - began, 150, BUSY_MS);
}

static void
what_is_refused_was_not_reached(void **state)
{
	struct client_request request = fetch_ask_to("POST", "/who");
	int port, fd = fetch_server_listen(&port);
	struct fetch_result r;

	(void)state;
	close(fd);
	snprintf(fetch_url, sizeof(fetch_url), "http://127.0.0.1:%d/who", port);
	r = fetch_ask(&request);
	assert_int_equal(r.status, 0);
	assert_int_equal(r.reached, 0);
	assert_int_equal(r.failed, 1);
}

/* TLS with a server that does not speak it. */
static void
no_handshake_is_not_reached(void **state)
{
	struct client_request request = fetch_ask_to("POST", "/who");
	int port, fd = fetch_server_listen(&port);
	struct fetch_result r;

	(void)state;
	snprintf(
	    fetch_url, sizeof(fetch_url), "https://127.0.0.1:%d/who", port);
	request.total_ms = 200;
	r = fetch_ask(&request);
	assert_int_equal(r.status, 0);
	assert_int_equal(r.reached, 0);
	close(fd);
}

static void
half_an_answer_is_said(void **state)
{
	struct fetch_result r = fetch_ask_get("/half");

	(void)state;
	assert_int_equal(r.status, 200);
	assert_int_equal(r.failed, 1);
	assert_int_equal(r.reached, 1);
	assert_int_equal(r.too_long, 0);
	assert_string_equal(r.body, "half of it");
}

static void
a_post_is_never_sent_twice(void **state)
{
	struct client_request request;
	int before = fetch_server_drops;
	struct fetch_result r;

	(void)state;
	fetch_ask_get("/who"); /* so that there is a kept connection */
	request = fetch_ask_to("POST", "/drop");
	request.body = "x";
	request.body_len = 1;
	r = fetch_ask(&request);
	assert_int_equal(r.status, 0);
	assert_int_equal(r.reached, 1);
	assert_int_equal(fetch_server_drops, before + 1);
}

static void
a_dead_connection_is_replaced(void **state)
{
	struct client_request request = fetch_ask_to("POST", "/half");
	struct fetch_result r;

	(void)state;
	fetch_ask(&request); /* the server hangs up after it */
	usleep(50000);
	request = fetch_ask_to("POST", "/who");
	r = fetch_ask(&request);
	assert_int_equal(r.status, 200);
}

static void
twenty_at_once(void **state)
{
	struct client_request request = fetch_ask_to("GET", "/slow");
	static struct fetch_result r[21];
	int n;

	(void)state;
	/* The answer of /who has to come first. */
	request.total_ms = 60000;
	for (int i = 0; i < 20; i++)
		assert_int_equal(
		    client_start(fetch_client, &request, fetch_ask_done, &r[i]),
		    0);
	request = fetch_ask_to("GET", "/who");
	assert_int_equal(
	    client_start(fetch_client, &request, fetch_ask_done, &r[20]), 0);
	assert_int_equal(client_count(fetch_client), 21);
	n = client_run(fetch_client, -1, 60000);
	assert_int_equal(n, 20);
	assert_int_equal(r[20].status, 200);
	client_close(fetch_client);
	for (int i = 0; i < 20; i++)
		assert_int_equal(r[i].done, 1);
	fetch_client = client_open("unit/1");
}

static void
the_wait_is_told(void **state)
{
	struct fetch_result a = fetch_ask_get("/later"),
			    b = fetch_ask_get("/date"),
			    c = fetch_ask_get("/past");

	(void)state;
	assert_int_equal(a.status, 429);
	assert_int_equal(a.retry_after, 120);
	assert_between(b.retry_after, 80, 100);
	assert_int_equal(c.retry_after, -1);
}

static void
a_descriptor_ends_the_waiting(void **state)
{
	struct client_request request = fetch_ask_to("GET", "/slow");
	struct fetch_result r = { 0 };
	int64_t began = clock_ticks_ms();
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(
	    client_start(fetch_client, &request, fetch_ask_done, &r), 0);
	assert_int_equal(client_run(fetch_client, ends[0], 100), 1);
	assert_between(clock_ticks_ms() - began, 90, BUSY_MS);
	assert_int_equal(write(ends[1], "x", 1), 1);
	began = clock_ticks_ms();
	assert_int_equal(client_run(fetch_client, ends[0], 2 * BUSY_MS), 1);
	assert_between(clock_ticks_ms() - began, 0, BUSY_MS);
	assert_int_equal(r.done, 0);
	client_close(fetch_client);
	assert_int_equal(r.done, 1);
	assert_int_equal(r.status, 0);
	fetch_client = client_open("unit/1");
	close(ends[0]);
	close(ends[1]);
}

static void
only_https_leaves_this_machine(void **state)
{
	static const char *const bad[] = { "http://example.com/",
		"file:///etc/passwd", "ftp://127.0.0.1/", "", "//host/x",
		"http://127.0.0.1.example.com/", "http://127.0.0.1@a.b/" };
	const char *split[] = { "Key: a\r\nOther: b", NULL };
	struct client_request request = fetch_ask_to("GET", "/who");
	struct fetch_result r = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		request.url = bad[i];
		assert_int_equal(
		    client_start(fetch_client, &request, fetch_ask_done, &r),
		    -1);
	}
	request = fetch_ask_to("GET", "/who");
	request.headers = split;
	assert_int_equal(
	    client_start(fetch_client, &request, fetch_ask_done, &r), -1);
	assert_int_equal(client_count(fetch_client), 0);
	assert_int_equal(r.done, 0);
}

static void
the_environment_names_no_proxy(void **state)
{
	struct fetch_result r;

	(void)state;
	setenv("http_proxy", "http://127.0.0.1:1/", 1);
	r = fetch_ask_get("/who");
	unsetenv("http_proxy");
	assert_int_equal(r.status, 200);
}

static int
no_address(const void *arg, const struct sockaddr *address)
{
	const int *asked = arg;

	assert_non_null(address);
	(*(int *)(uintptr_t)asked)++;
	return 0;
}

/* Where others chose the URL: also what a name leads to, and a connection that
 * is kept. */
static void
an_address_that_may_not_be_reached_is_not(void **state)
{
	static const char *const hosts[] = { "127.0.0.1", "localhost", "127.1",
		"2130706433" };
	int before = fetch_server_requests, asked = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		struct client_request request = fetch_ask_to("POST", "/who");
		char url[160];
		struct fetch_result r;

		snprintf(url, sizeof(url), "http://%s%s", hosts[i],
		    strrchr(fetch_url, ':'));
		request.url = url;
		request.may_reach = no_address;
		request.reach_arg = &asked;
		asked = 0;
		r = fetch_ask(&request);
		assert_int_equal(r.status, 0);
		assert_int_equal(r.reached, 0);
		assert_int_equal(r.refused, 1);
		assert_true(asked > 0);
	}
	assert_int_equal(fetch_server_requests, before);
}

static void
one_alone(void **state)
{
	struct client_request request = fetch_ask_to("GET", "/who");
	struct fetch_result r = { 0 };

	(void)state;
	assert_int_equal(client_once(&request, fetch_ask_done, &r), 0);
	assert_int_equal(r.done, 1);
	assert_int_equal(r.status, 200);
	request.url = "gopher://x/";
	assert_int_equal(client_once(&request, fetch_ask_done, &r), -1);
	assert_int_equal(r.done, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_connection_is_used_again),
		cmocka_unit_test(a_redirect_is_an_answer),
		cmocka_unit_test(a_slow_answer_may_have_been_acted_on),
		cmocka_unit_test(what_is_refused_was_not_reached),
		cmocka_unit_test(no_handshake_is_not_reached),
		cmocka_unit_test(half_an_answer_is_said),
		cmocka_unit_test(a_post_is_never_sent_twice),
		cmocka_unit_test(a_dead_connection_is_replaced),
		cmocka_unit_test(twenty_at_once),
		cmocka_unit_test(the_wait_is_told),
		cmocka_unit_test(a_descriptor_ends_the_waiting),
		cmocka_unit_test(only_https_leaves_this_machine),
		cmocka_unit_test(the_environment_names_no_proxy),
		cmocka_unit_test(an_address_that_may_not_be_reached_is_not),
		cmocka_unit_test(one_alone),
	};
	int rc;

	fetch_server_start();
	fetch_client = client_open("unit/1");
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	client_close(fetch_client);
	return rc;
}
