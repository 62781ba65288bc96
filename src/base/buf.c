/*
 * Text that grows: a buffer in a pool, doubled when it is full.  The old bytes
 * stay in the pool until it goes, so what is written long is better announced
 * (buf_expect).  For whoever builds a JSON text, a line of the log or a body.
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/die.h"
#include "base/pool.h"

void
buf_grow(struct buf *b, size_t len)
{
	size_t cap = b->cap > 0 ? b->cap : 64;
	char *s;

	if (len > PTRDIFF_MAX / 4 - b->len)
		die(EX_OSERR, "out of memory");
	while (cap - b->len <= len)
		cap *= 2;
	s = pool_room(b->pool, cap);
	if (b->len > 0)
		memcpy(s, b->s, b->len);
	b->s = s;
	b->cap = cap;
}

/* Room for LEN more bytes and the NUL of buf_end. */
static inline void
reserve(struct buf *b, size_t len)
{
	if (b->cap - b->len <= len)
		buf_grow(b, len);
}

void
buf_expect(struct buf *b, size_t len)
{
	reserve(b, len);
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (len < 0)
		die(EX_SOFTWARE, "cannot format \"%s\"", fmt);
	reserve(b, (size_t)len);
	va_start(ap, fmt);
	vsnprintf(b->s + b->len, (size_t)len + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)len;
}

char *
buf_end(struct buf *b)
{
	reserve(b, 0);
	b->s[b->len] = '\0';
	return b->s;
}
