#include "unit.h"

#include "fetch_ask.h"
#include "fetch_server.h"

static void
what_is_sent_arrives(void **state)
{
	const char *headers[] = { "Content-Type: application/json", "Key: 1",
		NULL };
	struct client_request request = fetch_ask_to("POST", "/echo");
	struct fetch_result r;

	(void)state;
	request.headers = headers;
	request.body = "{\"a\":1}";
	request.body_len = 7;
	r = fetch_ask(&request);
	assert_int_equal(r.status, 200);
	assert_int_equal(r.reached, 1);
	assert_string_equal(r.type, "text/plain");
	assert_non_null(strstr(r.body, "POST /echo HTTP/1.1\r\n"));
	assert_non_null(strstr(r.body, "\r\nKey: 1\r\n"));
	assert_non_null(strstr(r.body, "\r\nUser-Agent: unit/1\r\n"));
	assert_non_null(strstr(r.body, "\r\n\r\n{\"a\":1}"));
	assert_null(strstr(r.body, "Expect"));
	request = fetch_ask_to("DELETE", "/echo");
	r = fetch_ask(&request);
	assert_non_null(strstr(r.body, "DELETE /echo"));
	request = fetch_ask_to("POST", "/echo");
	r = fetch_ask(&request);
	assert_non_null(strstr(r.body, "Content-Length: 0\r\n"));
}

static void
a_long_body_is_broken_off(void **state)
{
	struct client_request request = fetch_ask_to("GET", "/long");
	struct fetch_result r;

	(void)state;
	request.max_len = 4094;
	r = fetch_ask(&request);
	assert_int_equal(r.too_long, 1);
	assert_int_equal(r.failed, 1);
	request.max_len = 4095;
	r = fetch_ask(&request);
	assert_int_equal(r.too_long, 0);
	assert_int_equal(strlen(r.body), 4095);
}

static void
a_sink_gets_the_body(void **state)
{
	struct client_request request = fetch_ask_to("GET", "/long");
	struct fetch_result r;

	(void)state;
	request.sink = fetch_ask_piece;
	r = fetch_ask(&request);
	assert_int_equal(r.status, 200);
	assert_int_equal(r.piece_len, 4095);
	assert_string_equal(r.body, "");
	request = fetch_ask_to("GET", "/missing");
	request.sink = fetch_ask_piece;
	r = fetch_ask(&request);
	assert_int_equal(r.piece_len, 0);
	assert_string_equal(r.body, "no such thing");
}

static void
a_sink_may_break_off(void **state)
{
	struct client_request request = fetch_ask_to("GET", "/long");
	struct fetch_result r = { .piece_max = 100 };

	(void)state;
	request.sink = fetch_ask_piece;
	assert_int_equal(
	    client_start(fetch_client, &request, fetch_ask_done, &r), 0);
	while (client_run(fetch_client, -1, 5000) > 0)
		;
	assert_int_equal(r.too_long, 1);
}

static void
a_form_carries_a_file(void **state)
{
	struct client_field form[] = { { "messaging_product", "whatsapp" },
		{ "type", "image/png" }, { NULL, NULL } };
	struct client_request request = fetch_ask_to("POST", "/echo");
	char *dir = unit_dir(), *path = unit_path(dir, "stored");
	FILE *file = fopen(path, "w");
	struct fetch_result r;

	(void)state;
	assert_int_equal(fputs("the file's bytes", file) < 0, 0);
	fclose(file);
	request.form = form;
	request.file_path = path;
	request.file_name = "a \"b\".png";
	request.file_type = "image/png";
	r = fetch_ask(&request);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_sent_arrives),
		cmocka_unit_test(a_long_body_is_broken_off),
		cmocka_unit_test(a_sink_gets_the_body),
		cmocka_unit_test(a_sink_may_break_off),
		cmocka_unit_test(a_form_carries_a_file),
	};
	int rc;

	fetch_server_start();
	fetch_client = client_open("unit/1");
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	client_close(fetch_client);
	return rc;
}
