#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stddef.h>

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

void buf_put(struct buf *, const void *s, size_t len);
void buf_text(struct buf *, const char *s); /* appends S */
void buf_char(struct buf *, char c);
void buf_printf(struct buf *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* LEN more bytes, for the caller to write. */
char *buf_room(struct buf *, size_t len);
/* There will be so much: room for it at once. */
void buf_expect(struct buf *, size_t len);

/* The text so far, NUL-terminated, in the pool; "" when nothing was put. */
char *buf_end(struct buf *);

#endif
