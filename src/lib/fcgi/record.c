/*
 * Records of FastCGI, in and out (record.h).  libfcgi reads the parameters
 * (params.c); but of a connection it waits for whoever is slow and reads ahead,
 * so what comes is judged here before, and written here in one call.
 */
#include <sys/socket.h>

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"

#include "lib/fcgi/record.h"

#define FASTCGI	      1 /* its version */
#define BEGIN_REQUEST 1
#define END_REQUEST   3
#define STDOUT	      6
#define STDERR	      7
#define END_LEN	      (4 * RECORD_LEN)
#define CONTENT_MAX   65528 /* of a record, a multiple of 8 */

/* ------------------------------------------------------------------- heads */

struct record_piece {
	struct record record;
	const unsigned char *content;
	size_t len; /* of all of it */
};

int
record_read(const unsigned char *s, struct record *r)
{
	if (s[0] != FASTCGI)
		return -1;
	r->type = s[1];
	r->id = (unsigned)s[2] << 8 | s[3];
	r->content_len = (unsigned)s[4] << 8 | s[5];
	r->padding_len = s[6];
	return 0;
}

/* The record that S begins with, as much of it as there is. */
static enum record_head
read_piece(const unsigned char *s, size_t len, struct record_piece *p)
{
	if (len > 0 && s[0] != FASTCGI)
		return RECORD_HEAD_BAD;
	if (len < RECORD_LEN)
		return RECORD_HEAD_MORE;
	record_read(s, &p->record);
	p->content = s + RECORD_LEN;
	p->len =
	    RECORD_LEN + (size_t)p->record.content_len + p->record.padding_len;
	return RECORD_HEAD_WHOLE;
}

/* Moves *S behind a length: one byte, or four.  0, or -1. */
static int
read_len(const unsigned char **s, const unsigned char *end, size_t *len)
{
	const unsigned char *p = *s;
	size_t n = p < end && *p & 0x80 ? 4 : 1;

	if ((size_t)(end - p) < n)
		return -1;
	*len = n == 1 ? *p
		      : (size_t)(p[0] & 0x7f) << 24 | (size_t)p[1] << 16 |
			    (size_t)p[2] << 8 | p[3];
	*s = p + n;
	return 0;
}

/* Names and values, none longer than the record, none cut at its end. */
static int
are_pairs(const unsigned char *s, size_t len)
{
	const unsigned char *end = s + len;

	while (s < end) {
		size_t name_len, value_len, left;

		if (read_len(&s, end, &name_len) == -1 ||
		    read_len(&s, end, &value_len) == -1)
			return 0;
		left = (size_t)(end - s);
		if (name_len > left || value_len > left - name_len)
			return 0;
		s += name_len + value_len;
	}
	return 1;
}

enum record_head
record_judge(const unsigned char *s, size_t len, size_t *head_len)
{
	const unsigned char *begin = s;
	struct record_piece p;
	enum record_head h = read_piece(s, len, &p);
	unsigned id;

	if (h != RECORD_HEAD_WHOLE)
		return h;
	if (p.record.type != BEGIN_REQUEST || p.record.id == 0 ||
	    p.record.content_len != RECORD_BEGIN_LEN)
		return RECORD_HEAD_BAD;
	id = p.record.id;
	do {
		if (p.len > len)
			return RECORD_HEAD_MORE;
		s += p.len;
		len -= p.len;
		h = read_piece(s, len, &p);
		if (h != RECORD_HEAD_WHOLE)
			return h;
		if (p.record.type != RECORD_PARAMS || p.record.id != id)
			return RECORD_HEAD_BAD;
		if (p.len <= len && !are_pairs(p.content, p.record.content_len))
			return RECORD_HEAD_BAD;
	} while (p.record.content_len > 0);
	if (p.len > len)
		return RECORD_HEAD_MORE;
	*head_len = (size_t)(s - begin) + p.len;
	return RECORD_HEAD_WHOLE;
}

