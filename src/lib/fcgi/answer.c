/*
 * A request's way out: its answer, whole or piece by piece, as records of
 * FastCGI or plain CGI's standard output.
 */
#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/pool.h"

#include "lib/fcgi/connection.h"
#include "lib/fcgi/http_stream.h"
#include "lib/fcgi/request.h"

static void
add(struct iovec *part, int *n, const char *s, size_t len)
{
	part[*n].iov_base = (char *)(uintptr_t)s;
	part[(*n)++].iov_len = len;
}

/* nginx passes an empty reason on, and some clients stumble over that. */
static const char *
reason(int status)
{
	static const struct {
		int status;
		const char *words;
	} reasons[] = { { 200, "OK" }, { 201, "Created" }, { 202, "Accepted" },
		{ 204, "No Content" }, { 400, "Bad Request" },
		{ 401, "Unauthorized" }, { 403, "Forbidden" },
		{ 404, "Not Found" }, { 405, "Method Not Allowed" },
		{ 409, "Conflict" }, { 410, "Gone" },
		{ 413, "Content Too Large" }, { 415, "Unsupported Media Type" },
		{ 422, "Unprocessable Content" }, { 429, "Too Many Requests" },
		{ 500, "Internal Server Error" },
		{ 503, "Service Unavailable" },
		{ 507, "Insufficient Storage" } };

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].status == status)
			return reasons[i].words;
	return "Status";
}

/* Head and body as parts of one answer, LENGTH as the program says it, TEXT
 * for what is made here: how many.  The status comes behind the headers: to
 * haproxy a Location that follows it means 302, whatever it was. */
static int
parts_of(const struct http_answer *a, int length, char text[2][64],
    struct iovec *part)
{
	int n = 0;

	if (a->headers != NULL)
		add(part, &n, a->headers, strlen(a->headers));
	add(part, &n, text[0],
	    (size_t)snprintf(text[0], 64, "Status: %d %s\r\n", a->status,
		reason(a->status)));
	if (a->type != NULL) {
		add(part, &n, "Content-Type: ", 14);
		add(part, &n, a->type, strlen(a->type));
		add(part, &n, "\r\n", 2);
	}
	if (length && a->status != 204)
		add(part, &n, text[1],
		    (size_t)snprintf(
			text[1], 64, "Content-Length: %zu\r\n", a->body_len));
	add(part, &n, "\r\n", 2);
	return n;
}

/* Plain CGI: 0, or -1. */
static int
print_parts(const struct iovec *part, int n)
{
	for (int i = 0; i < n; i++)
		fwrite(part[i].iov_base, 1, part[i].iov_len, stdout);
	return fflush(stdout) == 0 ? 0 : -1;
}

/* 0, or -1 now and from now on. */
static int
send_parts(
    struct request *r, const struct iovec *part, int n, enum record_end end)
{
	int rc = -1;

	if (!r->is_gone)
		rc = r->fd == -1
			 ? print_parts(part, n)
			 : record_send(r->fd, r->params.id, part, n, end);
	r->is_gone = rc == -1;
	return rc;
}

/* The connection is kept after it: 1, 0. */
static int
stays(const struct request *r)
{
	return r->params.keep && !r->is_stream && request_is_read(r);
}

/* Sends status, headers and body, or ends what was sent piece by piece.  A web
 * server that would keep a connection which does not stay is told in the same
 * breath: later it may have the next request on its way. */
static void
send_answer(struct request *r, const struct http_answer *answer)
{
	struct iovec part[RECORD_PARTS];
	enum record_end end = RECORD_END;
	char text[2][64];
	int n = 0;

	if (!r->is_stream) {
		n = parts_of(answer, 1, text, part);
		if (!r->http.head && answer->body != NULL)
			add(part, &n, answer->body, answer->body_len);
	}
	if (r->fd != -1 && r->params.keep &&
	    (!stays(r) || connection_is_to_go(r->connection)))
		end = RECORD_END_AWAY;
	send_parts(r, part, n, end);
}

void
request_done(struct request *r, const struct http_answer *answer)
{
	struct connection *c = r->connection;
	int is_whole = 0;

	send_answer(r, answer);
	if (c == NULL) {
		request_put(r);
	} else if (r->is_gone) {
		request_put(r);
		connection_close(c);
	} else if (!request_is_read(r)) {
		request_put(r);
		connection_linger(c);
	} else if (!stays(r)) {
		request_put(r);
		connection_close(c);
	} else if (request_next(r, &is_whole)) {
		connection_wait(c, CONNECTION_HEAD, is_whole);
	} else {
		request_put(r);
		connection_wait(c, CONNECTION_IDLE, 0);
	}
}

void
http_done(const struct http_request *request, const struct http_answer *answer)
{
	request_done(request->transport, answer);
}

void
http_later(const struct http_request *request)
{
	const struct request *r = request->transport;

	*r->later = 1;
	log_about(NULL, NULL);
}

/* ----------------------------------------------------------------- streams */

int
http_begin(const struct http_request *request, const struct http_answer *answer)
{
	struct request *r = request->transport;
	struct iovec part[RECORD_PARTS];
	char text[2][64];

	r->is_stream = 1;
	request_forget_head(r);
	return send_parts(
	    r, part, parts_of(answer, 0, text, part), RECORD_GOES_ON);
}

int
http_write(const struct http_request *request, const char *s, size_t len)
{
	struct iovec part = { (char *)(uintptr_t)s, len };

	return send_parts(request->transport, &part, len > 0, RECORD_GOES_ON);
}

int
http_listens(const struct http_request *request)
{
	struct request *r = request->transport;
	struct pollfd peer = { .fd = 1, .events = POLLRDHUP };

	/* The web server sends nothing more; what can be read is its end, or
	 * an abort, which means the same. */
	if (r->fd != -1)
		return request_is_waited_for(r);
	return poll(&peer, 1, 0) != 1 ||
	       (peer.revents & (POLLERR | POLLHUP | POLLRDHUP)) == 0;
}

/* ------------------------------------------------------- parts of an answer */

void
http_add_header(const struct http_request *request, struct http_answer *answer,
    const char *name, const char *value)
{
	answer->headers = pool_printf(request->pool, "%s%s: %s\r\n",
	    answer->headers != NULL ? answer->headers : "", name, value);
}

void
http_plain(const struct http_request *request, struct http_answer *answer,
    int status, const char *line)
{
	answer->status = status;
	answer->type = "text/plain; charset=utf-8";
	answer->body = pool_printf(request->pool, "%s\n", line);
	answer->body_len = strlen(answer->body);
}
