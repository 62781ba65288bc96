#ifndef INBOX_CONTACT_NAME_CACHE_H
#define INBOX_CONTACT_NAME_CACHE_H

#include <stdint.h>

struct pool;
struct session;

/*
 * A cache of names while one list is read: many rows point to few things, and
 * each name is looked up once.  It lives as long as the pool.  Begin with n =
 * 0.
 */
#define NAME_CACHE_MAX 64

struct name_cache {
	struct {
		int64_t id;
		const char *text;
	} list[NAME_CACHE_MAX];
	int n;
};

/* The name of ID, from the cache or from STATEMENT, whose $1 is the id; in
 * POOL.  1; 0 there is none, and *TEXT is NULL; -1. */
int name_cache_find(struct name_cache *, struct session *, struct pool *,
    const char *statement, int64_t id, const char **text);

/* The name of ID, or NULL for none, unless one is known or there is no room;
 * borrowed. */
void name_cache_put(struct name_cache *, int64_t id, const char *text);

#endif