/* ----------------------------------------------------------------- answers */

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

static void
write_head(
    unsigned char head[RECORD_LEN], unsigned type, unsigned id, size_t len)
{
	memset(head, 0, RECORD_LEN);
	head[0] = FASTCGI;
	head[1] = (unsigned char)type;
	head[2] = (unsigned char)(id >> 8);
	head[3] = (unsigned char)id;
	head[4] = (unsigned char)(len >> 8);
	head[5] = (unsigned char)len;
}

/* The output is at its end, and so is the request: complete, status 0. */
static size_t
write_end(unsigned char end[END_LEN], unsigned id, int away)
{
	memset(end, 0, END_LEN);
	write_head(end, STDOUT, id, 0);
	write_head(end + RECORD_LEN, END_REQUEST, id, 8);
	if (!away)
		return END_LEN - RECORD_LEN;
	write_head(end + END_LEN - RECORD_LEN, STDERR, id, 0);
	return END_LEN;
}

int
record_send(
    int fd, unsigned id, const struct iovec *part, int n, enum record_end how)
{
	struct iovec left[RECORD_PARTS], *rest = left;
	unsigned char head[RECORD_LEN], end[END_LEN];

	for (int i = 0; i < n; i++)
		left[i] = part[i];
	do {
		/* A head before them, one cut in two, the end behind. */
		struct iovec out[RECORD_PARTS + 3];
		int n_out = 1;
		size_t len = take(&rest, &n, CONTENT_MAX, out, &n_out);

		write_head(head, STDOUT, id, len);
		out[0].iov_base = head;
		out[0].iov_len = len > 0 ? sizeof(head) : 0;
		if (n == 0 && how != RECORD_GOES_ON) {
			out[n_out].iov_base = end;
			out[n_out++].iov_len =
			    write_end(end, id, how == RECORD_END_AWAY);
		}
		if (send_all(fd, out, n_out) == -1)
			return -1;
	} while (n > 0);
	return 0;
}

/* Room for LEN bytes more. */
static void
grow_output(struct record_output *o, size_t len)
{
	size_t left = o->len - o->at;
	unsigned char *s = xcalloc(left + len);

	if (left > 0)
		memcpy(s, o->s + o->at, left);
	free(o->s);
	*o = (struct record_output){ .s = s, .len = left };
}

void
record_put(struct record_output *o, unsigned id, const char *s, size_t len,
    enum record_end how)
{
	size_t heads = (len + CONTENT_MAX - 1) / CONTENT_MAX;

	grow_output(o, len + heads * RECORD_LEN + END_LEN);
	while (len > 0) {
		size_t n = len < CONTENT_MAX ? len : CONTENT_MAX;

		write_head(o->s + o->len, STDOUT, id, n);
		memcpy(o->s + o->len + RECORD_LEN, s, n);
		o->len += RECORD_LEN + n;
		s += n;
		len -= n;
	}
	if (how != RECORD_GOES_ON)
		o->len += write_end(o->s + o->len, id, how == RECORD_END_AWAY);
}

long
record_flush(int fd, struct record_output *o)
{
	while (o->at < o->len) {
		ssize_t n = send(fd, o->s + o->at, o->len - o->at,
		    MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 && errno == EAGAIN)
			return (long)(o->len - o->at);
		if (n == -1)
			return -1;
		o->at += (size_t)n;
	}
	record_drop(o);
	return 0;
}

void
record_drop(struct record_output *o)
{
	free(o->s);
	memset(o, 0, sizeof(*o));
}

int
record_go_away(int fd, unsigned id)
{
	unsigned char nothing[RECORD_LEN];

	write_head(nothing, STDERR, id, 0);
	return send(fd, nothing, sizeof(nothing),
		   MSG_DONTWAIT | MSG_NOSIGNAL) == sizeof(nothing)
		   ? 0
		   : -1;
}
