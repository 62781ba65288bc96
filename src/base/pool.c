/*
 * Memory of one request or one delivery, an arena: pieces are cut from blocks
 * and freed together.  Nobody checks for NULL; without memory the program ends.
 */
#include <malloc.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/die.h"
#include "base/pool.h"

/*
 * Pieces are cut from blocks that grow with the pool, so that a small request
 * takes one malloc and a large delivery a few.  A piece too large for the
 * current block gets one of its own, and the current one stays in use.
 */
#define FIRST_BLOCK 8192
#define LAST_BLOCK  (1024 * 1024)

/*
 * Under AddressSanitizer there is a gap behind each piece, and what is not in
 * a piece must not be touched: as it would be with a malloc for each of them.
 */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#define GAP	     16
#define FORBID(s, n) __asan_poison_memory_region(s, n)
#define ALLOW(s, n)  __asan_unpoison_memory_region(s, n)
#else
#define GAP	     0
#define FORBID(s, n) ((void)0)
#define ALLOW(s, n)  ((void)0)
#endif

struct block {
	struct block *next;
	size_t cap;
	size_t used;
	max_align_t bytes[];
};

struct pool {
	struct block *first;
	struct block *current;
};

static struct block *
block_new(size_t cap)
{
	struct block *b;

	if ((b = malloc(sizeof(*b) + cap)) == NULL)
		die(EX_OSERR, "out of memory");
	b->next = NULL;
	b->cap = cap;
	b->used = 0;
	FORBID(b->bytes, cap);
	return b;
}

struct pool *
pool_new(void)
{
	struct pool *p = xcalloc(sizeof(*p));

	p->first = p->current = block_new(FIRST_BLOCK);
	return p;
}

void
pool_free(struct pool *p)
{
	if (p == NULL)
		return;
	pool_reset(p);
	free(p->first);
	free(p);
}

void
pool_reset(struct pool *p)
{
	struct block *b, *next;

	for (b = p->first->next; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
	p->first->next = NULL;
	p->first->used = 0;
	FORBID(p->first->bytes, p->first->cap);
	p->current = p->first;
}

/* A block behind the current one; it becomes current unless LEN fills it. */
static struct block *
grow_pool(struct pool *p, size_t len)
{
	size_t cap = p->current->cap * 2;
	struct block *b;

	if (cap > LAST_BLOCK)
		cap = LAST_BLOCK;
	b = block_new(len > cap / 2 ? len : cap);
	b->next = p->current->next;
	p->current->next = b;
	if (b->cap == cap)
		p->current = b;
	return b;
}

void *
pool_room(struct pool *p, size_t len)
{
	const size_t align = _Alignof(max_align_t);
	struct block *b = p->current;
	size_t whole;
	char *piece;

	if (len > PTRDIFF_MAX / 2)
		die(EX_OSERR, "out of memory");
	whole = (len + GAP + align - 1) / align * align;
	if (b->cap - b->used < whole)
		b = grow_pool(p, whole);
	piece = (char *)b->bytes + b->used;
	b->used += whole;
	ALLOW(piece, len);
	return piece;
}

void *
pool_alloc(struct pool *p, size_t len)
{
	return memset(pool_room(p, len), 0, len);
}

char *
pool_text(struct pool *p, const char *s, size_t len)
{
	char *copy = pool_room(p, len + 1);

	if (len > 0)
		memcpy(copy, s, len);
	copy[len] = '\0';
	return copy;
}

char *
pool_copy(struct pool *p, const char *s)
{
	return s == NULL ? NULL : pool_text(p, s, strlen(s));
}

char *
pool_printf(struct pool *p, const char *fmt, ...)
{
	char near[128], *s; /* most are short: they are formatted once */
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(near, sizeof(near), fmt, ap);
	va_end(ap);
	if (len < 0)
		die(EX_SOFTWARE, "cannot format \"%s\"", fmt);
	if ((size_t)len < sizeof(near))
		return pool_text(p, near, (size_t)len);
	s = pool_room(p, (size_t)len + 1);
	va_start(ap, fmt);
	vsnprintf(s, (size_t)len + 1, fmt, ap);
	va_end(ap);
	return s;
}

void *
xcalloc(size_t len)
{
	void *p = calloc(1, len > 0 ? len : 1);

	if (p == NULL)
		die(EX_OSERR, "out of memory");
	return p;
}

char *
xstrdup(const char *s)
{
	char *copy = strdup(s);

	if (copy == NULL)
		die(EX_OSERR, "out of memory");
	return copy;
}

void
pool_one_arena(void)
{
	mallopt(M_ARENA_MAX, 2);
	mallopt(M_TRIM_THRESHOLD, 128 * 1024);
}
