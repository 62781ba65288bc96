#ifndef TESTS_UNIT_HISTORY_RUN_H
#define TESTS_UNIT_HISTORY_RUN_H

/*
 * A place where a history is delivered to processors, and what the inbox says
 * then.  Each begins with the same few rows.  There is one place, for cmocka's
 * group setup.
 */
#include "fixture.h"

#include "history.h"

/* A fact on its way: as itself, or out of history. */
struct history_item {
	unsigned fact;
	int past;
	uint64_t place; /* in the shuffled row */
};

/* How the shuffled ones are delivered. */
struct history_plan {
	uint64_t seed;
	int shuffled;
};

int history_run_begin(void **state);
int history_run_end(void **state);

/* Something that looks like chance, the same for the same words. */
uint64_t history_run_mix(uint64_t a, uint64_t b);

/* The change that an item delivers; borrowed from the history. */
const char *history_run_text_of(
    const struct history *, const struct history_item *);

/* What the inbox holds after N items were delivered so; in POOL. */
char *history_run_outcome(const struct history *, const struct history_item *,
    unsigned n, const struct history_plan *, struct pool *);

#endif
