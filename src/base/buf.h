#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stddef.h>
#include <string.h>

struct pool;

/*
 * Text that grows, in a pool.  Begin with struct buf b = { .pool = p }; the
 * bytes are b.s, b.len of them, and buf_end() makes them a C string.
 */
struct buf {
	struct pool *pool;
	char *s;
	size_t len;
	size_t cap;
};

static inline void buf_put(struct buf *, const void *s, size_t len);
static inline void buf_text(struct buf *, const char *s); /* appends S */
static inline void buf_char(struct buf *, char c);
void buf_printf(struct buf *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* LEN more bytes, for the caller to write. */
static inline char *buf_room(struct buf *, size_t len);
/* There will be so much: room for it at once. */
void buf_expect(struct buf *, size_t len);

/* The text so far, NUL-terminated, in the pool; "" when nothing was put. */
char *buf_end(struct buf *);

/* Here, since a list is written in some thousand pieces: what is called only
 * when the buffer is full (never by others). */
void buf_grow(struct buf *, size_t len);

static inline char *
buf_room(struct buf *b, size_t len)
{
	char *s;

	if (b->cap - b->len <= len)
		buf_grow(b, len);
	s = b->s + b->len;
	b->len += len;
	return s;
}

static inline void
buf_put(struct buf *b, const void *s, size_t len)
{
	if (len > 0)
		memcpy(buf_room(b, len), s, len);
}

static inline void
buf_text(struct buf *b, const char *s)
{
	buf_put(b, s, strlen(s));
}

static inline void
buf_char(struct buf *b, char c)
{
	*buf_room(b, 1) = c;
}

#endif
