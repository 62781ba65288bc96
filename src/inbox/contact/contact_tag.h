#ifndef INBOX_CONTACT_CONTACT_TAG_H
#define INBOX_CONTACT_CONTACT_TAG_H

#include <stddef.h>
#include <stdint.h>

struct db;
struct name_cache;
struct pool;

/*
 * Tags of contacts, on a member's connection; contact.h has the rest of what
 * contact_tag.c does.
 */

/* The names of a contact's tag_ids (" 3  7 ", NULL for none), sorted, in POOL:
 * how many, or -1.  Those that are known already are not looked up. */
int	contact_tag_names(struct db *, struct pool *, const char *tag_ids,
	    struct name_cache *, const char ***names);

const char *const *contact_tag_sql(size_t *n);

#endif
