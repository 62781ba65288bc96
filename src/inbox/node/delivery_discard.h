#ifndef INBOX_NODE_DELIVERY_DISCARD_H
#define INBOX_NODE_DELIVERY_DISCARD_H

#include <stdint.h>

struct db;
struct pool;
struct statements;

/*
 * Held deliveries (inbox/node/delivery_state.h) that were given up: discarded.
 * The rows stay as long as raw copies are kept, so that nobody takes such a
 * delivery for applied.  In the caller's transaction.
 */
extern const struct statements delivery_discard_statements;

/* Discards a held delivery: 1, 0 (not held), -1. */
int delivery_discard_put(
    struct db *, const char *node, int64_t id, int64_t now);

/*
 * Discards dead deliveries of all nodes, dead since before OLDER, the longest
 * dead first, at most MAX; the log names each.  How many, or -1.
 */
int delivery_discard_old(
    struct db *, struct pool *, int64_t older, int64_t now, int max);

/* Was it discarded?  1, 0, -1. */
int delivery_discard_has(struct db *, const char *node, int64_t id);

/* Forgets that it was discarded, since it is applied after all: 0, -1. */
int delivery_discard_undo(struct db *, const char *node, int64_t id);

#endif
