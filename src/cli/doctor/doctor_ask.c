/*
 * Makes a FastCGI request as nginx does (FastCGI's specification, 3.3, 5.1,
 * 5.2), to see whether a program answers.  One request on a connection.
 */
#include <sys/socket.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/pool.h"
#include "base/text.h"

#include "cli/doctor/doctor.h"

#define FASTCGI	   1 /* its version */
#define BEGIN	   1
#define END	   3
#define PARAMS	   4
#define STDIN	   5
#define STDOUT	   6
#define RESPONDER  1
#define HEAD_LEN   8
#define WAIT_MS	   2000
#define ANSWER_MAX 65536

static void
put_record(struct buf *b, int type, const void *s, size_t len)
{
	const unsigned char head[HEAD_LEN] = { FASTCGI, (unsigned char)type, 0,
		1, (unsigned char)(len >> 8), (unsigned char)len };

	buf_put(b, head, sizeof(head));
	buf_put(b, s, len);
}

static void
put_len(struct buf *b, size_t len)
{
	if (len > 127) {
		buf_char(b, (char)(0x80 | (len >> 24 & 0x7f)));
		buf_char(b, (char)(len >> 16));
		buf_char(b, (char)(len >> 8));
	}
	buf_char(b, (char)len);
}

static void
put_pair(struct buf *b, const char *name, const char *value)
{
	put_len(b, strlen(name));
	put_len(b, strlen(value));
	buf_text(b, name);
	buf_text(b, value);
}

static void
put_request(struct doctor *d, struct buf *b, const char *method,
    const char *uri, const char *token)
{
	const unsigned char begin[HEAD_LEN] = { 0, RESPONDER };
	struct buf params = { .pool = d->pool };

	put_pair(&params, "REQUEST_METHOD", method);
	put_pair(&params, "REQUEST_URI", uri);
	put_pair(&params, "DOCUMENT_URI", uri);
	put_pair(&params, "QUERY_STRING", "");
	put_pair(&params, "SERVER_PROTOCOL", "HTTP/1.1");
	put_pair(&params, "REMOTE_ADDR", "127.0.0.1");
	put_pair(&params, "REQUEST_ID", "doctor");
	if (token != NULL)
		put_pair(&params, "HTTP_AUTHORIZATION",
		    pool_printf(d->pool, "Bearer %s", token));
	put_record(b, BEGIN, begin, sizeof(begin));
	put_record(b, PARAMS, params.s, params.len);
	put_record(b, PARAMS, "", 0);
	put_record(b, STDIN, "", 0);
}

/* Waits until the socket is ready: 1; 0 after UNTIL. */
static int
wait_for(int fd, short what, int64_t until)
{
	struct pollfd p = { fd, what, 0 };
	int64_t left = until - clock_ticks_ms();

	return left > 0 && poll(&p, 1, (int)left) == 1;
}

/* Connects, and tries again while the backlog is full: connect to a Unix socket
 * never completes later. */
static int
connect_to(const char *path, int64_t until, int *error)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	*error = errno;
	if (fd == -1)
		return -1;
	*error = ENAMETOOLONG;
	if (strlen(path) < sizeof(a.sun_path)) {
		strcpy(a.sun_path, path);
		while (connect(fd, (struct sockaddr *)&a, sizeof(a)) == -1) {
			*error = errno;
			if (errno != EAGAIN || clock_ticks_ms() >= until) {
				if (errno == EAGAIN)
					*error = ETIMEDOUT;
				close(fd);
				return -1;
			}
			poll(NULL, 0, 50);
		}
		return fd;
	}
	close(fd);
	return -1;
}

/* Collects the contents of the STDOUT records: 1 the answer has ended, 0 not
 * yet, -1 it is no FastCGI. */
static int
take_records(const struct buf *in, struct buf *out)
{
	const unsigned char *s = (const unsigned char *)in->s;
	size_t left = in->len;

	out->len = 0;
	while (left >= HEAD_LEN) {
		size_t len = (size_t)s[4] << 8 | s[5];

		if (s[0] != FASTCGI)
			return -1;
		if (left < HEAD_LEN + len + s[6])
			return 0;
		if (s[1] == END)
			return 1;
		if (s[1] == STDOUT)
			buf_put(out, s + HEAD_LEN, len);
		left -= HEAD_LEN + len + s[6];
		s += HEAD_LEN + len + s[6];
	}
	return 0;
}

static int
talk(int fd, const struct buf *request, struct buf *out, int64_t until)
{
	struct buf in = { .pool = out->pool };
	size_t sent = 0;
	int rc = 0;

	while (sent < request->len) {
		ssize_t n;

		if (!wait_for(fd, POLLOUT, until))
			return ETIMEDOUT;
		n = send(
		    fd, request->s + sent, request->len - sent, MSG_NOSIGNAL);
		if (n == -1)
			return errno;
		sent += (size_t)n;
	}
	while (rc == 0 && in.len < ANSWER_MAX) {
		char piece[4096];
		ssize_t n;

		if (!wait_for(fd, POLLIN, until))
			return ETIMEDOUT;
		n = recv(fd, piece, sizeof(piece), 0);
		if (n == -1)
			return errno;
		if (n == 0)
			return EPROTO;
		buf_put(&in, piece, (size_t)n);
		rc = take_records(&in, out);
	}
	return rc == 1 ? 0 : EPROTO;
}

void
doctor_ask(struct doctor *d, const char *path, const char *method,
    const char *uri, const char *token, struct doctor_answer *answer)
{
	int64_t until = clock_ticks_ms() + WAIT_MS;
	struct buf request = { .pool = d->pool }, out = { .pool = d->pool };
	const char *text, *status;
	int fd;

	*answer = (struct doctor_answer){ .body = "" };
	put_request(d, &request, method, uri, token);
	fd = connect_to(path, until, &answer->error);
	if (fd == -1)
		return;
	answer->error = talk(fd, &request, &out, until);
	close(fd);
	if (answer->error != 0)
		return;
	text = buf_end(&out);
	status = strstr(text, "Status: ");
	answer->status =
	    status != NULL ? atoi(status + strlen("Status: ")) : 200;
	text = strstr(text, "\r\n\r\n");
	answer->body = text != NULL ? text + 4 : "";
}
