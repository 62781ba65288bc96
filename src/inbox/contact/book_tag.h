#ifndef INBOX_CONTACT_BOOK_TAG_H
#define INBOX_CONTACT_BOOK_TAG_H

#include <stddef.h>
#include <stdint.h>

struct db;
struct names;
struct pool;

/*
 * Tags of contacts, on a member's connection; book.h has the rest of what
 * book_tag.c does.
 */

/* The names of a contact's tag_ids (" 3  7 ", NULL for none), sorted, in POOL:
 * how many, or -1.  Those that are known already are not looked up. */
int	book_tag_names(struct db *, struct pool *, const char *tag_ids,
	    struct names *, const char ***names);

const char *const *book_tag_sql(size_t *n);

#endif
