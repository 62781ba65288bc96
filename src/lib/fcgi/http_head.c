/*
 * Heads of FastCGI requests, before anybody reads them (http_head.h).
 */
#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>

#include "base/pool.h"

#include "lib/fcgi/http_head.h"

#define FASTCGI	      1 /* its version */
#define BEGIN_REQUEST 1
#define BEGIN_LEN     8
#define MOSTLY_LEN    8192 /* few requests are longer; a call's buffer */

struct record {
	unsigned type, id, content_len;
	const unsigned char *content;
	size_t len; /* of all of it */
};

int
http_head_record(const unsigned char *s, struct http_record_head *r)
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
static enum http_head
read_record(const unsigned char *s, size_t len, struct record *r)
{
	struct http_record_head h;

	if (len > 0 && s[0] != FASTCGI)
		return HTTP_HEAD_BAD;
	if (len < HTTP_RECORD_HEAD)
		return HTTP_HEAD_MORE;
	http_head_record(s, &h);
	r->type = h.type;
	r->id = h.id;
	r->content_len = h.content_len;
	r->content = s + HTTP_RECORD_HEAD;
	r->len = HTTP_RECORD_HEAD + (size_t)h.content_len + h.padding_len;
	return HTTP_HEAD_WHOLE;
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

enum http_head
http_head_judge(const unsigned char *s, size_t len, size_t *head_len)
{
	const unsigned char *begin = s;
	struct record r;
	enum http_head h = read_record(s, len, &r);
	unsigned id;

	if (h != HTTP_HEAD_WHOLE)
		return h;
	if (r.type != BEGIN_REQUEST || r.id == 0 || r.content_len != BEGIN_LEN)
		return HTTP_HEAD_BAD;
	id = r.id;
	do {
		if (r.len > len)
			return HTTP_HEAD_MORE;
		s += r.len;
		len -= r.len;
		h = read_record(s, len, &r);
		if (h != HTTP_HEAD_WHOLE)
			return h;
		if (r.type != HTTP_RECORD_PARAMS || r.id != id)
			return HTTP_HEAD_BAD;
		if (r.len <= len && !are_pairs(r.content, r.content_len))
			return HTTP_HEAD_BAD;
	} while (r.content_len > 0);
	if (r.len > len)
		return HTTP_HEAD_MORE;
	*head_len = (size_t)(s - begin) + r.len;
	return HTTP_HEAD_WHOLE;
}

static enum http_head
look_head(int fd, unsigned char *s, size_t max, int *full)
{
	ssize_t n = recv(fd, s, max, MSG_PEEK | MSG_DONTWAIT);
	size_t head_len;

	*full = n == (ssize_t)max;
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return HTTP_HEAD_MORE;
	return n > 0 ? http_head_judge(s, (size_t)n, &head_len) : HTTP_HEAD_BAD;
}

enum http_head
http_head_look(int fd)
{
	unsigned char mostly[MOSTLY_LEN], *all;
	int full;
	enum http_head h = look_head(fd, mostly, sizeof(mostly), &full);

	if (h != HTTP_HEAD_MORE || !full)
		return h;
	all = xcalloc(HTTP_HEAD_MAX);
	h = look_head(fd, all, HTTP_HEAD_MAX, &full);
	free(all);
	return h == HTTP_HEAD_MORE && full ? HTTP_HEAD_BAD : h;
}
