#ifndef INBOX_CONTACT_NAME_CACHE_PGSQL_H
#define INBOX_CONTACT_NAME_CACHE_PGSQL_H

#include <stdint.h>

struct name_cache;
struct pool;
struct session;
struct statements;

/* Whose names a list of conversations shows. */
enum name_cache_kind {
	NAME_CACHE_NUMBER, /* its phone_number_id */
	NAME_CACHE_MEMBER, /* also one who has left */
	NAME_CACHE_TAG,
	NAME_CACHE_MARK, /* as inbox/mark/mark_on.c has it */
	NAME_CACHE_KINDS
};

/* IDS[kind] is a text of ids, "3 7 ": INTO[kind] has the names of all then, and
 * of the others that there is none, as far as there is room; with one
 * statement.  0, -1. */
int name_cache_pgsql_fill(struct session *, struct pool *,
    const char *const *ids, struct name_cache *const *into);

extern const struct statements name_cache_pgsql_statements;

#endif
