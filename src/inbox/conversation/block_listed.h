#ifndef INBOX_CONVERSATION_BLOCK_LISTED_H
#define INBOX_CONVERSATION_BLOCK_LISTED_H

#include <stdint.h>

struct db;
struct pool;
struct statements;

/*
 * Whom a number blocks, as the provider's list says: for the processor, which
 * reads it (process/block_list.h).  What members still wait for stays, and what
 * the provider said of one after the list was begun.  All in the caller's
 * transaction; 0, -1.
 */
struct block_number { /* texts in POOL, NULL none */
	int64_t id;
	int64_t workspace_id;
	const char *phone_number_id;
	const char *provider;
};

/* The number whose list is due longest: 1, 0, -1. */
int block_listed_due(
    struct db *, struct pool *, int64_t now, struct block_number *);
/* A list is there, of which the others tell: it was begun at BEGUN. */
int block_listed_begin(struct db *, const struct block_number *, int64_t begun);
/* One of the list that was begun at BEGUN: by WHO, as in a request, which is
 * VALUE of KIND in identities.  Without a conversation it is skipped. */
int block_listed_put(struct db *, const struct block_number *, const char *who,
    const char *kind, const char *value, int64_t begun);
/* That was the whole list: who was not on it is blocked no more. */
int block_listed_end(struct db *, const struct block_number *, int64_t begun);
/* It is read again then. */
int block_listed_again(
    struct db *, const struct block_number *, int64_t due_at);

extern const struct statements block_listed_statements;

#endif
