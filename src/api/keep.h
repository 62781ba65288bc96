#ifndef API_KEEP_H
#define API_KEEP_H

#include <stddef.h>
#include <stdint.h>

struct db;
struct pool;

/*
 * The first answers of requests that create something, kept under the
 * client's Idempotency-Key for when it asks again.  A key is one member's, and
 * is written in the transaction of what it stands for.
 */
#define KEEP_KEY_MAX 200	/* bytes */
#define KEEP_HASH_LEN 32	/* SHA-256 of method, path and body */

struct keep_answer {
	int		 status;
	const char	*location;	/* NULL none */
	const char	*body;
};

enum keep_found { KEEP_FAILED = -1, KEEP_NEW, KEEP_SAME, KEEP_OTHER };

/* What is known of KEY; KEEP_SAME fills the answer, in POOL; KEEP_OTHER: it
 * came with another request. */
enum keep_found keep_find(struct db *, struct pool *, const char *key,
	    const unsigned char hash[KEEP_HASH_LEN], struct keep_answer *);

/* 0, or -1. */
int	keep_put(struct db *, const char *key,
	    const unsigned char hash[KEEP_HASH_LEN],
	    const struct keep_answer *, int64_t now);

const char *const *keep_sql(size_t *n);

#endif
