#include "unit.h"

#include "base/clock.h"
#include "door/fetch.h"
#include "fetch_server.h"

/* What a request came to. */
struct result {
	int done, status, reached, too_long, failed;
	int64_t retry_after;
	char body[8192], type[64], piece[8192];
	size_t piece_len, piece_max;
};

static struct fetch *f;
static char url[128];

static void
on_done(void *arg, const struct fetch_answer *a)
{
	struct result *r = arg;

	r->done++;
	r->status = a->status;
	r->reached = a->reached;
	r->too_long = a->too_long;
	r->failed = a->error != NULL;
	r->retry_after = a->retry_after;
	assert_int_equal(strlen(a->body), a->body_len);
	snprintf(r->body, sizeof(r->body), "%s", a->body);
	snprintf(
	    r->type, sizeof(r->type), "%s", a->type != NULL ? a->type : "");
}

static int
on_piece(void *arg, const void *s, size_t len)
{
	struct result *r = arg;

	if (r->piece_len + len > r->piece_max)
		return -1;
	memcpy(r->piece + r->piece_len, s, len);
	r->piece_len += len;
	return 0;
}

static struct fetch_request
to(const char *method, const char *path)
{
	snprintf(url, sizeof(url), "http://127.0.0.1:%d%s", server_port, path);
	return (struct fetch_request){
		.method = method, .url = url, .total_ms = 5000
	};
}

static struct result
ask(const struct fetch_request *request)
{
	struct result r = { .piece_max = sizeof(r.piece) };

	assert_int_equal(fetch_start(f, request, on_done, &r), 0);
	while (fetch_run(f, -1, 5000) > 0)
		;
	assert_int_equal(r.done, 1);
	return r;
}

static struct result
get(const char *path)
{
	struct fetch_request request = to("GET", path);

	return ask(&request);
}

static void
a_connection_is_used_again(void **state)
{
	struct result a = get("/who"), b = get("/who"), c = get("/missing");

	(void)state;
	assert_int_equal(a.status, 200);
	assert_string_equal(a.body, b.body);
	assert_int_equal(a.failed, 0);
	assert_int_equal(a.retry_after, -1);
	assert_int_equal(c.status, 404);
	assert_string_equal(c.body, "no such thing");
}

static void
what_is_sent_arrives(void **state)
{
	const char *headers[] = { "Content-Type: application/json", "Key: 1",
		NULL };
	struct fetch_request request = to("POST", "/echo");
	struct result r;

	(void)state;
	request.headers = headers;
	request.body = "{\"a\":1}";
	request.body_len = 7;
	r = ask(&request);
	assert_int_equal(r.status, 200);
	assert_int_equal(r.reached, 1);
	assert_string_equal(r.type, "text/plain");
	assert_non_null(strstr(r.body, "POST /echo HTTP/1.1\r\n"));
	assert_non_null(strstr(r.body, "\r\nKey: 1\r\n"));
	assert_non_null(strstr(r.body, "\r\nUser-Agent: unit/1\r\n"));
	assert_non_null(strstr(r.body, "\r\n\r\n{\"a\":1}"));
	assert_null(strstr(r.body, "Expect"));
	request = to("DELETE", "/echo");
	r = ask(&request);
	assert_non_null(strstr(r.body, "DELETE /echo"));
	request = to("POST", "/echo");
	r = ask(&request);
	assert_non_null(strstr(r.body, "Content-Length: 0\r\n"));
}

static void
a_redirect_is_an_answer(void **state)
{
	int before = server_requests;
	struct result r = get("/redirect");

	(void)state;
	assert_int_equal(r.status, 302);
	assert_string_equal(r.body, "elsewhere");
	assert_int_equal(server_requests, before + 1);
}

static void
a_slow_answer_may_have_been_acted_on(void **state)
{
	struct fetch_request request = to("POST", "/slow");
	int64_t began = clock_ticks_ms();
	struct result r;

	(void)state;
	request.total_ms = 200;
	r = ask(&request);
	assert_int_equal(r.status, 0);
	assert_int_equal(r.reached, 1);
	assert_int_equal(r.failed, 1);
	assert_in_range(clock_ticks_ms() - began, 150, 3000);
}

