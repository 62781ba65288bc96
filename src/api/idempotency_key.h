#ifndef API_IDEMPOTENCY_KEY_H
#define API_IDEMPOTENCY_KEY_H

#include <stddef.h>
#include <stdint.h>

struct pool;
struct session;
struct statements;

/*
 * Stores the first answer of a POST under the client's Idempotency-Key.  A key
 * belongs to one member, and is written in the transaction of the POST.
 */
#define IDEMPOTENCY_KEY_MAX  200 /* bytes */
#define IDEMPOTENCY_HASH_LEN 32	 /* SHA-256 of method, path and body */

struct idempotency_key_answer {
	int status;
	const char *location; /* NULL none */
	const char *body;
};

enum idempotency_key_found {
	IDEMPOTENCY_KEY_FAILED = -1,
	IDEMPOTENCY_KEY_NEW,
	IDEMPOTENCY_KEY_SAME,
	IDEMPOTENCY_KEY_OTHER
};

/* Looks KEY up.  IDEMPOTENCY_KEY_SAME: it was used for the same request, whose
 * answer is filled in, in POOL.  IDEMPOTENCY_KEY_OTHER: for another one. */
enum idempotency_key_found idempotency_key_find(struct session *, struct pool *,
    const char *key, const unsigned char hash[IDEMPOTENCY_HASH_LEN],
    struct idempotency_key_answer *);

/* Stores an answer: 0, or -1. */
int idempotency_key_put(struct session *, const char *key,
    const unsigned char hash[IDEMPOTENCY_HASH_LEN],
    const struct idempotency_key_answer *, int64_t now);

extern const struct statements idempotency_key_statements;

#endif
