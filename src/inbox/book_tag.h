#ifndef INBOX_BOOK_TAG_H
#define INBOX_BOOK_TAG_H

#include <stddef.h>
#include <stdint.h>

struct db;
struct pool;

/*
 * Tags of contacts, on a member's connection; book.h has the rest of what
 * book_tag.c does.
 */

/* The names on contact ID, sorted, *N of them, in POOL: 0, or -1. */
int	book_tags_of(struct db *, struct pool *, int64_t id,
	    const char ***tags, size_t *n);

const char *const *book_tag_sql(size_t *n);

#endif
