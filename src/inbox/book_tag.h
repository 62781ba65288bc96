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

/* Names that were looked up, for the next contact of a list; of one reading
 * and one pool.  Begin with n = 0. */
#define BOOK_TAG_NAMES_MAX 64

struct book_tag_names {
	struct { int64_t id; const char *name; } list[BOOK_TAG_NAMES_MAX];
	int		 n;
};

/* The names on contact ID, sorted, in POOL: how many, or -1. */
int	book_tags_of(struct db *, struct pool *, int64_t id,
	    struct book_tag_names *, const char ***names);

const char *const *book_tag_sql(size_t *n);

#endif
