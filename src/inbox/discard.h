#ifndef INBOX_DISCARD_H
#define INBOX_DISCARD_H

#include <stdint.h>

struct db;

/*
 * Held deliveries that a person gave up (held: inbox/intake.h).  That is
 * remembered as long as raw copies are kept, so that nobody takes them for
 * applied.  In the caller's transaction.
 */
int	discard_prepare(struct db *);

/* A held one is given up: 1, 0 (not held), -1. */
int	discard_put(struct db *, const char *node, int64_t id, int64_t now);

/* Whether it was: 1, 0, -1. */
int	discard_has(struct db *, const char *node, int64_t id);

/* It is to be applied after all: 0, -1. */
int	discard_undo(struct db *, const char *node, int64_t id);

#endif
