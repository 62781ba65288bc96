#ifndef INBOX_CONTACT_NAME_CACHE_H
#define INBOX_CONTACT_NAME_CACHE_H

#include <stdint.h>

struct pool;
struct session;

/*
 * Names of the few things that many rows of a list point to, each looked up
 * once: of one reading and one pool.  Begin with n = 0.
 */
#define NAME_CACHE_MAX 64

struct name_cache {
	struct {
		int64_t id;
		const char *text;
	} list[NAME_CACHE_MAX];
	int n;
};

/* What STATEMENT answers for ID, which is its $1, in POOL: 1; 0 nothing, and
 * *TEXT is NULL; -1. */
int name_cache_find(struct name_cache *, struct session *, struct pool *,
    const char *statement, int64_t id, const char **text);

#endif
