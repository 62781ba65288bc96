#ifndef TESTS_UNIT_FETCH_ASK_H
#define TESTS_UNIT_FETCH_ASK_H

/* Requests to the server of fetch_server.h, and what they came to. */
#include "unit.h"

#include "lib/http/client.h"
#include "fetch_server.h"

/* What a request came to. */
struct result {
	int done, status, reached, too_long, failed;
	int64_t retry_after;
	char body[8192], type[64], piece[8192];
	size_t piece_len, piece_max;
};

static struct client *f;
static char url[128];

static inline void
on_done(void *arg, const struct client_answer *a)
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

static inline int
on_piece(void *arg, const void *s, size_t len)
{
	struct result *r = arg;

	if (r->piece_len + len > r->piece_max)
		return -1;
	memcpy(r->piece + r->piece_len, s, len);
	r->piece_len += len;
	return 0;
}

static inline struct client_request
to(const char *method, const char *path)
{
	snprintf(url, sizeof(url), "http://127.0.0.1:%d%s", server_port, path);
	return (struct client_request){
		.method = method, .url = url, .total_ms = 5000
	};
}

static inline struct result
ask(const struct client_request *request)
{
	struct result r = { .piece_max = sizeof(r.piece) };

	assert_int_equal(client_start(f, request, on_done, &r), 0);
	while (client_run(f, -1, 5000) > 0)
		;
	assert_int_equal(r.done, 1);
	return r;
}

static inline struct result
get(const char *path)
{
	struct client_request request = to("GET", path);

	return ask(&request);
}

#endif
