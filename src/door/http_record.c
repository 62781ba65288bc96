/*
 * Answers as records of FastCGI (http_record.h).
 */
#include <sys/socket.h>

#include <errno.h>
#include <stddef.h>
#include <stdint.h>

#include <fastcgi.h>

#include "door/http_record.h"

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
take(struct iovec **part, int *n, size_t max, struct iovec *out, int *n_out)
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

int
http_record_send(int fd, int id, const struct iovec *part, int n)
{
	struct iovec left[HTTP_RECORD_PARTS], *rest = left;

	for (int i = 0; i < n; i++)
		left[i] = part[i];
	while (n > 0) {
		struct iovec out[HTTP_RECORD_PARTS + 2];
		FCGI_Header head = {
			.version = FCGI_VERSION_1,
			.type = FCGI_STDOUT,
			.requestIdB1 = (unsigned char)(id >> 8),
			.requestIdB0 = (unsigned char)id,
		};
		int n_out = 1;
		size_t len = take(&rest, &n, CONTENT_MAX, out, &n_out);

		head.contentLengthB1 = (unsigned char)(len >> 8);
		head.contentLengthB0 = (unsigned char)len;
		out[0].iov_base = &head;
		out[0].iov_len = sizeof(head);
		if (send_all(fd, out, n_out) == -1)
			return -1;
	}
	return 0;
}
