/*
 * Answers as records of FastCGI (http_record.h).
 */
#include <sys/socket.h>

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lib/fcgi/http_head.h"
#include "lib/fcgi/http_record.h"

#define FASTCGI	    1 /* its version */
#define END_REQUEST 3
#define STDOUT	    6
#define END_LEN	    (3 * HTTP_RECORD_HEAD)
#define CONTENT_MAX 65528 /* of a record, a multiple of 8 */

/* Sends all of it, in as many calls as it takes. */
static int
send_all(int fd, struct iovec *v, int n)
{
	while (n > 0) {
		struct msghdr m = { .msg_iov = v, .msg_iovlen = (size_t)n };
		ssize_t sent = sendmsg(fd, &m, MSG_NOSIGNAL);

		if (sent == -1 && errno == EINTR)
			continue;
		if (sent == -1)
			return -1;
		for (; n > 0 && (size_t)sent >= v->iov_len; v++, n--)
			sent -= (ssize_t)v->iov_len;
		if (n > 0) {
			v->iov_base = (char *)v->iov_base + sent;
			v->iov_len -= (size_t)sent;
		}
	}
	return 0;
}

/* Takes up to MAX bytes from the parts, which move on: how many. */
static size_t
take_record(
    struct iovec **part, int *n, size_t max, struct iovec *out, int *n_out)
{
	size_t len = 0;

	while (*n > 0 && len < max) {
		size_t room = max - len;
		struct iovec *p = *part;

		out[*n_out].iov_base = p->iov_base;
		out[*n_out].iov_len = p->iov_len < room ? p->iov_len : room;
		len += out[*n_out].iov_len;
		p->iov_base = (char *)p->iov_base + out[*n_out].iov_len;
		p->iov_len -= out[(*n_out)++].iov_len;
		if (p->iov_len == 0) {
			(*part)++;
			(*n)--;
		}
	}
	return len;
}

static void
write_head(unsigned char head[HTTP_RECORD_HEAD], unsigned type, unsigned id,
    size_t len)
{
	memset(head, 0, HTTP_RECORD_HEAD);
	head[0] = FASTCGI;
	head[1] = (unsigned char)type;
	head[2] = (unsigned char)(id >> 8);
	head[3] = (unsigned char)id;
	head[4] = (unsigned char)(len >> 8);
	head[5] = (unsigned char)len;
}

/* The output is at its end, and so is the request: complete, status 0. */
static size_t
write_end(unsigned char end[END_LEN], unsigned id)
{
	memset(end, 0, END_LEN);
	write_head(end, STDOUT, id, 0);
	write_head(end + HTTP_RECORD_HEAD, END_REQUEST, id, 8);
	return END_LEN;
}

static int
send_records(int fd, unsigned id, const struct iovec *part, int n, int with_end)
{
	struct iovec left[HTTP_RECORD_PARTS], *rest = left;
	unsigned char head[HTTP_RECORD_HEAD], end[END_LEN];

	for (int i = 0; i < n; i++)
		left[i] = part[i];
	do {
		/* A head before them, one cut in two, the end behind. */
		struct iovec out[HTTP_RECORD_PARTS + 3];
		int n_out = 1;
		size_t len = take_record(&rest, &n, CONTENT_MAX, out, &n_out);

		write_head(head, STDOUT, id, len);
		out[0].iov_base = head;
		out[0].iov_len = len > 0 ? sizeof(head) : 0;
		if (n == 0 && with_end) {
			out[n_out].iov_base = end;
			out[n_out++].iov_len = write_end(end, id);
		}
		if (send_all(fd, out, n_out) == -1)
			return -1;
	} while (n > 0);
	return 0;
}

int
http_record_send(int fd, unsigned id, const struct iovec *part, int n)
{
	return send_records(fd, id, part, n, 0);
}

int
http_record_end(int fd, unsigned id, const struct iovec *part, int n)
{
	return send_records(fd, id, part, n, 1);
}
