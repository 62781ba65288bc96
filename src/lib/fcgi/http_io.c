/*
 * A request's bytes in and out, and what handlers ask of a request.
 */
#include <ctype.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "base/pool.h"

#include "lib/fcgi/http.h"
#include "lib/fcgi/http_io.h"
#include "lib/fcgi/http_record.h"

#define NAME_MAX_LEN 128 /* of a header that we ask for */

const char *
http_io_param(const struct http_io *io, const char *name)
{
	const struct http_params *h = &io->params;
	size_t len = strlen(name);

	if (io->fd == -1)
		return getenv(name);
	for (int i = 0; i < h->n; i++)
		if (h->pair[i].name_len == len &&
		    memcmp(h->pair[i].name, name, len) == 0)
			return h->pair[i].value;
	return NULL;
}

static void
add_io(struct iovec *part, int *n, const char *s, size_t len)
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
 * for what is made here: how many. */
static int
parts_of(const struct http_answer *a, int length, char text[2][64],
    struct iovec *part)
{
	int n = 0;

	add_io(part, &n, text[0],
	    (size_t)snprintf(text[0], 64, "Status: %d %s\r\n", a->status,
		reason(a->status)));
	if (a->type != NULL) {
		add_io(part, &n, "Content-Type: ", 14);
		add_io(part, &n, a->type, strlen(a->type));
		add_io(part, &n, "\r\n", 2);
	}
	if (length && a->status != 204)
		add_io(part, &n, text[1],
		    (size_t)snprintf(
			text[1], 64, "Content-Length: %zu\r\n", a->body_len));
	if (a->headers != NULL)
		add_io(part, &n, a->headers, strlen(a->headers));
	add_io(part, &n, "\r\n", 2);
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

static int
send_parts(struct http_io *io, const struct iovec *part, int n)
{
	int rc = -1;

	if (!io->gone)
		rc = io->fd == -1
			 ? print_parts(part, n)
			 : http_record_send(io->fd, io->params.id, part, n);
	io->gone = rc == -1;
	return rc;
}

void
http_io_head(struct http_io *io, const struct http_answer *answer)
{
	struct iovec part[HTTP_RECORD_PARTS];
	char text[2][64];

	send_parts(io, part, parts_of(answer, 0, text, part));
}

int
http_io_write(struct http_io *io, const char *s, size_t len)
{
	struct iovec part = { (char *)(uintptr_t)s, len };

	return send_parts(io, &part, len > 0);
}

void
http_io_answer(struct http_io *io, const struct http_answer *answer)
{
	struct iovec part[HTTP_RECORD_PARTS];
	char text[2][64];
	int n = parts_of(answer, 1, text, part);

	if (!io->head && answer->body != NULL)
		add_io(part, &n, answer->body, answer->body_len);
	if (io->fd == -1)
		print_parts(part, n);
	else
		http_record_end(io->fd, io->params.id, part, n);
}

void
http_io_end(struct http_io *io)
{
	if (io->fd != -1 && !io->gone)
		http_record_end(io->fd, io->params.id, NULL, 0);
}

const char *
http_header(const struct http_request *request, const char *name)
{
	char param[NAME_MAX_LEN + 6] = "HTTP_";
	size_t len = strlen(name);

	if (strcmp(name, "Content-Type") == 0)
		strcpy(param, "CONTENT_TYPE");
	else if (len >= NAME_MAX_LEN)
		return NULL;
	else
		for (size_t i = 0; i <= len; i++)
			param[5 + i] =
			    name[i] == '-'
				? '_'
				: (char)toupper((unsigned char)name[i]);
	return http_io_param(request->transport, param);
}

/* Plain CGI: standard input is waited for. */
static int
read_input(
    const struct http_request *request, size_t max, char **body, size_t *len)
{
	size_t room = request->length >= 0 ? (size_t)request->length : max + 1;

	*body = pool_get(request->pool, room + 1);
	*len = fread(*body, 1, room, stdin);
	if (request->length >= 0)
		return *len == room ? 1 : -1;
	return *len <= max;
}

int
http_body(
    const struct http_request *request, size_t max, char **body, size_t *len)
{
	struct http_io *io = request->transport;
	const struct http_body *b = &io->body;

	if (request->length > 0 && (unsigned long long)request->length > max)
		return 0;
	if (io->fd == -1)
		return read_input(request, max, body, len);
	*len = (size_t)b->got;
	*body = b->s;
	if (b->s == NULL) /* none, or it is in a file or was not taken */
		*body = pool_text(request->pool, "", 0);
	else
		b->s[b->got] = '\0';
	return b->got == b->length && (b->s != NULL || b->got == 0) ? 1 : -1;
}

size_t
http_read(const struct http_request *request, char *s, size_t len)
{
	struct http_io *io = request->transport;
	struct http_body *b = &io->body;

	if (io->fd != -1)
		return http_body_read(b, s, len);
	if (request->length >= 0 &&
	    (unsigned long long)(request->length - b->given) < len)
		len = (size_t)(request->length - b->given);
	len = fread(s, 1, len, stdin);
	b->given += (long long)len;
	return len;
}

/* The next NAME=VALUE of *REST, which moves on: 1, 0 at the end, -1 bad. */
static int
next_param(struct pool *pool, const char **rest, char **name, char **value,
    size_t *value_len)
{
	const char *s = *rest, *equals;
	size_t len, name_len;

	while (*s == '&')
		s++;
	if (*s == '\0')
		return 0;
	len = strcspn(s, "&");
	equals = memchr(s, '=', len);
	name_len = equals != NULL ? (size_t)(equals - s) : len;
	*rest = s + len;
	*name = codec_unpercent(pool, s, name_len, 1, NULL);
	*value = equals == NULL ? pool_text(pool, "", 0)
				: codec_unpercent(pool, equals + 1,
				      len - name_len - 1, 1, value_len);
	if (equals == NULL)
		*value_len = 0;
	return *name == NULL || *value == NULL ? -1 : 1;
}

int
http_param(struct pool *pool, const char *query, const char *name,
    const char **value, size_t *len)
{
	char *key, *text;
	size_t text_len;
	int rc;

	while ((rc = next_param(pool, &query, &key, &text, &text_len)) == 1)
		if (strcmp(key, name) == 0) {
			*value = text;
			if (len != NULL)
				*len = text_len;
			return 1;
		}
	return rc;
}

int
http_params(
    struct pool *pool, const char *query, http_each_param *each, void *arg)
{
	char *key, *text;
	size_t len;
	int rc, answer;

	while ((rc = next_param(pool, &query, &key, &text, &len)) == 1) {
		/* A NUL in a value would hide what stands behind it. */
		if (strlen(text) != len)
			return -1;
		answer = each(arg, key, text);
		if (answer != 0)
			return answer;
	}
	return rc;
}

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