static void
what_is_refused_was_not_reached(void **state)
{
	struct fetch_request request = to("POST", "/who");
	int port, fd = server_listen(&port);
	struct result r;

	(void)state;
	close(fd);
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/who", port);
	r = ask(&request);
	assert_int_equal(r.status, 0);
	assert_int_equal(r.reached, 0);
	assert_int_equal(r.failed, 1);
}

/* TLS with a server that does not speak it. */
static void
no_handshake_is_not_reached(void **state)
{
	struct fetch_request request = to("POST", "/who");
	int port, fd = server_listen(&port);
	struct result r;

	(void)state;
	snprintf(url, sizeof(url), "https://127.0.0.1:%d/who", port);
	request.total_ms = 200;
	r = ask(&request);
	assert_int_equal(r.status, 0);
	assert_int_equal(r.reached, 0);
	close(fd);
}

static void
half_an_answer_is_said(void **state)
{
	struct result r = get("/half");

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
	struct fetch_request request;
	int before = server_drops;
	struct result r;

	(void)state;
	get("/who"); /* so that there is a kept connection */
	request = to("POST", "/drop");
	request.body = "x";
	request.body_len = 1;
	r = ask(&request);
	assert_int_equal(r.status, 0);
	assert_int_equal(r.reached, 1);
	assert_int_equal(server_drops, before + 1);
}

static void
a_dead_connection_is_replaced(void **state)
{
	struct fetch_request request = to("POST", "/half");
	struct result r;

	(void)state;
	ask(&request); /* the server hangs up after it */
	usleep(50000);
	request = to("POST", "/who");
	r = ask(&request);
	assert_int_equal(r.status, 200);
}

static void
a_long_body_is_broken_off(void **state)
{
	struct fetch_request request = to("GET", "/long");
	struct result r;

	(void)state;
	request.max_len = 4094;
	r = ask(&request);
	assert_int_equal(r.too_long, 1);
	assert_int_equal(r.failed, 1);
	request.max_len = 4095;
	r = ask(&request);
	assert_int_equal(r.too_long, 0);
	assert_int_equal(strlen(r.body), 4095);
}

static void
a_sink_gets_the_body(void **state)
{
	struct fetch_request request = to("GET", "/long");
	struct result r;

	(void)state;
	request.sink = on_piece;
	r = ask(&request);
	assert_int_equal(r.status, 200);
	assert_int_equal(r.piece_len, 4095);
	assert_string_equal(r.body, "");
	request = to("GET", "/missing");
	request.sink = on_piece;
	r = ask(&request);
	assert_int_equal(r.piece_len, 0);
	assert_string_equal(r.body, "no such thing");
}

static void
a_sink_may_break_off(void **state)
{
	struct fetch_request request = to("GET", "/long");
	struct result r = { .piece_max = 100 };

	(void)state;
	request.sink = on_piece;
	assert_int_equal(fetch_start(f, &request, on_done, &r), 0);
	while (fetch_run(f, -1, 5000) > 0)
		;
	assert_int_equal(r.too_long, 1);
}

static void
a_form_carries_a_file(void **state)
{
	struct fetch_field form[] = { { "messaging_product", "whatsapp" },
		{ "type", "image/png" }, { NULL, NULL } };
	struct fetch_request request = to("POST", "/echo");
	char *dir = unit_dir(), *path = unit_path(dir, "stored");
	FILE *file = fopen(path, "w");
	struct result r;

	(void)state;
	assert_int_equal(fputs("the file's bytes", file) < 0, 0);
	fclose(file);
	request.form = form;
	request.file_path = path;
	request.file_name = "a \"b\".png";
	request.file_type = "image/png";
	r = ask(&request);
	assert_int_equal(r.status, 200);
	assert_non_null(strstr(r.body, "name=\"messaging_product\"\r\n\r\n"
				       "whatsapp"));
	assert_non_null(strstr(r.body, "name=\"file\"; filename=\"a "));
	assert_non_null(strstr(r.body, "Content-Type: image/png\r\n"));
	assert_non_null(strstr(r.body, "\r\n\r\nthe file's bytes\r\n"));
	assert_null(strstr(r.body, dir));
	free(path);
	unit_clear(dir);
}

