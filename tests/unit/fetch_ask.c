/*
 * Requests to the server of fetch_server.h.
 */
#include "fetch_ask.h"

#include "fetch_server.h"

struct client *fetch_client;
char fetch_url[128];

void
fetch_ask_done(void *arg, const struct client_answer *a)
{
	struct fetch_result *r = arg;

	r->done++;
	r->status = a->status;
	r->reached = a->reached;
	r->too_long = a->too_long;
	r->failed = a->error != NULL;
	r->refused = a->refused;
	r->retry_after = a->retry_after;
	assert_int_equal(strlen(a->body), a->body_len);
	snprintf(r->body, sizeof(r->body), "%s", a->body);
	snprintf(
	    r->type, sizeof(r->type), "%s", a->type != NULL ? a->type : "");
}

int
fetch_ask_piece(void *arg, const void *s, size_t len)
{
	struct fetch_result *r = arg;

	if (r->piece_len + len > r->piece_max)
		return -1;
	memcpy(r->piece + r->piece_len, s, len);
	r->piece_len += len;
	return 0;
}

struct client_request
fetch_ask_to(const char *method, const char *path)
{
	snprintf(fetch_url, sizeof(fetch_url), "http://127.0.0.1:%d%s",
	    fetch_server_port, path);
	return (struct client_request){
		.method = method, .url = fetch_url, .total_ms = 5000
	};
}

struct fetch_result
fetch_ask(const struct client_request *request)
{
	struct fetch_result r = { .piece_max = sizeof(r.piece) };

	assert_int_equal(
	    client_start(fetch_client, request, fetch_ask_done, &r), 0);
	while (client_run(fetch_client, -1, 5000) > 0)
		;
	assert_int_equal(r.done, 1);
	return r;
}

struct fetch_result
fetch_ask_get(const char *path)
{
	struct client_request request = fetch_ask_to("GET", path);

	return fetch_ask(&request);
}
