/*
 * What the head of a request says, read by libfcgi (params.h).
 *
 * libfcgi itself reads from a descriptor, waits there without end, and reads
 * ahead: from the web server's connection it would take the beginning of the
 * body as well, and hide it.  So its streams are given what has come and was
 * judged, a record at a time: nobody waits, no call of the system is made.
 */
#include <stddef.h>
#include <stdio.h>

#include <fastcgi.h>
#include <fcgiapp.h>

#include "base/pool.h"

#include "lib/fcgi/params.h"
#include "lib/fcgi/record.h"

#define FEW 32 /* as many as a browser's request has */

/* A stream is at the end of its record. */
static void
end_stream(FCGX_Stream *in)
{
	in->isClosed = 1;
}

/* A reader of LEN bytes at S, which nobody writes. */
static FCGX_Stream
read_from(const unsigned char *s, size_t len)
{
	unsigned char *begin = (unsigned char *)s;

	return (FCGX_Stream){ .rdNext = begin,
		.stopUnget = begin,
		.stop = begin + len,
		.wrNext = begin + len,
		.isReader = 1,
		.fillBuffProc = end_stream };
}

/* How long a name or a value is, -1 at the end. */
static int
get_len(FCGX_Stream *in)
{
	int len = FCGX_GetChar(in);

	if (len != EOF && len & 0x80) {
		len = (len & 0x7f) << 8 | (FCGX_GetChar(in) & 0xff);
		len = len << 8 | (FCGX_GetChar(in) & 0xff);
		len = len << 8 | (FCGX_GetChar(in) & 0xff);
	}
	return len;
}

static void
add(struct pool *pool, struct params *p, int *room, struct param pair)
{
	if (p->n == *room) {
		struct param *more =
		    pool_alloc(pool, 2 * (size_t)*room * sizeof(*more));

		for (int i = 0; i < p->n; i++)
			more[i] = p->pair[i];
		p->pair = more;
		*room *= 2;
	}
	p->pair[p->n++] = pair;
}

/* The pairs of one record, none of which is cut at its end (record.h). */
static int
read_pairs(FCGX_Stream *in, struct pool *pool, struct params *p, int *room)
{
	int name_len, value_len;

	while ((name_len = get_len(in)) != EOF) {
		char *text;

		value_len = get_len(in);
		if (value_len == EOF || (size_t)name_len + (size_t)value_len >
					    (size_t)(in->stop - in->rdNext))
			return -1;
		text =
		    pool_alloc(pool, (size_t)name_len + (size_t)value_len + 1);
		FCGX_GetStr(text, name_len + value_len, in);
		add(pool, p, room,
		    (struct param){ text, (size_t)name_len, text + name_len });
	}
	return 0;
}

int
params_read(
    struct pool *pool, const unsigned char *s, size_t len, struct params *p)
{
	const unsigned char *end = s + len, *begin = s + RECORD_LEN;
	int room = FEW;
	struct record r;

	if (len < RECORD_LEN + RECORD_BEGIN_LEN || record_read(s, &r) == -1 ||
	    (begin[0] << 8 | begin[1]) != FCGI_RESPONDER)
		return -1;
	*p = (struct params){ .id = r.id,
		.keep = begin[2] & FCGI_KEEP_CONN,
		.pair = pool_alloc(pool, (size_t)room * sizeof(*p->pair)) };
	for (;;) {
		FCGX_Stream in;

		s += RECORD_LEN + r.content_len + r.padding_len;
		if (end - s < RECORD_LEN || record_read(s, &r) == -1 ||
		    (size_t)(end - s) < RECORD_LEN + r.content_len)
			return -1;
		if (r.content_len == 0)
			return 0;
		in = read_from(s + RECORD_LEN, r.content_len);
		if (read_pairs(&in, pool, p, &room) == -1)
			return -1;
	}
}
