#ifndef BASE_POOL_H
#define BASE_POOL_H

#include <stddef.h>

/*
 * Memory of one request or one delivery: taken piece by piece, given back all
 * at once.  Out of memory ends the program, so nothing here returns NULL.
 * "In POOL" in other headers means: valid until pool_reset or pool_free.
 * A pool belongs to one thread at a time.
 */
struct pool;

struct pool *pool_new(void);	/* owned: pool_free */
void pool_free(struct pool *);	/* NULL is harmless */
void pool_reset(struct pool *); /* all pieces back, first block kept */

/* LEN zeroed bytes, aligned for any type, in POOL. */
void *pool_alloc(struct pool *, size_t len);

/* The same, not zeroed, for who writes all of it. */
void *pool_room(struct pool *, size_t len);

/* A NUL-terminated copy of LEN bytes of S, in POOL. */
char *pool_text(struct pool *, const char *s, size_t len);

/* A copy of the string S, in POOL; NULL gives NULL. */
char *pool_copy(struct pool *, const char *s);

/* printf into POOL. */
char *pool_printf(struct pool *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* malloc, calloc and strdup that end the program: things of process life. */
void *xcalloc(size_t len);
char *xstrdup(const char *s);

/* For a program of many threads, before they begin: all use one arena of
 * malloc.  With one for each thread, what a burst took stays with the
 * process. */
void pool_one_arena(void);

#endif
