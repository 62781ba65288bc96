#ifndef TESTS_UNIT_HISTORY_H
#define TESTS_UNIT_HISTORY_H

/*
 * A made-up history, as the provider tells it: few customers, each with two
 * accounts and two user ids of which they show some, who say all that can be
 * said.  A fact is one "change" of a delivery; its seed makes it.  No fact
 * contradicts another: a wamid always means the same message.
 */
#include <stdint.h>

struct pool;

#define HISTORY_MAX 40

/* Ours: two numbers, and one that is registered late. */
extern const char *const history_numbers[3];

struct history {
	struct pool *pool;
	uint64_t luck;
	const char *fact[HISTORY_MAX];
	/* the same out of history, or NULL */
	const char *past[HISTORY_MAX];
	unsigned n;
};

/* The history of SEED, 2 to HISTORY_MAX facts; in POOL. */
void history_make(struct history *, struct pool *, uint64_t seed);

#endif
