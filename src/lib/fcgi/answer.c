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

#include "base/buf.h"
#include "base/log.h"
#include "base/pool.h"

#include "lib/fcgi/connection.h"
#include "lib/fcgi/http_stream.h"
#include "lib/fcgi/request.h"

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

static void
put_number(struct buf *b, size_t n)
{
	char text[24], *s = text + sizeof(text);

	do
		*--s = (char)('0' + n % 10);
	while ((n /= 10) > 0);
	buf_put(b, s, (size_t)(text + sizeof(text) - s));
}

/* The head of an answer as a part of it, in POOL; LENGTH: as the program says
 * it.  The status comes behind the headers: to haproxy a Location that follows
 * it means 302, whatever it was. */
static struct iovec
head_of(struct pool *pool, const struct http_answer *a, int length)
{
	struct buf b = { .pool = pool };

	buf_expect(&b, 256);
	if (a->headers != NULL)
		buf_text(&b, a->headers);
	buf_text(&b, "Status: ");
	put_number(&b, (size_t)a->status);
	buf_char(&b, ' ');
	buf_text(&b, reason(a->status));
	if (a->type != NULL) {
		buf_text(&b, "\r\nContent-Type: ");
		buf_text(&b, a->type);
	}
	if (length && a->status != 204) {
		buf_text(&b, "\r\nContent-Length: ");
		put_number(&b, a->body_len);
	}
	buf_text(&b, "\r\n\r\n");
	return (struct iovec){ b.s, b.len };
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

/* Waits for nobody: of a peer that takes nothing the connection is closed. */
static void
end_stream(struct request *r)
{
	if (r->is_gone || r->fd == -1)
		return;
	record_put(&r->output, r->params.id, NULL, 0,
	    r->params.keep ? RECORD_END_AWAY : RECORD_END);
	r->is_gone = record_flush(r->fd, &r->output) != 0;
}

/* Sends status, headers and body, or ends what was sent piece by piece.  A web
 * server that would keep a connection which does not stay is told in the same
 * breath: later it may have the next request on its way. */
static void
send_answer(struct request *r, const struct http_answer *answer)
{
	struct iovec part[RECORD_PARTS];
	enum record_end end = RECORD_END;
	int n = 0;

	if (r->is_stream) {
		end_stream(r);
		return;
	}
	part[n++] = head_of(r->http.pool, answer, 1);
	if (!r->http.head && answer->body != NULL)
		part[n++] = (struct iovec){ (char *)(uintptr_t)answer->body,
			answer->body_len };
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
	struct iovec part = head_of(r->http.pool, answer, 0);

	r->is_stream = 1;
	request_forget_head(r);
	return send_parts(r, &part, 1, RECORD_GOES_ON);
}

long
http_write(const struct http_request *request, const char *s, size_t len)
{
	struct request *r = request->transport;
	struct iovec part = { (char *)(uintptr_t)s, len };

	if (r->fd == -1)
		return send_parts(r, &part, len > 0, RECORD_GOES_ON);
	if (!r->is_gone && len > 0)
		record_put(&r->output, r->params.id, s, len, RECORD_GOES_ON);
	return http_flush(request);
}

long
http_flush(const struct http_request *request)
{
	struct request *r = request->transport;
	long left = r->is_gone ? -1 : record_flush(r->fd, &r->output);

	r->is_gone = left == -1;
	return left;
}

int
http_socket(const struct http_request *request)
{
	const struct request *r = request->transport;

	return r->fd;
}

void
http_forget(const struct http_request *request)
{
	struct request *r = request->transport;
	struct pool *pool = r->http.pool;

	r->http = (struct http_request){ .method = "GET",
		.path = "",
		.query = "",
		.remote = "",
		.id = "",
		.transport = r };
	r->params.pair = NULL;
	r->params.n = 0;
	pool_free(pool);
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
	struct buf b = { .pool = request->pool };

	if (answer->headers != NULL)
		buf_text(&b, answer->headers);
	buf_text(&b, name);
	buf_put(&b, ": ", 2);
	buf_text(&b, value);
	buf_put(&b, "\r\n", 2);
	answer->headers = buf_end(&b);
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
