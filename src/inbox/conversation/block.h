#ifndef INBOX_CONVERSATION_BLOCK_H
#define INBOX_CONVERSATION_BLOCK_H

#include <stdint.h>

struct pool;
struct session;
struct statements;

/*
 * The customer of a conversation is blocked by a member: can write to our
 * number no more, nor we to them (docs/protocol.md §6.8).  The provider does
 * it; the processor asks it (process/block_sync.h), so what a member does is
 * first asked for, and an answer comes later.
 */
struct block_state {	   /* texts in POOL */
	const char *state; /* as in the table */
	int64_t asked_by;  /* which member, 0 the command line */
	const char *asked_by_name;
	int64_t asked_at;
	const char *error; /* JSON {"code","title","detail"}; NULL none */
};

enum block_result {
	BLOCK_FAILED = -1, /* the database */
	BLOCK_DONE,	   /* it is so already */
	BLOCK_ASKED,	   /* wake the processor after the commit */
	BLOCK_NOT_FOUND,   /* no such conversation here */
	BLOCK_CLOSED,	   /* *WHY: the provider would refuse it now */
	BLOCK_CONFLICT	   /* *WHY: nobody can be blocked here */
};

/* In the caller's transaction; *WHY in POOL.  block_end: they can write again,
 * which is possible at any time. */
enum block_result block_begin(struct session *, struct pool *,
    int64_t conversation_id, int64_t now, const char **why);
enum block_result block_end(
    struct session *, struct pool *, int64_t conversation_id, int64_t now);

/* 1; 0 nobody has asked yet; -1.  Without the name. */
int block_get(struct session *, struct pool *, int64_t conversation_id,
    struct block_state *);

/* Why nothing goes to a customer who is blocked; NULL: BLOCKED, the column of
 * conversations, says that they are not. */
const char *block_why(int64_t blocked);

extern const struct statements block_statements;

#endif