static void
twenty_at_once(void **state)
{
	struct fetch_request request = to("GET", "/slow");
	static struct result r[21];
	int n;

	(void)state;
	/* The answer of /who has to come first. */
	request.total_ms = getenv("VALGRIND") != NULL ? 8000 : 600;
	for (int i = 0; i < 20; i++)
		assert_int_equal(fetch_start(f, &request, on_done, &r[i]), 0);
	request = to("GET", "/who");
	assert_int_equal(fetch_start(f, &request, on_done, &r[20]), 0);
	assert_int_equal(fetch_count(f), 21);
	n = fetch_run(f, -1, 7000);
	assert_int_equal(n, 20);
	assert_int_equal(r[20].status, 200);
	while (fetch_run(f, -1, 5000) > 0)
		;
	for (int i = 0; i < 20; i++)
		assert_int_equal(r[i].done, 1);
}

static void
the_wait_is_told(void **state)
{
	struct result a = get("/later"), b = get("/date"), c = get("/past");

	(void)state;
	assert_int_equal(a.status, 429);
	assert_int_equal(a.retry_after, 120);
	assert_in_range(b.retry_after, 80, 100);
	assert_int_equal(c.retry_after, -1);
}

static void
a_descriptor_ends_the_waiting(void **state)
{
	struct fetch_request request = to("GET", "/slow");
	struct result r = { 0 };
	int64_t began = clock_ticks_ms();
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(fetch_start(f, &request, on_done, &r), 0);
	assert_int_equal(fetch_run(f, ends[0], 100), 1);
	assert_in_range(clock_ticks_ms() - began, 90, 3000);
	assert_int_equal(write(ends[1], "x", 1), 1);
	began = clock_ticks_ms();
	assert_int_equal(fetch_run(f, ends[0], 5000), 1);
	assert_in_range(clock_ticks_ms() - began, 0, 1000);
	assert_int_equal(r.done, 0);
	fetch_close(f);
	assert_int_equal(r.done, 1);
	assert_int_equal(r.status, 0);
	f = fetch_open("unit/1");
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
	struct fetch_request request = to("GET", "/who");
	struct result r = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		request.url = bad[i];
		assert_int_equal(fetch_start(f, &request, on_done, &r), -1);
	}
	request = to("GET", "/who");
	request.headers = split;
	assert_int_equal(fetch_start(f, &request, on_done, &r), -1);
	assert_int_equal(fetch_count(f), 0);
	assert_int_equal(r.done, 0);
}

static void
the_environment_names_no_proxy(void **state)
{
	struct result r;

	(void)state;
	setenv("http_proxy", "http://127.0.0.1:1/", 1);
	r = get("/who");
	unsetenv("http_proxy");
	assert_int_equal(r.status, 200);
}

static void
one_alone(void **state)
{
	struct fetch_request request = to("GET", "/who");
	struct result r = { 0 };

	(void)state;
	assert_int_equal(fetch_once(&request, on_done, &r), 0);
	assert_int_equal(r.done, 1);
	assert_int_equal(r.status, 200);
	request.url = "gopher://x/";
	assert_int_equal(fetch_once(&request, on_done, &r), -1);
	assert_int_equal(r.done, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_connection_is_used_again),
		cmocka_unit_test(what_is_sent_arrives),
		cmocka_unit_test(a_redirect_is_an_answer),
		cmocka_unit_test(a_slow_answer_may_have_been_acted_on),
		cmocka_unit_test(what_is_refused_was_not_reached),
		cmocka_unit_test(no_handshake_is_not_reached),
		cmocka_unit_test(half_an_answer_is_said),
		cmocka_unit_test(a_post_is_never_sent_twice),
		cmocka_unit_test(a_dead_connection_is_replaced),
		cmocka_unit_test(a_long_body_is_broken_off),
		cmocka_unit_test(a_sink_gets_the_body),
		cmocka_unit_test(a_sink_may_break_off),
		cmocka_unit_test(a_form_carries_a_file),
		cmocka_unit_test(twenty_at_once),
		cmocka_unit_test(the_wait_is_told),
		cmocka_unit_test(a_descriptor_ends_the_waiting),
		cmocka_unit_test(only_https_leaves_this_machine),
		cmocka_unit_test(the_environment_names_no_proxy),
		cmocka_unit_test(one_alone),
	};
	int rc;

	server_start();
	f = fetch_open("unit/1");
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	fetch_close(f);
	return rc;
}
