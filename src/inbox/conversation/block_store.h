#ifndef INBOX_CONVERSATION_BLOCK_STORE_H
#define INBOX_CONVERSATION_BLOCK_STORE_H

#include <stdint.h>

struct db;
struct pool;
struct statements;

/*
 * What the provider is still to be asked: for the processor, which asks it
 * (process/block_sync.h).  A row stays as it is while its request is open: it
 * may be asked twice without harm.
 */
struct block_row { /* texts in POOL, NULL none */
	int64_t id;
	int64_t workspace_id;
	int64_t conversation_id;
	int64_t asked; /* by which asking */
	int64_t asked_at;
	int64_t attempts; /* that failed */
	int on;		  /* 1 is to be blocked, 0 not any more */
	const char *who;  /* a phone with +, or a user id */
	const char *phone_number_id;
	const char *provider; /* of the number */
};

/* The first number after AFTER with a row that is due: 1, 0, -1. */
int block_store_number(
    struct db *, int64_t after, int64_t now, int64_t *number_id);
/* The row of the number that is due longest: 1; 0 none, or the number is being
 * moved; -1. */
int block_store_due(struct db *, struct pool *, int64_t number_id, int64_t now,
    struct block_row *);

/*
 * What came of the row, in the caller's transaction; 0, -1.  When members have
 * asked for something else meanwhile, that stands.  ERROR is JSON
 * {"code","title","detail"}.
 */
int block_store_done(struct db *, const struct block_row *, int64_t now);
int block_store_later(
    struct db *, const struct block_row *, int64_t due_at, const char *error);
/* It will not be done: who was not blocked is not, and who was still is. */
int block_store_refused(
    struct db *, const struct block_row *, const char *error);

extern const struct statements block_store_statements;

#endif
