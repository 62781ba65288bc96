#ifndef INBOX_BOOK_TAG_H
#define INBOX_BOOK_TAG_H

#include <stddef.h>
#include <stdint.h>

struct db;
struct names;
struct pool;

/*
 * Tags of contacts, on a member's connection; book.h has the rest of what
 * book_tag.c does.
 */

/* The names on contact ID, sorted, in POOL: how many, or -1.  Those that are
 * known already are not looked up. */
int	book_tags_of(struct db *, struct pool *, int64_t id,
	    struct names *, const char ***names);

const char *const *book_tag_sql(size_t *n);

#endif
