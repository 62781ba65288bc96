#ifndef INBOX_NODE_DELIVERY_DISCARD_H
#define INBOX_NODE_DELIVERY_DISCARD_H

#include <stdint.h>

struct db;
struct pool;
struct statements;

/*
 * Held deliveries that a person gave up (held: inbox/node/delivery_state.h).
 * That is remembered as long as raw copies are kept, so that nobody takes them
 * for applied.  In the caller's transaction.
 */
extern const struct statements delivery_discard_statements;

/* A held one is given up: 1, 0 (not held), -1. */
int delivery_discard_put(
    struct db *, const char *node, int64_t id, int64_t now);

/*
 * Dead ones of all nodes, dead since before OLDER, the longest dead first, at
 * most MAX: each is given up and said in the log.  How many, or -1.
 */
int delivery_discard_old(
    struct db *, struct pool *, int64_t older, int64_t now, int max);

/* Whether it was: 1, 0, -1. */
int delivery_discard_has(struct db *, const char *node, int64_t id);

/* It is to be applied after all: 0, -1. */
int delivery_discard_undo(struct db *, const char *node, int64_t id);

#endif
